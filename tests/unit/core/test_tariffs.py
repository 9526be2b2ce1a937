"""What one of a product costs: by day and hour, where it is sold, how many are bought, and who shows a card."""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.money import total_of
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.tariffs import Asked, PriceKind, PriceRule, Quoted, Tariff
from tests.unit.core.builders import USD, catalogue, usd

ZONE = ZoneInfo("America/Denver")
STUDENT, MEMBER = PriceKindId("student"), PriceKindId("member")
KINDS = (
    PriceKind(STUDENT, "Student", "Look at the student card"),
    PriceKind(MEMBER, "Member", "Look at the member card"),
)
FRIDAY = ProductId("friday")
SATURDAY = date(2026, 5, 16)
PRICES = st.integers(0, 20_000).map(usd)
CLOCKS = st.datetimes(datetime(2026, 5, 14), datetime(2026, 5, 18))  # noqa: DTZ001  # clocks at the event
NOWS = st.datetimes(datetime(2026, 5, 14), datetime(2026, 5, 19), timezones=st.just(UTC))  # noqa: DTZ001  # on a clock there
RULES = st.builds(
    PriceRule,
    PRICES,
    st.none() | st.sampled_from(Channel),
    st.none() | CLOCKS,
    st.none() | CLOCKS,
    st.sampled_from([(), (SATURDAY,), (date(2026, 5, 15), SATURDAY)]),
    st.sampled_from([1, 1, 2, 5, 10]),
    st.none() | st.sampled_from([STUDENT, MEMBER]),
)
TARIFFS = st.builds(Tariff, PRICES, st.lists(RULES, max_size=8).map(tuple))
ASKED = st.builds(
    Asked,
    st.sampled_from(Channel),
    NOWS,
    st.just(ZONE),
    st.integers(1, 30),
    st.none() | st.sampled_from([STUDENT, MEMBER]),
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=ZONE)


def on_clock(day: int, hour: int) -> datetime:
    return datetime(2026, 5, day, hour)  # noqa: DTZ001  # on a clock there


def asked(when: datetime, channel: Channel = Channel.DOOR, quantity: int = 1, kind: PriceKindId | None = None) -> Asked:
    return Asked(channel, when, ZONE, quantity, kind)


@given(TARIFFS, ASKED)
def test_there_is_always_one_price_and_it_is_one_of_the_products_own(tariff: Tariff, who: Asked) -> None:
    picked = tariff.pick(who)

    assert picked in {tariff.price, *(rule.price for rule in tariff.rules)}
    assert picked == tariff.pick(who)


@given(TARIFFS, ASKED, st.integers(1, 30))
def test_more_of_it_never_cost_more_each(tariff: Tariff, who: Asked, more: int) -> None:
    assert tariff.pick(replace(who, quantity=who.quantity + more)).minor <= tariff.pick(who).minor


@given(TARIFFS, ASKED)
def test_a_card_never_makes_it_dearer(tariff: Tariff, who: Asked) -> None:
    assert tariff.pick(who).minor <= tariff.pick(replace(who, kind=None)).minor


@given(TARIFFS, ASKED)
def test_whoever_has_no_favour_pays_the_price_of_the_hour(tariff: Tariff, who: Asked) -> None:
    usual = replace(tariff, rules=tuple(rule for rule in tariff.rules if not rule.is_favour))

    assert tariff.pick(who).minor <= usual.pick(who).minor
    assert tariff.pick(replace(who, kind=None, quantity=1)) == usual.pick(replace(who, kind=None, quantity=1))


@given(TARIFFS, ASKED)
def test_what_is_told_of_groups_is_what_they_pay(tariff: Tariff, who: Asked) -> None:
    for size, each in tariff.group_sizes(who):
        assert tariff.pick(replace(who, quantity=size)) == each
        assert each.minor < tariff.pick(replace(who, quantity=1)).minor


@pytest.mark.parametrize(
    ("when", "channel", "cost"),
    [
        (at(14, 12), Channel.WEB, 5_500),
        (at(14, 23, 59), Channel.WEB, 5_500),
        (at(15, 0), Channel.WEB, 6_500),
        (at(14, 12), Channel.DOOR, 7_000),
        (at(16, 17), Channel.DOOR, 8_000),
        (at(16, 18), Channel.DOOR, 8_000),
        (at(17, 18), Channel.DOOR, 7_500),
        (at(17, 19), Channel.DOOR, 7_000),
    ],
)
def test_a_day_comes_before_an_hour_an_hour_before_always_and_a_channel_before_all(
    when: datetime, channel: Channel, cost: int
) -> None:
    tariff = Tariff(
        usd(6_500),
        (
            PriceRule(usd(7_000), Channel.DOOR),
            PriceRule(usd(5_500), Channel.WEB, ends=on_clock(15, 0)),
            PriceRule(usd(7_500), starts=on_clock(17, 12), ends=on_clock(17, 19)),
            PriceRule(usd(9_900), Channel.DOOR, starts=on_clock(16, 18), ends=on_clock(17, 0)),
            PriceRule(usd(8_000), days=(SATURDAY,)),
        ),
    )

    assert tariff.pick(asked(when, channel)) == usd(cost)


