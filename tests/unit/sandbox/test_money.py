"""What must hold of money, whatever is captured and refunded."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.sandbox.account import Account
from boxoffice.sandbox.attempts import attempt, capture
from boxoffice.sandbox.cards import CARDS, decline_of_amount, passes_luhn, verification_of_amount
from boxoffice.sandbox.charges import Presented, fee_of
from boxoffice.sandbox.currencies import step_of
from boxoffice.sandbox.errors import StripeError
from boxoffice.sandbox.intents import new_intent
from boxoffice.sandbox.refunds import create
from tests.unit.sandbox.conftest import Bench, intent_params

VISA = Presented(CARDS["4242424242424242"])


@given(
    amount=st.integers(50, 100_000),
    captured=st.integers(1, 120_000),
    refunds=st.lists(st.integers(1, 60_000), max_size=5),
)
def test_no_more_is_captured_than_held_nor_refunded_than_captured(
    amount: int, captured: int, refunds: list[int]
) -> None:
    account = Account("http://sandbox.test", lambda _seconds, _work: None)
    intent = new_intent(account, intent_params(amount=amount, capture_method="manual"), ["card"])
    attempt(account, intent, VISA)
    with contextlib.suppress(StripeError):
        capture(account, intent, captured)
    if intent["status"] != "succeeded":
        assert captured > amount
        return
    for refund in refunds:
        with contextlib.suppress(StripeError):
            create(account, {"payment_intent": intent["id"], "amount": refund})

    transactions = account.all("balance_transaction")
    assert all(each["net"] == each["amount"] - each["fee"] for each in transactions)
    assert 0 <= sum(each["amount"] for each in transactions) <= intent["amount_received"] <= amount


@pytest.mark.parametrize(
    ("amount", "kind", "fee"), [(2500, "card", 103), (2500, "card_present", 73), (100, "card", 33)]
)
def test_fees_are_stripes_standard_ones(amount: int, kind: str, fee: int) -> None:
    assert fee_of(amount, kind) == fee


@given(st.integers(1, 99_999_999))
def test_a_fee_is_an_amount_that_there_is_in_its_currency(amount: int) -> None:
    fee = fee_of(amount, "card", step_of("isk"))

    assert fee % 100 == 0
    assert abs(fee - fee_of(amount, "card")) <= 50


def test_an_attempt_tells_of_itself_in_events(bench: Bench) -> None:
    intent = new_intent(bench.account, intent_params(capture_method="automatic_async"), ["card"])
    attempt(bench.account, intent, Presented(CARDS["4000000000000002"]))
    attempt(bench.account, intent, VISA)

    assert bench.types() == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    bench.timers.run()
    assert bench.types()[-1] == "charge.updated"


def test_an_event_keeps_what_was_when_it_happened(bench: Bench) -> None:
    intent = new_intent(bench.account, intent_params(), ["card"])
    attempt(bench.account, intent, VISA)

    assert bench.events[0]["data"]["object"]["status"] == "requires_payment_method"


def test_every_test_card_has_a_true_check_digit_but_the_one_that_is_wrong_on_purpose() -> None:
    assert {number for number in CARDS if not passes_luhn(number)} == {"4242424242424241"}


@pytest.mark.parametrize(
    ("amount", "reason", "verification"),
    [
        (2500, None, None),
        (2501, "call_issuer", None),
        (2502, None, "offline_pin"),
        (2503, None, "online_pin"),
        (2505, "generic_decline", None),
        (2555, "incorrect_pin", None),
        (2565, "withdrawal_count_limit_exceeded", None),
        (2575, "pin_try_exceeded", None),
        (2599, None, None),
    ],
)
def test_the_amounts_ending_acts_on_a_reader(amount: int, reason: str | None, verification: str | None) -> None:
    decline = decline_of_amount(amount)

    assert (decline.decline_code if decline else None) == reason
    assert verification_of_amount(amount) == verification
