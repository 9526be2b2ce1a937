"""Prometheus: what this socket's processes answered, and what the books say. Open to whoever has METRICS_TOKEN."""

from collections.abc import Iterable, Sequence
from hmac import compare_digest
from itertools import accumulate
from time import perf_counter
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.http.access import TheHub
from sync.http.services import TheServices
from sync.operations.measuring import LATELY, PAYMENT_BUCKETS, Measures, PaymentTimes, measure, payment_times, payments
from sync.operations.processes import Process, all_processes
from sync.operations.traffic import Traffic

router: Final = APIRouter(include_in_schema=False)
_QUIET: Final = ("/static/", "/metrics", "/api/till/wake")
"""Files, this page itself, and what stays open on purpose."""


class Timed:
    """ASGI middleware that counts every answer with its time."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self.app = app
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_QUIET):
            await self.app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")  # the template: paths themselves hold ids
            self.traffic.took(route, scope["method"], status, perf_counter() - started)


@router.get("/metrics")
def metrics(request: Request, hub: TheHub, services: TheServices) -> Response:
    secret = hub.settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if secret is None or not compare_digest(secret.get_secret_value().encode(), given.encode()):
        raise HTTPException(403, "This is for the monitoring only. Set METRICS_TOKEN and send it as a bearer token.")
    with hub.database.transaction() as connection:
        lately = payments(connection, LATELY)
        books = _Books(measure(connection), lately, payment_times(connection), all_processes(connection))
    page = generate_latest(services.traffic.registry) + generate_latest(books)
    return Response(page, media_type=CONTENT_TYPE_LATEST)


class _Books:
    """What the books say, and the processes that share them, as a collector: the same whichever process answers."""

    def __init__(
        self,
        measures: Measures,
        lately: tuple[int, int],
        times: Sequence[PaymentTimes],
        processes: Sequence[Process],
    ) -> None:
        self._measures = measures
        self._lately = lately
        self._times = times
        self._processes = processes

    def collect(self) -> Iterable[Metric]:
        m = self._measures
        for name, words, value in (
            ("checkout_seconds", "From hold to payment, mean of a day", m.checkout_s),
            ("payment_success_ratio", "Payments that went through, of a day", m.payment_success),
            ("conversion_rate", "Orders that were paid, of those begun in a day", m.conversion),
            ("webhook_queue_depth", "Events that wait", m.events_waiting),
            ("webhook_dead", "Events that could not be worked on", m.events_dead),
            ("webhook_processing_seconds", "From an event to its end, mean of a day", m.event_s),
            ("webhook_lag_seconds", "Age of the oldest event that waits", m.event_lag_s),
            ("processes", "That answer, on all machines", len(self._processes)),
        ):
            if value is not None:
                yield _gauge(name, words, (), [((), float(value))])
        outcomes = zip((("captured",), ("failed",)), self._lately, strict=True)
        yield _gauge("payments_lately", "Payments that ended within 5 minutes", ("outcome",), outcomes)
        yield _durations(self._times)
        in_use = [((p.name,), p.connections_in_use) for p in self._processes]
        yield _gauge("database_connections_in_use", "Of a process's pool", ("process",), in_use)
        size = [((p.name,), p.connections) for p in self._processes]
        yield _gauge("database_connections_size", "What a process's pool may hold", ("process",), size)
        yield _gauge("mails", "Mails of a day", ("status",), [((status,), count) for status, count in m.mails.items()])
        levels = [
            ((p.event_id, p.id, how), getattr(p, how))
            for p in m.pools
            for how in ("available", "leased", "held", "sold")
        ]
        yield _gauge("inventory_level", "Units of a pool", ("event", "pool", "state"), levels)
        backlog = [((t.name, "waiting"), t.waiting) for t in m.tills]
        backlog += [((t.name, "unsent"), t.unsent) for t in m.tills if t.unsent is not None]
        yield _gauge("till_backlog", "Facts that wait for others, or to be sent", ("till", "state"), backlog)
        yield _gauge("till_lease_stock", "Units on lease", ("till",), [((t.name,), t.stock) for t in m.tills])
        silent = [((t.name,), t.silent_s) for t in m.tills if t.silent_s is not None]
        yield _gauge("till_silent_seconds", "Since a till was heard of", ("till",), silent)


def _durations(times: Sequence[PaymentTimes]) -> Metric:
    """Returns a histogram of a day: it rises and falls, so it is asked for as it is, without `rate`."""
    words = "From the start of a payment to its end, of a day"
    found = GaugeHistogramMetricFamily("boxoffice_payment_duration_seconds", words, labels=("provider", "success"))
    bounds = [*(str(float(bound)) for bound in PAYMENT_BUCKETS), "+Inf"]
    for each in times:
        within = list(zip(bounds, accumulate(each.by_time), strict=True))
        found.add_metric((each.provider, str(each.is_success).lower()), within, each.seconds)
    return found


def _gauge(
    name: str, words: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"boxoffice_{name}", words, labels=labels)
    for names, value in values:
        gauge.add_metric(names, value)
    return gauge
