"""Terminal readers, driven as a till drives them, with everything that goes wrong at a door."""

from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Listener


class Door:
    """A till's view of one reader, and a hand at the reader itself."""

    def __init__(self, sandbox: Sandbox, api: stripe.StripeClient) -> None:
        self.api = api
        self.reader_id = api.v1.terminal.readers.list().data[0].id
        self._control = f"{sandbox.base_url}/control/readers/{self.reader_id}"

    def intent(self, amount: int = 2500, **more: Any) -> stripe.PaymentIntent:
        base: Any = {
            "amount": amount,
            "currency": "usd",
            "capture_method": "automatic",
            "allowed_payment_method_types": ["card_present"],
        }
        params: Any = {**base, **more}
        return self.api.v1.payment_intents.create(params)

    def process(self, intent: stripe.PaymentIntent) -> stripe.terminal.Reader:
        config: Any = {"enable_customer_cancellation": True, "skip_tipping": True}
        params: Any = {"payment_intent": intent.id, "process_config": config}
        return self.api.v1.terminal.readers.process_payment_intent(self.reader_id, params)

    def present(self, **params: Any) -> stripe.terminal.Reader:
        given: Any = params
        return self.api.v1.test_helpers.terminal.readers.present_payment_method(self.reader_id, given)

    def do(self, word: str, **more: Any) -> httpx.Response:
        return httpx.post(self._control, json={"do": word, **more}).raise_for_status()

    def action(self) -> Any:
        return self.api.v1.terminal.readers.retrieve(self.reader_id).action

    def read(self, intent: stripe.PaymentIntent) -> Any:
        return self.api.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})


@pytest.fixture
def door(sandbox: Sandbox, api: stripe.StripeClient) -> Door:
    return Door(sandbox, api)


def test_two_readers_stand_at_one_location(api: stripe.StripeClient) -> None:
    readers = api.v1.terminal.readers.list({"expand": ["data.location"]}).data

    assert [reader.label for reader in readers] == ["Door reader 1", "Door reader 2"]
    location: Any = readers[0].location
    assert location.display_name == "Avalon Ballroom"
    assert api.v1.terminal.locations.list().data[0].id == location.id


def test_a_presented_card_pays(door: Door, listener: Listener) -> None:
    intent = door.intent(metadata={"tender_id": "t-1"})
    waiting: Any = door.process(intent).action
    assert (waiting.type, waiting.status) == ("process_payment_intent", "in_progress")
    assert waiting.process_payment_intent.payment_intent == intent.id

    presented: Any = door.present().action

    assert presented.status == "succeeded"
    paid = door.read(intent)
    card = paid.latest_charge.payment_method_details.card_present
    assert (paid.status, paid.amount_received) == ("succeeded", 2500)
    assert (card.brand, card.last4, card.read_method, card.reader) == (
        "visa",
        "4242",
        "contactless_emv",
        door.reader_id,
    )
    assert card.receipt.dedicated_file_name == "A000000003101001"
    listener.wait_for("payment_intent.succeeded")
    (event,) = listener.wait_for("terminal.reader.action_succeeded")
    assert event["data"]["object"]["id"] == door.reader_id


def test_a_charge_at_the_door_costs_less_than_one_online(door: Door) -> None:
    intent = door.intent(2500)
    door.process(intent)
    door.present()

    transaction = door.api.v1.balance_transactions.list({"source": door.read(intent).latest_charge.id}).data[0]

    assert (transaction.fee, transaction.net) == (73, 2427)


@pytest.mark.parametrize(
    ("amount", "number", "code", "decline_code"),
    [
        (2500, "4000000000000002", "card_declined", "generic_decline"),
        (2500, "4000000000009995", "card_declined", "insufficient_funds"),
        (2500, "4000000000000069", "expired_card", "expired_card"),
        (2501, "4242424242424242", "card_declined", "call_issuer"),
        (2505, "4242424242424242", "card_declined", "generic_decline"),
        (2555, "4242424242424242", "card_declined", "incorrect_pin"),
    ],
)
def test_a_declined_card_leaves_the_intent_for_the_next(
    door: Door, amount: int, number: str, code: str, decline_code: str
) -> None:
    intent = door.intent(amount)
    door.process(intent)

    declined: Any = door.present(card_present={"number": number}).action

    assert (declined.status, declined.failure_code) == ("failed", code)
    refused = door.read(intent)
    assert (refused.status, refused.last_payment_error.decline_code) == ("requires_payment_method", decline_code)
    assert refused.latest_charge.status == "failed"


def test_the_next_card_on_the_same_intent_pays(door: Door, listener: Listener) -> None:
    intent = door.intent()
    door.process(intent)
    door.present(card_present={"number": "4000000000000002"})
    listener.wait_for("terminal.reader.action_failed")
    listener.wait_for("charge.failed")

    door.process(intent)
    door.present()

    assert door.read(intent).status == "succeeded"


@pytest.mark.parametrize(("amount", "method"), [(2502, "offline_pin"), (2503, "online_pin"), (2500, None)])
def test_some_amounts_ask_for_a_pin(door: Door, amount: int, method: str | None) -> None:
    intent = door.intent(amount)
    door.process(intent)
    door.present()

    receipt = door.read(intent).latest_charge.payment_method_details.card_present.receipt
    assert receipt.cardholder_verification_method == method


def test_a_customer_can_cancel_on_the_reader(door: Door) -> None:
    intent = door.intent()
    door.process(intent)

    door.do("cancel")

    assert (door.action().status, door.action().failure_code) == ("failed", "customer_canceled")
    untouched = door.read(intent)
    assert (untouched.status, untouched.last_payment_error) == ("requires_payment_method", None)


