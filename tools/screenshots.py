"""Renders every screen of the real programs into a folder: the till's window, the hub's pages, and the papers."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
import pymupdf as _pymupdf
from playwright.sync_api import Page, sync_playwright
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.demo.stack import STRIPE_KEY, Stack, post
from boxoffice.demo.tills import new_till, unpaired_till
from boxoffice.demo.troubles import Troubles
from boxoffice.till.ui.flow.destinations import BeforeDoors, BeginKiosk, CheckIn, Parked, Sell
from boxoffice.till.ui.flow.shift_places import Shift
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.theme import Theme
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.till import Till

_SIZE = QSize(1366, 768)
_WAIT_S = 60.0
_SETTLE_S = 0.4
_pymupdf_any: Any = _pymupdf


class Camera:
    """A window over a real till, driven by keys, and photographed."""

    def __init__(self, till: Till, folder: Path) -> None:
        self._app = QApplication.instance() or QApplication([])
        self._folder = folder
        self.till = till
        self.window = MainWindow(till, Theme())
        self.window.resize(_SIZE)
        self.window.show()
        self.window.start()

    @property
    def page(self) -> str:
        return type(self.window.flow.page).__name__

    @property
    def view(self) -> Any:
        return self.window.flow.page.view()

    def keys(self, *keys: Qt.Key | str) -> None:
        for key in keys:
            if isinstance(key, str):
                for each in key:
                    QTest.keyClick(QApplication.focusWidget() or self.window, each)  # type: ignore[call-overload]
                    self.window.flush_keys()
            else:
                QTest.keyClick(self.window, key)
            self.settle(0.1)

    def until(self, condition: Callable[[], bool]) -> None:
        ends = time.monotonic() + _WAIT_S
        while not condition():
            if time.monotonic() > ends:
                raise TimeoutError(f"still at {self.page}")
            self.settle(0.02)

    def at(self, page: str) -> None:
        self.until(lambda: self.page == page)

    def settle(self, seconds: float = _SETTLE_S) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self._app.processEvents()
            time.sleep(0.005)

    def shoot(self, name: str, size: QSize = _SIZE) -> None:
        if self.window.size() != size:
            self.window.resize(size)
        self.settle()
        self.window.grab().save(str(self._folder / f"{name}.png"))
        if size != _SIZE:
            self.window.resize(_SIZE)
            self.settle()
        print(name)

    def close(self) -> None:
        self.window.close()
        self.till.close()


def main(folder: Path) -> int:
    """Renders all pictures into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, Stack(Path(temporary), lambda _: None) as stack:
        base = Path(temporary)
        _setting_up(stack, base, folder)
        till = new_till(stack, base / "till-1", base / "documents", "till-1")
        reader = till.readers()[-1]
        till.choose_reader(reader.id)
        till.close()
        camera = Camera(till, folder)
        try:
            _selling(camera)
            _paying_by_card(camera, stack, reader.id)
            _paying_by_phone(camera, stack)
            _looking_back(camera)
            _at_the_door(camera)
            _papers(camera, folder)
            _serving_themselves(camera)
        finally:
            camera.close()
        _pages(stack, base, folder)
    return 0


def _setting_up(stack: Stack, base: Path, folder: Path) -> None:
    camera = Camera(unpaired_till(stack, base / "new", base / "documents"), folder)
    try:
        camera.at("PairPage")
        camera.shoot("pair")
        camera.till.pair(stack.addresses.hub_url, stack.pairing_code("door-2"))
    finally:
        camera.close()
    camera = Camera(camera.till, folder)
    try:
        camera.at("EventsPage")
        camera.settle(1.0)
        camera.shoot("choose-event")
    finally:
        camera.close()


