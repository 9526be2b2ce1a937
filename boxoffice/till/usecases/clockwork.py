"""APScheduler on a clock that only goes forward: a wall clock that is set, by days or a year, changes no pace.

APScheduler asks `datetime.now(zone)` of the zone that it was given, and of nothing else. So it is given a zone whose
time is the monotonic clock's: it never learns what the wall clock says.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

_BEGINNING: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # any day; the zone is put to it below


class SteadyTime(tzinfo):
    """A zone in which it is so many seconds after the beginning as `monotonic` says."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic

    def fromutc(self, _utc: datetime) -> datetime:
        return _BEGINNING.replace(tzinfo=self) + timedelta(seconds=self._monotonic())

    def utcoffset(self, _at: datetime | None) -> timedelta:
        return timedelta(0)

    def dst(self, _at: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _at: datetime | None) -> str:
        return "steady"


class Every(BaseTrigger):  # type: ignore[misc]  # it has no types
    """Due at once, and then so many seconds after each look: what was missed while the machine slept is done once."""

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now if previous is None else now + self._pause


def clockwork(monotonic: Callable[[], float]) -> Any:
    """Returns a scheduler that goes by this clock; nothing that it runs is ever too late to be run."""
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    return BackgroundScheduler(timezone=SteadyTime(monotonic), job_defaults=defaults)
