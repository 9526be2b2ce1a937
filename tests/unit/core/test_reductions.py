"""Discounts: never more than there is, in amounts that can be paid, and the lines still add up to the total."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Catalogue, Product, ProductKind, Promo, Rounding
from boxoffice.core.charging import step_of
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import OrderId, PoolId, ProductId, StaffId, TaxRateId
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price
from boxoffice.core.reductions import REASONS, Off, Reduction, alone_needs
from boxoffice.core.refunds import parts_of
from boxoffice.core.rights import Right
from boxoffice.core.sales import earned_of, place
from boxoffice.core.sums import sums_of
from boxoffice.core.taxes import TaxRate
from tests.unit.core.builders import NOW, catalogue

TAXES = st.lists(st.integers(0, 300_000), max_size=3)


@st.composite
def markets(draw: st.DrawFn) -> Catalogue:
    """Returns an event in any currency, with up to three taxes that are all within or all on top of its prices."""
    currency = Currency(draw(st.sampled_from(sorted(CURRENCIES))))
    step, is_included = step_of(currency).minor, draw(st.booleans())
    taxes = tuple(TaxRate(TaxRateId(f"t{i}"), f"T{i}", ppm, is_included) for i, ppm in enumerate(draw(TAXES)))
    whole = catalogue(draw(st.sampled_from(Rounding)))
    prices = draw(st.tuples(*[st.integers(0, 4_000).map(lambda n: Money(n * step, currency))] * len(whole.products)))
    products = tuple(
        replace(
            product,
            price=None if product.kind is ProductKind.DONATION else each,
            taxes=() if product.kind is ProductKind.DONATION else tuple(tax.id for tax in taxes),
            options=(),
        )
        for product, each in zip(whole.products, prices, strict=True)
    )
    return replace(whole, currency=currency, taxes=taxes, products=products)


def reductions(currency: Currency, *, is_whole: bool = False) -> st.SearchStrategy[Reduction]:
    steps = st.integers(1, 9_000).map(lambda n: n * step_of(currency).minor)
    of = {Off.PERCENT: st.integers(1, 100), Off.AMOUNT: steps, Off.PRICE: steps, Off.COMP: st.just(0)}
    kinds = [off for off in of if not (is_whole and off is Off.PRICE)]
    return st.sampled_from(kinds).flatmap(
        lambda off: st.builds(Reduction, st.just(off), st.sampled_from(REASONS), of[off])
    )


@st.composite
def reduced(draw: st.DrawFn) -> tuple[Catalogue, Cart, Promo | None]:
    event = draw(markets())
    sold, step = draw(st.lists(st.sampled_from(event.products), min_size=1, max_size=5)), step_of(event.currency).minor

    def line(product: Product) -> CartLine:
        if product.price is None:
            return CartLine(product.id, 1, Money(draw(st.integers(1, 900)) * step, event.currency))
        off = draw(st.none() | reductions(event.currency))
        return CartLine(product.id, draw(st.integers(1, 9)), reduction=off)

    cart = Cart(tuple(map(line, sold)), draw(st.none() | reductions(event.currency, is_whole=True)))
    amounts = st.integers(1, 9_000).map(lambda n: Money(n * step, event.currency))
    percent = st.builds(Promo, st.just("SALSA"), st.integers(1, 100), st.none())
    return (
        event,
        cart,
        draw(st.none() | percent | st.builds(Promo, st.just("SALSA"), st.none(), amounts, st.booleans())),
    )


def placed(priced: PricedOrder) -> OrderPlaced:
    return place(priced, order_id=OrderId("o"), order_number="7K2-F4Q", channel=Channel.DOOR, source="lease")


@given(reduced())
def test_nothing_goes_below_zero_and_lines_add_up_in_every_currency(case: tuple[Catalogue, Cart, Promo | None]) -> None:
    event, cart, promo = case

    priced = price(event, cart, promo, at=NOW)

    for line in priced.lines:
        assert 0 <= line.discount.minor <= line.subtotal.minor
        assert line.net + line.tax == line.total
        assert line.product.kind is not ProductKind.DONATION or not line.discount.minor
    assert priced.total == priced.subtotal - priced.discount + priced.tax_added
    assert priced.total.minor == sum(line.total.minor for line in priced.lines)
    assert not priced.total.minor % step_of(event.currency).minor


@given(reduced())
def test_facts_receipts_and_books_of_a_reduced_order_say_the_same(case: tuple[Catalogue, Cart, Promo | None]) -> None:
    event, cart, promo = case
    order = placed(price(event, cart, promo, at=NOW))

    sums = sums_of(order.lines)

    assert sums.discount == order.discount == sum(each.amount for line in order.lines for each in line.reductions)
    assert (sums.subtotal, sums.total) == (order.subtotal, order.total)
    assert sum(part.net + part.tax for part in earned_of(order)) == order.total + order.discount
    assert sum(part.worth for part in parts_of(order, ())) == order.total


@given(reduced())
def test_the_tax_is_that_of_what_is_left(case: tuple[Catalogue, Cart, Promo | None]) -> None:
    event, cart, promo = case

    for line in price(event, cart, promo, at=NOW).lines:
        if not line.discounted.minor and event.rounding is Rounding.PER_LINE:
            assert not line.tax.minor


def _two(first: Reduction | None, whole: Reduction | None = None) -> Cart:
    """Returns one full pass of $150, and one Friday of $95."""
    lines = (CartLine(ProductId("full-pass"), 1, reduction=first), CartLine(ProductId("friday"), 1))
    return Cart(lines, whole)


def test_first_goes_what_a_line_has_off_then_the_code_then_what_the_whole_sale_has_off() -> None:
    cart = _two(Reduction(Off.PERCENT, "Member", 10), Reduction(Off.PERCENT, "Kindness", 50))

    priced = price(catalogue(is_included=True), cart, Promo("SALSA", 20, None), at=NOW)

    full_pass, friday = priced.lines
    assert [each.amount.minor for each in full_pass.taken_off] == [1_500, 2_700, 5_400]
    assert [each.amount.minor for each in friday.taken_off] == [1_900, 3_800]
    assert priced.total.minor == 5_400 + 3_800


@pytest.mark.parametrize(
    ("off", "value", "left"), [(Off.AMOUNT, 2_000, 13_000), (Off.PRICE, 9_900, 9_900), (Off.COMP, 0, 0)]
)
def test_a_line_is_cheaper_by_an_amount_by_another_price_or_by_all_of_it(off: Off, value: int, left: int) -> None:
    priced = price(catalogue(is_included=True), _two(Reduction(off, "Damaged", value)), at=NOW)

    assert [line.total.minor for line in priced.lines] == [left, 9_500]


def test_a_code_that_finds_nothing_left_is_not_used_up() -> None:
    code = Promo("SALSA", 20, None, products=frozenset({ProductId("full-pass")}), limit=5)
    comp = _two(Reduction(Off.COMP, "Artist"))

    assert price(catalogue(), comp, code, at=NOW).units().keys() == {"friday", "saturday", "sunday"}
    assert price(catalogue(), _two(None), code, at=NOW).units()[PoolId("code:SALSA")] == 1


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        (Reduction(Off.PERCENT, "Member", 0), None),
        (Reduction(Off.PERCENT, "Member", 101), None),
        (Reduction(Off.AMOUNT, "Member", 0), None),
        (Reduction(Off.PRICE, "Member", -1), None),
        (Reduction(Off.PERCENT, "  ", 10), None),
        (Reduction(Off.PERCENT, "x" * 201, 10), None),
        (Reduction(Off.CODE, "SALSA", 10), None),
        (None, Reduction(Off.PRICE, "Member", 100)),
        (None, Reduction(Off.PERCENT, "", 10)),
    ],
)
def test_a_discount_that_makes_no_sense_is_refused_with_its_place(
    line: Reduction | None, whole: Reduction | None
) -> None:
    with pytest.raises(BadInput) as told:
        price(catalogue(), _two(line, whole), at=NOW)

    assert [each.place for each in told.value.problems] == ["items[0].reduction" if line else "reduction"]


def test_a_discount_is_refused_that_no_card_could_pay() -> None:
    dinar = Currency("KWD")
    whole = catalogue()
    event = replace(whole, currency=dinar, products=(replace(whole.products[0], price=Money(20_000, dinar)),))
    cart = Cart((CartLine(ProductId("full-pass"), 1, reduction=Reduction(Off.AMOUNT, "Member", 1)),))

    with pytest.raises(BadInput, match="multiple of"):
        price(event, cart, at=NOW)


def test_a_gift_has_nothing_off() -> None:
    gift = CartLine(ProductId("donation"), 1, Money(500, catalogue().currency), reduction=Reduction(Off.COMP, "Artist"))

    with pytest.raises(BadInput, match="nothing is taken off Donation"):
        price(catalogue(), Cart((gift,)), at=NOW)


def test_what_is_taken_off_alone_counts_together_and_comps_are_another_right() -> None:
    lines = [
        (10_000, [("percent", 1_500), ("amount", 501), ("code", 5_000)]),
        (10_000, [("comp", 10_000)]),
        (0, []),
    ]

    assert alone_needs(lines) == {Right.DISCOUNT: Extent(21, 2_001), Right.COMP: Extent(100, 10_000)}


def test_the_fact_says_why_how_much_and_who_approved_it() -> None:
    comp = Reduction(Off.COMP, "Artist", approved_by=StaffId("ana"))

    order = placed(price(catalogue(), _two(comp, Reduction(Off.AMOUNT, "Kindness", 500)), at=NOW))

    first, second = order.lines
    assert [(each.kind, each.reason, each.amount, each.shared, each.approved_by) for each in first.reductions] == [
        ("comp", "Artist", 15_000, False, "ana")
    ]
    assert [(each.kind, each.value, each.amount, each.shared) for each in second.reductions] == [
        ("amount", 500, 500, True)
    ]
