"""Every error that a person's browser can meet is a page in its language; a program gets a problem document."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from itertools import product

import httpx
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from boxoffice.core.errors import BadInput, BoxofficeError, FieldError, OperationFailed
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.inventory import NotEnoughLeft
from sync.app import build
from sync.config import Settings
from sync.http.services import services_in
from sync.inventory.events import load_event
from sync.payments.switches import Stopped
from sync.shop.buyers_limits import TooMuch
from sync.shop.sold_out import SoldOut
from sync.shop.waiting_room import InLine
from sync.store.limits import TooManyTries
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.routes import walk

pytestmark = pytest.mark.enable_socket
OF_THE_EVENT = ("https://boulderfest.example/", "https://www.openstreetmap.org/")
"""What the event itself links to: its terms, its map."""
_PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_SAMPLES: dict[type[Exception], Exception] = {
    NotEnoughLeft: NotEnoughLeft({PoolId("friday"): 1}),
    SoldOut: SoldOut({ProductId("full-pass"): 1}, {ProductId("full-pass"): 2}),
    TooMuch: TooMuch(20),
    TooManyTries: TooManyTries(70),
    InLine: InLine(30),
    Stopped: Stopped("Back at noon."),
}


def kinds(base: type[BoxofficeError] = BoxofficeError) -> Iterator[type[BoxofficeError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def sample(kind: type[BoxofficeError]) -> Exception:
    if kind in _SAMPLES:
        return _SAMPLES[kind]
    error = kind.__new__(kind)
    if issubclass(kind, BadInput):
        BadInput.__init__(error, [FieldError("email", "is not one")])  # type: ignore[arg-type]
    elif issubclass(kind, OperationFailed):
        OperationFailed.__init__(error, "It broke.", "All is safe.", "Try again.")  # type: ignore[arg-type]
    else:
        Exception.__init__(error, "A reason")
    return error


def errors() -> Iterator[Exception]:
    yield from (sample(kind) for kind in sorted(set(kinds()), key=lambda kind: kind.__qualname__))
    yield from (HTTPException(status.value) for status in HTTPStatus if status.value >= 400)
    yield HTTPException(404, "There is no such till.")
    yield RequestValidationError([{"type": "missing", "loc": ("body", "csrf"), "msg": "is missing"}])
    yield DataError("SELECT", {}, ValueError("a secret value"))
    yield OperationalError("SELECT", {}, OSError("a secret value"))
    yield RuntimeError("a secret value")


@pytest.fixture
def app(settings: Settings, hub: Stand) -> Iterator[FastAPI]:
    app = build(settings.model_copy(update={"requests_per_second": 1e9}))
    yield app
    services_in(app).at_end.close()


def is_whole_page(answer: httpx.Response, language: str) -> bool:
    page = answer.text
    return (
        answer.headers["content-type"].startswith("text/html")
        and f'<html lang="{language}">' in page
        and bool(re.search(r"<h1[^>]*>[^<]+</h1>", page))
        and all(word not in page for word in ("Traceback", "a secret value", '"detail"', "None"))
        and "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    )


def test_whatever_breaks_on_whatever_page_is_told_as_a_page(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page meets every fifth error, every error every fifth page, in one language or the other."""
    raised: list[Exception] = []

    async def breaks(**_values: object) -> None:
        raise raised[0]

    monkeypatch.setattr("fastapi.routing.solve_dependencies", breaks)
    programs = ("/api/", "/health", "/ready", "/metrics")
    pages = [route for route in walk(app.routes) if not route.path.startswith(programs)]
    safe = {"en": "What is safe", "es": "Qué está a salvo"}

    async def look(http: httpx.AsyncClient, route: APIRoute, error: Exception, language: str) -> httpx.Response:
        raised[:] = [error]
        method = next(iter((route.methods or {"GET"}) - {"HEAD"}))
        path = re.sub(r"[{}]", "", route.path)
        return await http.request(method, path, headers={**_PERSON, "Accept-Language": language})

    async def strangers() -> AsyncIterator[str]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            for (i, error), (j, route) in product(enumerate(errors()), enumerate(pages)):
                if (i + j) % 5:
                    continue
                language = ("en", "es")[(i + j) % 2]
                answer = await look(http, route, error, language)
                leads_to_own = answer.status_code == 303 and answer.headers["location"] in ("/sign-in", "/account")
                is_told = answer.is_error and is_whole_page(answer, language) and safe[language] in answer.text
                if not leads_to_own and not is_told:
                    yield f"{route.path} {error!r}: {answer.status_code} {answer.text[:300]}"

    async def all_of_them() -> list[str]:
        return [each async for each in strangers()]

    assert len(pages) > 30
    assert asyncio.run(all_of_them()) == []