def test_an_hour_that_comes_twice_is_not_in_a_price_twice() -> None:
    ends = datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001  # clocks are put back at 2:00 to 1:00
    tariff = Tariff(usd(9_000), (PriceRule(usd(5_000), ends=ends),))
    first = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)

    paid = [tariff.pick(asked(first + timedelta(minutes=15 * n))).minor for n in range(12)]

    assert paid == [5_000] * 2 + [9_000] * 10


def priced(tariff: Tariff) -> Catalogue:
    sold = catalogue()
    products = tuple(
        replace(each, price=tariff.price, prices=tariff.rules) if each.id == FRIDAY else each for each in sold.products
    )
    return replace(sold, products=products, price_kinds=KINDS)


GROUP = Tariff(usd(2_500), (PriceRule(usd(2_200), from_quantity=5), PriceRule(usd(1_500), kind=STUDENT)))


def test_a_group_is_counted_over_all_lines_of_the_product() -> None:
    cart = Cart((CartLine(FRIDAY, 4), CartLine(FRIDAY, 1, price_kind=STUDENT)))

    lines = price(priced(GROUP), cart, at=at(15, 21)).lines

    assert [line.unit_price.minor for line in lines] == [2_200, 1_500]
    assert [line.subtotal.minor for line in lines] == [8_800, 1_500]


@pytest.mark.parametrize(
    ("line", "channel"),
    [
        (CartLine(FRIDAY, 1, price_kind=MEMBER), Channel.DOOR),
        (CartLine(ProductId("full-pass"), 1, price_kind=STUDENT), Channel.DOOR),
        (CartLine(FRIDAY, 1, price_kind=PriceKindId("nobody")), Channel.DOOR),
        (CartLine(FRIDAY, 1, price_kind=STUDENT), Channel.WEB),
        (CartLine(ProductId("donation"), 1, usd(100), price_kind=STUDENT), Channel.DOOR),
    ],
)
def test_nobody_chooses_a_kind_of_price_that_there_is_not(line: CartLine, channel: Channel) -> None:
    only_at_the_door = replace(GROUP, rules=(replace(GROUP.rules[1], channel=Channel.DOOR),))

    with pytest.raises(BadInput, match="price_kind"):
        price(priced(only_at_the_door), Cart((line,)), at=at(15, 21), channel=channel)


@given(TARIFFS, TARIFFS, NOWS, st.integers(1, 12))
def test_what_was_quoted_stays_whatever_the_catalogue_and_the_clock_say(
    then: Tariff, now: Tariff, later: datetime, count: int
) -> None:
    shown = price(priced(then), Cart((CartLine(FRIDAY, count),)), at=at(15, 21))
    kept = Cart((CartLine(FRIDAY, count, quoted=Quoted(then, at(15, 21))),))

    again = price(priced(now), kept, at=later)

    assert (again.lines[0].unit_price, again.total) == (shown.lines[0].unit_price, shown.total)


@given(TARIFFS, st.lists(st.tuples(st.integers(1, 9), st.none() | st.just(STUDENT)), min_size=1, max_size=5))
def test_lines_add_up_to_the_total_by_whatever_prices(
    tariff: Tariff, wanted: list[tuple[int, PriceKindId | None]]
) -> None:
    has_kind = STUDENT in tariff.kinds(Channel.DOOR)
    lines = tuple(CartLine(FRIDAY, count, price_kind=kind if has_kind else None) for count, kind in wanted)

    order = price(priced(tariff), Cart(lines), at=at(15, 21))

    assert order.subtotal == total_of((line.unit_price * line.quantity for line in order.lines), USD)
    assert order.total == total_of((line.total for line in order.lines), USD)


def test_the_web_never_asks_for_a_price_of_the_door() -> None:
    """A call that names no channel means the door; no module of the hub may leave it out."""
    silent = [
        f"{path}:{call.lineno}"
        for path in Path("sync").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "price"
        if not any(each.arg == "channel" for each in call.keywords)
    ]

    assert silent == []
