"""What anyone can send: deep, large, slow, under other names, as a mere look. None of it breaks or changes anything."""

import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe

from sync import patience
from sync.app import build
from sync.bounded_json import DEEPEST
from sync.config import Settings
from sync.http.services import services_in
from sync.server import HubServer
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.office import Office
from tests.integration.sync.routes import walk
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

DEEP = [
    "[" * 1000,
    '{"a":' * 1000 + "1" + "}" * 1000,
    '{"lines":' + "[" * 60_000,
    "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
]


# What is deep


@pytest.mark.parametrize(
    "cookie", [*(text[:3000] for text in DEEP), "NaN", '"\\ud800"', "%5B" * 1000, "%FF", "9" * 5000]
)
@pytest.mark.parametrize("name", ["boxoffice_cart", "boxoffice_orders", "boxoffice_done", "boxoffice_session"])
def test_no_cookie_breaks_a_page(hub: Stand, name: str, cookie: str) -> None:
    for path in ("/tickets", "/checkout", "/my-tickets", "/payment/success", "/reports"):
        answer = httpx.get(f"{hub.base_url}{path}", headers={"Cookie": f"{name}={cookie}"}, timeout=60)

        assert answer.status_code < 500, path


@pytest.mark.parametrize("body", [*DEEP, "NaN", '{"id": "\\ud800"}', '{"id": 1e999}', '"' + "x" * 10, "\u00e9"])
def test_no_body_breaks_a_route(hub: Stand, settings: Settings, body: str) -> None:
    app = build(settings)
    paths = [route.path for route in walk(app.routes) if "POST" in (route.methods or set())]
    services_in(app).at_end.close()
    door = hub.door()

    signed = {"Stripe-Signature": f"t={int(time.time())},v1={_signature(body)}", "Content-Type": "application/json"}
    token = {"Authorization": f"Bearer {door.me.token}"}
    for path in paths:
        answer = httpx.post(f"{hub.base_url}{path}", content=body.encode(), headers=signed | token, timeout=60)

        assert answer.status_code < 500 or answer.status_code == 503, (
            path,
            answer.text,
        )  # 503: no provider set up here


def _signature(body: str) -> str:
    return str(stripe.WebhookSignature._compute_signature(f"{int(time.time())}.{body}", WEBHOOK_SECRET))


# Names


@pytest.fixture
def public(settings: Settings) -> Iterator[HubServer]:
    own = settings.model_copy(update={"hub_public_url": "https://tickets.example.org", "hub_hosts": ("door.lan",)})
    with HubServer.start(own, sessions=FakeSessions(), mail=FakeMail()) as server:
        yield server


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("tickets.example.org", 200),
        ("TICKETS.example.org.:443", 200),
        ("door.lan:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("tickets.example.org.evil.example", 421),
        ("tickets.example.org@evil.example", 421),
        ("10.1.2.3", 421),
        ("", 421),
    ],
)
def test_a_hub_answers_to_its_own_names_only(public: HubServer, host: str, status: int) -> None:
    assert httpx.get(f"{public.base_url}/tickets", headers={"Host": host}, timeout=60).status_code == status


