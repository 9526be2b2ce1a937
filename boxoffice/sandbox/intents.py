"""PaymentIntents: what they are, what may be asked of one, and how one that was not paid ends."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.currencies import check_amount
from boxoffice.sandbox.errors import Document, StripeError, exclusive, wrong_state

_CANCELABLE: Final = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action")
_EDITABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
_GONE: Final = "payment_method_types_no_longer_supported"


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


def _automatic(given: Mapping[str, Any] | None) -> Document | None:
    if given is None or given.get("enabled") != "true":
        return None
    return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": True}
