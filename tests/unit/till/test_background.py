"""What the till does by itself goes on at its pace, whatever the wall clock says and whatever fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from boxoffice.core.wire.feed import WakeEvent
from boxoffice.till.usecases import background
from boxoffice.till.usecases.background import Background
from boxoffice.till.usecases.clockwork import Every, SteadyTime
from boxoffice.till.usecases.ports import Unreachable
from tests.clocks import settable_wall_clock

JUMPS = [timedelta(days=-3), timedelta(days=-366), timedelta(days=366), timedelta(hours=1), timedelta(seconds=-61)]


class Tally:
    """Counts calls, and waits for more of them."""

    def __init__(self, fault: Callable[[int], None] = lambda _: None) -> None:
        self.count = 0
        self._fault = fault
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()
        self._fault(self.count)

    def wait_for_more(self, calls: int) -> None:
        with self._changed:
            goal = self.count + calls
            assert self._changed.wait_for(lambda: self.count >= goal, 60), f"{self.count} of {goal} calls"


class FakeLink:
    """The line for wake-ups; each call of `wake` does what is next in the plan, and then nothing comes any more."""

    def __init__(self, *plan: Any) -> None:
        self._plan = list(plan)
        self.silence = threading.Event()

    def wake(self) -> Iterator[WakeEvent]:
        step = self._plan.pop(0) if self._plan else None
        if isinstance(step, Exception):
            raise step
        if step is not None:
            yield step
        self.silence.wait(60)


@contextmanager
def running(link: FakeLink, sync: Tally, look: Tally, woken: Tally, **options: Any) -> Iterator[Background]:
    link_as_any: Any = link
    it = Background(
        link_as_any, sync=sync, look=look, back_up=lambda: None, woken=woken, sync_s=0.02, look_s=0.03, **options
    )
    it.start()
    try:
        yield it
    finally:
        link.silence.set()
        it.stop()


@pytest.mark.parametrize("jump", JUMPS)
def test_a_wall_clock_that_is_set_changes_no_pace(jump: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock = settable_wall_clock(monkeypatch)
    sync, look = Tally(), Tally()

    with running(FakeLink(), sync, look, Tally()) as it:
        sync.wait_for_more(2)
        set_clock(jump)
        sync.wait_for_more(5)
        look.wait_for_more(5)
        set_clock(timedelta())
        sync.wait_for_more(5)
        look.wait_for_more(5)

        assert it.silent() == []


def _bug(at: int) -> Callable[[int], None]:
    def fault(count: int) -> None:
        if count == at:
            raise KeyError("a bug")

    return fault


def test_a_sync_that_dies_of_a_bug_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    sync = Tally(_bug(2))

    with running(FakeLink(), sync, Tally(), Tally()):
        sync.wait_for_more(5)

    assert "sync failed; it is started again" in caplog.text


def test_a_look_that_dies_of_a_bug_is_tried_again() -> None:
    look = Tally(_bug(2))

    with running(FakeLink(), Tally(), look, Tally()):
        look.wait_for_more(5)


@pytest.mark.parametrize("fault", [Unreachable("", "", ""), KeyError("a bug"), OSError("a line")])
def test_wake_ups_are_listened_to_again_after_whatever_befell_the_line(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_PAUSE_S", 0.01)
    woken = Tally()

    with running(FakeLink(fault, WakeEvent(reason="ping")), Tally(), Tally(), woken):
        woken.wait_for_more(1)


def test_what_is_not_heard_of_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = [0.0]
    hanging = threading.Event()
    sync = Tally(lambda _: (None, hanging.wait(60))[0])

    with running(FakeLink(), sync, Tally(), Tally(), clock=lambda: monotonic() + hours[0]) as it:
        sync.wait_for_more(1)
        before = it.silent()
        hours[0] = 3600
        named = "sync" in it.silent()
        hanging.set()

    assert (before, named) == ([], True)


def test_the_steady_time_is_that_of_the_clock_it_was_given() -> None:
    seconds = [5.0]
    zone = SteadyTime(lambda: seconds[0])

    first = datetime.now(zone)
    seconds[0] = 12.5
    second = datetime.now(zone)

    assert second - first == timedelta(seconds=7.5)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(seconds=7.5)


def test_what_was_missed_for_long_is_due_once() -> None:
    zone = SteadyTime(lambda: 0.0)
    now = datetime(2001, 1, 1, tzinfo=zone)

    assert Every(5).get_next_fire_time(None, now) == now
    assert Every(5).get_next_fire_time(now - timedelta(days=1000), now) == now + timedelta(seconds=5)