def test_the_till_can_cancel_what_waits(door: Door) -> None:
    intent = door.intent()
    door.process(intent)

    idle = door.api.v1.terminal.readers.cancel_action(door.reader_id)

    assert idle.action is None
    with pytest.raises(stripe.InvalidRequestError, match="not waiting"):
        door.present()


@pytest.mark.parametrize(("word", "code"), [("busy", "terminal_reader_busy"), ("offline", "terminal_reader_offline")])
def test_a_reader_that_cannot_take_a_payment_says_why(door: Door, word: str, code: str) -> None:
    intent = door.intent()
    door.do(word)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        door.process(intent)

    assert (refused.value.http_status, refused.value.code) == (400, code)
    door.do({"busy": "free", "offline": "online"}[word])
    assert door.process(intent).action is not None


@pytest.mark.parametrize("received", [False, True])
def test_a_timed_out_command_may_have_arrived_all_the_same(door: Door, received: bool) -> None:
    intent = door.intent()
    door.do("timeout", received=received)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        door.process(intent)

    assert refused.value.code == "terminal_reader_timeout"
    assert (door.action() is not None) is received


def test_a_reader_that_loses_the_net_may_have_taken_the_money(door: Door) -> None:
    intent = door.intent()
    door.process(intent)

    door.do("connection_error", paid=True)

    assert door.action().failure_code == "connection_error"
    assert door.read(intent).status == "succeeded"


def test_a_reader_that_dies_stays_in_progress_for_ever(door: Door, listener: Listener) -> None:
    intent = door.intent()
    door.process(intent)

    door.do("die", paid=True)

    assert door.action().status == "in_progress"
    assert door.read(intent).status == "succeeded"
    listener.wait_for("payment_intent.succeeded")
    assert not [name for name in listener.types() if name.startswith("terminal.")]


def test_a_reader_is_busy_while_the_bank_thinks(door: Door, listener: Listener) -> None:
    intent = door.intent()
    door.process(intent)

    door.do("present", authorise_s=0.3)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        door.api.v1.terminal.readers.cancel_action(door.reader_id)

    assert refused.value.code == "terminal_reader_busy"
    listener.wait_for("terminal.reader.action_succeeded")
    assert door.read(intent).status == "succeeded"


def test_a_payment_that_nobody_began_is_replaced_by_the_next(door: Door) -> None:
    first, second = door.intent(), door.intent()
    door.process(first)
    door.process(second)

    door.present()

    assert (door.read(first).status, door.read(second).status) == ("requires_payment_method", "succeeded")


def test_only_an_unpaid_intent_for_readers_goes_to_one(door: Door) -> None:
    paid, online = door.intent(), door.intent(allowed_payment_method_types=["card"])
    door.process(paid)
    door.present()

    with pytest.raises(stripe.InvalidRequestError) as wrong_state:
        door.process(paid)
    with pytest.raises(stripe.InvalidRequestError, match="card_present"):
        door.process(online)

    assert wrong_state.value.code == "intent_invalid_state"


@pytest.mark.parametrize(("auto", "status"), [("approve", "succeeded"), ("decline", "requires_payment_method")])
def test_a_reader_can_act_by_itself(sandbox: Sandbox, door: Door, listener: Listener, auto: str, status: str) -> None:
    httpx.post(f"{sandbox.base_url}/control/readers", json={"auto": auto, "delay_s": 0.02}).raise_for_status()
    intent = door.intent()

    door.process(intent)

    listener.wait_for("terminal.reader.action_" + ("succeeded" if auto == "approve" else "failed"))
    assert door.read(intent).status == status


def test_a_tip_on_the_reader_raises_the_amount(door: Door) -> None:
    intent = door.intent(2000)
    door.process(intent)

    door.present(amount_tip=300)

    paid = door.read(intent)
    assert (paid.amount_received, paid.amount_details.tip.amount) == (2300, 300)


def test_a_held_payment_on_a_reader_is_captured_by_the_till(door: Door, listener: Listener) -> None:
    intent = door.intent(capture_method="manual")
    door.process(intent)
    door.present()
    listener.wait_for("payment_intent.amount_capturable_updated")

    captured = door.api.v1.payment_intents.capture(intent.id)

    assert captured.status == "succeeded"
    listener.wait_for("charge.captured")


def test_a_cart_on_the_display_gives_way_to_a_payment(door: Door) -> None:
    cart: Any = {
        "currency": "usd",
        "total": 2500,
        "line_items": [{"description": "Pass", "amount": 2500, "quantity": 1}],
    }
    shown: Any = door.api.v1.terminal.readers.set_reader_display(door.reader_id, {"type": "cart", "cart": cart}).action
    assert (shown.type, shown.status) == ("set_reader_display", "in_progress")

    replaced: Any = door.process(door.intent()).action

    assert replaced.type == "process_payment_intent"


def test_readers_and_locations_can_be_made_and_removed(api: stripe.StripeClient) -> None:
    address: Any = {"line1": "1 Main St", "city": "Boulder", "state": "CO", "postal_code": "80301", "country": "US"}
    location = api.v1.terminal.locations.create({"display_name": "Pop-up", "address": address})
    reader = api.v1.terminal.readers.create(
        {"registration_code": "simulated-s700", "label": "Bar", "location": location.id}
    )

    renamed = api.v1.terminal.readers.update(reader.id, {"label": "Bar 2"})

    assert (renamed.label, renamed.device_type) == ("Bar 2", "simulated_stripe_s700")
    assert [each.id for each in api.v1.terminal.readers.list({"location": location.id}).data] == [reader.id]
    assert api.v1.terminal.readers.delete(reader.id).deleted is True
    assert api.v1.terminal.locations.delete(location.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.terminal.readers.create({"registration_code": "a-real-one"})
