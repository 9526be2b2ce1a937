"""The till's own Terminal client, told nothing but the sandbox's address and a till's restricted key."""

import time
from collections.abc import Iterator

import httpx
import pytest

from boxoffice.core.money import Currency, Money
from boxoffice.core.terminal import ActionStatus, IntentStatus
from boxoffice.net.stripe_terminal import StripeTerminal
from boxoffice.sandbox.server import Sandbox
from boxoffice.services.ports import StripeRefused, Unreachable

AMOUNT = Money(15000, Currency("USD"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def terminal(sandbox: Sandbox) -> Iterator[StripeTerminal]:
    httpx.post(f"{sandbox.base_url}/control/reset").raise_for_status()
    found = StripeTerminal(sandbox.base_url, "rk_test_till_1")
    yield found
    found.close()


def act(sandbox: Sandbox, reader: str, word: str, **more: object) -> None:
    httpx.post(f"{sandbox.base_url}/control/readers/{reader}", json={"do": word, **more}).raise_for_status()


def test_a_card_sale_goes_through(sandbox: Sandbox, terminal: StripeTerminal) -> None:
    reader = terminal.readers()[0]
    intent = terminal.create_intent("key-1", AMOUNT, {"tender_id": "t-1"})
    waiting = terminal.process(reader.id, intent.id)
    act(sandbox, reader.id, "present")

    paid = terminal.intent(intent.id)

    assert waiting.action is not None
    assert (waiting.action.status, waiting.action.intent_id) == (ActionStatus.IN_PROGRESS, intent.id)
    assert (paid.status, paid.amount) == (IntentStatus.SUCCEEDED, AMOUNT)
    assert paid.card is not None
    assert (paid.card.brand, paid.card.last4, paid.card.aid) == ("visa", "4242", "A000000003101001")


def test_a_decline_says_why_and_leaves_the_same_intent(sandbox: Sandbox, terminal: StripeTerminal) -> None:
    reader = terminal.readers()[0]
    intent = terminal.create_intent("key-1", AMOUNT, {})
    terminal.process(reader.id, intent.id)
    act(sandbox, reader.id, "decline", decline_code="insufficient_funds")

    declined = terminal.intent(intent.id)

    assert (declined.status, declined.decline_code) == (IntentStatus.REQUIRES_PAYMENT_METHOD, "insufficient_funds")


def test_the_same_key_makes_the_same_intent(terminal: StripeTerminal) -> None:
    assert terminal.create_intent("key-1", AMOUNT, {}).id == terminal.create_intent("key-1", AMOUNT, {}).id


def test_a_lost_answer_makes_one_intent(sandbox: Sandbox, terminal: StripeTerminal) -> None:
    rule = {"match": "POST /v1/payment_intents", "kind": "timeout_after_success", "times": 1}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()

    terminal.create_intent("key-1", AMOUNT, {})

    headers = {"Authorization": "Bearer sk_test_any"}
    listed = httpx.get(f"{sandbox.base_url}/v1/payment_intents", headers=headers).json()["data"]
    assert len(listed) == 1


@pytest.mark.parametrize("word", ["busy", "offline", "timeout"])
def test_a_reader_that_cannot_be_reached_refuses(sandbox: Sandbox, terminal: StripeTerminal, word: str) -> None:
    reader = terminal.readers()[0]
    intent = terminal.create_intent("key-1", AMOUNT, {})
    act(sandbox, reader.id, word)

    with pytest.raises(StripeRefused) as refused:
        terminal.process(reader.id, intent.id)

    assert refused.value.code == f"terminal_reader_{word}"


def test_a_payment_that_was_made_is_not_canceled(sandbox: Sandbox, terminal: StripeTerminal) -> None:
    reader = terminal.readers()[0]
    intent = terminal.create_intent("key-1", AMOUNT, {})
    terminal.process(reader.id, intent.id)
    act(sandbox, reader.id, "present")

    assert terminal.cancel_intent(intent.id).status is IntentStatus.SUCCEEDED


def test_a_provider_that_stays_down_is_unreachable(sandbox: Sandbox, terminal: StripeTerminal) -> None:
    rule = {"match": "GET /v1/terminal/readers", "kind": "error_503"}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()

    with pytest.raises(Unreachable):
        terminal.readers()


def test_a_reader_that_acts_by_itself_needs_nobody(sandbox: Sandbox, terminal: StripeTerminal) -> None:
    reader = terminal.readers()[0]
    auto = {"auto": "approve", "delay_s": 0.05}
    httpx.post(f"{sandbox.base_url}/control/readers/{reader.id}", json=auto).raise_for_status()
    intent = terminal.create_intent("key-1", AMOUNT, {})

    terminal.process(reader.id, intent.id)

    deadline = time.monotonic() + 10
    while terminal.intent(intent.id).status is not IntentStatus.SUCCEEDED:
        assert time.monotonic() < deadline
