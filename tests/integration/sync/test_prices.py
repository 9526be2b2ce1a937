"""Prices, bundles and counted sizes on the web and at the door, and carts that tills take up from each other."""

import copy
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import OrderId, PriceKindId, ProductId, StaffId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel
from boxoffice.core.payments import Approved, CardDetails
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.reductions import Off, Reduction
from boxoffice.core.rights import NotAllowed
from boxoffice.core.tenders import TenderKind
from boxoffice.core.wire.orders_elsewhere import A_FEW, OrderElsewhere
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.store.leases import counts_of
from boxoffice.till.usecases.gateway.after_sale import RefundWish
from boxoffice.till.usecases.gateway.parked import TakenUp
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from sync.inventory.events import event_for, load_event
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify
from sync.store.chain import utc_now
from sync.store.tills import till_of_id
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office
from tests.integration.sync.seller import Seller
from tests.integration.sync.selling_out import tills_at
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_shop_pages import bought, csrf_of, press

STUDENT = PriceKindId("student")
FRIDAY, SOCIAL, SHIRT, DUO = (ProductId(each) for each in ("friday-pass", "social", "t-shirt", "duo"))
MUCH = Money(100_000_000, Currency("USD"))


def priced() -> dict[str, Any]:
    """Returns the sample event with prices of all kinds, shirts that are counted by size, and a bundle."""
    data: dict[str, Any] = copy.deepcopy(dict(fest()))
    products = {product["id"]: product for product in data["products"]}
    data["price_kinds"] = [
        {
            "id": "student",
            "name": "Student",
            "prompt": "Look at the student card",
            "texts": {"es": {"name": "Estudiante", "prompt": "Mira la credencial"}},
        },
        {"id": "local", "name": "Local", "prompt": "Look at the address"},
    ]
    products["social"]["prices"] = [
        {"price_minor": 3_000, "channel": "door"},
        {"price_minor": 2_000, "from_quantity": 5},
        {"price_minor": 1_500, "kind": "student"},
        {"price_minor": 2_200, "channel": "kiosk"},
        {"price_minor": 1_000, "kind": "local", "channel": "door"},
    ]
    data["pools"] += [{"id": "shirts-m", "name": "Shirts, M", "capacity": 3}]
    products["t-shirt"]["option_pools"] = {"M": "shirts-m"}
    data["products"].append(
        {
            "id": "duo",
            "name": "Friday with a shirt",
            "kind": "bundle",
            "category": "Passes",
            "price_minor": 9_000,
            "sale_ends": "2099-12-31",
            "parts": [{"product": "friday-pass"}, {"product": "t-shirt"}],
        }
    )
    return data


PRICED = priced()


@pytest.fixture(autouse=True, scope="module")
def event(hub: Stand) -> None:
    load_event(hub.hub, PRICED)


@pytest.fixture
def browser(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, follow_redirects=True, timeout=30) as browser:
        yield browser


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
    made = Seller(hub, tmp_path).open()
    made.services.sync.everything()
    yield made
    reclaim(hub.hub, str(made.services.context.device.id), "test")  # so that the next test has some of all
    made.close()


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


# At a kiosk


@pytest.fixture
def kiosk(seller: Seller) -> Seller:
    seller.services.kiosk.begin("2580")
    return seller


def bought_at(kiosk: Seller) -> OrderId:
    """Two dances are paid by card at a kiosk, and the hub has heard of it."""
    services = kiosk.services
    order_id = services.selling.place(Cart((CartLine(SOCIAL, 2),)))
    tender = services.tenders.begin(order_id, TenderKind.TERMINAL, Money(4_400, Currency("USD")))
    services.tenders.end(tender, Approved(f"pi_{tender.id}", tender.amount, CardDetails("visa", "4242", "")))
    services.sync.everything()
    return order_id


def test_a_kiosk_sells_at_its_own_prices_and_its_sales_have_a_channel_of_their_own(hub: Stand, kiosk: Seller) -> None:
    order_id = bought_at(kiosk)

    row = hub.sql("SELECT channel, status, total_amount FROM orders WHERE id = %s", order_id)
    assert row == [("kiosk", "completed", 4_400)]
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order_id) == []
    assert verify(hub.database).problem is None


