"""Who may do what: the table has an answer for everybody, and there is one way to ask it."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import StaffId
from boxoffice.core.limits import Extent, Limits
from boxoffice.core.rights import (
    RIGHTS,
    Answer,
    NeedsApproval,
    NotAllowed,
    Right,
    approvers,
    can_approve,
    may,
    must,
)
from boxoffice.core.staff import NOBODY, Acting, Person, StaffRole


def person(role: StaffRole, limit: int = 0) -> Person:
    return Person(StaffId(f"one-{role.value}"), role.value.title(), role, discount_limit=limit)


def acting(role: StaffRole, approved_by: StaffRole | None = None, limit: int = 0) -> Acting:
    return Acting(person(role, limit), True, None if approved_by is None else person(approved_by))


def test_every_right_has_a_row_with_an_answer_for_every_role() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(isinstance(row.of(role), Answer) for row in RIGHTS.values() for role in StaffRole)


@pytest.mark.parametrize("right", Right)
def test_nobody_may_less_than_those_below_and_somebody_may_always(right: Right) -> None:
    ranks = [Answer.NO, Answer.ASK, Answer.LIMIT, Answer.YES]

    answers = [ranks.index(RIGHTS[right].of(role)) for role in StaffRole]

    assert answers == sorted(answers)
    assert StaffRole.ORGANIZER in approvers(right)


@pytest.mark.parametrize("right", Right)
def test_where_no_staff_is_kept_everybody_may_do_everything(right: Right) -> None:
    assert may(NOBODY, right, Extent(100)) is Answer.YES


@pytest.mark.parametrize("right", Right)
def test_where_nobody_has_signed_in_nobody_may_more_than_a_seller(right: Right) -> None:
    assert may(Acting(is_staffed=True), right, Extent(1)) is may(acting(StaffRole.SELLER), right, Extent(1))


@pytest.mark.parametrize(("right", "role", "by"), list(product(Right, StaffRole, StaffRole)))
def test_an_approval_is_one_by_who_may_do_it_and_opens_only_what_is_asked(
    right: Right, role: StaffRole, by: StaffRole
) -> None:
    alone, with_another = may(acting(role), right, Extent(1)), may(acting(role, by), right, Extent(1))

    is_opened = alone is Answer.ASK and can_approve(person(by), right)
    assert with_another is (Answer.YES if is_opened else alone)


@pytest.mark.parametrize(("percent", "answer"), [(0, Answer.YES), (20, Answer.YES), (21, Answer.ASK)])
def test_a_seller_gives_a_discount_up_to_the_own_limit(percent: int, answer: Answer) -> None:
    assert may(acting(StaffRole.SELLER, limit=20), Right.DISCOUNT, Extent(percent)) is answer


def test_what_needs_an_approval_says_who_can_give_it_and_what_is_never_ones_own_says_so() -> None:
    must(acting(StaffRole.SUPERVISOR), Right.REFUND)
    with pytest.raises(NeedsApproval, match=r"Refund, exchange.*supervisor or organizer"):
        must(acting(StaffRole.SELLER), Right.REFUND)
    with pytest.raises(NotAllowed, match="Sell") as caught:
        must(acting(StaffRole.STEWARD, StaffRole.ORGANIZER), Right.SELL)
    assert not isinstance(caught.value, NeedsApproval)


@pytest.mark.parametrize("right", [Right.DISCOUNT, Right.COMP, Right.REFUND])
@given(most=st.integers(0, 10_000), minor=st.integers(0, 20_000))
def test_a_seller_goes_as_far_in_money_as_the_event_lets_them_and_asks_beyond(
    right: Right, most: int, minor: int
) -> None:
    limits = Limits(**{right.value: most})

    alone = may(replace(acting(StaffRole.SELLER, limit=100), limits=limits), right, Extent(minor=minor))
    above = may(replace(acting(StaffRole.SUPERVISOR), limits=limits), right, Extent(minor=minor))

    assert alone is (Answer.YES if minor <= most else Answer.ASK)
    assert above is Answer.YES


def test_a_limit_in_money_lifts_no_limit_in_percent_and_lets_nobody_do_what_has_no_sum() -> None:
    seller = replace(acting(StaffRole.SELLER, limit=20), limits=Limits(1_000, 1_000, 1_000))

    assert may(seller, Right.DISCOUNT, Extent(21, 500)) is Answer.ASK
    assert {may(seller, right) for right in (Right.COMP, Right.REFUND)} == {Answer.ASK}
    assert may(replace(seller, limits=Limits()), Right.REFUND, Extent(minor=1)) is Answer.ASK
