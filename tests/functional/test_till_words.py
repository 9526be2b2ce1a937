"""What a real till tells the screens: times by the event's clock, and the words of whoever said no."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import ProductId
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.stack import Stack
from boxoffice.demo.tills import new_till, unpaired_till
from boxoffice.till.usecases.gateway.paying import Progress, TenderRefused
from boxoffice.till.usecases.ports import Unreachable
from boxoffice.till.usecases.till import Till
from sync.payments.switches import turn

pytestmark = pytest.mark.enable_socket

FRIDAY = Cart((CartLine(ProductId("friday-pass"), 1),))


@pytest.fixture
def till(stack: Stack, tmp_path: Path) -> Iterator[Till]:
    made = new_till(stack, tmp_path / "till", tmp_path, "words")
    yield made
    made.close()


def times_in(value: object) -> Iterator[datetime]:
    """Yields every time that a value holds, however deep."""
    if isinstance(value, datetime):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from times_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from times_in(each)


def lose_the_hub(till: Till) -> None:
    def unplugged(_: object) -> None:
        raise Unreachable("The hub can't be reached.", "", "")

    with pytest.raises(Unreachable):
        till.services.link.call(unplugged)


def test_every_time_that_a_screen_is_given_is_the_events_own(till: Till) -> None:
    told: list[object] = []
    till.subscribe(told.append)
    order = till.place(FRIDAY)
    till.sync_now()

    def shown(progress: Progress) -> None:
        told.append(progress)
        till.stop_waiting(order.id)

    told.append(till.pay_by_phone(order.id, order.due, shown))
    till.check_again(till.unknown_payments()[0].id)
    while (offline := till.services.status.now()).offline_since is None:  # a sync under way may find it again
        lose_the_hub(till)

    told += [
        *till.unknown_payments(),
        till.find_orders("", 20),
        till.order(order.id),
        till.parked(),
        offline,
        till.now(),
    ]
    found = list(times_in(told))

    denver = ZoneInfo(till.catalogue.timezone)
    assert len(found) > 8
    assert [each for each in found if each.utcoffset() != each.astimezone(denver).utcoffset()] == []


def test_an_organizers_stop_is_told_in_the_organizers_words_and_the_hub_counts_as_there(
    stack: Stack, till: Till
) -> None:
    with stack.database.transaction() as connection:
        turn(connection, "phone", 0, "Phones are off until the network is back. Take cash.")
    order = till.place(FRIDAY)
    try:
        outcome = till.pay_by_phone(order.id, order.due, lambda _: None)
    finally:
        with stack.database.transaction() as connection:
            turn(connection, "phone", 100)

    assert isinstance(outcome, TenderRefused)
    assert outcome.message == "Phones are off until the network is back. Take cash."
    assert till.services.status.now().is_online
    till.abandon(order.id)


class _SomethingElse(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b"<html>a router</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _SomethingElse) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("status", [200, 301, 404, 405, 500, 503])
def test_pairing_with_what_is_no_hub_speaks_of_the_address_not_of_sales(
    stack: Stack, tmp_path: Path, elsewhere: HTTPServer, status: int
) -> None:
    elsewhere.status = status  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{elsewhere.server_port}"

    words = refused_pairing(stack, tmp_path, url)

    assert "saved" not in words
    assert "Nothing was changed" in words
    assert "address" in words


def test_pairing_where_nobody_answers_says_so(stack: Stack, tmp_path: Path) -> None:
    words = refused_pairing(stack, tmp_path, "http://127.0.0.1:9")

    assert "No hub answers at “http://127.0.0.1:9”." in words
    assert "saved" not in words


def refused_pairing(stack: Stack, tmp_path: Path, url: str) -> str:
    till = unpaired_till(stack, tmp_path / "new", tmp_path)
    till.open()
    try:
        with pytest.raises(OperationFailed) as refused:
            till.pair(url, "ABCD-EFGH")
    finally:
        till.close()
    error = refused.value
    return f"{error.what_happened} {error.what_is_safe} {error.what_to_do}"
