"""PayPal's money: decimal strings on the wire, with as many decimals as the currency has; whole minor units inside."""

import re
from dataclasses import dataclass
from typing import Any, Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.errors import malformed, refused

CURRENCIES: Final = frozenset(
    {"AUD", "CAD", "CZK", "DKK", "EUR", "HKD", "HUF", "ILS", "JPY", "MXN", "TWD", "NZD", "NOK", "PHP", "PLN", "GBP"}
    | {"SGD", "SEK", "CHF", "THB", "USD"}
)
"""Without BRL, CNY, INR and MYR, which only accounts of their own countries take: the merchant's is American."""
_WITHOUT_DECIMALS: Final = frozenset({"HUF", "JPY", "TWD"})
_VALUE: Final = re.compile(r"(-?)(\d*)(?:\.(\d+))?")
_LONGEST: Final = 32


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in minor units: cents, or whole yen."""

    minor: int
    currency: str

    @property
    def value(self) -> str:
        """Returns the decimal string, as PayPal writes it back."""
        if self.currency in _WITHOUT_DECIMALS:
            return str(self.minor)
        return f"{'-' if self.minor < 0 else ''}{abs(self.minor) // 100}.{abs(self.minor) % 100:02}"

    def document(self) -> Document:
        return {"currency_code": self.currency, "value": self.value}

    def words(self) -> str:
        """Returns the amount for people."""
        return f"{self.value} {self.currency}"


def read_amount(raw: Any, field: str, *, least: int = 0) -> Amount:
    """Returns the amount that a request gives; `least` is in minor units.

    Raises:
        PayPalError: 400 for what is no amount, 422 for an amount or a currency that PayPal does not take.
    """
    if not isinstance(raw, dict):
        raise malformed("MISSING_REQUIRED_PARAMETER" if raw is None else "INVALID_PARAMETER_SYNTAX", field)
    for name in ("currency_code", "value"):
        if raw.get(name) in (None, ""):
            raise malformed("MISSING_REQUIRED_PARAMETER", f"{field}/{name}")
        if not isinstance(raw[name], str):
            raise malformed("INVALID_PARAMETER_SYNTAX", f"{field}/{name}", raw[name])
    currency: str = raw["currency_code"]
    if len(currency) != 3:
        raise malformed("INVALID_STRING_LENGTH", f"{field}/currency_code", currency)
    if currency not in CURRENCIES:
        raise refused("CURRENCY_NOT_SUPPORTED", f"{field}/currency_code", currency)
    minor = _minor(raw["value"], currency, f"{field}/value")
    if minor < least:
        issue = "CANNOT_BE_NEGATIVE" if least == 0 else "CANNOT_BE_ZERO_OR_NEGATIVE"
        raise refused(issue, f"{field}/value", raw["value"])
    return Amount(minor, currency)


def amount_of(document: Document) -> Amount:
    """Returns the amount of a resource of our own, or its `amount`."""
    money = document.get("amount", document)
    return Amount(_minor(money["value"], money["currency_code"], "/amount/value"), money["currency_code"])


def _minor(value: str, currency: str, field: str) -> int:
    found = _VALUE.fullmatch(value)
    if found is None or not (found[2] or found[3]):
        raise malformed("INVALID_PARAMETER_SYNTAX", field, value)
    if len(value) > _LONGEST:
        raise malformed("INVALID_STRING_LENGTH", field, value)
    decimals = found[3] or ""
    if currency in _WITHOUT_DECIMALS and decimals.strip("0"):
        raise refused("DECIMALS_NOT_SUPPORTED", field, value)
    if len(decimals) > 2:
        raise refused("DECIMAL_PRECISION", field, value)
    whole = int(found[2] or 0)
    minor = whole if currency in _WITHOUT_DECIMALS else whole * 100 + int(decimals.ljust(2, "0"))
    return -minor if found[1] else minor
