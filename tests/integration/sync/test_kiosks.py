"""A kiosk and the hub: its own prices and channel, what it may not do, calls for help, and no way out."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel
from boxoffice.core.payments import Approved, CardDetails
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.rights import NotAllowed
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.after_sale import RefundWish
from boxoffice.till.usecases.ports import HubRefused
from sync.inventory.events import event_for, load_event
from sync.ledger.verify import verify
from sync.store.tills import till_of_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office
from tests.integration.sync.priced import FRIDAY, MUCH, PRICED, SOCIAL, selling
from tests.integration.sync.seller import Seller


@pytest.fixture(autouse=True, scope="module")
def event(hub: Stand) -> None:
    load_event(hub.hub, PRICED)


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    with selling(hub, tmp_path) as made:
        yield made


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
        lambda: services.selling.sell_for_cash(Cart((CartLine(FRIDAY, 1),)), MUCH),
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
