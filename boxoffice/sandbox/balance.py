"""Stripe's balance: what all transactions came to, by currency; what no payout has taken yet is still pending."""

from collections import Counter

from boxoffice.sandbox.account import Account
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.errors import Document


def balance_of(account: Account) -> dict[str, int]:
    """Returns what the account holds of each currency, in minor units."""
    found: Counter[str] = Counter()
    for each in account.all("balance_transaction"):
        found[each["currency"]] += each["net"]
    return dict(found)


def retrieve_balance(account: Account, _call: Call) -> Document:
    pending: Counter[str] = Counter()
    for each in account.all("balance_transaction"):
        if each["status"] == "pending":
            pending[each["currency"]] += each["net"]
    whole = balance_of(account)
    available = {currency: amount - pending[currency] for currency, amount in whole.items()}
    return {
        "object": "balance",
        "available": [_money(currency, amount) for currency, amount in sorted(available.items())],
        "livemode": False,
        "pending": [_money(currency, pending[currency]) for currency in sorted(whole)],
    }


def _money(currency: str, amount: int) -> Document:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


ROUTES = (Route("GET", "/v1/balance", retrieve_balance),)