def test_a_balancer_may_ask_a_machine_by_its_number(public: HubServer) -> None:
    assert httpx.get(f"{public.base_url}/health", headers={"Host": "10.1.2.3"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/tickets/", "/my-tickets/?order=1", "//evil.example/", "/\\evil.example/", "/sign-in//", "/%2F/evil.example/"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_slash_too_many_leads_to_the_page_and_to_no_other_host(hub: Stand, path: str, method: str) -> None:
    answer = httpx.request(method, hub.base_url + path, headers={"Host": "evil.example"}, timeout=60)

    where = answer.headers["location"]
    assert answer.status_code == 308
    assert re.match(r"/[^/\\]", where), where
    assert "//" not in where.partition("?")[0] or "%2F" in path


def test_over_https_our_cookies_are_those_of_this_host_alone(public: HubServer) -> None:
    with httpx.Client(base_url=public.base_url, timeout=60) as http:
        page = http.get("/sign-in")
        (cookie,) = page.headers.get_list("set-cookie")
        csrf = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
        name, _, value = cookie.partition(";")[0].partition("=")
        form = {"csrf": csrf, "email": "nobody@example.org", "password": "wrong"}
        mine = http.post("/sign-in", data=form, headers={"Cookie": f"{name}={value}"})
        planted = http.post("/sign-in", data=form, headers={"Cookie": f"boxoffice_form={value}"})

    parts = {part.strip().lower() for part in cookie.split(";")}
    assert name == "__Host-boxoffice_form"
    assert {"secure", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    assert "too old" not in mine.text
    assert mine.status_code != planted.status_code or mine.text != planted.text


def test_at_home_cookies_have_no_prefix_or_browsers_would_refuse_them(hub: Stand) -> None:
    assert "boxoffice_form=" in httpx.get(f"{hub.base_url}/sign-in").headers["set-cookie"]
    assert "__Host-" not in httpx.get(f"{hub.base_url}/sign-in").headers["set-cookie"]


# What is slow


def _connect(hub: Stand) -> socket.socket:
    host, _, port = hub.base_url.partition("://")[2].rpartition(":")
    return socket.create_connection((host, int(port)), timeout=120)


def _end_of(line: socket.socket) -> bytes:
    """Returns what comes until the other side closes the line."""
    parts = []
    while part := line.recv(65536):
        parts.append(part)
    line.close()
    return b"".join(parts)


HALVES = {
    "nothing": b"",
    "half a line": b"GET /tick",
    "half a head": b"GET /tickets HTTP/1.1\r\nHost: localhost\r\n",
    "half a body": b"POST /api/webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
    "half a form": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ncsrf=",
    "half a chunk": b"POST /api/till/facts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc",
    "half a second request": b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /he",
}


@pytest.mark.parametrize("sent", HALVES.values(), ids=HALVES)
def test_a_request_that_is_never_finished_is_ended(hub: Stand, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.3)
    monkeypatch.setattr(patience, "BODY_S", 0.3)
    line = _connect(hub)

    line.sendall(sent)

    assert b"HTTP/1.1 408" in _end_of(line) or not sent


def test_a_body_that_drips_is_ended_and_one_that_comes_slowly_is_not(
    hub: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BODY_S", 1.0)
    monkeypatch.setattr(patience, "SLOWEST_BYTES_PER_S", 10)
    head = b"POST /api/till/pair HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    slow = _connect(hub)
    slow.sendall(head % 100 + b"x" * 99)  # so it has ten seconds more
    dripping = _connect(hub)
    dripping.sendall(head % 100)
    refused = _end_of(dripping)
    slow.sendall(b"x")

    assert b"HTTP/1.1 408" in refused
    assert b"HTTP/1.1 408" not in _end_of(slow)


def test_hundreds_of_half_requests_leave_the_hub_as_it_was(hub: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 2.0)
    monkeypatch.setattr(patience, "BODY_S", 2.0)
    lines = [_connect(hub) for _ in range(300)]
    for number, line in enumerate(lines):
        line.sendall(HALVES["half a body" if number % 3 == 0 else "half a head"])

    assert httpx.get(f"{hub.base_url}/health", timeout=60).status_code == 200
    assert {_end_of(line)[:12] for line in lines} == {b"HTTP/1.1 408"}


# What only looks

Looks = tuple[list[str], dict[str, str], dict[str, str]]

NOTED = {
    "attempts",
    "processes",
    "feed",
    "devices",
    "sessions",
    "lines",
    "procrastinate_workers",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
}
"""What is noted of a visit itself, and what the hub does meanwhile."""
UNTOLD = {"/api/till/wake"}
"""A stream."""


OF_LOAD = {"answers_are_slow", "no_connections", "part_is_silent", "jobs_wait"}
"""What the hub tells of itself on a slow machine, whoever looks; it stands in the tables of facts then."""
TOLD_IN = {"facts", "chains", "exceptions"}


def _everything(hub: Stand) -> dict[str, Any]:
    """Returns a digest of each table, and what the hub has told of anything but its load."""
    tables = hub.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    told = "SELECT kind, payload ->> 'exception_kind', payload::text FROM facts ORDER BY position"
    found: dict[str, Any] = {"told": [fact for fact in hub.sql(told) if fact[1] not in OF_LOAD]}
    for (table,) in tables:
        if table not in NOTED | TOLD_IN:
            found[table] = hub.one(
                f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{table}\" t"
            )
    return found


@pytest.fixture
def looks(
    hub: Stand, settings: Settings, shopper: Shopper
) -> Iterator[tuple[list[str], dict[str, str], dict[str, str]]]:
    """All addresses that can be looked at, what stands for their parts, and cookies of one who holds an order."""
    app = build(settings)
    paths = sorted({route.path for route in walk(app.routes) if "GET" in (route.methods or set())} - UNTOLD)
    services_in(app).at_end.close()
    office = Office.open(hub)
    page = shopper.http.get("/tickets").text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    attempt = re.findall(r'name="attempt" value="([^"]+)"', page)[0]
    shopper.http.post("/tickets", data={"csrf": csrf, "add": "friday-pass"})
    assert shopper.http.post("/checkout", data={"csrf": csrf, "attempt": attempt}).headers["location"] == "/checkout"
    order = hub.one("SELECT id FROM orders ORDER BY created_at DESC LIMIT 1")
    parts = {
        "order_id": order,
        "tender_id": "x",
        "event_id": "boulder-fest-2026",
        "device_id": hub.one("SELECT id FROM devices LIMIT 1") if hub.sql("SELECT 1 FROM devices") else "x",
        "notice_id": "x",
        "cancellation_id": "x",
        "code": "AAAAAA",
        "text": "AAAAAA",
        "channel": "web",
        "mail_id": "x",
        "shift_id": "x",
        "staff_id": "x",
        "organizer_id": "1",
        "card_id": "x",
        "dispute_id": "x",
        "reference": "x",
        "token": "x",
        "section": "basics",
    }
    office.page("/reports")  # what was sold is counted by whoever looks first
    yield paths, parts, {**dict(shopper.http.cookies), **dict(office.http.cookies)}
    office.http.close()


def _address(path: str, parts: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda part: parts[part[1]], path)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_changes_by_looking(hub: Stand, looks: Looks, method: str) -> None:
    paths, parts, cookies = looks
    queries = [
        "",
        "canceled=true",
        "says=lapsed",
        "remove=friday-pass&add=friday-pass",
        "action=cancel&csrf=x",
        "done=1",
    ]
    before = _everything(hub)

    with httpx.Client(base_url=hub.base_url, cookies=cookies, timeout=60) as http:
        for path in paths:
            for query in queries:
                answer = http.request(method, f"{_address(path, parts)}?{query}")
                assert answer.status_code < 500 or answer.status_code == 503, (path, query)

    assert _everything(hub) == before


def test_who_comes_back_from_the_payment_page_still_holds_the_places_and_gives_them_back_by_a_press(
    hub: Stand, looks: Looks, shopper: Shopper
) -> None:
    held = "SELECT status FROM orders WHERE id = %s"
    order = looks[1]["order_id"]

    back = shopper.http.get("/tickets?canceled=true", follow_redirects=True)
    after_looking = hub.one(held, order)
    csrf = re.findall(r'name="csrf" value="([^"]+)"', back.text)[0]
    given = shopper.http.post("/checkout/give-up", data={"csrf": csrf})
    strangers = httpx.post(f"{hub.base_url}/checkout/give-up", data={"csrf": csrf})

    assert "Your places are still kept for you" in back.text
    assert after_looking != "failed"
    assert (given.headers["location"], hub.one(held, order)) == ("/tickets?says=canceled", "failed")
    assert strangers.status_code == 403
