"""A till whose network is cut is paid by the customer's phone, which has its own; nothing is lost or sold twice."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from boxoffice.core.orders import OrderState
from boxoffice.demo.stack import Stack
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub
from tests.functional.gate import Gate
from tests.functional.phone import APPROVED, phone_page, type_card
from tests.functional.till_window import TillWindow

pytestmark = pytest.mark.browser


@pytest.fixture
def cable(stack: Stack) -> Iterator[Gate]:
    with Gate(stack.addresses.hub_url) as gate:
        yield gate


@pytest.fixture
def window(stack: Stack, cable: Gate, tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    window = TillWindow.paired(stack, tmp_path / "till-offline", tmp_path / "documents", qtbot, cable.base_url)
    yield window
    window.close()


def offer(window: TillWindow, cable: Gate) -> str:
    """Cuts the till's network and asks for a payment by phone; returns what its screen shows to the customer."""
    window.wait_until(lambda: all(pool.here for pool in window.till.services.status.now().stock))
    cable.shut()
    window.type("q")
    window.press(Qt.Key.Key_F7)
    window.wait_for("PhonePage")
    window.wait_until(lambda: "/O/" in window.code_on_screen())
    return window.code_on_screen()


def pay(link: str) -> str:
    """Pays as the customer does; returns what another program reads in the code on their phone."""
    with phone_page(link) as page:
        page.click("form button")
        type_card(page, APPROVED)
        page.wait_for_selector(".paid-code")
        return code_on(page)


def code_on(page: Page) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return str(found.text)


def test_a_phone_pays_a_till_with_no_network_and_its_code_issues_the_tickets(
    stack: Stack, window: TillWindow, cable: Gate
) -> None:
    code = pay(offer(window, cable))

    window.scan(code)

    window.wait_until(lambda: window.page in ("PhonePaidPage", "CompletePage"))
    assert window.last_order.state is OrderState.COMPLETED
    cable.open()
    window.wait_until(lambda: not window.till.services.sync.unsent_count())
    assert verify_hub(stack.database).problem is None
    assert verify_till(window.till.store, window.till.public_key).problem is None


def test_a_code_that_was_never_scanned_ends_by_itself_when_the_network_is_back(
    stack: Stack, window: TillWindow, cable: Gate
) -> None:
    pay(offer(window, cable))

    cable.open()

    window.wait_until(lambda: window.page in ("PhonePaidPage", "CompletePage"))
    assert window.last_order.state is OrderState.COMPLETED
    assert verify_hub(stack.database).problem is None
