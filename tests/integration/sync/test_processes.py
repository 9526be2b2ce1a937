"""Processes that tell of themselves: what is slow or full anywhere is seen by whichever process looks."""

import asyncio
import re
from collections.abc import Callable
from threading import Event
from time import monotonic

import pytest

from sync.config import Settings
from sync.operations.processes import Presence, all_processes, answers_of
from sync.operations.supervision import Part, Supervisor
from sync.operations.traffic import Traffic
from sync.server import HubServer
from sync.store.database import Database
from sync.store.queue import defer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket

RAISED = "SELECT detail FROM exceptions WHERE kind = %s"
HERE = "SELECT count(*) FROM processes WHERE id = %s"


def slow_traffic(answers: int = 1000) -> Traffic:
    traffic = Traffic()
    for number in range(answers):
        traffic.took("/tickets", "GET", 500 if number % 2 else 200, 3.0)
    return traffic


def meanwhile(presence: Presence, look: Callable[[], None]) -> None:
    """Looks while a process tells of itself, as one on another machine would."""

    async def run() -> None:
        async with Supervisor([Part("presence", presence.tell, 60)]).running():
            await asyncio.to_thread(look)
        await presence.end()

    asyncio.run(run())


def test_a_slow_process_is_an_alert_whichever_looks(hub: Stand) -> None:
    def look() -> None:
        hub.until(1, HERE, "slow")
        hub.watch.look()  # unless the hub itself was faster
        assert hub.one(RAISED, "answers_are_slow") == "One answer of twenty takes longer than 4.9 s."

    meanwhile(Presence(hub.database, "slow", slow_traffic()), look)


def test_a_process_whose_connections_are_used_up_still_tells_it(hub: Stand) -> None:
    def look() -> None:
        hub.until(2, "SELECT max(connections_in_use) FROM processes WHERE id = %s", "full")
        hub.watch.look()
        words = r"All 2 connections of \S+:\d+:full to the database are in use, at 1 of 2 processes."
        assert re.fullmatch(words, hub.one(RAISED, "no_connections"))

    hub.until(1, "SELECT count(*) FROM processes")
    with Database(hub.database.url, 2) as full, full.engine.connect(), full.engine.connect():
        meanwhile(Presence(full, "full", Traffic()), look)


def test_the_dashboard_is_of_all_processes(hub: Stand) -> None:
    def look() -> None:
        hub.until(2, "SELECT count(*) FROM processes")
        page = office.page("/dashboard")
        assert "2 processes answer, with" in page
        assert re.search(r"Answers \(p95, all processes\)</span><b>5 s<", page)

    office = Office.open(hub)
    meanwhile(Presence(hub.database, "slow", slow_traffic()), look)
    assert "1 process answers" in office.page("/dashboard")
    office.http.close()


def test_what_they_answered_is_added_up(hub: Stand) -> None:
    def look() -> None:
        hub.until(1, HERE, "slow")
        with hub.database.transaction() as connection:
            together = answers_of(all_processes(connection))
        assert (together.count >= 1000, together.errors >= 500) == (True, True)

    meanwhile(Presence(hub.database, "slow", slow_traffic()), look)


def test_a_process_that_is_silent_does_not_count_and_is_forgotten(hub: Stand) -> None:
    row = (
        "INSERT INTO processes (id, name, answers, errors, connections_in_use, connections, told_at)"
        " SELECT 'dead', 'dead', answers, 0, 20, 20, now() - interval '61 seconds' FROM processes LIMIT 1"
    )
    hub.until(1, "SELECT count(*) FROM processes")
    hub.sql(row)

    alerts = hub.watch.look()
    with hub.database.transaction() as connection:
        defer(connection, "sweep", {"timestamp": 0})
    hub.until(0, HERE, "dead")

    assert alerts == []


def test_one_that_counts_in_other_buckets_is_left_out(hub: Stand) -> None:
    row = "INSERT INTO processes VALUES ('older', 'older', ARRAY[9, 9], 9, 0, 20)"
    hub.sql(row)

    with hub.database.transaction() as connection:
        names = [process.name for process in all_processes(connection)]
    hub.sql("DELETE FROM processes WHERE id = 'older'")

    assert "older" not in names


def test_a_process_that_ends_takes_itself_off_the_list(hub: Stand, settings: Settings) -> None:
    with HubServer.start(settings, sessions=FakeSessions(), mail=FakeMail()):
        hub.until(2, "SELECT count(*) FROM processes")

    assert hub.one("SELECT count(*) FROM processes") == 1


def test_telling_that_fails_is_said_in_the_log_and_tried_again(hub: Stand, caplog: pytest.LogCaptureFixture) -> None:
    def look() -> None:
        hub.until(1, HERE, "patient")
        hub.sql("ALTER TABLE processes RENAME TO elsewhere")
        pause, patience = Event(), monotonic() + 150
        while "started again" not in caplog.text:
            assert monotonic() < patience
            pause.wait(0.01)
        hub.sql("DELETE FROM elsewhere WHERE id = 'patient'")
        hub.sql("ALTER TABLE elsewhere RENAME TO processes")
        hub.until(1, HERE, "patient")

    meanwhile(Presence(hub.database, "patient", Traffic(), every_s=0.01), look)

    assert hub.one(HERE, "patient") == 0