def _selling(camera: Camera) -> None:
    camera.at("SellPage")
    camera.settle(1.5)
    camera.shoot("sell-empty")
    camera.keys("q", "2", "s", "d")
    for name, size in (("sell", _SIZE), ("sell-1024", QSize(1024, 768)), ("sell-1920", QSize(1920, 1080))):
        camera.shoot(name, size)
    camera.keys(Qt.Key.Key_F5)
    camera.at("CashPage")
    camera.keys("2", "4", "0")
    camera.shoot("pay-cash")
    camera.shoot("pay-cash-1024", QSize(1024, 768))
    camera.keys(Qt.Key.Key_Return)
    camera.at("CompletePage")
    camera.shoot("sale-complete")
    camera.keys(Qt.Key.Key_Return)
    camera.at("SellPage")
    camera.keys("e", Qt.Key.Key_F8)
    camera.at("SplitPage")
    camera.shoot("pay-split")
    camera.keys(Qt.Key.Key_Escape)
    camera.at("SellPage")


def _paying_by_card(camera: Camera, stack: Stack, reader_id: str) -> None:
    reader = f"{stack.addresses.sandbox_url}/control/readers/{reader_id}"
    camera.keys(Qt.Key.Key_F6)
    camera.at("ReaderPage")
    camera.settle(1.0)
    camera.shoot("pay-terminal")
    post(reader, {"do": "decline", "decline_code": "insufficient_funds"})
    camera.at("RefusedPage")
    camera.shoot("pay-declined")
    faults = f"{stack.addresses.sandbox_url}/control/faults"
    camera.keys(Qt.Key.Key_Return)
    camera.at("ReaderPage")
    camera.settle(1.0)
    post(faults, [{"match": "* /v1/*", "kind": "error_503"}])
    post(reader, {"do": "present"})
    camera.at("UnknownPage")
    camera.shoot("pay-unknown")
    post(faults, [])
    camera.at("CompletePage")
    camera.keys(Qt.Key.Key_Return)
    camera.at("SellPage")


def _paying_by_phone(camera: Camera, stack: Stack) -> None:
    camera.keys("r", Qt.Key.Key_F7)
    camera.at("PhonePage")
    camera.until(lambda: bool(camera.view.qr))
    camera.settle(0.5)
    camera.shoot("pay-qr")
    camera.shoot("pay-qr-1024", QSize(1024, 768))
    page = httpx.get(camera.view.qr, follow_redirects=True)
    session = page.url.path.rpartition("/")[2]
    post(f"{stack.addresses.sandbox_url}/control/checkout_sessions/{session}/pay", {"card": "4242424242424242"})
    camera.until(lambda: camera.page != "PhonePage")
    camera.shoot("pay-qr-paid")
    camera.keys(Qt.Key.Key_Return)
    camera.settle(1.0)
    camera.keys(Qt.Key.Key_F2)
    camera.at("SellPage")


def _looking_back(camera: Camera) -> None:
    camera.keys(Qt.Key.Key_F3)
    camera.at("OrdersPage")
    camera.settle(1.0)
    camera.shoot("orders")
    camera.keys(Qt.Key.Key_F11)
    camera.settle(0.5)
    camera.shoot("problems")
    camera.keys(Qt.Key.Key_F12)
    camera.settle(1.0)
    camera.shoot("this-till")


def _at_the_door(camera: Camera) -> None:
    places = {"shift": Shift(), "gate": CheckIn(), "before-doors": BeforeDoors(), "parked": Parked()}
    for name, place in places.items():
        camera.window.flow.session.go(place)
        camera.settle(2.0)
        camera.shoot(name)
    camera.window.flow.session.go(Sell())
    camera.at("SellPage")


def _serving_themselves(camera: Camera) -> None:
    camera.window.flow.session.go(BeginKiosk())
    camera.at("BeginPage")
    camera.keys("2", "4", "6", "8", Qt.Key.Key_Return)
    camera.at("WelcomePage")
    camera.shoot("kiosk-start")
    camera.settle(2.0)
    camera.keys(Qt.Key.Key_Return)
    camera.at("ChoosePage")
    camera.shoot("kiosk-choose")
    camera.shoot("kiosk-choose-portrait", QSize(1080, 1920))


