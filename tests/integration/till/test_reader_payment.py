"""Card payments over the sandbox's real HTTP: every way in which a reader or the line can fail ends as Stripe says."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.payments import Approved, Declined, PaymentStatus
from boxoffice.core.tenders import TenderKind
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.net.stripe_terminal import StripeTerminal
from boxoffice.till.usecases.gateway.paying import Progress, Stage
from boxoffice.till.usecases.reader_payment import ReaderPayment
from boxoffice.till.usecases.tenders import OpenTender
from tests.fakes.terminal import FakeStripe, FakeTerminal
from tests.integration.till.kit import TillOnDisk, cart, usd


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


class Counter:
    """A till's counter with a reader on it."""

    def __init__(self, till: TillOnDisk, sandbox: Sandbox) -> None:
        self.till = till
        self.url = sandbox.base_url
        self.terminal = StripeTerminal(self.url, "rk_test_till_1")
        self.reader = self.terminal.readers()[0].id
        self.payment = ReaderPayment(self.terminal, till.tenders, till.clock, poll_s=0.02, patience_s=0.002)
        self.stages: list[Stage] = []
        self.when: dict[Stage, Callable[[], object]] = {}

    def control(self, path: str, body: Any) -> None:
        httpx.post(f"{self.url}/control/{path}", json=body).raise_for_status()

    def act(self, **what: Any) -> None:
        self.control(f"readers/{self.reader}", what)

    def begin(self, amount: str = "150") -> OpenTender:
        wanted = cart("full-pass") if amount == "150" else cart("student-pass")
        return self.till.tenders.begin(self.till.selling.place(wanted), TenderKind.TERMINAL, usd(amount))

    def pay(self, tender: OpenTender) -> Approved | Declined | None:
        return self.payment.run(tender, self.reader, "7K2-F4Q", self._report)

    def charged(self, order_id: OrderId) -> int:
        headers = {"Authorization": "Bearer sk_test_1"}
        found = httpx.get(f"{self.url}/v1/payment_intents", params={"limit": 100}, headers=headers).json()["data"]
        mine = [each for each in found if each["metadata"].get("order_id") == order_id]
        return sum(each["status"] == "succeeded" for each in mine)

    def _report(self, progress: Progress) -> None:
        self.stages.append(progress.stage)
        self.when.pop(progress.stage, lambda: None)()


@pytest.fixture
def counter(till: TillOnDisk, sandbox: Sandbox) -> Iterator[Counter]:
    made = Counter(till, sandbox)
    yield made
    made.control("faults", [])
    for what in ("online", "free"):
        made.act(do=what)
    made.act(auto="off")
    made.terminal.close()


def test_no_reader_asks_for_a_tip(counter: Counter) -> None:
    asked: list[bool] = []

    def look() -> None:
        headers = {"Authorization": "Bearer sk_test_1"}
        reader = httpx.get(f"{counter.url}/v1/terminal/readers/{counter.reader}", headers=headers).json()
        asked.append(reader["action"]["process_payment_intent"]["process_config"]["skip_tipping"])
        counter.act(do="present")

    counter.when[Stage.SENT] = look
    counter.pay(counter.begin())

    assert asked == [True]


def test_a_card_that_is_taken_finishes_the_order_with_what_its_receipt_must_show(counter: Counter) -> None:
    counter.when[Stage.SENT] = lambda: counter.act(do="present")
    tender = counter.begin()

    outcome = counter.pay(tender)

    assert isinstance(outcome, Approved)
    assert outcome.card is not None
    assert (outcome.card.brand, outcome.card.last4) == ("visa", "4242")
    assert outcome.card.aid
    assert counter.till.orders.order(tender.order_id).is_paid
    assert counter.till.verify().problem is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("insufficient_funds", "The card has insufficient funds."),
        ("lost_card", "The bank declined this card."),
        ("expired_card", "The card has expired."),
        ("incorrect_pin", "The PIN was wrong."),
    ],
)
def test_a_decline_is_told_in_plain_words(counter: Counter, code: str, words: str) -> None:
    counter.when[Stage.SENT] = lambda: counter.act(do="decline", decline_code=code)
    tender = counter.begin()

    outcome = counter.pay(tender)

    assert isinstance(outcome, Declined)
    assert outcome.message == words
    assert counter.charged(tender.order_id) == 0


def test_a_customer_may_cancel_on_the_reader(counter: Counter) -> None:
    counter.when[Stage.SENT] = lambda: counter.act(do="cancel")

    outcome = counter.pay(counter.begin())

    assert outcome == Declined("customer_canceled", "The customer cancelled on the reader.")


def test_a_seller_may_cancel_and_no_card_can_be_charged_after_it(counter: Counter) -> None:
    tender = counter.begin()
    counter.when[Stage.SENT] = counter.till.tenders.cancelled(tender.order_id).set

    outcome = counter.pay(tender)

    assert isinstance(outcome, Declined)
    assert Stage.CANCELLING in counter.stages
    assert httpx.post(f"{counter.url}/control/readers/{counter.reader}", json={"do": "present"}).status_code == 400
    assert counter.charged(tender.order_id) == 0


@pytest.mark.parametrize(("what", "word"), [("offline", "offline"), ("busy", "busy")])
def test_a_reader_that_does_not_take_it_is_named(counter: Counter, what: str, word: str) -> None:
    counter.act(do=what)
    tender = counter.begin()

    outcome = counter.pay(tender)

    assert isinstance(outcome, Declined)
    assert word in outcome.message
    assert counter.till.orders.order(tender.order_id).due == usd("150")