def test_no_till_takes_cash_or_gives_anything_while_it_is_a_kiosk(kiosk: Seller) -> None:
    services, usd = kiosk.services, Money(4_400, Currency("USD"))
    order_id = services.selling.place(Cart((CartLine(SOCIAL, 2),)))

    for act in (
        lambda: services.selling.sell_for_cash(cart_of(), MUCH),
        lambda: services.selling.take_cash(order_id, usd, MUCH),
        lambda: services.selling.take(order_id, TenderKind.COMPLIMENTARY, usd, "a friend"),
        lambda: services.gift_cards.pay(order_id, "0000-0000-0000-0000", usd),
        lambda: services.refunding.give_back(order_id, RefundWish((), None, 0)),
        services.shifts.open,
    ):
        with pytest.raises(NotAllowed):
            act()

    assert services.orders.order(order_id).due == usd


def test_tills_of_before_are_told_a_kiosks_prices_apart_and_its_orders_as_the_doors(hub: Stand, kiosk: Seller) -> None:
    order_id = bought_at(kiosk)
    with hub.database.transaction() as connection:
        device = till_of_id(connection, kiosk.services.context.device.id)
        assert device is not None
        body = event_for(hub.hub, connection, EVENT, device)

    assert body is not None
    told = {rule.get("channel") for product in body.event["products"] for rule in product.get("prices", ())}
    beside = body.offers["products"]["social"]
    assert "kiosk" not in told | {rule.get("channel") for rule in beside["prices"]}
    assert kiosk.services.context.event.catalogue.products_by_id[SOCIAL].prices[3].channel is Channel.KIOSK
    assert hub.sql("SELECT channel FROM orders WHERE id = %s", order_id) == [("kiosk",)]
    assert kiosk.services.link.call(lambda hub_: hub_.look_at_order(order_id)).channel is Channel.DOOR


def test_a_phone_sees_the_tickets_of_the_order_that_it_was_shown_and_of_no_other(
    hub: Stand, kiosk: Seller, browser: httpx.Client
) -> None:
    link = kiosk.services.kiosk.tickets_link(bought_at(kiosk))
    path = httpx.URL(link).raw_path.decode()

    page = browser.get(path)

    assert (page.status_code, page.text.count('class="card ticket"')) == (200, 2)
    assert "tickets.pdf" not in page.text
    other = kiosk.services.kiosk.tickets_link(bought_at(kiosk))
    mixed = path.split("&key=")[0] + "&key=" + other.split("&key=")[1]
    assert browser.get(mixed).status_code == 404
    with pytest.raises(HubRefused):
        kiosk.services.link.call(lambda hub_: hub_.tickets_link("nobody's"))


