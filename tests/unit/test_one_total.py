"""Wherever a customer looks, the total is the same, has all in it that they must pay, and is what they then pay.

The shop, the till, the customer's screen and the page behind a code each make it of what they know themselves.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from boxoffice.core.catalogue import Catalogue, Rounding
from boxoffice.core.ids import OrderId, TaxRateId
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import CartLine, PricedOrder, price
from boxoffice.core.sales import place
from boxoffice.core.taxes import TaxRate
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import language
from boxoffice.till.ui.flow.customer import customer_view
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.views.customer import CustomerView
from boxoffice.till.ui.views.sell import SellView
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from sync.http.web.baskets import Basket
from sync.http.web.languages import templates_in
from sync.http.web.shop_views import heading_of, summary_of
from tests.gui.fake_till import FakeTill
from tests.gui.festival import boulder_fest
from tests.unit.ui.flows import Keyboard

_RATES: Final = (
    TaxRate(TaxRateId("state"), "Colorado", 29_000, is_included=False),
    TaxRate(TaxRateId("city"), "City of Boulder", 38_600, is_included=False),
    TaxRate(TaxRateId("seats"), "Admissions tax", 50_000, is_included=True),
)
_MONEY: Final = re.compile(r"-?\$[\d,]+\.\d\d")


def taxed(rounding: Rounding) -> Catalogue:
    """Returns the festival with taxes on top of everything that has a price, and one within."""
    event = boulder_fest()
    products = (
        replace(each, taxes=() if each.price is None else tuple(rate.id for rate in _RATES)) for each in event.products
    )
    return replace(event, revision=2, rounding=rounding, products=tuple(products), taxes=_RATES)


@pytest.fixture(params=Rounding)
def keyboard(request: pytest.FixtureRequest) -> Keyboard:
    """A till that sells two passes and three dances, with taxes on top."""
    till = FakeTill()
    keyboard = Keyboard(till)
    till.catalogue = taxed(request.param)
    till.say(CatalogueChanged(till.catalogue))
    keyboard.press("2q3s")
    return keyboard


def sold(keyboard: Keyboard) -> tuple[Catalogue, tuple[CartLine, ...], PricedOrder]:
    """Returns what the till sells, and what that costs by the core's rule alone."""
    sale = keyboard.flow.session.sale
    priced = price(sale.catalogue, sale.cart, at=sale.at, channel=Channel.WEB)
    assert priced.total > Money(sum(line.subtotal.minor for line in priced.lines), priced.total.currency)
    return sale.catalogue, tuple(sale.lines), priced


def customers(keyboard: Keyboard) -> CustomerView:
    view = customer_view(keyboard.flow.session)
    assert view is not None
    return view


def cents(amounts: Sequence[str]) -> int:
    return sum(int(re.sub(r"[$,.]", "", each)) for each in amounts)


def test_the_till_and_the_customers_screen_show_what_all_of_it_costs(keyboard: Keyboard) -> None:
    _, _, priced = sold(keyboard)
    total, sell, customer = str(priced.total), keyboard.flow.page.view(), customers(keyboard)

    assert isinstance(sell, SellView)
    assert (sell.total, customer.total, customer.side.amount) == (total, total, total)
    assert cents([line.amount for line in customer.lines]) == priced.total.minor


@pytest.mark.parametrize("key", [Named.F5, Named.F6, Named.F7])
def test_no_way_to_pay_adds_anything_to_it(keyboard: Keyboard, key: Named) -> None:
    _, _, priced = sold(keyboard)
    keyboard.is_held = True

    keyboard.press(key)

    assert keyboard.flow.session.bill is not None
    assert keyboard.flow.session.bill.due == priced.total
    assert customers(keyboard).total == str(priced.total)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_shops_panel_shows_it_and_the_rows_above_add_up_to_it(keyboard: Keyboard, code: str) -> None:
    event, lines, priced = sold(keyboard)

    summary = summary_of(priced, Basket(lines), "", Texts(event, code))
    panel = templates_in(code).from_string('{% import "shop/panel.html" as p with context %}{{ p.lines(summary) }}')
    shown = _MONEY.findall(panel.render(summary=summary).partition('class="quiet"')[0])

    assert (summary.total, summary.total_minor) == (str(priced.total), priced.total.minor)
    assert shown[-1] == str(priced.total)
    assert cents(shown[:-1]) == priced.total.minor


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_behind_a_code_says_it_first_and_asks_for_nothing_else(keyboard: Keyboard, code: str) -> None:
    event, _, priced = sold(keyboard)
    placed = place(priced, order_id=OrderId("o"), order_number="7K2-F4Q", channel=Channel.DOOR, source="pool")
    amount = Money(placed.total, priced.total.currency)
    lines = [(line.name, str(Money(line.total, amount.currency))) for line in placed.lines]

    shown = _MONEY.findall(offer_page(code, event, amount=str(amount), lines=lines).partition("<body")[2])

    assert shown[0] == str(priced.total)
    assert shown[-1] == str(priced.total)
    assert cents(shown[1:-1]) == priced.total.minor


def offer_page(code: str, event: Catalogue, **values: Any) -> str:
    page = {
        "heading": heading_of(event, language(code)),
        "number": "7K2-F4Q",
        "face": "pay",
        "text": "OFFER",
        "language": code,
        "languages": LANGUAGES,
        "path": "/O/OFFER",
        "asked": {},
        "csrf": "",
        "in_cart": 0,
        "counting": None,
        "shop": "/tickets",
        **dict.fromkeys(("says", "refresh_s", "bounds", "card_bounds", "preview")),
        **dict.fromkeys(("is_office", "is_alone", "has_paypal"), False),
    }
    return templates_in(code).get_template("shop/offer.html").render({**page, **values})
