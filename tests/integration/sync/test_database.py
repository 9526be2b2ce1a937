"""The pool of connections, as processes that stop use it; and the feed, whatever transactions are under way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from sync.store import feed
from sync.store.database import Database

pytestmark = pytest.mark.enable_socket


def test_a_connection_that_is_at_work_while_the_pool_closes_is_closed_after_it(database_url: str) -> None:
    database = Database(database_url)
    with database.transaction() as late:
        driver = late.connection.driver_connection
        database.close()
        assert late.exec_driver_sql("SELECT 1").scalar_one() == 1

    assert driver is not None
    assert driver.closed


def test_a_pool_closes_what_it_keeps(database_url: str) -> None:
    with Database(database_url) as database:
        with database.transaction() as connection:
            driver = connection.connection.driver_connection
        assert driver is not None
        assert not driver.closed

    assert driver.closed


def test_the_feed_passes_over_nothing_that_commits_late(database_url: str) -> None:
    with Database(database_url) as database:
        early, later, reader = (database.engine.connect() for _ in range(3))

        def told(after: int) -> tuple[list[str | None], int]:
            changes, _ = feed.page(reader, after, None, "till", 100)
            reader.rollback()
            return [change.event_id for change in changes], changes[-1].xid if changes else after

        feed.add(early, "event", "first")  # has its number, and is not there yet
        feed.add(later, "event", "second")
        later.commit()
        meanwhile, cursor = told(0)
        with database.transaction() as connection:
            feed.add(connection, "event", "third")
        still, cursor = told(cursor)
        early.commit()
        then, cursor = told(cursor)

        assert (meanwhile, still, then) == ([], [], ["first", "second", "third"])
        assert told(cursor) == ([], cursor)
        for connection in (early, later, reader):
            connection.close()


# Any transactions, in any order: whoever reads the feed has each change once, when all of them have ended.

WRITERS, READERS = 4, 2
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, WRITERS - 1)),
        st.tuples(st.sampled_from(["commit", "commit", "roll back"]), st.integers(0, WRITERS - 1)),
        st.tuples(st.just("read"), st.integers(0, READERS - 1)),
    ),
    max_size=25,
)
_names = count(1)
_ENOUGH_PAGES = 50


@dataclass
class Reader:
    """A till: how far it has read, and what it was told, transaction by transaction."""

    cursor: int
    told: list[str] = field(default_factory=list)

    def read(self, connection: Connection, device: str, size: int) -> bool:
        """Reads a page; returns whether there is more."""
        changes, more = feed.page(connection, self.cursor, None, device, size)
        connection.rollback()
        self.told += [str(change.event_id) for change in changes]
        self.cursor = changes[-1].xid if changes else self.cursor
        return more


def interleaved(database: Database, steps: Sequence[tuple[str, int]], size: int) -> None:
    """Lets transactions begin, write and end as they come, and readers read meanwhile; holds them to what there was."""
    device = f"till-{next(_names)}"
    connections = [database.engine.connect() for _ in range(WRITERS + 1)]
    *writers, looks = connections
    start = int(looks.execute(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")).scalar_one()) - 1
    looks.rollback()
    readers = [Reader(start) for _ in range(READERS)]
    under_way: dict[int, list[str]] = {}
    committed: list[list[str]] = []
    try:
        for what, number in steps:
            if what == "write":
                name = f"change-{next(_names)}"
                feed.add(writers[number], "fact", name, device)
                under_way.setdefault(number, []).append(name)
            elif what == "read":
                readers[number].read(looks, device, size)
            elif number in under_way:
                getattr(writers[number], what.replace(" ", ""))()
                names = under_way.pop(number)
                committed += [names] if what == "commit" else []
        for number in under_way:
            writers[number].rollback()
        for reader in readers:
            pages = 0
            while reader.read(looks, device, size):
                pages += 1
                assert pages < _ENOUGH_PAGES, "it reads the same again and again"
            assert sorted(reader.told) == sorted(name for names in committed for name in names)
            for names in committed:  # what was written together is told together, and in its order
                first = reader.told.index(names[0])
                assert reader.told[first : first + len(names)] == names
    finally:
        for connection in connections:
            connection.close()


_LATE: Any = [("write", 0), ("write", 1), ("commit", 1), ("read", 0), ("commit", 0), ("write", 2), ("commit", 2)]
_MIXED: Any = [("write", 0), ("write", 1), ("write", 0), ("commit", 0), ("commit", 1)]


@pytest.fixture(scope="module")
def fed(database_url: str) -> Iterator[Database]:
    with Database(database_url) as database:
        yield database


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, size=st.integers(1, 5))
@example(steps=_LATE, size=1)
@example(steps=_MIXED, size=5)
def test_whatever_commits_when_each_reader_has_each_change_once(
    fed: Database, steps: Sequence[tuple[str, int]], size: int
) -> None:
    interleaved(fed, steps, size)


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint", "true"),
        ("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint", "xid < txid_current()"),
        ("ORDER BY xid, id", "ORDER BY id"),
        ("xid > :after", "xid >= :after"),
        ("xid > :after", "id > :after"),
    ],
)
def test_a_deliberate_bug_of_the_cursor_is_caught(
    fed: Database, monkeypatch: pytest.MonkeyPatch, what: str, instead: str
) -> None:
    statement = str(feed._PAGE)
    assert what in statement
    monkeypatch.setattr(feed, "_PAGE", text(statement.replace(what, instead)))

    @settings(max_examples=300, deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
    @given(steps=STEPS, size=st.integers(1, 5))
    @example(steps=_LATE, size=1)
    @example(steps=_MIXED, size=5)
    def fuzz(steps: Sequence[tuple[str, int]], size: int) -> None:
        interleaved(fed, steps, size)

    with pytest.raises((AssertionError, ValueError)):
        fuzz()
