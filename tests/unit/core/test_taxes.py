"""Taxes by authority, kind and day, named by a place of sale: what is taken, told, booked, and never changed after."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Catalogue, Rounding
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words, whole_event
from boxoffice.core.ids import OrderId, PlaceId, ProductId, TaxRateId
from boxoffice.core.known import revision_of
from boxoffice.core.ledger import postings
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.tickets import TicketsIssued
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.sales import earned_of, place
from boxoffice.core.sums import sums_of
from boxoffice.core.taxes import Place, PlaceTaxes, TaxClass, TaxKind, TaxRate
from boxoffice.documents.papers import Heading, papers_of
from boxoffice.resources import resource_path
from sync.inventory.events import read_event_file
from tests.unit.core.builders import NOW, carts, catalogue, chain, event_file, usd

DENVER = ZoneInfo("America/Denver")
FEST = resource_path("events", "boulder-fest-2026.toml")
SHIRT = CartLine(ProductId("t-shirt"), 1, option="M")
DAYS = st.dates(date(2022, 1, 1), date(2030, 12, 31))


def fest_at(place_name: str | None) -> Catalogue:
    """Returns the sample event as if it were sold at another of the sample places."""
    data: dict[str, Any] = {**tomllib.loads(FEST.read_text(encoding="utf-8"))}
    event = {what: said for what, said in data["event"].items() if what != "place"}
    where = {} if place_name is None else tomllib.loads(resource_path("places", f"{place_name}.toml").read_text())
    return catalogue_from({**data, **where, "event": event | ({"place": place_name} if place_name else {})}, 1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), DENVER)


def rate_of(event: Catalogue, product: str, day: date) -> float:
    taxes = event.taxes_at(event.products_by_id[ProductId(product)], noon(day))
    return sum(tax.rate_ppm for tax in taxes) / 10_000


def _spans() -> st.SearchStrategy[tuple[date | None, date | None]]:
    ordered = st.tuples(DAYS, DAYS).map(lambda days: (min(days), max(days)))
    return ordered | st.tuples(DAYS, st.none()) | st.tuples(st.none(), DAYS) | st.just((None, None))


@st.composite
def taxed_events(draw: st.DrawFn) -> Catalogue:
    """Draws an event at a place with taxes of any authority, kind and validity, in the price or on top of it."""
    base = catalogue(draw(st.sampled_from(Rounding)))
    authorities = st.sampled_from(["", "City of Boulder", "State of Colorado", "Çà et là"])
    taxes = tuple(
        TaxRate(
            TaxRateId(f"tax-{i}"),
            f"Tax {i}",
            draw(st.integers(0, 200_000)),
            is_included=False,
            authority=draw(authorities),
            kind=draw(st.sampled_from(TaxKind)),
            valid_from=starts,
            valid_until=ends,
        )
        for i, (starts, ends) in enumerate(draw(st.lists(_spans(), max_size=6)))
    )
    ids = [tax.id for tax in taxes]
    included = {tax: draw(st.booleans()) for tax in ids}
    classes = {}
    for each in draw(st.sets(st.sampled_from(TaxClass))):
        is_included = draw(st.booleans())
        fitting = [tax for tax in ids if included[tax] is is_included]
        chosen = draw(st.lists(st.sampled_from(fitting), unique=True)) if fitting else []
        classes[each] = PlaceTaxes(tuple(chosen), is_included)
    where = Place(PlaceId("here"), "Here", classes)
    products = tuple(
        replace(each, taxes=(), taxed_as=draw(st.none() | st.sampled_from(TaxClass))) for each in base.products
    )
    return replace(base, taxes=taxes, products=products, places=(where,), place_id=where.id)


def placed_of(event: Catalogue, cart: Cart, at: datetime) -> OrderPlaced:
    return place(
        price(event, cart, at=at),
        order_id=OrderId("order-1"),
        order_number="7K2-0001",
        channel=Channel.DOOR,
        source="lease",
    )


def issued_of(placed: OrderPlaced) -> TicketsIssued:
    return TicketsIssued(
        order_id=placed.order_id, currency=placed.currency, total=placed.total, earned=earned_of(placed), tickets=()
    )


@given(event=taxed_events(), cart=carts(), day=DAYS)
def test_whatever_the_taxes_of_a_place_rows_add_up_and_the_ledger_balances(
    event: Catalogue, cart: Cart, day: date
) -> None:
    placed = placed_of(event, cart, noon(day))
    sums = sums_of(placed.lines)

    assert sums.subtotal - sums.discount + sum(tax.amount for tax in sums.added) == placed.total
    assert sum(tax.amount for tax in (*sums.added, *sums.included)) == placed.tax
    booked = postings(chain([placed, issued_of(placed)])[1])
    assert sum(each.amount.minor for each in booked) == 0
    of_taxes = [each for each in booked if each.account.startswith("tax:")]
    assert -sum(each.amount.minor for each in of_taxes) == placed.tax
    for tax in (*sums.added, *sums.included):
        code = {"": "", "City of Boulder": "city-of-boulder:", "State of Colorado": "state-of-colorado:"}
        account = f"tax:{code.get(tax.authority, 'çà-et-là:')}{tax.rate}"
        shown = sum(other.amount for other in (*sums.added, *sums.included) if other.rate == tax.rate)
        assert -sum(each.amount.minor for each in of_taxes if each.account == account) == shown


@given(event=taxed_events(), cart=carts(), day=DAYS)
def test_a_line_has_just_the_taxes_that_its_place_names_and_that_are_valid_that_day(
    event: Catalogue, cart: Cart, day: date
) -> None:
    for line in price(event, cart, at=noon(day)).lines:
        named = event.places[0].classes.get(line.product.tax_class, PlaceTaxes((), is_included=True))
        rates = [event.taxes_by_id[tax] for tax in named.taxes]
        starts = [tax.id for tax in rates if tax.valid_from is None or tax.valid_from <= day]
        valid = [tax.id for tax in rates if tax.id in starts and (tax.valid_until is None or day <= tax.valid_until)]
        assert [tax.rate.id for tax in line.taxes] == valid
        assert all(tax.rate.is_included is named.is_included for tax in line.taxes)


@given(event=taxed_events(), cart=carts(), day=DAYS)
def test_the_hub_takes_a_line_of_any_day_and_none_that_was_never_right(event: Catalogue, cart: Cart, day: date) -> None:
    sold_as = revision_of(event_file_of(event))

    for line in placed_of(event, cart, noon(day)).lines:
        assert line.tax_ids in sold_as[line.product_id].taxes
        assert (*line.tax_ids, "made-up") not in sold_as[line.product_id].taxes


@given(event=taxed_events(), cart=carts(), day=DAYS)
def test_tills_of_now_and_of_before_take_the_same_taxes_that_day(event: Catalogue, cart: Cart, day: date) -> None:
    file = event_file_of(event)
    plain = in_its_own_words(file, day)
    now = catalogue_from(whole_event(plain, **beside_the_event(file)), 1)
    before = catalogue_from(plain, 1)

    assert now == event
    assert price(now, cart, at=noon(day)).total == price(before, cart, at=noon(day)).total
    assert price(now, cart, at=noon(day)).tax_total == price(before, cart, at=noon(day)).tax_total
    assert all(tax.keys() == {"id", "name", "rate_ppm", "included"} for tax in plain["taxes"])
    assert "places" not in plain
    assert not {"place", "exempt"} & plain["event"].keys()
    assert all("taxed_as" not in product for product in plain["products"])


@pytest.mark.parametrize(
    ("at", "rate"),
    [
        (datetime(2026, 1, 1, 6, 59, 59, tzinfo=UTC), 5.185),  # still 2025 where the event is
        (datetime(2026, 1, 1, 7, tzinfo=UTC), 5.335),
        (datetime(2029, 1, 1, 6, 59, 59, tzinfo=UTC), 5.335),
        (datetime(2029, 1, 1, 7, tzinfo=UTC), 4.0),
    ],
)
def test_the_day_where_the_event_is_decides_the_rate(at: datetime, rate: float) -> None:
    event = fest_at("boulder-county")

    taxes = price(event, Cart((SHIRT,)), at=at).lines[0].taxes

    assert sum(tax.rate.rate_ppm for tax in taxes) / 10_000 == rate


@pytest.mark.parametrize(
    ("where", "day", "goods", "admission"),
    [
        ("boulder-city", date(2023, 1, 1), 9.045, 5.0),
        ("boulder-city", date(2026, 5, 15), 9.195, 5.0),
        ("boulder-county", date(2023, 1, 1), 5.185, 0.0),
        ("boulder-county", date(2026, 5, 15), 5.335, 0.0),
        (None, date(2026, 5, 15), 0.0, 0.0),
    ],
)
def test_the_sample_places_have_the_rates_of_their_years(
    where: str | None, day: date, goods: float, admission: float
) -> None:
    event = fest_at(where)

    assert (rate_of(event, "t-shirt", day), rate_of(event, "social", day)) == (goods, admission)
    assert rate_of(event, "donation", day) == 0


def test_the_sample_event_is_sold_in_the_county() -> None:
    event = catalogue_from(read_event_file(FEST), 1)

    assert event == fest_at("boulder-county")
    assert price(event, Cart((SHIRT,)), at=NOW).total.minor == 3_000


def test_a_ticket_of_twenty_dollars_in_the_city_holds_the_admissions_tax_that_the_city_says() -> None:
    event = fest_at("boulder-city")
    social = event.products_by_id[ProductId("social")]
    at_twenty = replace(event, products=(replace(social, price=usd(2_000)),))

    line = price(at_twenty, Cart((CartLine(social.id, 1),)), at=NOW).lines[0]

    assert (line.total.minor, line.net.minor, line.tax.minor) == (2_000, 1_905, 95)
    assert [(tax.rate.authority, tax.rate.kind) for tax in line.taxes] == [("City of Boulder", TaxKind.ADMISSIONS)]


def test_an_exempt_organizer_takes_no_tax_and_the_receipt_says_by_which_number() -> None:
    event = replace(fest_at("boulder-city"), exempt="98-01234")
    placed = placed_of(event, Cart((SHIRT, CartLine(ProductId("social"), 2))), NOW)
    heading = Heading("Fest", ("Hall",), (date(2026, 5, 15),), "America/Denver", "till 1", language="es")

    receipt = papers_of(heading, chain([placed]))[0]

    assert (placed.tax, placed.total) == (0, 8_000)
    assert receipt.included == (("Exento de impuestos", "98-01234"),)
    assert papers_of(replace(heading, language="en"), chain([placed]))[0].included == (
        ("Exempt from taxes", "98-01234"),
    )


def test_a_receipt_states_each_tax_on_a_row_of_its_own_with_its_authority() -> None:
    placed = placed_of(fest_at("boulder-city"), Cart((SHIRT, CartLine(ProductId("social"), 1))), NOW)
    heading = Heading("Fest", ("Hall",), (date(2026, 5, 15),), "America/Denver", "till 1")

    rows = papers_of(heading, chain([placed]))[0].included

    assert [label.replace("\N{NO-BREAK SPACE}", " ") for label, _ in rows] == [
        "Includes City of Boulder sales tax 3.86 %",
        "Includes State of Colorado sales tax 2.9 %",
        "Includes Boulder County sales tax 1.335 %",
        "Includes RTD and cultural district sales tax 1.1 %",
        "Includes City of Boulder admissions tax 5 %",
    ]


def test_what_was_sold_before_taxes_had_authorities_reads_books_and_shows_as_it_did() -> None:
    line = {
        "product_id": "t-shirt",
        "name": "T-Shirt",
        "kind": "merchandise",
        "quantity": 1,
        "unit_price": 3_000,
        "subtotal": 3_000,
        "total": 3_000,
        "tax": 244,
        "tax_rate": "boulder-sales",
        "taxes": [
            {"rate": "boulder-sales", "name": "Boulder sales tax", "rate_ppm": 88_450, "amount": 244, "included": True}
        ],
    }
    common = {"order_id": "o-1", "currency": "USD", "total": 3_000}
    placed = OrderPlaced.model_validate(
        common
        | {"order_number": "7K2-1", "channel": "door", "lines": [line], "subtotal": 3_000, "tax": 244}
        | {"units": {}, "source": "lease"}
    )
    earned = [{"product_id": "t-shirt", "kind": "merchandise", "net": 2_756, "tax": 244, "tax_rate": "boulder-sales"}]
    issued = TicketsIssued.model_validate(common | {"earned": earned, "tickets": []})
    heading = Heading("Fest", ("Hall",), (date(2026, 5, 15),), "America/Denver", "till 1")

    booked = {each.account: each.amount.minor for each in postings(chain([placed, issued])[1])}

    assert booked == {"unearned": 3_000, "sales:t-shirt": -2_756, "tax:boulder-sales": -244}
    assert earned_of(placed)[0].shares == (("tax:boulder-sales", 244),)
    assert papers_of(heading, chain([placed]))[0].included == (
        ("Includes Boulder sales tax 8.845\N{NO-BREAK SPACE}%", "$2.44"),
    )


def test_an_event_file_of_before_reads_sells_and_is_written_as_it_was() -> None:
    file = event_file()
    file["taxes"] = [{"id": "boulder-sales", "name": "Boulder sales tax", "rate_ppm": 88_450, "included": True}]
    file["products"] = [{**file["products"][0], "tax": "boulder-sales"}]
    event = catalogue_from(file, 1)

    line = price(event, Cart((CartLine(ProductId("friday"), 1),)), at=NOW).lines[0]
    written = event_file_of(event)

    assert [(tax.rate.authority, tax.rate.kind, tax.amount.minor) for tax in line.taxes] == [("", TaxKind.SALES, 772)]
    assert written["taxes"] == file["taxes"]
    assert "places" not in written
    assert not {"place", "exempt"} & written["event"].keys()
    assert beside_the_event(written)["taxation"] == {}
    assert in_its_own_words(written, date(2026, 5, 15)) == written
