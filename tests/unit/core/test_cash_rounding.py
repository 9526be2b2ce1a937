"""Cash is rounded by the event's rule, and what goes back follows what was rounded then, not the rule of now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.cash_rounding import STEPS, CashPaid, CashRounding, RoundingWay
from boxoffice.core.money import Currency, Money
from tests.unit.core.builders import usd

_rules = st.builds(CashRounding, st.sampled_from(STEPS), st.sampled_from(RoundingWay))
_amounts = st.integers(0, 100_000_00)


@pytest.mark.parametrize(
    ("step", "way", "due", "paid"),
    [
        (5, RoundingWay.NEAREST, 5757, 5755),
        (5, RoundingWay.NEAREST, 5758, 5760),
        (5, RoundingWay.NEAREST, 5755, 5755),
        (5, RoundingWay.CUSTOMER, 5759, 5755),
        (10, RoundingWay.NEAREST, 5755, 5750),
        (10, RoundingWay.NEAREST, 5756, 5760),
        (50, RoundingWay.NEAREST, 5725, 5700),
        (100, RoundingWay.NEAREST, 5751, 5800),
        (5, RoundingWay.NEAREST, 2, 0),
    ],
)
def test_cash_pays_the_nearer_amount_or_the_customers(step: int, way: RoundingWay, due: int, paid: int) -> None:
    assert (usd_minor(due) + CashRounding(step, way).on(usd_minor(due))).minor == paid


@given(_rules, _amounts)
def test_what_cash_pays_can_be_paid_and_is_less_than_a_step_away(rule: CashRounding, due: int) -> None:
    rounding = rule.on(Money(due, Currency("USD"))).minor

    assert (due + rounding) % rule.step == 0
    assert abs(rounding) < rule.step
    assert rule.way is RoundingWay.NEAREST or rounding <= 0


@given(_rules, _amounts, st.lists(st.integers(1, 100_000_00), max_size=8))
def test_all_refunds_of_a_payment_together_give_back_the_cash_that_was_taken(
    rule: CashRounding, due: int, parts: list[int]
) -> None:
    paid = CashPaid(due, rule.on(Money(due, Currency("USD"))).minor, rule.step)

    for part in (*parts, paid.left):
        amount = min(part, paid.left)
        if amount == 0:
            continue
        rounding = paid.rounding_of_refund(amount)
        cash = amount + rounding
        assert 0 <= cash <= paid.cash_left
        assert cash % rule.step == 0
        paid = CashPaid(paid.amount, paid.rounding, paid.step, paid.back + amount, paid.rounding_back + rounding)

    assert paid.left == 0
    assert paid.cash_left == 0


def test_what_was_not_rounded_goes_back_to_the_cent_whatever_the_rule_is_now() -> None:
    assert CashPaid(5757).rounding_of_refund(1999) == 0


def usd_minor(minor: int) -> Money:
    return Money(minor, usd(1).currency)