def test_a_call_for_help_is_heard_at_every_till_until_somebody_comes(hub: Stand, kiosk: Seller, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    door = Seller(hub, tmp_path / "other").open()
    kiosk.services.kiosk.call_help("paying by card")
    kiosk.services.kiosk.call_help("after paying: tickets and receipt")
    door.services.sync.everything()
    (call,) = door.services.sync.help_calls.now()
    assert (call.doing, call.is_own, call.answered_by) == ("after paying: tickets and receipt", False, "")

    office = Office.open(hub)
    assert "nobody has answered yet" in office.page("/dashboard")

    door.services.kiosk.answer_help(call.id)
    kiosk.services.sync.everything()

    assert f"{door.services.context.device.name} comes" in office.page("/dashboard")
    office.http.close()

    (call,) = kiosk.services.sync.help_calls.now()
    assert (call.is_own, call.answered_by) == (True, door.services.context.device.name)
    kiosk.services.kiosk.end_help()
    door.services.sync.everything()
    assert door.services.sync.help_calls.now() == ()
    with pytest.raises(HubRefused):
        door.services.kiosk.answer_help(call.id)
    door.close()


_TRIES = """
import sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from boxoffice.till.app import run_till

def page():
    return type(window.flow.page).__name__

def wait(name):
    for _ in range(3000):
        if page() == name:
            return
        QTest.qWait(10)
    raise AssertionError(page() + " instead of " + name)

def press(*keys):
    for key in keys:
        QTest.keyClick(window, key)
        window.flush_keys()

def press_all():
    keys = [getattr(Qt.Key, f"Key_F{n}") for n in range(1, 13)] + [Qt.Key.Key_Escape, Qt.Key.Key_Q, Qt.Key.Key_W]
    for held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier):
        for key in keys:
            QTest.keyClick(window, key, held)

def begun():
    global window
    window = next(each for each in QApplication.topLevelWidgets() if hasattr(each, "flow"))
    QTimer.singleShot(0, tried)

def tried():
    if sys.argv[1] == "kiosk":
        wait("BeginPage")
        while not window.flow.page.needs_code:
            QTest.qWait(10)
        press("2", "5", "8", "0", Qt.Key.Key_Return)
    wait("WelcomePage")
    if sys.argv[1] == "kiosk":
        press_all()
    window.close()
    QApplication.quit()
    QApplication.closeAllWindows()
    window.showMinimized()
    QTest.qWait(300)
    print("still there", window.isVisible(), window.isFullScreen(), page(), flush=True)
    if sys.argv[1] == "kiosk":
        return
    press("1", "1", "1", "1", Qt.Key.Key_Return)
    QTest.qWait(1500)
    print("wrong code", page(), flush=True)
    press("2", "5", "8", "0", Qt.Key.Key_Return)
    wait("SellPage")
    print("left", window.close(), flush=True)

raise SystemExit(run_till(begun, is_kiosk=sys.argv[1] == "kiosk"))
"""


def test_a_real_kiosk_can_not_be_left_but_by_its_code_not_even_by_a_power_cut(hub: Stand, tmp_path: Path) -> None:
    surroundings = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "BOXOFFICE_DATA_DIR": str(tmp_path),
        "BOXOFFICE_VAULT": "file",
        "BOXOFFICE_VAULT_PASSPHRASE": "correct horse",
    }
    pair = [sys.executable, "-m", "boxoffice", "pair", hub.base_url, hub.code("Kiosk 1")]
    subprocess.run(pair, env=surroundings, check=True, capture_output=True, timeout=60)

    def started(how: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", _TRIES, how], stdout=subprocess.PIPE, text=True, env=surroundings
        )

    with started("kiosk") as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "still there True True LeavePage\n"
        first.kill()
    with started("till") as again:
        assert again.stdout is not None
        assert again.stdout.read().splitlines() == [
            "still there True True LeavePage",
            "wrong code LeavePage",
            "left True",
        ]
        assert again.wait(60) == 0


# Parked


def cart_of(count: int = 1) -> Cart:
    return Cart((CartLine(FRIDAY, count),))


def test_a_parked_cart_is_taken_up_by_exactly_one_of_all_who_want_it(hub: Stand, tmp_path: Path) -> None:
    with tills_at(hub, tmp_path, EVENT, 3) as tills:
        for round_ in range(3):
            tills[0].park(cart_of(round_ + 1), "Camila")
            wait_until(lambda: all(len(till.parked_carts()) == 1 for till in tills))
            waiting = tills[0].parked_carts()[0].id
            at_once = threading.Barrier(3)

            def take(till: Any, waiting: str = waiting, at_once: threading.Barrier = at_once) -> Cart | None:
                at_once.wait()
                try:
                    return till.take_parked(waiting).cart  # type: ignore[no-any-return]
                except BoxofficeError:
                    return None

            with ThreadPoolExecutor(3) as threads:
                got = [cart for cart in threads.map(take, tills) if cart is not None]

            assert got == [cart_of(round_ + 1)]
            wait_until(lambda: not any(till.parked_carts() for till in tills))
        assert hub.one("SELECT count(*) FROM parked_carts WHERE gone_at IS NULL") == 0


def wait_until(is_so: Any) -> None:
    for _ in range(200):
        if is_so():
            return
        threading.Event().wait(0.1)
    raise AssertionError("it did not come to that in 20 s")


class Cut:
    """A line to a hub that nothing gets through."""

    def __getattr__(self, name: str) -> Any:
        def ask(*_: object) -> None:
            raise Unreachable("The hub can't be reached.", name, "")

        return ask


@pytest.fixture
def two(hub: Stand, tmp_path: Path) -> Iterator[tuple[Seller, Seller]]:
    sellers = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        sellers.append(Seller(hub, tmp_path / name).open())
        sellers[-1].services.sync.everything()
    yield sellers[0], sellers[1]
    for each in sellers:
        each.close()


