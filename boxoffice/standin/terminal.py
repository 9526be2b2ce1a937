"""Simulated Terminal readers: one slot for an action, a person (or a rule) who presents a card."""

import threading
from dataclasses import dataclass
from typing import Final, Literal

from boxoffice.standin.account import Account, Json
from boxoffice.standin.cards import BY_NUMBER, Card, at_reader
from boxoffice.standin.errors import StripeError
from boxoffice.standin.payments import pay_intent

_OFFLINE: Final = (
    "Reader is currently offline, please ensure the reader is powered on and connected to the internet before "
    "retrying your request. Reference the integration guide for details on how to handle this error."
)
_BUSY: Final = (
    "Reader is currently busy processing another request. Please reference the integration guide for details on how "
    "to handle this error."
)
_TIMEOUT: Final = (
    "There was a timeout when sending this command to the reader. Please reference the integration guide for details "
    "on how to handle this error."
)
DEFAULT_CARD: Final = "4242424242424242"
DECLINED_CARD: Final = "4000000000009995"


@dataclass(slots=True)
class Behaviour:
    """What a person would do at a reader, kept beside Stripe's own object. `timeouts` are still to be answered."""

    is_offline: bool = False
    is_busy: bool = False
    timeouts: int = 0
    auto: Literal["off", "approve", "decline", "cancel"] = "off"
    delay_s: float = 0.3


class Readers:
    """The account's readers."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._behaviours: dict[str, Behaviour] = {}

    def behaviour(self, reader_id: str) -> Behaviour:
        return self._behaviours.setdefault(reader_id, Behaviour())

    def create_location(self, p: Json) -> Json:
        address: Json = {
            "city": None,
            "country": None,
            "line1": None,
            "line2": None,
            "postal_code": None,
            "state": None,
        }
        return self._account.add(
            {
                "id": self._account.new_id("tml_", 14),
                "object": "terminal.location",
                "address": {**address, **p["address"]},
                "display_name": p["display_name"],
                "livemode": False,
                "metadata": p.get("metadata") or {},
            }
        )

    def create(self, p: Json) -> Json:
        code = p["registration_code"]
        if not code.startswith("simulated-"):
            raise StripeError("No such registration code.", code="resource_missing", param="registration_code")
        kinds = {"simulated-wpe": "simulated_wisepos_e", "simulated-s700": "simulated_stripe_s700"}
        id_ = self._account.new_id("tmr_", 14)
        return self._account.add(
            {
                "id": id_,
                "object": "terminal.reader",
                "action": None,
                "device_sw_version": "",
                "device_type": kinds.get(code, "simulated_wisepos_e"),
                "ip_address": "0.0.0.0",  # noqa: S104  # what Stripe's simulated readers say
                "label": p.get("label") or id_,
                "last_seen_at": self._account.now() * 1000,
                "livemode": False,
                "location": p.get("location"),
                "metadata": p.get("metadata") or {},
                "serial_number": f"sandbox-{id_[-6:]}",
                "status": "online",
            }
        )

    def process(self, reader: Json, p: Json) -> Json:
        """Hands an intent to a reader."""
        behaviour = self.behaviour(reader["id"])
        self._check_reachable(behaviour)
        intent = self._account.get("payment_intent", p["payment_intent"], "payment_intent")
        if intent["status"] != "requires_payment_method":
            raise StripeError(
                "Payment intent must be in the requires_payment_method state to be processed by a reader.",
                code="intent_invalid_state",
            )
        if "card_present" not in intent["payment_method_types"]:
            raise StripeError("The payment intent must allow `card_present`.", param="payment_intent")
        config = p.get("process_config") or {}
        reader["action"] = {
            "failure_code": None,
            "failure_message": None,
            "process_payment_intent": {"payment_intent": intent["id"], "process_config": config},
            "status": "in_progress",
            "type": "process_payment_intent",
        }
        if behaviour.timeouts:  # the reader has it all the same: the time-out was false
            behaviour.timeouts -= 1
            raise StripeError(_TIMEOUT, code="terminal_reader_timeout")
        if behaviour.auto != "off":
            timer = threading.Timer(behaviour.delay_s, self._act_alone, (reader, intent["id"], behaviour.auto))
            timer.daemon = True
            timer.start()
        return reader

    def cancel(self, reader: Json) -> Json:
        self._check_reachable(self.behaviour(reader["id"]))
        reader["action"] = None
        return reader

    def present(self, reader: Json, number: str | None = None) -> Json:
        """A card is held to the reader."""
        card = BY_NUMBER.get(number or DEFAULT_CARD)
        if card is None:
            raise StripeError("Unknown test card number.", param="card_present[number]")
        action = self._waiting(reader)
        intent = self._account.get("payment_intent", action["process_payment_intent"]["payment_intent"])
        if intent["status"] != "requires_payment_method":
            raise StripeError("The payment has ended.", code="intent_invalid_state")
        taken: Card = at_reader(card, intent["amount"])
        if pay_intent(self._account, intent, taken, "card_present"):
            action["status"] = "succeeded"
            self._account.emit("terminal.reader.action_succeeded", reader)
        else:
            error = intent["last_payment_error"]
            self._fail(reader, "card_declined", error["message"])
        return reader

    def cancel_by_customer(self, reader: Json) -> Json:
        self._waiting(reader)
        return self._fail(
            reader, "customer_canceled", "This action could not be completed due to an error on the card reader."
        )

    def _fail(self, reader: Json, code: str, message: str) -> Json:
        reader["action"].update(status="failed", failure_code=code, failure_message=message)
        self._account.emit("terminal.reader.action_failed", reader)
        return reader

    def _waiting(self, reader: Json) -> Json:
        action: Json | None = reader["action"]
        if action is None or action["status"] != "in_progress" or action["type"] != "process_payment_intent":
            raise StripeError("The reader is not waiting for a card.", code="terminal_reader_invalid_state")
        return action

    def _act_alone(self, reader: Json, intent_id: str, what: str) -> None:
        with self._account.lock:
            action = reader["action"]
            if action is None or action["status"] != "in_progress":
                return
            if action["process_payment_intent"]["payment_intent"] != intent_id:
                return
            if what == "cancel":
                self.cancel_by_customer(reader)
            else:
                self.present(reader, DEFAULT_CARD if what == "approve" else DECLINED_CARD)

    def _check_reachable(self, behaviour: Behaviour) -> None:
        if behaviour.is_offline:
            raise StripeError(_OFFLINE, code="terminal_reader_offline")
        if behaviour.is_busy:
            raise StripeError(_BUSY, code="terminal_reader_busy")
