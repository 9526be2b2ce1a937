"""Payouts: what the balance has gathered, sent to the bank in one sum that its transactions explain."""

from collections.abc import Iterator
from typing import Final

from boxoffice.sandbox.account import Account, matching, new_id, sent
from boxoffice.sandbox.balance import balance_of
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.charges import new_transaction
from boxoffice.sandbox.errors import Document, StripeError
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.params import OneOf, listing

_ARRIVES_AFTER_S: Final = 2 * 86400
_NULL: Final = (
    *("application_fee", "application_fee_amount", "balance_transaction", "description", "failure_code"),
    *("failure_balance_transaction", "failure_message", "original_payout", "reversed_by", "statement_descriptor"),
)


def pay_out(account: Account, currency: str) -> Document:
    """Adds an automatic payout of all that no payout has taken yet, paid and reconciled at once.

    Raises:
        StripeError: 400, if there is nothing to pay out.
    """
    gathered = list(_waiting(account, currency))
    amount = sum(each["net"] for each in gathered)
    if amount <= 0:
        message = "You have insufficient funds in your Stripe account for this payout."
        raise StripeError(400, message, code="balance_insufficient")
    payout = account.add(_document(account, amount, currency))
    account.emit("payout.created", payout)
    transaction = new_transaction(account, payout, -amount, "payout")
    payout |= {"balance_transaction": transaction["id"], "status": "paid", "reconciliation_status": "completed"}
    for each in (*gathered, transaction):
        each |= {"_payout": payout["id"], "status": "available"}
    account.emit("payout.paid", payout)
    account.emit("payout.reconciliation_completed", payout)
    return payout


def pay_by_hand(account: Account, currency: str, amount: int, *, is_instant: bool) -> Document:
    """Adds a payout that somebody has asked for: of a sum, and so of no transactions that anybody could name.

    Raises:
        StripeError: 400, if the balance has not that much.
    """
    if not 0 < amount <= balance_of(account).get(currency, 0):
        message = "You have insufficient funds in your Stripe account for this payout."
        raise StripeError(400, message, code="balance_insufficient")
    payout = account.add(_document(account, amount, currency))
    payout |= {"automatic": False, "method": "instant" if is_instant else "standard", "status": "paid"}
    payout |= {"reconciliation_status": "not_applicable"}
    payout["balance_transaction"] = new_transaction(account, payout, -amount, "payout")["id"]
    account.emit("payout.created", payout)
    account.emit("payout.paid", payout)
    return payout


def fail(account: Account, payout: Document, status: str = "failed") -> None:
    """Brings a payout back into the balance: the bank did not take it, or it was canceled.

    Raises:
        StripeError: 400, if it is back already.
    """
    if payout["status"] in ("failed", "canceled"):
        raise StripeError(400, f"This payout is {payout['status']}.")
    transaction = new_transaction(account, payout, payout["amount"], "payout_failure")
    payout |= {"status": status, "failure_balance_transaction": transaction["id"]}
    if status == "failed":
        payout |= {"failure_code": "account_closed", "failure_message": "The bank account has been closed."}
    account.emit(f"payout.{status}", payout)


def retrieve_payout(account: Account, call: Call) -> Document:
    return sent(account.get("payout", call.path["payout"]))


def list_payouts(account: Account, call: Call) -> Document:
    return page(call.url, matching(account.all("payout"), status=call.params.get("status")), call.params)


def _waiting(account: Account, currency: str) -> Iterator[Document]:
    found = matching(account.all("balance_transaction"), currency=currency)
    return (each for each in found if "_payout" not in each)


def _document(account: Account, amount: int, currency: str) -> Document:
    return {
        "id": new_id("po"),
        "object": "payout",
        **dict.fromkeys(_NULL),
        "amount": amount,
        "arrival_date": account.now() + _ARRIVES_AFTER_S,
        "automatic": True,
        "created": account.now(),
        "currency": currency,
        "destination": "ba_1SandboxBank",
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress",
        "source_type": "card",
        "status": "in_transit",
        "type": "bank_account",
    }


ROUTES: Final = (
    Route(
        "GET",
        "/v1/payouts",
        list_payouts,
        listing(
            "arrival_date created destination", status=OneOf(("canceled", "failed", "in_transit", "paid", "pending"))
        ),
    ),
    Route("GET", "/v1/payouts/{payout}", retrieve_payout),
)
