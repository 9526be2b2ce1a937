"""Typing an amount: digits are whole units, `.` starts the part of one."""

from boxoffice.core.money import Currency, Money
from boxoffice.till.ui.actions import Do, TypeDigits

_MOST_DIGITS = 7


def edit_amount(digits: str, action: TypeDigits | Do, currency: Currency) -> str:
    """Returns the digits after one more, or one less; what makes no sense changes nothing."""
    if not isinstance(action, TypeDigits):
        return digits[:-1]
    for each in action.text:
        digits = _with(digits, each, currency)
    return digits


def _with(digits: str, each: str, currency: Currency) -> str:
    whole, point, part = digits.partition(".")
    if each == ".":
        return digits if point or not currency.exponent else (whole or "0") + "."
    if point:
        return digits + each if len(part) < currency.exponent else digits
    if len(whole) >= _MOST_DIGITS:
        return digits
    return each if whole in ("", "0") else digits + each


def as_digits(amount: Money) -> str:
    """Returns the digits that a person would type for an amount."""
    exponent = amount.currency.exponent
    whole, part = divmod(amount.minor, 10**exponent)
    return f"{whole}.{part:0{exponent}d}" if part else str(whole)
