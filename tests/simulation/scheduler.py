"""One heap of virtual time, and tasks that wait in it: nothing runs beside another, and nothing waits for real.

A task is a greenlet, so that the product's own blocking code (a payment that polls, a call that waits for an answer) is
what runs, unchanged; whatever it would wait for lets the others go on.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from greenlet import getcurrent, greenlet

from tests.simulation.draws import Draws


class Killed(BaseException):
    """The process of this task has died: nothing may catch it."""


@dataclass(eq=False, slots=True)
class Task:
    """Something that is under way. `owner` is the process that it dies with."""

    name: str
    owner: object
    greenlet: Any = None
    wait: int = 0
    """Counts what it has waited for, so that only the last of them wakes it."""
    is_over: bool = False


@dataclass
class Scheduler:
    """`now` is in seconds since the beginning; `errors` are what no task may raise."""

    draws: Draws
    now: float = 0.0
    errors: list[BaseException] = field(default_factory=list)
    trace: list[tuple[float, str, str]] = field(default_factory=list)
    _heap: list[tuple[float, float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0
    _tasks: list[Task] = field(default_factory=list)
    _main: Any = field(default_factory=getcurrent)

    def note(self, who: str, what: str) -> None:
        """Adds a line to the run's trace."""
        self.trace.append((round(self.now, 3), who, what))

    def after(self, delay_s: float, do: Callable[[], None]) -> None:
        """Does something so many seconds from now; what is due at once comes in a drawn order."""
        self._count += 1
        heapq.heappush(self._heap, (self.now + delay_s, self.draws.of("order").number(), self._count, do))

    def spawn(self, name: str, work: Callable[[], object], owner: object = None, delay_s: float = 0.0) -> Task:
        """Begins a task."""
        task = Task(name, owner)

        def run() -> None:
            try:
                work()
            except Killed:
                pass
            except Exception as error:  # noqa: BLE001  # it is told to whoever runs the simulation
                error.add_note(f"in {name}, {self.now:.1f} s after the beginning")
                self.errors.append(error)
            finally:
                task.is_over = True

        task.greenlet = greenlet(run, self._main)
        self._tasks.append(task)
        self.after(delay_s, lambda: self._resume(task, 0))
        return task

    def run(self, until: float) -> None:
        """Lets time pass."""
        while self._heap and self._heap[0][0] <= until and not self.errors:
            self.now, _, _, do = heapq.heappop(self._heap)
            do()
        self.now = max(self.now, until)
        self._tasks = [task for task in self._tasks if not task.is_over]

    def sleep(self, seconds: float) -> None:
        """Lets the others go on for so long."""
        task = self._current()
        if task is None:  # what sets the stage is alone there
            self.run(self.now + seconds)
            return
        if task.is_over:  # what a process does while it dies waits for nothing
            raise Killed
        task.wait += 1
        turn = task.wait
        self.after(seconds, lambda: self._resume(task, turn))
        self._main.switch()

    @property
    def is_alone(self) -> bool:
        """Returns whether what runs is no task: it sets the stage, and nobody else is on it."""
        return self._current() is None

    def kill(self, owner: object) -> None:
        """Ends all tasks of a process that has died, but the one that runs."""
        for task in list(self._tasks):
            if task.owner is owner and not task.is_over and task.greenlet is not getcurrent():
                task.is_over = True
                if task.greenlet:
                    self._throw(task)

    def doom(self) -> None:
        """Lets the task that runs, and is about to end with its process, wait for nothing any more."""
        task = self._current()
        if task is not None:
            task.is_over = True

    def close(self) -> None:
        """Ends all that is under way."""
        for task in list(self._tasks):
            was_over, task.is_over = task.is_over, True
            if not was_over and task.greenlet:
                self._throw(task)
        self._heap.clear()

    def _throw(self, task: Task) -> None:
        parent, task.greenlet.parent = task.greenlet.parent, getcurrent()
        task.greenlet.throw(Killed)
        if not task.greenlet.dead:
            task.greenlet.parent = parent

    def wake(self, task: Task, turn: int) -> None:
        """Wakes a task that waits, if that is still what it waits for."""
        self.after(0.0, lambda: self._resume(task, turn))

    def _resume(self, task: Task, turn: int) -> None:
        if not task.is_over and task.wait == turn:
            task.wait += 1  # whatever else would wake it for this comes too late
            task.greenlet.switch()

    def _current(self) -> Task | None:
        running = getcurrent()
        return next((task for task in self._tasks if task.greenlet is running), None)


class Threads:
    """What the product takes of Python's `threading`, for tasks of a scheduler."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler

    def Lock(self) -> "SimLock":
        return SimLock(self.scheduler)

    def RLock(self) -> "SimLock":
        return SimLock(self.scheduler)

    def Event(self) -> "SimEvent":
        return SimEvent(self.scheduler)

    def Condition(self) -> "SimCondition":
        return SimCondition(self.scheduler)


class _Waiting:
    """Tasks that wait for something to happen."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._waiting: list[tuple[Task, int]] = []

    def _wait(self, timeout_s: float) -> None:
        task = self._scheduler._current()
        if task is not None:
            self._waiting.append((task, task.wait + 1))
        self._scheduler.sleep(timeout_s)

    def _wake_all(self) -> None:
        waiting, self._waiting = self._waiting, []
        for task, turn in waiting:
            self._scheduler.wake(task, turn)


_FOREVER_S = 1e9


class SimLock(_Waiting):
    """Held by one task, as often as it likes."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(scheduler)
        self._holder: object = None
        self._depth = 0

    def __enter__(self) -> Self:
        while self._holder is not None and self._holder is not getcurrent():
            self._wait(_FOREVER_S)
        self._holder, self._depth = getcurrent(), self._depth + 1
        return self

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._holder = None
            self._wake_all()


class SimEvent(_Waiting):
    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(scheduler)
        self._is_set = False

    def set(self) -> None:
        self._is_set = True
        self._wake_all()

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, timeout: float = _FOREVER_S) -> bool:
        if not self._is_set:
            self._wait(timeout)
        return self._is_set


class SimCondition(_Waiting):
    """Its own lock is never needed: a task gives way only where it waits."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing was taken."""

    def notify_all(self) -> None:
        self._wake_all()

    def wait_for(self, is_so: Callable[[], bool], timeout: float = _FOREVER_S) -> bool:
        until = self._scheduler.now + timeout
        while not is_so() and self._scheduler.now < until:
            self._wait(until - self._scheduler.now)
        return is_so()


@contextmanager
def running(scheduler: Scheduler) -> Iterator[Scheduler]:
    """Ends what is under way, whatever happens."""
    try:
        yield scheduler
    finally:
        scheduler.close()
