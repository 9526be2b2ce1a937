"""Measures a gate that knows 100,000 tickets: from a code to its answer on disk, and from the beep to the word."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from boxoffice.core.ids import EventId, ProductId, TicketId, uuid7
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Outcome
from boxoffice.core.tickets import Issuer, TicketClaims, certify, encode_token
from boxoffice.core.wire.orders_elsewhere import OrderElsewhere, OrdersAnswer, TicketElsewhere
from boxoffice.till.store.elsewhere import Elsewhere
from tests.integration.till.kit import TillOnDisk
from tools.bench_rows import Row, alternate, clocked

TICKETS: Final = 100_000
_PAGE: Final = 5_000
_AIM_MS: Final = 100.0
_A_SECOND: Final = 30
PRODUCT: Final = ProductId("full-pass")


def gate_rows(folder: Path, rounds: int, tickets: int = TICKETS) -> list[Row]:
    """Returns what is measured of a gate."""
    folder.mkdir()
    till = TillOnDisk(folder)
    fill(till.elsewhere, str(till.context.device.id), str(till.context.event.catalogue.id), tickets)
    codes = codes_of(till, tickets)
    rows = [_judged(till, codes, rounds, tickets), _sustained(till, codes, 4 * rounds, tickets)]
    till.close()
    return [*rows, _in_the_window(tickets)]


def ticket_id(n: int) -> str:
    return uuid7(1_770_000_000_000 + n, n.to_bytes(10))


def fill(elsewhere: Elsewhere, device: str, event: str, tickets: int) -> None:
    """Takes so many tickets, one an order, as the hub would tell them."""
    elsewhere.belong_to(device, event)
    for first in range(0, tickets, _PAGE):
        page = tuple(_order(n) for n in range(first, min(first + _PAGE, tickets)))
        elsewhere.take(OrdersAnswer(orders=page, cursor=str(first), more=first + _PAGE < tickets), "bench")


def _order(n: int) -> OrderElsewhere:
    return OrderElsewhere(
        id=f"bench-{n}",
        number=f"WEB-{n:06d}",
        channel=Channel.WEB,
        status=OrderState.COMPLETED,
        total=15_000,
        currency="USD",
        placed_at=f"2026-05-01T10:{n // 60 % 60:02d}:{n % 60:02d}.000Z",
        sold_by="",
        name=f"Guest {n}",
        tickets=(TicketElsewhere(id=ticket_id(n), product_id=PRODUCT, status=TicketStatus.VALID),),
    )


def codes_of(till: TillOnDisk, tickets: int) -> Iterator[str]:
    """Yields whole codes of tickets that are spread over all of them, signed by the hub."""
    event = till.context.event.catalogue
    issuer = Issuer(till.hub_key, certify(event.id, till.hub_key.public_key(), till.event_key))
    for n in range(1, tickets, 7):
        yield encode_token(TicketClaims(EventId(event.id), TicketId(ticket_id(n)), PRODUCT, event.days), issuer)


def _judged(till: TillOnDisk, codes: Iterator[str], rounds: int, tickets: int) -> Row:
    mine = iter(list(islice(codes, rounds)))

    def judge() -> None:
        if till.gate.scan((next(mine),)).outcome is not Outcome.ADMITTED:
            raise AssertionError("a good ticket was not let in")

    def write() -> None:
        with till.store.transaction() as connection:
            connection.exec_driver_sql("UPDATE settings SET value = value")

    times, floor = alternate(judge, write, rounds)
    p99 = quantiles(times, n=100)[98]
    return Row(
        f"a scan is judged and on disk, of {tickets:,}",
        median(times),
        "ms",
        f"p99 < {_AIM_MS:g} ms",
        p99 < _AIM_MS,
        median(floor),
        "a transaction alone",
        median(times) / median(floor),
        p99,
    )


def _sustained(till: TillOnDisk, codes: Iterator[str], scans: int, tickets: int) -> Row:
    """Returns how many a second one lane gets through that is never idle."""
    mine = list(islice(codes, scans))
    took = clocked(lambda: [till.gate.scan((code,)) for code in mine])
    rate = scans / took
    return Row(f"scans a second, of {tickets:,}", rate, "/s", f"≥ {_A_SECOND} /s", rate >= _A_SECOND)


def _in_the_window(tickets: int) -> Row:
    """Returns how long it takes from the last key of a code to its word on the screen, in a window of its own."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tools.bench_window", str(tickets)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600, env=environment)
    times: Sequence[float] = json.loads(done.stdout.splitlines()[-1])
    p99 = quantiles(times, n=100)[98]
    return Row(f"beep to word, of {tickets:,}", median(times), "ms", f"p99 < {_AIM_MS:g} ms", p99 < _AIM_MS, p99=p99)
