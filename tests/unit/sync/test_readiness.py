"""Whoever asks whether the hub can serve hears so in time, whatever hangs behind it."""

import asyncio
import threading
from time import monotonic

import pytest

from sync.operations.readiness import STUCK, Readiness


class Database:
    """Stands for one that accepts a question, and answers when it is let go."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.asked = 0

    def look(self) -> str | None:
        self.asked += 1
        assert self.goes_on.wait(30)
        return None


def test_a_database_that_says_nothing_is_told_in_time_and_by_one_thread_alone() -> None:
    database = Database()

    async def ask() -> tuple[list[str | None], float, str | None]:
        readiness, began = Readiness(database.look, 0.05), monotonic()
        answers = list(await asyncio.gather(*(readiness.problem() for _ in range(5))))
        answers.append(await readiness.problem())
        took_s = monotonic() - began
        database.goes_on.set()
        return answers, took_s, await Readiness(database.look, 30).problem()

    answers, took_s, later = asyncio.run(ask())

    assert answers == [STUCK] * 6
    assert took_s < 10
    assert (database.asked, later) == (2, None)


def test_it_is_looked_again_each_time_and_what_went_wrong_is_told() -> None:
    found = iter([None, "not migrated", ConnectionError("gone"), None])

    def look() -> str | None:
        each = next(found)
        if isinstance(each, Exception):
            raise each
        return each

    async def ask() -> list[str | None]:
        readiness = Readiness(look)
        before = [await readiness.problem(), await readiness.problem()]
        with pytest.raises(ConnectionError):
            await readiness.problem()
        return [*before, await readiness.problem()]

    assert asyncio.run(ask()) == [None, "not migrated", None]