@pytest.fixture
def browser(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, headers=_PERSON, timeout=30) as browser:
        yield browser


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "//evil.example/x", 404),
        ("GET", "/p/XXXX", 404),
        ("GET", "/p/XXXX/done", 404),
        ("GET", "/static/styles/nothing.css", 404),
        ("GET", "/payment/success", 404),
        ("GET", "/my-tickets?id=x&key=y", 404),
        ("GET", "/my-tickets/calendar.ics?order=WB-1", 404),
        ("DELETE", "/tickets", 405),
        ("GET", "/counting", 405),
        ("BREW", "/tickets", 405),
        ("POST", "/tickets", 422),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/orders/retrieve?orderId=x&accessToken=y", 404),
        ("GET", "/api/orders/create", 405),
        ("POST", "/orders/x/mail", 403),
    ],
)
def test_what_a_browser_can_run_into_is_a_page_in_its_language(
    browser: httpx.Client, language: str, method: str, path: str, status: int
) -> None:
    answer = browser.request(
        method,
        browser.base_url.join(path) if path[1] != "/" else f"{browser.base_url}{path}",
        headers={"Accept-Language": language},
    )

    assert answer.status_code == status
    assert is_whole_page(answer, language)
    away = re.findall(r'(?:href|action)="((?://|/\\|https?:)[^"]*)', answer.text)
    assert [link for link in away if not link.startswith(OF_THE_EVENT)] == []


def test_a_browser_without_cookies_is_told_that_the_shop_needs_one(browser: httpx.Client) -> None:
    form = re.search(r'name="csrf" value="([^"]+)"', browser.get("/tickets").text)
    assert form is not None
    browser.cookies.clear()

    answer = browser.post("/tickets", data={"csrf": form[1], "add": "full-pass"})

    assert (answer.status_code, "This shop needs a cookie" in answer.text) == (403, True)
    assert "Allow cookies for this site" in answer.text


def test_an_old_form_is_told_as_such(browser: httpx.Client) -> None:
    browser.get("/tickets")

    answer = browser.post("/tickets", data={"csrf": "another", "add": "full-pass"})

    assert (answer.status_code, "This page is too old" in answer.text) == (403, True)


def test_a_body_that_is_too_big_and_a_form_of_another_site_are_pages(browser: httpx.Client) -> None:
    big = browser.post("/tickets", data={"csrf": "x" * 100_000})
    foreign = browser.post("/tickets", data={"csrf": "x"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert [(big.status_code, is_whole_page(big, "en")), (foreign.status_code, is_whole_page(foreign, "en"))] == [
        (413, True),
        (403, True),
    ]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json"])
def test_a_program_gets_a_problem_document(hub: Stand, accept: str) -> None:
    answer = httpx.get(f"{hub.base_url}/api/nowhere", headers={"Accept": accept})

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"] == "Not Found"


def test_a_flood_of_pages_is_a_page_that_says_when_it_works_again(settings: Settings, hub: Stand) -> None:
    app = build(settings.model_copy(update={"requests_per_second": 0.01}))

    async def twice() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            return [await http.get("/nowhere", headers=_PERSON) for _ in range(2)][-1]

    answer = asyncio.run(twice())
    services_in(app).at_end.close()

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "96")
    assert is_whole_page(answer, "en")
    assert "It works again in 2 minutes." in answer.text


def test_an_error_names_the_event_of_the_shop_whichever_others_were_looked_at(
    hub: Stand, browser: httpx.Client
) -> None:
    other = fest()
    other["event"] = {**other["event"], "id": "another-night", "name": "Another Night"}
    load_event(hub.hub, other)
    hub.sql("UPDATE events SET created_at = 'epoch' WHERE id = 'another-night'")
    asked = {"eventId": "another-night", "items": [{"id": "friday-pass", "quantity": 1}]}
    browser.post("/api/inventory/check-availability", json=asked).raise_for_status()
    browser.get("/tickets")

    page = browser.get("/nowhere").text

    assert fest()["event"]["name"] in page
    assert "Another Night" not in page
