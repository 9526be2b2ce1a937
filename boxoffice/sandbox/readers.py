"""Simulated Terminal readers: one action slot each, and everything that can go wrong at a door."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.attempts import attempt
from boxoffice.sandbox.cards import CARDS, DECLINES, Decline, decline_of_amount, verification_of_amount
from boxoffice.sandbox.charges import Presented
from boxoffice.sandbox.errors import Document, StripeError, invalid

DEFAULT_CARD: Final = "4242424242424242"
DEVICE_TYPES: Final = {
    "simulated-wpe": "simulated_wisepos_e",
    "simulated-s700": "simulated_stripe_s700",
    "simulated-s710": "simulated_stripe_s710",
}
_BUSY: Final = (
    "Reader is currently busy processing another request. Please reference the integration guide at "
    "https://docs.stripe.com/terminal/payments/collect-card-payment?terminal-sdk-platform=server-driven#handle-errors "
    "for details on how to handle this error."
)
_OFFLINE: Final = (
    "Reader is currently offline, please ensure the reader is powered on and connected to the internet before "
    "retrying your request. Reference the integration guide for details on how to handle this error."
)
_TIMEOUT: Final = (
    "There was a timeout when sending this command to the reader. Reference the integration guide for details on "
    "how to handle this error."
)
_CANCELED: Final = "This action could not be completed due to an error on the card reader."


@dataclass(slots=True)
class Handling:
    """How a reader behaves: by itself (`auto`), and what a person or a test has made of it."""

    auto: str = "off"
    delay_s: float = 0.1
    is_busy: bool = False
    is_authorising: bool = False
    next_command: str | None = None
    """`timeout` (the reader never hears of it) or `timeout_received` (it does, and goes on)."""


def new_reader(account: Account, code: str, label: str | None, location: str | None, metadata: Document) -> Document:
    """Adds a simulated reader.

    Raises:
        StripeError: 400, for a code that is not a simulated reader's.
    """
    device_type = DEVICE_TYPES.get(code)
    if device_type is None:
        message = "The registration code provided is invalid. Simulated readers use `simulated-wpe` or similar."
        raise invalid(message, "registration_code")
    if location is not None:
        account.get("terminal.location", location, "location")
    return account.add(
        {
            "id": new_id("tmr"),
            "object": "terminal.reader",
            "_handling": Handling(),
            "action": None,
            "device_sw_version": "",
            "device_type": device_type,
            "ip_address": "0.0.0.0",  # noqa: S104  # what Stripe shows for a simulated reader
            "label": label or code,
            "last_seen_at": int(account.now_exact() * 1000),
            "livemode": False,
            "location": location,
            "metadata": metadata,
            "serial_number": new_id("x", 8)[2:].upper(),
            "status": "online",
        }
    )


def process(account: Account, reader: Document, intent: Document, config: Mapping[str, Any]) -> None:
    """Sends an intent to a reader; a payment that was not begun there is replaced.

    Raises:
        StripeError: if the reader is busy, offline or silent, or the intent can't be paid.
    """
    received = _reach(account, reader)
    if intent["status"] != "requires_payment_method":
        message = "Payment intent must be in the requires_payment_method state to be processed by a reader."
        raise StripeError(400, message, code="intent_invalid_state")
    if not {"card_present", "interac_present"} & set(intent["payment_method_types"]):
        raise invalid("The PaymentIntent must allow `card_present` to be processed by a reader.", "payment_intent")
    if received != "timeout":
        command = {"payment_intent": intent["id"], "process_config": dict(config)}
        reader["action"] = _action("process_payment_intent", command)
        _act_alone(account, reader, reader["action"])
    if received is not None:
        raise _refusal("terminal_reader_timeout", _TIMEOUT)


def show_cart(account: Account, reader: Document, cart: Mapping[str, Any]) -> None:
    """Shows a cart; it silently takes the place of a payment that waits for a card."""
    _reach(account, reader)
    reader["action"] = _action("set_reader_display", {"cart": dict(cart), "type": "cart"})


def cancel_action(account: Account, reader: Document) -> None:
    """Resets the reader to idle; no event tells of it.

    Raises:
        StripeError: if a charge is just being authorised, or the reader can't be reached.
    """
    if _reach(account, reader) is not None:
        raise _refusal("terminal_reader_timeout", _TIMEOUT)
    reader["action"] = None


def present(
    account: Account, reader: Document, number: str = DEFAULT_CARD, tip: int = 0, decline: Decline | None = None
) -> None:
    """Presents a card to the payment that the reader waits for.

    Raises:
        StripeError: 400, if it waits for none, or the card is no test card.
    """
    intent = awaited(account, reader)
    card = CARDS.get(number)
    if card is None:
        raise invalid(f"The card number {number[-4:].rjust(len(number), '*')} is no test card.", "card_present[number]")
    verification = card.verification or verification_of_amount(intent["amount"])
    kind = "interac_present" if card.brand == "interac" else "card_present"
    paid_with = Presented(
        replace(card, verification=verification), kind, reader=reader["id"], location=reader["location"]
    )
    if tip:
        intent["amount"] += tip
        intent["amount_details"] = {"tip": {"amount": tip}}
    reader["_handling"].is_authorising = False
    attempt(account, intent, paid_with, decline or card.decline or decline_of_amount(intent["amount"]))
    if intent["status"] == "requires_payment_method":
        error = intent["last_payment_error"]
        _finish(account, reader, "failed", error["code"], error["message"])
    else:
        _finish(account, reader, "succeeded")


def present_slowly(account: Account, reader: Document, number: str, seconds: float) -> None:
    """Presents a card whose bank takes its time: the reader is busy till then."""
    awaited(account, reader)
    reader["_handling"].is_authorising = True
    action = reader["action"]

    def answer() -> None:
        if reader["action"] is action:
            present(account, reader, number)

    account.later(seconds, answer)


def cancel_by_customer(account: Account, reader: Document) -> None:
    """The customer presses cancel on the reader; the payment is as it was."""
    awaited(account, reader)
    _finish(account, reader, "failed", "customer_canceled", _CANCELED)


def lose_connection(account: Account, reader: Document, *, is_paid: bool) -> None:
    """The reader loses the network while authorising: it says failed, and the money may have been taken."""
    intent = awaited(account, reader)
    if is_paid:
        attempt(account, intent, Presented(CARDS[DEFAULT_CARD], "card_present", reader["id"], reader["location"]))
    _finish(account, reader, "failed", "connection_error", "Could not connect to Stripe.")


def die(account: Account, reader: Document, *, is_paid: bool) -> None:
    """The reader dies: its action stays in progress for ever and no event comes; the money may have been taken."""
    intent = awaited(account, reader)
    if is_paid:
        attempt(account, intent, Presented(CARDS[DEFAULT_CARD], "card_present", reader["id"], reader["location"]))
    set_online(account, reader, is_online=False)


def set_online(account: Account, reader: Document, *, is_online: bool) -> None:
    reader["status"] = "online" if is_online else "offline"
    if is_online:
        reader["last_seen_at"] = int(account.now_exact() * 1000)


def refusing(reason: str) -> Decline:
    """Returns why a reader refuses, by its decline code.

    Raises:
        StripeError: 400, for a code that no test card has.
    """
    if reason not in DECLINES:
        raise invalid(f"Unknown decline code: {reason}", "decline_code")
    return DECLINES[reason]


def awaited(account: Account, reader: Document) -> Document:
    """Returns the intent that the reader waits to be paid.

    Raises:
        StripeError: 400, if it waits for none.
    """
    action = reader["action"]
    if action is None or action["type"] != "process_payment_intent" or action["status"] != "in_progress":
        raise StripeError(400, "The reader is not waiting for a payment method.", param="reader")
    intent = account.get("payment_intent", action["process_payment_intent"]["payment_intent"])
    if intent["status"] != "requires_payment_method":
        message = "Payment intent must be in the requires_payment_method state to be processed by a reader."
        _finish(account, reader, "failed", "intent_invalid_state", message)
        raise StripeError(400, message, code="intent_invalid_state")
    return intent


def _reach(account: Account, reader: Document) -> str | None:
    """Returns None if a command reaches the reader, or how it times out."""
    handling: Handling = reader["_handling"]
    if reader["status"] == "offline":
        raise _refusal("terminal_reader_offline", _OFFLINE)
    if handling.is_busy or handling.is_authorising:
        raise _refusal("terminal_reader_busy", _BUSY)
    reader["last_seen_at"] = int(account.now_exact() * 1000)
    received, handling.next_command = handling.next_command, None
    return received


def _refusal(code: str, message: str) -> StripeError:
    # Nothing had begun, and Stripe tells to repeat the same call: its key must not keep the refusal.
    return StripeError(400, message, code=code, is_saved=False)


def _act_alone(account: Account, reader: Document, action: Document) -> None:
    handling: Handling = reader["_handling"]
    if handling.auto == "off":
        return
    decline = DECLINES["generic_decline"] if handling.auto == "decline" else None

    def act() -> None:
        is_still_awaited = reader["action"] is action and action["status"] == "in_progress"
        if is_still_awaited and reader["status"] == "online" and _is_payable(account, action):
            present(account, reader, decline=decline)

    account.later(handling.delay_s, act)


def _is_payable(account: Account, action: Document) -> bool:
    intent = account.find(action["process_payment_intent"]["payment_intent"])
    return intent is not None and intent["status"] == "requires_payment_method"


def _action(type: str, command: Document) -> Document:
    return {
        "api_error": None,
        "failure_code": None,
        "failure_message": None,
        type: command,
        "status": "in_progress",
        "type": type,
    }


def _finish(account: Account, reader: Document, status: str, code: str | None = None, why: str | None = None) -> None:
    reader["action"] |= {"status": status, "failure_code": code, "failure_message": why}
    reader["_handling"].is_authorising = False
    account.emit(f"terminal.reader.action_{status}", reader)
