"""What leaves the hub when something breaks: an error report and a log, both without secrets."""

import gzip
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic

import httpx
import pytest
import sentry_sdk
from pydantic import SecretStr

from sync.config import Settings
from sync.error_reports import report_errors
from sync.logs import set_up_logs
from sync.shop.orders import Shop
from tests.integration.sync.conftest import Stand

pytestmark = pytest.mark.enable_socket
SECRETS = (
    "4242 4242 4242 4242",
    "5555555555554444",
    "camila@example.org",
    "sk_live_51Qabcdefghijkl",
    "SG.abc123.def456",
)
CART = {"items": [{"id": "full-pass", "quantity": 1}]}


class Reports(ThreadingHTTPServer):
    """Stands where Sentry would, and keeps what it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []

    @property
    def text(self) -> str:
        return b"".join(self.bodies).decode()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Reports)
        self.server.bodies.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


def until(is_there: Callable[[], bool]) -> None:
    patience, pause = monotonic() + 150, Event()
    while not is_there():
        assert monotonic() < patience
        pause.wait(0.02)


@pytest.fixture
def reports(settings: Settings) -> Iterator[Reports]:
    with Reports() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        dsn = SecretStr(f"http://publickey@127.0.0.1:{server.server_port}/1")
        report_errors(settings.model_copy(update={"sentry_dsn": dsn}))
        yield server
        sentry_sdk.get_client().close()
        sentry_sdk.init()
        server.shutdown()
        thread.join()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the hub writes to stderr."""
    root, written = logging.getLogger(), io.StringIO()
    own = logging.StreamHandler(io.StringIO())  # as uvicorn sets it up where nobody says otherwise
    logging.getLogger("uvicorn").handlers, logging.getLogger("uvicorn").propagate = [own], False
    handlers, level = root.handlers, root.level
    monkeypatch.setattr(sys, "stderr", written)
    set_up_logs()
    yield written
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_arguments: object, **_more: object) -> None:
        logging.getLogger("shop").warning("about to charge %s of %s", *SECRETS[:1], SECRETS[2])
        sentry_sdk.set_context("buyer", {"email": SECRETS[2], "note": SECRETS[1]})
        raise RuntimeError(f"refused: {', '.join(SECRETS)}")

    monkeypatch.setattr(Shop, "quote", breaks)


@pytest.mark.usefixtures("broken")
def test_a_request_that_breaks_is_reported_without_secrets_and_with_its_id(hub: Stand, reports: Reports) -> None:
    url = f"{hub.base_url}/api/payment/calculate-total?accessToken=abcdef"
    headers = {"X-Request-ID": "balancer-0001", "Authorization": "Bearer very-secret", "Cookie": "cart=mine"}

    answer = httpx.post(url, json=CART, headers=headers)
    until(lambda: "RuntimeError" in reports.text)

    assert answer.status_code == 500
    assert "balancer-0001" in reports.text
    for secret in (*SECRETS, "abcdef&", "very-secret", "cart=mine"):
        assert secret not in reports.text


@pytest.mark.usefixtures("broken")
def test_the_log_tells_of_it_under_the_same_id_and_without_secrets(hub: Stand, log: io.StringIO) -> None:
    httpx.post(f"{hub.base_url}/api/payment/calculate-total", json=CART, headers={"X-Request-ID": "balancer-0002"})

    until(lambda: "Exception in ASGI application" in log.getvalue())  # it comes after the answer
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    mine = [line for line in lines if line.get("request_id") == "balancer-0002"]
    assert {"answered", "Exception in ASGI application\n"} <= {line["event"] for line in mine}
    (answered,) = (line for line in mine if line["event"] == "answered")
    assert (answered["route"], answered["status"]) == ("/api/payment/calculate-total", 500)
    assert not any(secret in log.getvalue() for secret in SECRETS)


def test_an_order_is_logged_with_its_id_and_without_its_buyer(hub: Stand, log: io.StringIO) -> None:
    body = CART | {"customerInfo": {"email": "camila@example.org", "name": "Camila Ortega"}}

    bought = httpx.post(f"{hub.base_url}/api/payment/create-checkout-session", json=body)

    held = [json.loads(line) for line in log.getvalue().splitlines() if '"held"' in line]
    assert [line["order_id"] for line in held] == [bought.json()["orderId"]]
    assert held[0]["request_id"] == bought.headers["X-Request-ID"]
    assert "amila" not in log.getvalue()


def test_an_id_that_could_forge_a_line_is_replaced(hub: Stand) -> None:
    answer = httpx.get(f"{hub.base_url}/health", headers={"X-Request-ID": "a b"})

    assert answer.headers["X-Request-ID"] != "a b"
