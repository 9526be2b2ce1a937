"""Every entrance reads people's text alike: forms, API, tills and organizers' pages."""

import re

import httpx
import pytest

from sync.inventory.events import load_event
from sync.store.chain import new_id
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

WHO = "SELECT customer_name, customer_email, customer_phone FROM orders WHERE id = %s"
TURNED = "Ana\u202e Pe\u0301rez\r\nBcc: eve@example.org\u200b"
READ = "Ana Pérez Bcc: eve@example.org"
BAD_EMAILS = ["ana@example..org", "a@b.org, c@d.org", "ana@localhost", "añá@example.org", "ana@exam ple.org"]


@pytest.fixture(scope="module", autouse=True)
def promos(hub: Stand) -> None:
    file = dict(fest())
    load_event(hub.hub, {**file, "promos": [{"code": "THIRD", "percent": 33}]})


def field(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def checkout(browser: httpx.Client, **typed: str) -> tuple[str, httpx.Response]:
    """Puts a pass into the cart and sends the form with who buys; returns the order's id and the answer."""
    page = browser.get("/tickets").text
    page = browser.post("/tickets", data={"csrf": field(page, "csrf"), "add": "friday-pass"}).text
    page = browser.post("/checkout", data={"csrf": field(page, "csrf"), "attempt": field(page, "attempt")}).text
    order = field(page, "order")
    data = {"csrf": field(page, "csrf"), "order": order, "way": "card", **typed}
    return order, browser.post("/checkout/pay", data=data, follow_redirects=False)


def test_the_form_of_the_shop_reads_who_buys(hub: Stand, browser: httpx.Client) -> None:
    order, answer = checkout(browser, email="Ana <ana@exam\u200bple.org>,", name=TURNED, phone="tel:+1\u2011303 555")

    assert answer.status_code == 303
    assert hub.sql(WHO, order) == [(READ, "ana@example.org", "+1-303 555")]


@pytest.mark.parametrize("email", BAD_EMAILS)
def test_the_form_of_the_shop_says_what_is_wrong_with_an_address(browser: httpx.Client, email: str) -> None:
    _, answer = checkout(browser, email=email, name="Ana")

    assert answer.status_code == 422
    assert 'id="wrong-email"' in answer.text


def test_the_api_reads_who_buys(hub: Stand, shopper: Shopper) -> None:
    customer = {"email": "mailto:ana@example.org", "name": TURNED, "phone": "\u202d303 555 0123\u202c"}

    made = shopper.post("orders/create", {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": customer})

    assert made.status_code == 201
    assert hub.sql(WHO, made.json()["orderId"]) == [(READ, "ana@example.org", "303 555 0123")]


@pytest.mark.parametrize("email", BAD_EMAILS)
def test_the_api_refuses_what_no_mail_reaches_with_the_place(shopper: Shopper, email: str) -> None:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": {"email": email, "name": "Ana"}}

    refused = shopper.post("orders/create", body)

    assert refused.status_code == 422
    assert "email" in refused.text


@pytest.mark.parametrize("typed", ["third\u00a0", "THIRD\u200b", "\u200bthird", "ＴＨＩＲＤ", "th\u00adird"])
def test_a_code_is_good_whatever_it_was_copied_with_and_no_guess(hub: Stand, shopper: Shopper, typed: str) -> None:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "promoCode": typed}

    answer = shopper.post("payment/calculate-total", body)

    assert answer.json()["totalText"] == "$43.55"
    assert hub.one("SELECT count(*) FROM attempts WHERE scope = 'promo code'") == 0


def test_a_till_hands_over_people_as_they_are_read(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = door.cash_sale(("full-pass", 1))
    order = str(facts[0].payload["order_id"])

    door.push(facts, [{"contact_id": new_id(), "order_id": order, "email": "<bo@example.org>", "name": TURNED}])
    door.push([], [{"contact_id": new_id(), "order_id": order, "email": "nowhere", "name": "\u200b"}])

    assert hub.sql(WHO, order) == [(READ, "bo@example.org", None)]


def test_mails_that_did_not_arrive_are_before_the_organizers_until_one_does(
    hub: Stand, door: Door, office: Office
) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = door.cash_sale(("full-pass", 1))
    door.push(facts)
    order = str(facts[0].payload["order_id"])
    body = {"mail_id": new_id(), "order_id": order, "email": "ana@example..org"}

    door.http.post("/api/till/mails", json=body).raise_for_status()

    page = office.page("/exceptions")
    assert "Mails that did not arrive" in page
    assert "ana@example..org" in page
    assert "two dots in a row" in page
    form = {"csrf": office.hidden(f"/orders/{order}", "csrf"), "email": "Ana <ana@example.org>"}
    assert office.http.post(f"/orders/{order}/mail", data=form).status_code == 303
    assert "ana@example..org" not in office.page("/exceptions")
    assert hub.one("SELECT email FROM mails WHERE order_id = %s ORDER BY created_at DESC LIMIT 1", order) == (
        "ana@example.org"
    )


@pytest.mark.parametrize("email", BAD_EMAILS)
def test_organizers_are_told_what_is_wrong_with_an_address(door: Door, office: Office, email: str) -> None:
    facts = door.cash_sale(("full-pass", 1))
    door.push(facts)
    order = str(facts[0].payload["order_id"])
    form = {"csrf": office.hidden(f"/orders/{order}", "csrf"), "email": email}

    assert office.http.post(f"/orders/{order}/mail", data=form).status_code == 422


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Ana " * 100, "email": "ana@example.org"}, "A name has up to 80 letters."),
        ({"name": "Ana", "email": f"{'a' * 900}@example.org"}, "This e-mail is too long."),
        ({"name": "Ana", "email": "ana@example.org", "phone": "1" * 5_000}, "telephone number"),
    ],
)
def test_what_is_too_long_is_said_beside_its_field(browser: httpx.Client, typed: dict[str, str], said: str) -> None:
    _, answer = checkout(browser, **typed)

    assert answer.status_code == 422
    assert 'name="email"' in answer.text
    assert said in answer.text


def test_a_page_about_a_broken_form_names_no_field_that_nobody_sees(browser: httpx.Client) -> None:
    accept = {"accept": "text/html"}
    broken = browser.post("/checkout/pay", data={"csrf": "x" * 400}, headers=accept)
    long = browser.post("/my-tickets", data={"csrf": "x", "email": "a" * 2_000}, headers=accept)

    assert broken.status_code == 422
    assert not any(name in broken.text for name in ("csrf<", "body.", "order<"))
    assert long.status_code in (404, 422)
