"""The whole stack for the functional tests of a module, and windows over real tills."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from pytestqt.qtbot import QtBot

from boxoffice.demo.stack import Stack
from sync.ledger.verify import verify
from tests.functional.backstage import Backstage
from tests.functional.phone import browser_path
from tests.functional.shopper import DESKTOP, Shopper, Visit
from tests.functional.till_window import TillWindow
from tests.postgres import database_of_its_own

expect.set_options(timeout=150_000)
"""What is expected must come; how fast it comes is not what these tests are about."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), lambda _: None, database_of_its_own(postgres_url)) as running:
        yield running


@pytest.fixture
def open_window(stack: Stack, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[], TillWindow]]:
    """Opens windows over paired tills; all are closed at the end."""
    windows: list[TillWindow] = []

    def open_one() -> TillWindow:
        number = len(windows) + 1
        windows.append(TillWindow.paired(stack, tmp_path / f"till-{number}", tmp_path / "documents", qtbot))
        return windows[-1]

    yield open_one
    for window in windows:
        window.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, stack: Stack) -> Iterator[Visit]:
    """Lets shoppers in, each with a browser of their own, which may not complain of any page."""
    shoppers: list[Shopper] = []

    def let_in(**options: Any) -> Shopper:
        context = browser.new_context(**{"locale": "en-US", **DESKTOP, **options})
        context.set_default_timeout(150_000)
        shoppers.append(Shopper(context, stack.addresses.hub_url))
        return shoppers[-1]

    yield let_in
    for shopper in shoppers:
        shopper.context.close()
    assert [complaint for shopper in shoppers for complaint in shopper.complaints] == []


@pytest.fixture
def backstage(stack: Stack) -> Iterator[Backstage]:
    yield Backstage(stack)

    assert verify(stack.database).problem is None


@pytest.fixture
def every_step(request: pytest.FixtureRequest) -> bool:
    """Whether tills are killed at each step of what they do, and not at one that is drawn."""
    return bool(request.config.getoption("every_step"))
