"""What a closed window still does: papers that were asked for come out, and nothing else is begun."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.work import QtWork


@pytest.mark.parametrize("lane", Lane)
def test_only_papers_that_wait_are_still_made(qtbot: QtBot, lane: Lane) -> None:
    work, under_way, goes_on, done = QtWork(), threading.Event(), threading.Event(), []

    def slow() -> None:
        under_way.set()
        goes_on.wait(5)
        done.append("first")

    work.run(lane, slow, lambda _: None, lambda _: None)
    work.run(lane, lambda: done.append("second"), lambda _: None, lambda _: None)
    assert under_way.wait(5)
    threading.Timer(0.05, goes_on.set).start()
    work.close(5_000)

    assert done == (["first", "second"] if lane is Lane.PAPER else ["first"])
