"""The pool of connections, as processes that stop use it."""

import pytest

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
