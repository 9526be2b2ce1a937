"""The hosted page of a Checkout Session: what a customer's phone shows, and what typing a card there does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from boxoffice.sandbox import checkout
from boxoffice.sandbox.account import Account
from boxoffice.sandbox.cards import CARDS, passes_luhn
from boxoffice.sandbox.charges import Presented
from boxoffice.sandbox.errors import Document

_EXPIRY: Final = re.compile(r"(\d{1,2})\s*/?\s*(\d{2}|20\d{2})")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_NOT_OURS: Final = "This sandbox takes only Stripe's test cards, such as 4242 4242 4242 4242. Never type a real one."


@dataclass(frozen=True, slots=True)
class Typed:
    """What the customer typed."""

    email: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    name: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Typed":
        names = {
            "email": "email",
            "number": "cardNumber",
            "expiry": "cardExpiry",
            "cvc": "cardCvc",
            "name": "billingName",
        }
        return cls(**{ours: form.get(theirs, "").strip() for ours, theirs in names.items()})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: the event of a payment, or problems by field (`card` for a refusal)."""

    event: Document | None = None
    problems: Mapping[str, str] | None = None
    is_ended: bool = False
    needs_3ds: bool = False


def pay(account: Account, session: Document, typed: Typed, *, is_authenticated: bool = False) -> Result:
    """Tries to pay; the session stays open if the card is refused."""
    problems = problems_of(typed, datetime.fromtimestamp(account.now(), UTC))
    if problems:
        return Result(problems=problems)
    card = CARDS[_digits(typed.number)]
    if card.asks_3ds and not is_authenticated and session["status"] == "open":
        return Result(needs_3ds=True)
    month, year = _month_and_year(typed.expiry) or (12, 2034)
    email = typed.email or session["customer_email"]
    paid_with = Presented(card, name=typed.name or None, email=email, exp_month=month, exp_year=year)
    try:
        event = checkout.pay(account, session, paid_with)
    except checkout.SessionEnded:
        return Result(is_ended=True)
    if event is None:
        intent = account.get("payment_intent", session["payment_intent"])
        return Result(problems={"card": intent["last_payment_error"]["message"]})
    return Result(event=event)


def problems_of(typed: Typed, now: datetime) -> dict[str, str]:
    """Returns what is wrong with what was typed, by field; empty if nothing is."""
    problems = {
        "email": "" if not typed.email or _EMAIL.fullmatch(typed.email) else "Your email is incomplete.",
        "number": _number_problem(_digits(typed.number)),
        "expiry": _expiry_problem(typed.expiry, now),
        "cvc": "" if re.fullmatch(r"\d{3,4}", typed.cvc) else "Your card's security code is incomplete.",
    }
    return {field: problem for field, problem in problems.items() if problem}


def landing(session: Document) -> str:
    """Returns where a customer who paid goes."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _number_problem(number: str) -> str:
    if len(number) < 13:
        return "Your card number is incomplete."
    if number in CARDS:
        return ""
    return _NOT_OURS if passes_luhn(number) else "Your card number is invalid."


def _expiry_problem(expiry: str, now: datetime) -> str:
    found = _month_and_year(expiry)
    if found is None:
        return "Your card's expiration date is incomplete."
    month, year = found
    if not 1 <= month <= 12:
        return "Your card's expiration date is invalid."
    return "Your card's expiration date is in the past." if (year, month) < (now.year, now.month) else ""


def _month_and_year(expiry: str) -> tuple[int, int] | None:
    found = _EXPIRY.fullmatch(expiry)
    if found is None:
        return None
    year = int(found[2])
    return int(found[1]), year if year > 99 else 2000 + year


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
