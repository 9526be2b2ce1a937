"""The shop's pages say what is so: taxes, what is to pay, when and where, what is there to pick up, what is gone."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import ProductId
from boxoffice.core.pricing import Cart, CartLine, price
from sync.inventory.events import load_event
from sync.payments.ours import Reference, payment_by
from sync.payments.outside_refunds import OutsideRefunds
from sync.ports import RefundResult
from sync.provider_states import RefundState
from sync.store.chain import utc_now
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket
FEST = fest()


@pytest.fixture
def browser(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, follow_redirects=True, timeout=30) as browser:
        yield browser


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def press(browser: httpx.Client, **fields: str) -> str:
    return browser.post("/tickets", data={"csrf": csrf_of(browser.get("/tickets").text), **fields}).text


def check_out(browser: httpx.Client) -> str:
    page = browser.get("/tickets").text
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    assert attempt is not None
    return browser.post("/checkout", data={"csrf": csrf_of(page), "attempt": attempt[1]}).text


def bought(hub: Stand, shopper: Shopper, browser: httpx.Client, *items: dict[str, Any]) -> str:
    answer = shopper.buy_all(*items).json()
    hub.sessions.pay(answer["sessionId"])
    hub.checkouts.settle_session(answer["sessionId"])
    browser.get("/my-tickets", params={"id": answer["orderId"], "key": answer["accessToken"]})
    return str(answer["orderId"])


def test_an_order_that_costs_nothing_is_not_asked_how_it_is_paid(hub: Stand, browser: httpx.Client) -> None:
    data = copy.deepcopy(dict(FEST))
    data["promos"] = [{"code": "GUEST", "percent": 100}]
    load_event(hub.hub, data)
    press(browser, add="social")
    press(browser, promo="GUEST")

    page = check_out(browser)
    load_event(hub.hub, FEST)

    assert "Get my tickets" in page
    assert all(words not in page for words in ("How to pay", "PayPal", "payment service", 'name="way"'))


def test_what_the_event_does_not_have_is_told_as_not_on_sale(browser: httpx.Client) -> None:
    page = press(browser, add="a-pass-of-last-year")

    assert "The sale of this is over, or has not begun." in page
    assert "Please type an amount" not in page


@pytest.mark.parametrize("option", [{}, {"option": ""}, {"option": " "}, {"option": "XXXXL"}, {"option": "Choose…"}])
def test_nothing_is_added_until_a_size_is_chosen(browser: httpx.Client, option: dict[str, str]) -> None:
    page = press(browser, add="t-shirt", **option)

    assert "Please choose one first" in page
    assert "1 × Festival T-Shirt" not in page
    assert re.search(r'<select id="option-t-shirt" name="option" aria-invalid="true" aria-describedby="says"', page)
    assert "1 × " in press(browser, add="t-shirt", option="M")


def test_what_comes_in_one_kind_only_needs_no_choice(hub: Stand, browser: httpx.Client) -> None:
    data = copy.deepcopy(dict(FEST))
    next(product for product in data["products"] if product["id"] == "t-shirt").update(options=["One size"], texts={})
    load_event(hub.hub, data)
    shown = browser.get("/tickets").text

    page = press(browser, add="t-shirt")
    load_event(hub.hub, FEST)

    assert "Choose…" not in shown
    assert "One size" in page
    assert "Please choose one first" not in page


def test_taxes_are_named_for_what_they_are(hub: Stand, browser: httpx.Client) -> None:
    press(browser, add="t-shirt", option="M")
    included = browser.get("/tickets").text
    data = copy.deepcopy(dict(FEST))
    data["places"][0]["goods"]["included"] = False
    load_event(hub.hub, data)
    added = browser.get("/tickets").text
    load_event(hub.hub, FEST)

    assert "Includes State of Colorado sales tax 2.9 %" in included.replace("\N{NO-BREAK SPACE}", " ")
    priced = price(catalogue_from(FEST, 1), Cart((CartLine(ProductId("t-shirt"), 1, option="M"),)), at=utc_now())
    assert all(str(tax.amount) in included for tax in priced.lines[0].taxes)
    assert "plus tax" not in included
    assert "Includes" not in added
    on_top = price(catalogue_from(data, 1), Cart((CartLine(ProductId("t-shirt"), 1, option="M"),)), at=utc_now())
    assert on_top.total > priced.total
    assert ("plus tax" in added, str(on_top.total) in added) == (True, True)


def test_a_donation_is_read_as_it_is_typed_and_what_means_two_things_is_asked_again(browser: httpx.Client) -> None:
    spanish = {"Accept-Language": "es"}
    csrf = csrf_of(browser.get("/tickets").text)

    def give(amount: str) -> str:
        return browser.post("/tickets", data={"csrf": csrf, "add": "donation", "amount": amount}, headers=spanish).text

    assert "$12.50" in give("12,50")
    twofold = give("1,234")
    assert "se puede leer de dos maneras" in twofold
    assert "$12.50" in twofold


def test_the_first_page_says_what_when_where_and_who_sells(browser: httpx.Client) -> None:
    page, spanish = browser.get("/tickets").text, browser.get("/tickets", headers={"Accept-Language": "es"}).text

    told: tuple[str, ...] = (
        "Three days of casino",
        "doors Fri, May 15, 5:00 PM",
        "openstreetmap.org",
        "Rueda Norte Dance LLC",
    )
    told += ("Colorado sales tax licence", "boulderfest.example/terms", "boulderfest.example/privacy", "rueda.svg")
    assert [words for words in told if words not in page] == []
    assert "Sat, May 16, 9:00 PM – 2:00 AM" in page
    assert ("Tres días de casino" in spanish, "17:00" in spanish) == (True, True)
    assert browser.get("/static/pictures/rueda.svg").headers["content-type"] == "image/svg+xml"


def test_goods_and_times_stand_with_the_tickets(hub: Stand, shopper: Shopper, browser: httpx.Client) -> None:
    shirts = {"id": "t-shirt", "quantity": 2, "option": "L"}
    order = bought(hub, shopper, browser, {"id": "friday-pass", "quantity": 1}, shirts)

    page = browser.get("/my-tickets").text
    hub.until("sent", "SELECT status FROM mails WHERE order_id = %s", order)

    assert "2 × Festival T-Shirt, L" in page
    assert "Fri 15, 5:00 PM" in page
    assert "Fri, May 15, 5:00 PM – 1:00 AM" in hub.mail.sent[-1].text


def test_an_order_that_was_given_back_sees_nobody_there(
    hub: Stand, shopper: Shopper, browser: httpx.Client, office: Office
) -> None:
    order = bought(
        hub, shopper, browser, {"id": "friday-pass", "quantity": 1}, {"id": "t-shirt", "quantity": 1, "option": "S"}
    )
    office.refund(order)
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)

    paid, mine = browser.get("/payment/success").text, browser.get("/my-tickets").text

    assert "See you there" not in paid
    assert "All of it has been given back" in paid
    assert ("To pick up" in mine, "has been given back" in mine) == (False, True)
    assert browser.get("/my-tickets/calendar.ics", params={"order": order}).status_code == 404


def test_what_was_given_back_at_the_provider_still_lets_in_and_says_so(
    hub: Stand, shopper: Shopper, browser: httpx.Client
) -> None:
    order = bought(hub, shopper, browser, {"id": "friday-pass", "quantity": 1})
    reference = hub.one("SELECT provider_reference FROM payments WHERE order_id = %s", order)
    with hub.database.transaction() as connection:
        payment = payment_by(connection, "stripe", Reference(reference))
    assert payment is not None
    hub.refunder.make_outside(reference, payment.amount)
    OutsideRefunds(hub.refunds).look(payment)

    paid, mine = browser.get("/payment/success").text, browser.get("/my-tickets").text

    assert ("All of it has been given back." in paid, "work any more" in paid) == (True, False)
    assert ("Save PDF" in paid, "Ready" in mine) == (True, True)


def test_a_refund_that_did_not_arrive_is_not_called_given_back(
    hub: Stand, shopper: Shopper, browser: httpx.Client, office: Office
) -> None:
    order = bought(hub, shopper, browser, {"id": "friday-pass", "quantity": 1})
    office.refund(order)
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)
    refund = hub.one("SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s", order)
    hub.refunds.settle(refund, RefundResult("re_x", RefundState.FAILED, "expired_or_canceled_card"))

    paid, mine = browser.get("/payment/success").text, browser.get("/my-tickets").text

    assert ("given back" in paid, "given back" in mine) == (False, False)
    assert all("did not arrive; the organizer knows" in page for page in (paid, mine))


@pytest.mark.parametrize(("language", "words"), [("en", "Tickets on the web"), ("es", "Boletos en la web")])
def test_the_status_page_speaks_and_names_the_event(browser: httpx.Client, language: str, words: str) -> None:
    page = browser.get("/status", headers={"Accept-Language": language}).text

    assert words in page
    assert "A Lo Cubano Boulder Fest 2026" in page
