"""The worker's way to its queue: it tells whether jobs can be fetched, and when Postgres was lost."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, LiteralString

import psycopg
from procrastinate import PsycopgConnector, sql
from procrastinate.exceptions import ConnectorException

_CONNECT_S: Final = 5
_FETCH: Final = sql.queries["fetch_job"]


class QueueConnector(PsycopgConnector):
    """A worker that could not write down how a job ended must not go on: nobody would ever take that job up.

    So `lost` is set at the first statement that did not reach Postgres, and whoever runs the worker ends it.
    """

    def __init__(self, url: str, on_fetch: Callable[[], None] = lambda: None) -> None:
        connecting = {"connect_timeout": _CONNECT_S}
        super().__init__(conninfo=url, min_size=1, max_size=6, timeout=2 * _CONNECT_S, kwargs=connecting)
        self.lost = asyncio.Event()
        self._on_fetch = on_fetch

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except ConnectorException as error:
            raise self._noted(error) from error.__cause__

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        try:
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        except ConnectorException as error:
            raise self._noted(error) from error.__cause__
        if query == _FETCH:
            self._on_fetch()
        return row

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        try:
            rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
        except ConnectorException as error:
            raise self._noted(error) from error.__cause__
        return rows

    def _noted(self, error: ConnectorException) -> ConnectorException:
        if isinstance(error.__cause__, psycopg.OperationalError):  # PoolTimeout and PoolClosed are such errors, too
            self.lost.set()
        return error
