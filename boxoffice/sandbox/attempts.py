"""Attempts to pay a PaymentIntent: a card is charged, held or refused, and what is held is captured."""

from collections.abc import Mapping
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id, sent
from boxoffice.sandbox.cards import CARDS, DECLINES, TEST_METHODS, Decline
from boxoffice.sandbox.charges import Presented, new_charge, new_payment_method, settle
from boxoffice.sandbox.errors import Document, StripeError, invalid, missing, no_such, wrong_state

ASYNC_SETTLE_S: Final = 0.1
"""How long `automatic_async` takes to bring the balance transaction, and `charge.updated` with it."""

_CONFIRMABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")


def attempt(account: Account, intent: Document, paid_with: Presented, decline: Decline | None = None) -> Document:
    """Charges the card and returns the charge; the intent is paid, held, or back where it was with the reason."""
    decline = decline or paid_with.card.decline
    charge = new_charge(account, intent, paid_with, decline)
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if decline is not None:
        _refuse(account, intent, charge, decline)
    elif intent["capture_method"] == "manual":
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        intent |= {"payment_method": charge["payment_method"], "last_payment_error": None}
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
    else:
        intent |= {"payment_method": charge["payment_method"], "last_payment_error": None}
        _take(intent, charge, intent["amount"])
        if intent["capture_method"] == "automatic":
            settle(account, charge)
        else:
            account.later(ASYNC_SETTLE_S, lambda: _settle_late(account, charge))
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.succeeded", intent)
    return charge


def confirm(account: Account, intent: Document, params: Mapping[str, Any]) -> None:
    """Pays with one of Stripe's test payment methods, as a client without a page does.

    Raises:
        StripeError: 400 for the wrong state or method, 402 for a decline.
    """
    if intent["status"] not in _CONFIRMABLE:
        message = (
            "This PaymentIntent's status is "
            f"{intent['status']}. Only a PaymentIntent with one of these statuses may be confirmed: "
            f"{', '.join(_CONFIRMABLE)}."
        )
        raise wrong_state(message, intent)
    method = params.get("payment_method") or intent["payment_method"]
    if method is None:
        raise missing("payment_method")
    if "card" not in intent["payment_method_types"]:
        raise invalid("The payment method type `card` is not allowed for this PaymentIntent.", "payment_method")
    number = TEST_METHODS.get(method)
    card = None if number is None else CARDS[number]
    if card is None:
        raise no_such("PaymentMethod", method, "payment_method")
    if card.asks_3ds and not _is_true(params, "error_on_requires_action") and not _is_true(params, "off_session"):
        _ask(account, intent, Presented(card))
        return
    attempt(account, intent, Presented(card), DECLINES["authentication_required"] if card.asks_3ds else None)
    if intent["status"] == "requires_payment_method":
        raise card_error(intent)


def authenticate(account: Account, intent: Document, *, is_passed: bool) -> None:
    """Answers the bank's question (3-D Secure) for the customer: the card is charged, or another one is wanted.

    Raises:
        StripeError: 400, if nothing was asked.
    """
    if intent["status"] != "requires_action":
        raise wrong_state(f"This PaymentIntent's status is {intent['status']}. Nothing is asked of anyone.", intent)
    method = account.get("payment_method", intent["payment_method"])
    if is_passed:
        attempt(account, intent, method["_asked"])
        return
    code = "payment_intent_authentication_failure"
    said = {
        "code": code,
        "doc_url": "https://docs.stripe.com/error-codes/" + code.replace("_", "-"),
        "message": (
            "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
            "PaymentMethod to attempt to fulfill this PaymentIntent again."
        ),
        "payment_method": sent(method),
        "type": "invalid_request_error",
    }
    intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent["last_payment_error"] = said
    account.emit("payment_intent.payment_failed", intent)


def capture(account: Account, intent: Document, amount: int | None) -> None:
    """Takes what is held, or less; once.

    Raises:
        StripeError: 400, if nothing is held, or less than the amount.
    """
    if intent["status"] != "requires_capture":
        message = (
            "This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be captured: "
            "requires_capture."
        )
        raise wrong_state(message, intent)
    if amount is not None and amount > intent["amount_capturable"]:
        message = "The amount to capture is greater than the amount that can be captured."
        raise invalid(message, "amount_to_capture", "amount_too_large")
    taken = intent["amount_capturable"] if amount is None else amount
    charge = account.get("charge", intent["latest_charge"])
    _take(intent, charge, taken)
    settle(account, charge)
    account.emit("charge.captured", charge)
    account.emit("payment_intent.succeeded", intent)


def card_error(intent: Document) -> StripeError:
    """Returns the 402 that tells of the intent's last refusal."""
    said = dict(intent["last_payment_error"])
    message, code = said.pop("message"), said.pop("code")
    more = {name: value for name, value in said.items() if name not in ("type", "doc_url")}
    return StripeError(402, message, type="card_error", code=code, more={**more, "payment_intent": dict(intent)})


def _ask(account: Account, intent: Document, asked: Presented) -> None:
    """Leaves the payment open until the customer has answered the bank, in a window that Stripe.js opens."""
    method = new_payment_method(account, asked)
    method["_asked"] = asked
    question = {"type": "three_d_secure_redirect", "source": new_id("src"), "stripe_js": ""}
    intent |= {
        "last_payment_error": None,
        "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": question},
        "payment_method": method["id"],
        "status": "requires_action",
    }
    account.emit("payment_intent.requires_action", intent)


def _is_true(params: Mapping[str, Any], name: str) -> bool:
    return params.get(name) in (True, "true")


def _take(intent: Document, charge: Document, amount: int) -> None:
    charge |= {"captured": True, "amount_captured": amount}
    if amount < charge["amount"]:
        charge["amount_refunded"] = charge["amount"] - amount
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}


def _settle_late(account: Account, charge: Document) -> None:
    if account.find(charge["id"]) is charge and charge["balance_transaction"] is None:
        settle(account, charge)
        account.emit("charge.updated", charge, {"balance_transaction": None})


def _refuse(account: Account, intent: Document, charge: Document, decline: Decline) -> None:
    method = account.get("payment_method", charge["payment_method"])
    said = {
        "advice_code": decline.advice,
        "charge": charge["id"],
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": "https://docs.stripe.com/error-codes/" + decline.code.replace("_", "-"),
        "message": decline.message,
        "network_decline_code": "01",
        "payment_method": dict(method),
        "type": "card_error",
    }
    intent["last_payment_error"] = {name: value for name, value in said.items() if value is not None}
    intent |= {"status": "requires_payment_method", "payment_method": None}
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
