"""PaymentIntents: what they are, the moves between their states, and what an attempt to pay does to one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.cards import TEST_METHODS, Decline, card_of
from boxoffice.sandbox.charges import Presented, new_charge, settle
from boxoffice.sandbox.errors import Document, StripeError, exclusive, invalid, missing, no_such, wrong_state

LEAST_AMOUNT: Final = 50
MOST_AMOUNT: Final = 99_999_999
ASYNC_SETTLE_S: Final = 0.1
"""How long `automatic_async` takes to bring the balance transaction, and `charge.updated` with it."""

_CANCELABLE: Final = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
_CONFIRMABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
_EDITABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
_ZERO_DECIMALS: Final = frozenset({"jpy", "krw", "vnd", "clp"})
_GONE: Final = "payment_method_types_no_longer_supported"
CURRENCIES: Final = frozenset(
    {"usd", "eur", "gbp", "cad", "aud", "nzd", "jpy", "chf", "sek", "nok", "dkk", "pln", "czk", "mxn", "brl", "cop"}
    | {"krw", "vnd", "clp", "inr", "zar"}
)


def refuse_removed(raw: Mapping[str, Any]) -> None:
    """Refuses what API 2026-09-30.endive removed, which code written from memory still sends.

    Raises:
        StripeError: 400, with Stripe's own code for it.
    """
    if "payment_method_types" in raw:
        message = (
            "The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types`, "
            "`excluded_payment_method_types` or a payment method configuration instead."
        )
        raise StripeError(400, message, code=_GONE, param="payment_method_types", is_saved=False)


def method_types(params: Mapping[str, Any], default: Sequence[str]) -> list[str]:
    """Returns the types that a payment may use.

    Raises:
        StripeError: 400, for parameters that exclude each other.
    """
    rivals = (
        "allowed_payment_method_types",
        "excluded_payment_method_types",
        "automatic_payment_methods",
        "payment_method_configuration",
    )
    given = [name for name in rivals if params.get(name)]
    if len(given) > 1:
        raise exclusive(given)
    allowed: list[str] = params.get("allowed_payment_method_types") or list(default)
    excluded = params.get("excluded_payment_method_types") or []
    return [each for each in allowed if each not in excluded]


def check_amount(amount: int, currency: str) -> None:
    """Refuses what Stripe does not charge.

    Raises:
        StripeError: 400, for an unknown currency or an amount out of bounds.
    """
    if currency not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}. Stripe currently supports these currencies: …", "currency")
    if amount < LEAST_AMOUNT and currency not in _ZERO_DECIMALS:
        raise invalid("Amount must convert to at least 50 cents.", "amount", "amount_too_small")
    if amount > MOST_AMOUNT:
        raise invalid("Amount must be no more than $999,999.99", "amount", "amount_too_large")


def new_intent(account: Account, params: Mapping[str, Any], types: list[str]) -> Document:
    """Adds an intent from checked parameters and says so by event."""
    intent_id = new_id("pi")
    automatic = params.get("automatic_payment_methods")
    intent = account.add(
        {
            "id": intent_id,
            "object": "payment_intent",
            "allowed_payment_method_types": params.get("allowed_payment_method_types"),
            "amount": params["amount"],
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": _automatic(automatic),
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": params.get("capture_method", "automatic_async"),
            "client_secret": f"{intent_id}_secret_{new_id('x', 24)[2:]}",
            "confirmation_method": params.get("confirmation_method", "automatic"),
            "created": account.now(),
            "currency": params["currency"],
            "customer": None,
            "customer_account": None,
            "description": params.get("description"),
            "excluded_payment_method_types": params.get("excluded_payment_method_types"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {each: {} for each in types},
            "payment_method_types": types,
            "processing": None,
            "receipt_email": params.get("receipt_email"),
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": params.get("transfer_group"),
        }
    )
    account.emit("payment_intent.created", intent)
    return intent


def update(intent: Document, params: Mapping[str, Any]) -> None:
    """Changes an intent that nobody has paid yet; metadata can always change.

    Raises:
        StripeError: 400, if it is too late.
    """
    only_words = set(params) <= {"metadata", "description", "receipt_email", "expand"}
    if intent["status"] not in _EDITABLE and not only_words:
        status = intent["status"]
        message = f"This PaymentIntent's {next(iter(params))} could not be updated because it has a status of {status}."
        raise wrong_state(message, intent)
    check_amount(params.get("amount", intent["amount"]), params.get("currency", intent["currency"]))
    merge_metadata(intent, params)
    for name in ("amount", "currency", "capture_method", "description", "receipt_email", "statement_descriptor_suffix"):
        if name in params:
            intent[name] = params[name]


def merge_metadata(document: Document, params: Mapping[str, Any]) -> None:
    """Sets the given keys and unsets those given empty; an empty `metadata` unsets all."""
    if "metadata" not in params:
        return
    given: dict[str, str] = params["metadata"]
    merged = {**document["metadata"], **given} if given else {}
    document["metadata"] = {key: value for key, value in merged.items() if value != ""}


def cancel(account: Account, intent: Document, reason: str | None) -> None:
    """Ends an intent that was not paid; a held amount is let go.

    Raises:
        StripeError: 400, if it is paid or ended.
    """
    if intent["status"] not in _CANCELABLE:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            f"Only a PaymentIntent with one of the following statuses may be canceled: {', '.join(_CANCELABLE)}."
        )
        raise wrong_state(message, intent)
    if intent["status"] == "requires_capture":
        charge = account.get("charge", intent["latest_charge"])
        charge |= {"refunded": True, "amount_refunded": charge["amount"]}
        account.emit("charge.refunded", charge)
    ended = {"amount_capturable": 0, "canceled_at": account.now(), "cancellation_reason": reason, "next_action": None}
    intent |= {"status": "canceled", **ended}
    account.emit("payment_intent.canceled", intent)


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
    card = None if number is None else card_of(number)
    if card is None:
        raise no_such("PaymentMethod", method, "payment_method")
    if card.asks_3ds:
        raise _declined_error(account, intent, Presented(card), _ASKS)
    attempt(account, intent, Presented(card))
    if intent["status"] == "requires_payment_method":
        raise card_error(intent)


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


def card_error(intent: Document) -> StripeError:
    """Returns the 402 that tells of the intent's last refusal."""
    said = dict(intent["last_payment_error"])
    message, code = said.pop("message"), said.pop("code")
    more = {name: value for name, value in said.items() if name not in ("type", "doc_url")}
    return StripeError(402, message, type="card_error", code=code, more={**more, "payment_intent": dict(intent)})


def _declined_error(account: Account, intent: Document, paid_with: Presented, decline: Decline) -> StripeError:
    attempt(account, intent, paid_with, decline)
    return card_error(intent)


_ASKS: Final = Decline("authentication_required", "authentication_required", "Your card requires authentication.")


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


def _automatic(given: Mapping[str, Any] | None) -> Document | None:
    if given is None or given.get("enabled") != "true":
        return None
    return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": True}
