"""Processes that are replaced: a reload that is due stays due until it is done."""

import signal
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn import Config

from sync import workers
from sync.workers import Workers


class FakeProcess:
    """Starts or does not, as the plan says."""

    plan: Iterator[bool]

    def __init__(self, _config: Config, _sockets: object) -> None:
        self.comes_up = next(self.plan)
        self.process = SimpleNamespace(is_alive=lambda: self.comes_up)
        self.has_ended = False
        self.pid, self.exitcode = 1, 1

    def start(self) -> None: ...
    def join(self) -> None: ...

    def terminate(self) -> None:
        self.has_ended = True

    def kill(self) -> None:
        self.has_ended = True

    def is_ready(self, timeout: float) -> bool:
        return self.comes_up

    def is_alive(self, timeout: float) -> bool:
        return not self.has_ended


def two(monkeypatch: pytest.MonkeyPatch, *later: bool) -> Workers:
    monkeypatch.setattr("uvicorn.supervisors.multiprocess.SIGNALS", {})  # this process keeps its own
    monkeypatch.setattr("uvicorn.supervisors.multiprocess.Process", FakeProcess)
    monkeypatch.setattr(workers, "Process", FakeProcess)
    monkeypatch.setattr(workers, "_AGAIN_S", 0.0)
    FakeProcess.plan = iter((True, True, *later))
    supervisor = Workers(Config("sync.workers:worker", workers=2), [])
    supervisor.init_processes()
    return supervisor


def turns(supervisor: Workers, first: list[Any], count: int) -> list[list[bool]]:
    """Returns which of the first processes are still there after each turn."""
    seen = []
    for _ in range(count):
        supervisor.keep_subprocess_alive()
        seen.append([process in supervisor.processes for process in first])
    return seen


def test_a_process_that_does_not_start_is_tried_again_and_the_old_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = two(monkeypatch, False, False, True, True)
    first: list[Any] = list(supervisor.processes)

    supervisor.handle_hup()

    assert turns(supervisor, first, 4) == [[True, True], [True, True], [False, True], [False, False]]
    assert [process.has_ended for process in first] == [True, True]


def test_a_process_that_died_meanwhile_is_not_replaced_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = two(monkeypatch, True, True)
    first: list[Any] = list(supervisor.processes)

    supervisor.handle_hup()
    first[0].has_ended = True

    assert turns(supervisor, first, 3) == [[False, False]] * 3


def test_a_second_reload_replaces_the_new_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = two(monkeypatch, True, True, True)
    supervisor.handle_hup()
    supervisor.keep_subprocess_alive()
    second = list(supervisor.processes)

    supervisor.handle_hup()

    assert turns(supervisor, second, 2) == [[False, True], [False, False]]


def test_a_stop_that_comes_while_a_process_starts_is_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = two(monkeypatch, True)
    first: list[Any] = list(supervisor.processes)
    supervisor.signal_queue.append(signal.SIGTERM)

    supervisor.handle_hup()

    assert turns(supervisor, first, 1) == [[True, True]]
