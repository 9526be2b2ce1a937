"""The close names every cent between its sides, and a payout's parts are all of its lines."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.closing import Close, OrderMoney, PaymentMoney, Shortfall, Why
from boxoffice.core.payout_parts import Line, MoveKind, PartKind, ours_of, parts_of

AMOUNTS = st.integers(-5000, 5000)
LINES = st.builds(
    lambda kind, is_ours, is_marked, amount, fee: Line(kind, is_ours, is_marked, amount, fee, amount - fee),
    st.sampled_from(MoveKind),
    st.booleans(),
    st.booleans(),
    AMOUNTS,
    st.integers(0, 300),
)
ORDERS = st.builds(OrderMoney, st.just("AB-1"), *[st.integers(0, 5000)] * 4, AMOUNTS)


def payment(booked: int, listed: int | None, *, is_read: bool = True, is_other: bool = False) -> PaymentMoney:
    return PaymentMoney("AB-1", "pi_1", booked, listed, 0, 0, 0, 0, is_read, is_other)


def close(
    *payments: PaymentMoney,
    orders: tuple[OrderMoney, ...] = (),
    accounts: Mapping[str, int] | None = None,
    uncounted: Mapping[str, int] | None = None,
    shortfalls: tuple[Shortfall, ...] = (),
) -> Close:
    return Close(orders, accounts or {}, payments, uncounted or {}, shortfalls)


@given(st.lists(LINES))
def test_the_parts_of_a_payout_are_all_of_its_lines(lines: list[Line]) -> None:
    parts = parts_of(lines)

    assert sum(part.lines for part in parts) == len(lines)
    assert sum(part.net for part in parts) == sum(line.net for line in lines)
    assert all(part.net == part.amount - part.fee for part in parts)
    assert ours_of(lines) == sum(line.net for line in lines if line.is_ours)
    ours = {PartKind.CHARGES, PartKind.REFUNDS, PartKind.DISPUTES}
    assert all(line.is_ours for line in lines if line.part in ours)


@given(st.lists(ORDERS), st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS)), AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_differences_are_all_that_is_between_the_sides(
    orders: list[OrderMoney], paid: list[tuple[int, int | None]], cash: int, uncounted: int, over: int
) -> None:
    payments = [payment(booked, listed) for booked, listed in paid]
    accounts = {"cash": cash, "stripe": sum(booked for booked, _ in paid)}
    shortfalls = (Shortfall("Z 1, Door", "", over),)
    found = close(
        *payments, orders=tuple(orders), accounts=accounts, uncounted={"Door": uncounted}, shortfalls=shortfalls
    )
    named = {why: sum(each.amount for each in found.differences if each.why is why) for why in Why}

    of_orders = found.tickets - sum(order.booked for order in orders)
    assert named[Why.NOT_PAID] + named[Why.NOTHING_SOLD] == of_orders
    assert named[Why.NOT_COUNTED] + named[Why.OVER_SHORT] == found.drawers - found.cash
    assert named[Why.NOT_LISTED] + named[Why.LISTED_OTHERWISE] == found.listed - accounts["stripe"]


def test_a_shift_that_was_short_is_explained_and_a_payment_that_is_not_listed_is_not() -> None:
    assert close(shortfalls=(Shortfall("Z 1, Door", "wrong change", -500),)).agrees
    assert [each.why for each in close(payment(500, None)).open] == [Why.NOT_LISTED]
    assert [each.why for each in close(payment(500, None, is_read=False)).open] == [Why.AWAITED]
    assert [each.why for each in close(payment(500, 400)).open] == [Why.LISTED_OTHERWISE]
    assert [each.why for each in close(payment(500, 450, is_other=True)).open] == [Why.OTHER_CURRENCY]
    assert close(payment(500, 500)).agrees
