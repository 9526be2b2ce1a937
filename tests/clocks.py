"""Wall clocks that are set while the programs run."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest


def settable_wall_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Puts a wall clock that can be set under the till and under APScheduler; returns what sets it."""
    set_by = [timedelta()]

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return (datetime.now(UTC) + set_by[0]).astimezone(tz)

    for module in ("apscheduler.schedulers.base", "apscheduler.executors.base", "boxoffice.till.app"):
        monkeypatch.setattr(f"{module}.datetime", Wall)

    def set_clock(by: timedelta) -> None:
        set_by[0] = by

    return set_clock
