"""Runs the worker of the durable jobs: each run with connections of its own, so that nothing broken is used again."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import procrastinate
import psycopg

from sync.operations.jobs import AT_START, UseCases, make_worker
from sync.operations.supervision import Beat
from sync.store.queue_connector import QueueConnector

AT_ONCE: Final = 4
JOB_S: Final = 600.0
"""What takes longer hangs: its place is given to another, and it is tried again as its task says."""
RESCUE_S: Final = 20.0
GRACE_S: Final = 5.0
_TELL_S: Final = 5.0
_CLOCK_JUMP_S: Final = 20.0


class WorkerOver(Exception):
    """The worker can't go on as it is; another one can."""


async def work(cases: UseCases, beat: Beat, job_s: float = JOB_S) -> None:
    """Does jobs until it is cancelled.

    Raises:
        WorkerOver: if it lost its database, or the wall clock was set.
        psycopg.OperationalError: if Postgres is not there.
    """
    url = cases.hub.settings.direct_database()
    async with await psycopg.AsyncConnection.connect(url, connect_timeout=5):
        pass  # a pool would wait for Postgres by its own clock, and longer than it is away
    connector = QueueConnector(url, beat)
    app = make_worker(cases, connector)

    async def within_time(job: Callable[[], Awaitable[Any]], _context: object, _worker: object) -> Any:
        try:
            async with asyncio.timeout(job_s):
                return await job()
        finally:
            beat()

    try:
        await app.open_async()
        await rescue(app)
        await _begin_at_start(app)
        jobs = app.run_worker_async(
            install_signal_handlers=False,
            concurrency=AT_ONCE,
            shutdown_graceful_timeout=GRACE_S,
            delete_jobs="successful",
            update_heartbeat_interval=_TELL_S,
            worker_middleware=[within_time],
        )
        await _first_to_end(jobs, _until_lost(connector), _until_clock_is_set(), _rescue_again(app))
    finally:
        with contextlib.suppress(psycopg.Error, procrastinate.exceptions.ConnectorException):
            await app.close_async()


async def rescue(app: procrastinate.App) -> None:
    """Takes up the jobs of workers that died at them: all of ours may be done twice."""
    for job in await app.job_manager.get_stalled_jobs():
        with contextlib.suppress(procrastinate.exceptions.ConnectorException):  # another process was faster
            await app.job_manager.retry_job(job)


async def _begin_at_start(app: procrastinate.App) -> None:
    """Begins what an update may have left to do, and what else would wait for its next round."""
    for name in AT_START:
        with contextlib.suppress(procrastinate.exceptions.AlreadyEnqueued):
            await app.tasks[name].defer_async(timestamp=int(time.time()))


async def _rescue_again(app: procrastinate.App) -> None:
    while True:
        await asyncio.sleep(RESCUE_S)
        await rescue(app)


async def _until_lost(connector: QueueConnector) -> None:
    await connector.lost.wait()
    raise WorkerOver("it lost Postgres")


async def _until_clock_is_set() -> None:
    """Ends the worker when the wall clock jumps: what is due by the clock would be late by as much as it went back."""
    before = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(1)
        now = time.time() - time.monotonic()
        if abs(now - before) > _CLOCK_JUMP_S:
            raise WorkerOver(f"the wall clock was set by {now - before:+.0f} s")


async def _first_to_end(*runs: Any) -> None:
    """Runs all until one ends, then ends the others; raises what the first one raised."""
    tasks = [asyncio.ensure_future(run) for run in runs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        raise WorkerOver("it stopped by itself")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
