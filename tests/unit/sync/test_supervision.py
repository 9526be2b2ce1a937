"""Parts that run beside the requests: whatever becomes of one, it is started again, and its silence has its name."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from sync.operations.supervision import Beat, Part, Supervisor


async def _for_ever() -> None:
    await asyncio.Event().wait()


def run_until(supervisor: Supervisor, over: Callable[[], bool]) -> None:
    async def run() -> None:
        async with supervisor.running(), asyncio.timeout(60):
            while not over():  # noqa: ASYNC110  # parts tell nobody, so they are looked at
                await asyncio.sleep(0.01)

    asyncio.run(run())


async def _raises(_beat: Beat) -> None:
    raise KeyError("a bug")


async def _ends(_beat: Beat) -> None:
    return


async def _hangs(_beat: Beat) -> None:
    await _for_ever()


async def _will_not_be_ended(_beat: Beat) -> None:
    while True:
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
            return


@pytest.mark.parametrize("fault", [_raises, _ends, _hangs, _will_not_be_ended])
def test_a_part_comes_back_after_whatever_befalls_it(fault: Callable[[Beat], Awaitable[None]]) -> None:
    starts = []

    async def part(beat: Beat) -> None:
        starts.append(1)
        if len(starts) < 3:
            await fault(beat)
        else:
            beat()
            await _for_ever()

    supervisor = Supervisor([Part("jobs", part, patience_s=0.3, grace_s=0.05)], chance=lambda: 0.0, look_s=0.01)

    run_until(supervisor, lambda: len(starts) >= 3 and supervisor.silent() == [])


def test_a_thread_that_hangs_does_not_keep_the_next_start_waiting() -> None:
    starts, release = [], threading.Event()

    async def part(beat: Beat) -> None:
        starts.append(1)
        if len(starts) == 1:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, release.wait))
        beat()
        if len(starts) == 2:
            release.set()
        await _for_ever()

    run_until(Supervisor([Part("jobs", part, 0.2, grace_s=0.05)], look_s=0.01), lambda: len(starts) >= 2)


def test_what_stays_silent_is_named_and_the_others_go_on() -> None:
    heard = []

    async def well(beat: Beat) -> None:
        while True:
            beat()
            heard.append(1)
            await asyncio.sleep(0.005)

    supervisor = Supervisor([Part("relay", _raises, 0.2), Part("jobs", well, 30)], look_s=0.01)
    run_until(supervisor, lambda: supervisor.silent() == ["relay"] and len(heard) > 20)


def test_nothing_is_silent_when_nothing_should_run() -> None:
    supervisor = Supervisor([Part("jobs", _hangs, 0.0)])

    run_until(supervisor, lambda: True)

    assert supervisor.silent() == []


def test_a_wall_clock_that_is_set_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    supervisor = Supervisor([Part("jobs", _hangs, 60)])

    async def run() -> list[str]:
        async with supervisor.running():
            monkeypatch.setattr("time.time", lambda: 1e12)
            return supervisor.silent()

    assert asyncio.run(run()) == []
