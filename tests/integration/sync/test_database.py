"""The pool of connections, as processes that stop use it."""

import pytest

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
