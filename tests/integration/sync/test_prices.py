"""Prices, bundles and counted sizes on the web and at the door."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import PriceKindId
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.wire.orders_elsewhere import A_FEW, OrderElsewhere
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.store.leases import counts_of
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.store.chain import utc_now
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office
from tests.integration.sync.priced import DUO, MUCH, PRICED, SOCIAL, STUDENT, selling
from tests.integration.sync.seller import Seller
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_shop_pages import bought, csrf_of, press


@pytest.fixture(autouse=True, scope="module")
def event(hub: Stand) -> None:
    load_event(hub.hub, PRICED)


def total_of(shopper: Shopper, *items: dict[str, Any]) -> httpx.Response:
    return shopper.post("payment/calculate-total", {"items": list(items)})


def total_on(page: str) -> str:
    found = re.search(r'class="cart-total" aria-live="polite">([^<]+)<', page)
    assert found is not None
    return found[1]


# On the web


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ([{"id": "social", "quantity": 4}], 10_000),
        ([{"id": "social", "quantity": 5}], 10_000),
        ([{"id": "social", "quantity": 1, "priceKind": "student"}], 1_500),
        ([{"id": "social", "quantity": 4}, {"id": "social", "quantity": 1, "priceKind": "student"}], 9_500),
        ([{"id": "duo", "quantity": 2, "option": "M"}], 18_000),
    ],
)
def test_page_and_api_ask_for_the_webs_own_price(
    browser: httpx.Client, shopper: Shopper, items: list[dict[str, Any]], total: int
) -> None:
    for item in items:
        for _ in range(item["quantity"]):
            kind, option = item.get("priceKind", ""), item.get("option", "")
            page = press(browser, add=item["id"], price_kind=kind, option=option)

    answer = total_of(shopper, *items)

    assert answer.json()["total"] == total
    assert total_on(page) == f"${total / 100:.2f}"


def test_the_page_says_who_pays_less_and_from_how_many_on(browser: httpx.Client) -> None:
    english = browser.get("/tickets").text
    spanish = browser.get("/tickets", headers={"Accept-Language": "es"}).text

    assert "From 5: $20.00 each" in english
    assert "Student, $15.00 (bring your card)" in english
    assert "Estudiante, $15.00 (trae tu credencial)" in spanish
    assert "Local" not in english  # at the door alone


@pytest.mark.parametrize(
    "item",
    [
        {"id": "social", "quantity": 1, "priceKind": "local"},
        {"id": "social", "quantity": 1, "priceKind": "nobody"},
        {"id": "friday-pass", "quantity": 1, "priceKind": "student"},
    ],
)
def test_a_price_that_is_not_for_sale_there_is_refused_by_name(shopper: Shopper, item: dict[str, Any]) -> None:
    answer = total_of(shopper, item)

    assert answer.status_code == 422
    assert answer.json()["details"][0]["place"] == "items[0].price_kind"


def test_a_size_that_is_gone_is_off_on_the_page_and_refused_by_the_api_and_comes_back(
    hub: Stand, browser: httpx.Client, shopper: Shopper, office: Office
) -> None:
    order = bought(hub, shopper, browser, {"id": "t-shirt", "quantity": 2, "option": "M"})
    one = shopper.buy_all({"id": "duo", "quantity": 1, "option": "M"})

    answer = shopper.post("inventory/check-availability", {"items": [{"id": "t-shirt", "quantity": 1, "option": "M"}]})
    page = browser.get("/tickets").text

    assert one.status_code == 200
    assert answer.json()["unavailable"][0] | {"held": 0, "retryAt": None} == {
        "id": "t-shirt",
        "requested": 1,
        "available": 0,
        "reason": answer.json()["unavailable"][0]["reason"],
        "held": 0,
        "retryAt": None,
    }
    left = next(each for each in answer.json()["products"] if each["id"] == "t-shirt")
    assert left["options"] == [{"name": "M", "left": 0}]
    assert shopper.buy_all({"id": "t-shirt", "quantity": 1, "option": "M"}).status_code == 409
    assert re.search(r'<option value="M" disabled>M, sold out</option>', page)
    assert "There are no more of it in this one." in press(browser, add="t-shirt", option="M")
    assert shopper.buy_all({"id": "t-shirt", "quantity": 1, "option": "L"}).status_code == 200
    office.refund(order)
    assert hub.one("SELECT available FROM pools WHERE event_id = %s AND id = 'shirts-m'", EVENT) == 2


def test_a_bundle_is_bought_as_its_parts(hub: Stand, shopper: Shopper, browser: httpx.Client) -> None:
    order = bought(hub, shopper, browser, {"id": "duo", "quantity": 1, "option": "L"})

    lines = hub.sql("SELECT product_id, subtotal FROM order_items WHERE order_id = %s ORDER BY line", order)
    tickets = hub.sql("SELECT product_id FROM tickets WHERE order_id = %s", order)

    assert [product for product, _ in lines] == ["friday-pass", "t-shirt"]
    assert sum(amount for _, amount in lines) == 9_000
    assert tickets == [("friday-pass",)]
    assert verify(hub.database).problem is None


def test_a_price_that_was_shown_never_rises_for_that_order(hub: Stand, shopper: Shopper, browser: httpx.Client) -> None:
    press(browser, add="social")
    form = checkout_form(browser.get("/tickets").text)
    dearer = copy.deepcopy(PRICED)
    next(each for each in dearer["products"] if each["id"] == "social")["price_minor"] = 2_700
    load_event(hub.hub, dearer)

    answer = browser.post("/checkout", data=form).text
    load_event(hub.hub, PRICED)

    assert total_on(answer) == f"${int(form['shown']) / 100:.2f}"
    assert int(form["shown"]) < 2_700


@pytest.mark.parametrize("quote", ["", "1.1.x", "9999999999999.1.x", "1.99999999999999999999.x", "..", "stale"])
def test_a_lower_total_that_nobody_has_signed_is_not_taken(hub: Stand, browser: httpx.Client, quote: str) -> None:
    press(browser, add="social")
    form = checkout_form(browser.get("/tickets").text)

    answer = browser.post(
        "/checkout", data=form | {"shown": "100", "quote": form["quote"] if quote == "stale" else quote}
    )

    assert "A price has changed since you looked." in answer.text


def checkout_form(page: str) -> dict[str, str]:
    found = {name: re.search(f'name="{name}" value="([^"]+)"', page) for name in ("attempt", "shown", "quote")}
    return {"csrf": csrf_of(page)} | {name: each[1] for name, each in found.items() if each is not None}


def test_a_price_that_changes_before_the_checkout_is_shown_before_it_is_asked_for(
    hub: Stand, browser: httpx.Client
) -> None:
    press(browser, add="social")
    page = browser.get("/tickets").text
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert attempt is not None
    assert shown is not None
    dearer = copy.deepcopy(PRICED)
    next(each for each in dearer["products"] if each["id"] == "social")["price_minor"] = 2_700
    load_event(hub.hub, dearer)

    form = {"csrf": csrf_of(page), "attempt": attempt[1], "shown": shown[1]}
    answer = browser.post("/checkout", data=form).text
    load_event(hub.hub, PRICED)

    assert "A price has changed since you looked." in answer
    assert total_on(answer) == "$27.00"


# At the door


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    with selling(hub, tmp_path) as made:
        yield made


def test_what_a_till_sells_at_all_prices_is_what_the_hub_has(hub: Stand, seller: Seller) -> None:
    cart = Cart(
        (
            CartLine(SOCIAL, 4),
            CartLine(SOCIAL, 1, price_kind=STUDENT),
            CartLine(SOCIAL, 1, price_kind=PriceKindId("local")),
            CartLine(DUO, 2, option="L"),
        )
    )
    catalogue = seller.services.context.event.catalogue

    order = seller.services.selling.sell_for_cash(cart, MUCH)
    seller.services.sync.everything()

    here = price(catalogue_from(PRICED, 1), cart, at=utc_now(), channel=Channel.DOOR)
    assert catalogue.products_by_id[DUO].options == ("S", "M", "L", "XL")
    assert here.total.minor == 4 * 2_000 + 1_500 + 1_000 + 2 * 9_000
    assert hub.one("SELECT total_amount FROM orders WHERE id = %s", order) == here.total.minor
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order) == []
    assert verify(hub.database).problem is None


def test_gates_hear_which_tickets_were_sold_to_whom(hub: Stand, seller: Seller) -> None:
    services = seller.services
    lines = (CartLine(SOCIAL, 1), CartLine(SOCIAL, 2, price_kind=STUDENT))
    at_the_door = services.selling.sell_for_cash(Cart(lines), MUCH)
    services.sync.everything()
    gate = HubClient(hub.base_url, hub.door().me.token)

    told, cursor, more = dict[str, OrderElsewhere](), "", True
    while more:
        page = gate.orders(EVENT, cursor, A_FEW)
        told |= {order.id: order for order in page.orders}
        cursor, more = page.cursor, page.more
    gate.close()

    assert sorted(each.price_kind for each in told[at_the_door].tickets) == ["", "student", "student"]


def test_sizes_are_leased_like_places(hub: Stand, seller: Seller) -> None:
    with seller.store.reading() as connection:
        lease = counts_of(connection, seller.services.context.event.catalogue.id)

    left = {str(pool): count.left for pool, count in lease.items()}

    device = str(seller.services.context.device.id)
    granted = "SELECT granted - sold - returned FROM device_leases WHERE device_id = %s AND pool_id = 'shirts-m'"
    assert left["shirts-m"] >= 1
    assert hub.one(granted, device) == left["shirts-m"]
