"""What a month's tax returns say: it is what was sold less what went back, however that was given."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.payloads.lines import LinePart, TaxPart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.tax_returns import OrderTaxes, Share, Tax, due_on, returns_of, share_of, sold_at, taxes_of
from tests.unit.core.sold import Sold, sold

_SUMS = {"subtotal": 0, "discount": 0, "tax": 0, "total": 0, "currency": "USD"}
ORDER = OrderPlaced.model_validate(
    {"order_id": "o", "order_number": "1", "channel": "door", "source": "pool", "lines": (), "units": {}, **_SUMS}
)


def line(**said: Any) -> LinePart:
    usual = {"product_id": "x", "name": "X", "kind": "ticket", "quantity": 1, "unit_price": 100}
    return LinePart.model_validate({**usual, "subtotal": 100, "total": 100, "tax": 0, **said})


REFUNDS = st.lists(st.tuples(st.integers(1, 20_000), st.dictionaries(st.integers(0, 5), st.integers(1, 9_000))))


def totals(shares: list[Share]) -> tuple[int, int]:
    return sum(each.paid for each in shares), sum(amount for each in shares for _, amount in each.taxes)


@given(sold(), REFUNDS)
def test_what_goes_back_never_takes_more_tax_than_there_was_and_all_of_it_with_the_last_cent(
    order: Sold, refunds: list[tuple[int, dict[int, int]]]
) -> None:
    taxes, lines = OrderTaxes(order.placed), order.placed.lines
    shares = [share_of(lines[each.line], each, "hall", "") for each in taxes.sold()]
    assert totals(shares) == (order.placed.total, sum(line.tax for line in lines))

    for n, (amount, worth) in enumerate([*refunds, (order.placed.total, {})]):
        left, tax_left = totals(shares)
        back = [share_of(lines[each.line], each, "hall", "") for each in taxes.given_back(str(n), amount, worth)]
        assert -totals(back)[0] == min(amount, left)
        assert 0 <= -totals(back)[1] <= tax_left
        shares += back

    assert totals(shares) == (0, 0)
    assert all(
        (row.gross, row.taxable, row.collected) == (0, 0, 0) for rows in returns_of(shares).values() for row in rows
    )


@given(sold(), st.lists(st.integers(1, 20_000), min_size=2, max_size=5))
def test_many_steps_take_as_much_as_one(order: Sold, steps: list[int]) -> None:
    line = next((each for each in order.placed.lines if each.total and each.taxes), None)
    if line is None:
        return
    alone = order.placed.model_copy(update={"lines": (line,)})
    bit_by_bit, at_once = OrderTaxes(alone), OrderTaxes(alone)

    small = [each for n, step in enumerate(steps) for each in bit_by_bit.given_back(str(n), step, {})]
    (whole,) = at_once.given_back("all", sum(steps), {})

    assert sum(each.paid for each in small) == whole.paid
    assert tuple(map(sum, zip(*(each.taxes for each in small), strict=True))) == whole.taxes


@given(sold(), REFUNDS, st.integers(0, 9))
def test_a_refund_that_came_back_leaves_nothing(
    order: Sold, refunds: list[tuple[int, dict[int, int]]], which: int
) -> None:
    taxes = OrderTaxes(order.placed)
    moves = [*taxes.sold()]
    for n, (amount, worth) in enumerate(refunds):
        moves += taxes.given_back(str(n), amount, worth)
    for n in {*range(len(refunds))} - {which}:
        moves += taxes.came_back(str(n))
    moves += taxes.came_back(str(which))

    assert sum(each.paid for each in moves) == order.placed.total
    assert sum(sum(each.taxes) for each in moves) == sum(line.tax for line in order.placed.lines)


def test_an_authority_asks_for_all_that_was_sold_where_it_taxes_anything() -> None:
    state, city = Tax("Colorado", "sales", "State", 29_000), Tax("City", "admissions", "Admissions", 50_000)
    shares = [
        Share("Pearl Street", "admission", 10_500, ((city, 500),)),
        Share("Pearl Street", "goods", 2_058, ((state, 58),)),
        Share("Avalon", "admission", 4_000, ()),
        Share("Avalon", "goods", 1_029, ((state, 29),)),
    ]

    rows = returns_of(shares)

    assert [(r.tax, r.gross, r.not_taxed, r.taxable, r.by_the_rate, r.rounding) for r in rows["City"]] == [
        (city, 12_000, 2_000, 10_000, 500, 0)
    ]
    assert [(r.gross, r.taxable, r.collected, r.by_the_rate) for r in rows["Colorado"]] == [(17_000, 3_000, 87, 87)]
    assert [(each.place, each.sold_as, each.gross, each.taxable) for each in sold_at(shares)] == [
        ("Avalon", "admission", 4_000, 0),
        ("Avalon", "goods", 1_000, 1_000),
        ("Pearl Street", "admission", 10_000, 10_000),
        ("Pearl Street", "goods", 2_000, 2_000),
    ]


def test_what_an_older_till_sold_is_one_tax_without_a_name() -> None:
    assert [(tax.rate, tax.amount, tax.included) for tax in taxes_of(line(tax=8, tax_rate="r"))] == [("r", 8, True)]


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2026, 5, 1), date(2026, 6, 22)),  # the 20th is a Saturday
        (date(2026, 8, 31), date(2026, 9, 21)),  # a Sunday
        (date(2026, 12, 15), date(2027, 1, 20)),
        (date(2027, 1, 31), date(2027, 2, 22)),
    ],
)
def test_a_return_is_due_on_the_twentieth_or_the_monday_after(month: date, due: date) -> None:
    assert due_on(month) == due


def test_what_is_on_a_gift_card_takes_no_tax_of_what_was_bought_with_it() -> None:
    state = TaxPart(rate="state", name="State", rate_ppm=29_000, amount=87, included=False, authority="Colorado")
    shirt = line(kind="merchandise", total=3_087, subtotal=3_000, tax=87, taxes=(state,))
    order = OrderTaxes(ORDER.model_copy(update={"lines": (shirt, line(kind="gift_card", total=5_000, subtotal=5_000))}))

    amount_only = order.given_back("a", 1_029, {})
    order.card_taken_back(5_000)
    card = order.given_back("b", 5_000, {})
    rest = order.given_back("c", 9_000, {})

    assert [(each.line, each.paid, sum(each.taxes)) for each in amount_only] == [(0, -1_029, -29)]
    assert [(each.line, each.paid) for each in card] == [(1, -5_000)]
    assert [(each.line, each.paid, sum(each.taxes)) for each in rest] == [(0, -2_058, -58)]