def test_a_timeout_that_was_false_charges_once(counter: Counter) -> None:
    counter.act(do="timeout", received=True)
    counter.when[Stage.SENT] = lambda: counter.act(do="present")
    tender = counter.begin()

    outcome = counter.pay(tender)

    assert isinstance(outcome, Approved)
    assert counter.charged(tender.order_id) == 1


def test_a_lost_answer_to_the_first_call_makes_no_second_payment(counter: Counter) -> None:
    fault = {"match": "POST /v1/payment_intents", "kind": "timeout_after_success", "times": 1, "delay_s": 0}
    counter.control("faults", [fault])
    counter.when[Stage.SENT] = lambda: counter.act(do="present")
    tender = counter.begin()

    assert isinstance(counter.pay(tender), Approved)
    assert counter.charged(tender.order_id) == 1


def test_a_reader_that_lost_its_line_after_the_charge_is_still_paid(counter: Counter) -> None:
    counter.when[Stage.SENT] = lambda: counter.act(do="connection_error", paid=True)
    tender = counter.begin()

    assert isinstance(counter.pay(tender), Approved)
    assert counter.charged(tender.order_id) == 1


def test_a_silent_stripe_is_unknown_and_never_declined(counter: Counter) -> None:
    def silence() -> None:
        counter.act(do="present")
        counter.control("faults", [{"match": "* /v1/*", "kind": "error_503"}])

    counter.when[Stage.SENT] = silence
    tender = counter.begin()

    outcome = counter.pay(tender)

    assert outcome is None
    assert counter.till.tenders.tender(tender.id).status is PaymentStatus.UNKNOWN
    counter.till.tenders.leave(tender)
    counter.control("faults", [])
    assert isinstance(counter.payment.resolve(counter.till.tenders.tender(tender.id), counter.reader), Approved)
    assert counter.charged(tender.order_id) == 1
    assert counter.till.orders.order(tender.order_id).is_paid


def test_a_payment_that_never_reached_a_reader_ends_without_asking_anyone(counter: Counter) -> None:
    tender = counter.begin()
    counter.till.tenders.leave(tender)

    outcome = counter.payment.resolve(counter.till.tenders.tender(tender.id), None)

    assert isinstance(outcome, Declined)
    assert counter.till.tenders.unknown() == ()


def test_an_open_payment_of_a_dead_till_is_ended_at_the_reader_too(counter: Counter) -> None:
    tender = counter.begin()
    intent = counter.terminal.create_intent(f"boxoffice-{tender.id}", usd("150"), {"order_id": tender.order_id})
    tender = counter.till.tenders.sent(tender, intent.id)
    counter.terminal.process(counter.reader, intent.id)

    outcome = counter.payment.resolve(tender, counter.reader)

    assert isinstance(outcome, Declined)
    assert counter.terminal.reader(counter.reader).action is None


def test_a_key_with_other_rights_is_refused_plainly(counter: Counter) -> None:
    terminal = StripeTerminal(counter.url, "nonsense")
    counter.payment = ReaderPayment(terminal, counter.till.tenders, counter.till.clock, poll_s=0.02)

    outcome = counter.pay(counter.begin())
    terminal.close()

    assert isinstance(outcome, Declined)
    assert "nonsense" not in outcome.message


def test_cancelling_while_a_card_is_being_charged_waits_for_the_answer(counter: Counter) -> None:
    tender = counter.begin()
    counter.when[Stage.SENT] = lambda: counter.act(do="present", authorise_s=0.3)
    cancel = threading.Timer(0.1, counter.till.tenders.cancelled(tender.order_id).set)
    cancel.start()

    outcome = counter.pay(tender)

    cancel.join()
    assert isinstance(outcome, Approved)
    assert counter.charged(tender.order_id) == 1


def test_a_key_taken_away_while_a_card_is_charged_leaves_the_payment_unknown(till: TillOnDisk) -> None:
    stripe = FakeStripe()
    payment = ReaderPayment(FakeTerminal(stripe), till.tenders, till.clock, poll_s=0)
    tender = till.tenders.begin(till.selling.place(cart("full-pass")), TenderKind.TERMINAL, usd("150"))

    def charge_and_take_the_key_away(progress: Progress) -> None:
        if progress.stage is Stage.SENT:
            stripe.present()
            stripe.refuses_keys = True

    outcome = payment.run(tender, stripe.reader.id, "7K2-F4Q", charge_and_take_the_key_away)

    assert outcome is None
    assert till.tenders.tender(tender.id).status is PaymentStatus.UNKNOWN
    assert till.tenders.tender(tender.id).reason == "Stripe would not say how it ended."


def test_an_unknown_payment_stays_so_while_the_key_is_refused_and_ends_as_stripe_says_after(till: TillOnDisk) -> None:
    stripe = FakeStripe()
    payment = ReaderPayment(FakeTerminal(stripe), till.tenders, till.clock, poll_s=0)
    tender = till.tenders.begin(till.selling.place(cart("full-pass")), TenderKind.TERMINAL, usd("150"))
    intent = payment.terminal.create_intent(f"boxoffice-{tender.id}", usd("150"), {})
    tender = till.tenders.sent(tender, intent.id)
    payment.terminal.process(stripe.reader.id, intent.id)
    stripe.present()
    till.tenders.leave(tender)

    stripe.refuses_keys = True
    refused = payment.resolve(tender, stripe.reader.id)
    stripe.refuses_keys = False
    answered = payment.resolve(tender, stripe.reader.id)

    assert refused is None
    assert isinstance(answered, Approved)
    assert till.orders.order(tender.order_id).is_paid