def _papers(camera: Camera, folder: Path) -> None:
    order = next(order for order in camera.till.find_orders("", 20).orders if order.is_paid and order.ticket_count > 1)
    for what in Paperwork:
        path = camera.till.save_pdf(order.id, what)
        with _pymupdf_any.open(path) as document:
            document[0].get_pixmap(dpi=110).save(folder / f"doc-{what.value}.png")
        print(f"doc-{what.value}")


def _pages(stack: Stack, base: Path, folder: Path) -> None:
    a = stack.addresses
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        desk = browser.new_page(viewport={"width": 1440, "height": 900})

        def shoot(page: Page, name: str) -> None:
            page.wait_for_load_state()
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            print(name)

        desk.goto(f"{a.hub_url}/sign-in")
        shoot(desk, "web-sign-in")
        desk.fill('[name="email"]', a.organizer_email)
        desk.fill('[name="password"]', a.organizer_password)
        desk.click("main button")
        desk.wait_for_url("**/reports**")
        shoot(desk, "web-sales-report")
        desk.goto(f"{a.hub_url}/tills")
        shoot(desk, "web-tills")
        for name in (
            *("events", "guests", "close", "disputes", "shifts", "gift-cards", "taxes", "staff", "arrivals"),
            *("organizers", "sessions", "audit", "privacy", "account"),
        ):
            desk.goto(f"{a.hub_url}/{name}")
            shoot(desk, f"web-{name}")
        _shopping(browser.new_page(viewport={"width": 1366, "height": 768}), a.hub_url, shoot)
        _troubles(desk, stack, base, shoot)
        desk.goto(f"{a.hub_url}/control")
        desk.fill("#words", "Payments were slow for ten minutes this morning. Everyone who paid has tickets.")
        desk.click("text=Post it")
        for name in ("exceptions", "dashboard", "control", "status"):
            desk.goto(f"{a.hub_url}/{name}")
            shoot(desk, f"web-{name}")
        desk.goto(f"{a.hub_url}/disputes")
        desk.click(".found th a")
        shoot(desk, "web-dispute")
        desk.goto(f"{a.hub_url}/reports")
        desk.click(".menu >> nth=1")
        shoot(desk, "web-export")
        _notice(desk, a.hub_url, shoot)
        _line(desk, browser.new_page(viewport={"width": 1366, "height": 768}), a.hub_url, shoot)
        desk.goto(f"{a.sandbox_url}/readers")
        shoot(desk, "sandbox-readers")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        phone.goto(f"{a.hub_url}/tickets")
        phone.click('[data-ticket="full-pass"] .increment-btn')
        phone.wait_for_selector('[data-ticket="full-pass"] .step')
        phone.screenshot(path=folder / "shop-phone.png")
        phone.goto(f"{a.hub_url}/tickets?lang=es")
        phone.screenshot(path=folder / "shop-phone-es.png")
        phone.goto(_hosted_page(a.sandbox_url))
        shoot(phone, "sandbox-pay-phone")
        browser.close()


def _troubles(page: Page, stack: Stack, base: Path, shoot: Callable[[Page, str], None]) -> None:
    """Shows an order whose customer wants something back, and fills the inbox with problems of every kind."""
    troubles = Troubles(stack)
    troubles.refunded_outside()
    troubles.paid_late()
    troubles.paid_twice(base / "till-9")
    troubles.disputed()
    troubles.refund_failed()
    order, _ = troubles.paid("Camila Ortega", {"full-pass": 2, "t-shirt": 3})
    page.goto(f"{stack.addresses.hub_url}/orders")
    shoot(page, "web-orders")
    page.goto(f"{stack.addresses.hub_url}/orders/{order}")
    page.check('[name="what"][value="parts"]')
    for part in ("0.1", "1.0", "1.1"):
        page.check(f'[name="parts"][value="{part}"]')
    page.fill('[name="why"]', "One of the two can't come")
    page.click("text=See what a refund will do")
    page.wait_for_selector("text=Give back")
    shoot(page, "web-refund")
    page.click("text=Give back")
    while "succeeded" not in page.inner_text("main"):
        page.reload()
    page.check('[name="what"][value="parts"]')
    shoot(page, "web-order")


