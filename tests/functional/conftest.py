"""The whole stack for the functional tests of a module, and windows over real tills."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from boxoffice.demo.stack import Stack
from tests.functional.till_window import TillWindow


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), lambda _: None) as running:
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