def test_of_a_till_that_is_closed_or_cut_off_the_hub_gives_a_parked_cart_to_one_who_asks_and_to_no_other(
    two: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.tills.parked.PATIENCE_S", 0.3)
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "Red hat", "Luis")
    there.parking.park(cart_of(2), "Camila", "Luis")
    there.everything()
    here.everything()
    red_hat, camila = (each.id for each in sorted(here.parking.waiting(), key=lambda cart: cart.name, reverse=True))

    taken = here.parking.take_up(red_hat)

    assert taken == TakenUp(cart_of())
    with pytest.raises(HubRefused, match="taken up elsewhere"):
        there.parking.take_up(red_hat)  # online again: the hub says whose it is
    assert there.parking.take_up(camila).cart == cart_of(2)
    with pytest.raises(HubRefused, match="taken up elsewhere"):
        here.parking.take_up(camila)
    there.everything()
    here.everything()
    assert here.parking.waiting() == there.parking.waiting() == ()


def test_a_till_that_comes_back_no_longer_has_what_was_given_to_another(hub: Stand, two: tuple[Seller, Seller]) -> None:
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "Red hat", "Luis")
    there.everything()
    here.everything()
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '5 minutes' WHERE id = %s", there.context.device.id)
    here.parking.take_up(here.parking.waiting()[0].id)
    here.everything()

    there.everything()

    assert there.parking.waiting() == ()


def test_a_parked_cart_keeps_what_was_taken_off_its_code_and_what_it_adds_to(two: tuple[Seller, Seller]) -> None:
    here, there = (each.services.sync for each in two)
    line = CartLine(FRIDAY, 2, reduction=Reduction(Off.PERCENT, "Member", 20, approved_by=StaffId("ana")))
    cart = Cart((line,), Reduction(Off.AMOUNT, "Late start", 500), "order-1")
    code = here.context.event.catalogue.promos[0].code

    there.parking.park(cart, "Red hat", "Luis", code.lower())
    (own,) = there.parking.waiting()
    there.everything()
    here.everything()
    (seen,) = here.parking.waiting()

    assert own.total == seen.total < Money(2 * 5_200, own.total.currency)
    assert here.parking.take_up(seen.id) == TakenUp(cart, code)
    here.everything()


def test_a_till_without_a_network_takes_up_its_own_and_says_so_later(
    hub: Stand, two: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "theirs", "")
    there.everything()
    here.parking.park(cart_of(2), "own", "")
    here.everything()

    with monkeypatch.context() as cut:
        cut.setattr(here.link, "_hub", Cut())
        with pytest.raises(Unreachable):
            here.pull()
        names = [each.name for each in here.parking.waiting()]
        taken = here.parking.take_up(here.parking.waiting()[0].id)
    here.everything()
    there.everything()

    assert (names, taken.cart, taken.is_sure) == (["own"], cart_of(2), False)
    assert [each.name for each in there.parking.waiting()] == ["theirs"]
    assert hub.one("SELECT count(*) FROM parked_carts WHERE gone_at IS NULL") == 1
    there.parking.take_up(there.parking.waiting()[0].id)
    there.everything()


def test_what_was_handed_over_to_a_till_that_went_away_meanwhile_waits_there(
    hub: Stand, two: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's answer is lost on its way: the cart is that till's, which hears of it when it asks again."""
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "Camila", "")
    there.everything()
    here.everything()
    (seen,) = here.parking.waiting()
    device = str(here.context.device.id)
    hub.sql("UPDATE parked_carts SET wanted_by = %s, wanted_at = now() WHERE id = %s", device, seen.id)

    there.everything()
    left = [len(each.parking.waiting()) for each in (there, here)]
    here.everything()

    assert hub.one("SELECT device_id FROM parked_carts WHERE id = %s", seen.id) == device
    assert left[0] == 0  # whoever was given it has taken it up, as far as others know
    assert [each.till for each in here.parking.waiting()] == [""]
    assert here.parking.take_up(seen.id).cart == cart_of()
    here.everything()


def test_parked_carts_are_there_after_a_restart(hub: Stand, two: tuple[Seller, Seller]) -> None:
    here = two[0]
    here.services.sync.parking.park(cart_of(3), "Camila", "Maya")
    here.close()

    again = here.open(kept=True).services.sync.parking

    assert [(each.name, each.by, each.lines) for each in again.waiting()] == [
        ("Camila", "Maya", ("3 × Friday Day Pass",))
    ]
    assert again.take_up(again.waiting()[0].id).cart == cart_of(3)
