"""What a card payment's readings mean: only Stripe's own word on the intent says paid or not paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.money import Currency, Money
from boxoffice.core.payments import Approved, Declined
from boxoffice.core.terminal import (
    ActionStatus,
    Intent,
    IntentStatus,
    ReaderAction,
    Stopped,
    Waiting,
    decide,
    decide_ended,
)

AMOUNT = Money(15000, Currency("USD"))
OPEN = IntentStatus.REQUIRES_PAYMENT_METHOD

actions = st.none() | st.builds(
    ReaderAction,
    st.sampled_from(ActionStatus),
    st.sampled_from(["pi_1", "pi_2", ""]),
    st.sampled_from(["", "card_declined", "customer_canceled", "connection_error", "terminal_reader_timeout"]),
)
intents = st.builds(
    Intent, st.just("pi_1"), st.sampled_from(IntentStatus), st.just(AMOUNT), st.sampled_from(["", "insufficient_funds"])
)


@pytest.mark.parametrize(
    ("status", "action", "decision"),
    [
        (IntentStatus.SUCCEEDED, None, Approved("pi_1", AMOUNT)),
        (IntentStatus.CANCELED, None, Declined("canceled", "The payment was cancelled.")),
        (IntentStatus.PROCESSING, None, Waiting(is_presented=True)),
        (OPEN, ReaderAction(ActionStatus.IN_PROGRESS, "pi_1"), Waiting(is_presented=False)),
        (OPEN, ReaderAction(ActionStatus.SUCCEEDED, "pi_1"), Waiting(is_presented=True)),
        (OPEN, ReaderAction(ActionStatus.IN_PROGRESS, "pi_2"), Stopped("reader_did_not_start")),
        (OPEN, None, Stopped("reader_did_not_start")),
        (OPEN, ReaderAction(ActionStatus.FAILED, "pi_1", "connection_error"), Stopped("connection_error")),
    ],
)
def test_a_reading_means(status: IntentStatus, action: ReaderAction | None, decision: object) -> None:
    assert decide(Intent("pi_1", status, AMOUNT), action) == decision


def test_a_decline_is_told_in_the_banks_reason() -> None:
    intent = Intent("pi_1", OPEN, AMOUNT, "insufficient_funds")

    decision = decide(intent, ReaderAction(ActionStatus.FAILED, "pi_1", "card_declined"))

    assert decision == Declined("insufficient_funds", "The card has insufficient funds.")


@given(intents, actions)
def test_an_intent_that_succeeded_is_paid_whatever_the_reader_says(intent: Intent, action: ReaderAction | None) -> None:
    assert isinstance(decide(intent, action), Approved) == (intent.status is IntentStatus.SUCCEEDED)


@given(intents, actions)
def test_nothing_is_declined_while_stripe_may_still_charge(intent: Intent, action: ReaderAction | None) -> None:
    decision = decide(intent, action)

    if isinstance(decision, Declined):
        is_ours = action is not None and action.intent_id == "pi_1" and action.status is ActionStatus.FAILED
        assert intent.status is IntentStatus.CANCELED or (intent.status is OPEN and is_ours)


@given(intents)
def test_an_ended_intent_is_declined_only_when_stripe_says_canceled(intent: Intent) -> None:
    decision = decide_ended(intent, "canceled")

    assert isinstance(decision, Declined) == (intent.status is IntentStatus.CANCELED)
    assert isinstance(decision, Approved) == (intent.status is IntentStatus.SUCCEEDED)