def _notice(page: Page, hub_url: str, shoot: Callable[[Page, str], None]) -> None:
    page.goto(f"{hub_url}/notices")
    page.fill("#subject", "Sunday begins an hour later")
    page.fill(
        "#words", "Dear all,\n\nthe Rumba Workshop on Sunday begins at noon, not at 11 AM.\n\nSee you on the floor."
    )
    shoot(page, "web-notices")
    page.goto(f"{hub_url}/cancel?event=boulder-fest-2026")
    shoot(page, "web-cancel")
    page.goto(f"{hub_url}/cancel/move?event=boulder-fest-2026&first=2031-05-16&until=2031-05-01")
    shoot(page, "web-move")


def _line(desk: Page, visitor: Page, hub_url: str, shoot: Callable[[Page, str], None]) -> None:
    desk.goto(f"{hub_url}/control")
    desk.fill("#per-minute", "6")
    desk.click("text=Open the line")
    for _ in range(40):
        httpx.post(f"{hub_url}/api/inventory/waiting-line", json={})
    visitor.goto(f"{hub_url}/tickets")
    shoot(visitor, "shop-line")
    desk.goto(f"{hub_url}/control")
    desk.click("text=End the line")


def _shopping(page: Page, hub_url: str, shoot: Callable[[Page, str], None]) -> None:
    page.goto(f"{hub_url}/tickets")
    for total in ("$150.00", "$300.00"):
        page.click('[data-ticket="full-pass"] .increment-btn')
        page.wait_for_selector(f".cart-total:has-text('{total}')")
    shoot(page, "shop")
    page.click("#checkout-button")
    page.wait_for_url("**/checkout")
    page.fill("#customer-email", "camila@exampleorg")
    page.fill("#customer-name", "Camila Ortega")
    page.click("#submit-payment")
    page.wait_for_selector(".wrong")
    shoot(page, "shop-checkout")
    page.fill("#customer-email", "camila@example.org")
    page.click("#submit-payment")
    page.wait_for_url("**/c/pay/**")
    card = {"cardNumber": "4242424242424242", "cardExpiry": "12/34", "cardCvc": "123", "billingName": "Camila Ortega"}
    for name, value in card.items():
        page.fill(f'[name="{name}"]', value)
    page.click('[data-testid="hosted-payment-submit-button"]')
    page.wait_for_url(f"{hub_url}/payment/success")
    page.wait_for_selector(".order-number")
    shoot(page, "shop-success")
    page.click("main .btn.p")
    page.wait_for_selector(".ticket")
    shoot(page, "shop-my-tickets")
    page.goto(f"{hub_url}/tickets")
    page.click('[data-ticket="gift-card"] button:has-text("$50")')
    page.wait_for_selector(".cart-total:has-text('$50.00')")
    page.click("#checkout-button")
    page.wait_for_url("**/checkout")
    page.fill('[name="gift_email"]', "ana@example.org")
    page.fill('[name="gift_name"]', "Ana")
    page.fill('[name="gift_words"]', "Happy birthday! Come and dance with us.")
    shoot(page, "shop-gift-card")
    page.goto(f"{hub_url}/gift-card")
    shoot(page, "shop-card-balance")


def _hosted_page(sandbox_url: str) -> str:
    form = {
        "mode": "payment",
        "success_url": "https://boulderfest.example/",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "15000",
        "line_items[0][price_data][product_data][name]": "Full Festival Pass",
    }
    headers = {"Authorization": f"Bearer {STRIPE_KEY}"}
    return str(httpx.post(f"{sandbox_url}/v1/checkout/sessions", data=form, headers=headers).json()["url"])


def _chromium() -> str:
    import shutil

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("Chromium is missing; make setup installs it.")
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots")))
