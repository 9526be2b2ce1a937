"""The hub from outside: headers everywhere, forms of other sites refused, floods held, nothing open by accident."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from boxoffice.resources import resource_path
from sync.app import build
from sync.config import Settings
from sync.http.services import services_in
from sync.organizers.roles import Role
from sync.server import HubServer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import EMAIL, PASSWORD, Office
from tests.integration.sync.routes import role_of, walk

pytestmark = pytest.mark.enable_socket

PUBLIC = {
    "/", "/health", "/ready", "/openapi.json", "/sign-in", "/status", "/pair", "/tickets", "/checkout",
    "/tickets/{event_id}",
    "/language/{code}",
    "/checkout/pay", "/checkout/give-up", "/sign-in/link", "/sign-in/link/{token}", "/counting", "/payment/success",
    "/my-tickets", "/my-tickets/tickets.pdf", "/pin/{token}", "/join/{token}",
    "/sign-in/second", "/sign-in/passkey", "/sign-in/passkey/options",
    "/my-tickets/calendar.ics", "/door-tickets", "/gift-card", "/checkout/gift-card", "/my-tickets/gift-cards.pdf",
    "/give-back",
    "/p/{code}", "/p/{code}/pay", "/p/{code}/done", "/p/{code}/back", "/api/till/pair",
    "/O/{text}", "/O/{text}/pay", "/O/{text}/done",
    "/api/payment/calculate-total", "/api/payment/create-checkout-session", "/api/payment/create-payment-intent",
    "/api/inventory/check-availability", "/api/inventory/reserve-tickets", "/api/orders/create",
    "/api/inventory/waiting-line",
}  # fmt: skip
"""What anyone may call; what shows an order there asks for its signed link or the browser that bought."""
BY_TOKEN = {
    "/api/payment/confirm-payment", "/api/orders/update", "/api/orders/retrieve", "/api/orders/send-receipt",
}  # fmt: skip
BY_SIGNATURE = {"/api/webhooks/stripe", "/api/webhooks/paypal", "/api/webhooks/sendgrid"}
BY_ROLE = {
    Role.NONE: {
        "/account", "/account/name", "/account/password", "/account/telephone", "/account/telephone/proved",
        "/account/telephone/off", "/account/codes", "/account/passkeys", "/account/passkeys/options",
        "/account/passkeys/remove", "/sessions/end", "/sessions/others",
    },
    Role.VIEWER: {
        "/reports", "/reports.csv", "/tills", "/orders", "/orders/{order_id}", "/orders/{order_id}/preview",
        "/exceptions", "/control", "/dashboard", "/sign-out", "/notices", "/notices/{notice_id}",
        "/notices/{notice_id}/preview", "/staff", "/staff/done", "/staff/{staff_id}", "/shifts", "/shifts/{shift_id}",
        "/shifts/{shift_id}.pdf", "/arrivals", "/arrivals.pdf", "/gift-cards", "/gift-cards.csv",
        "/guests", "/organizers", "/organizers/{organizer_id}", "/sessions", "/audit", "/audit.csv",
        "/cancel", "/cancel/move", "/cancel/{cancellation_id}", "/cancel/{cancellation_id}/proof.csv",
        "/events", "/events/{event_id}", "/events/{event_id}/{section}", "/events/{event_id}/file",
        "/events/{event_id}/publish", "/events/{event_id}/revisions", "/events/{event_id}/preview/shop",
        "/events/{event_id}/preview/till", "/events/{event_id}/preview/ticket", "/events/{event_id}/preview/ticket.pdf",
        "/reports.xlsx", "/reports.pdf", "/reports/lines.csv", "/reports/views", "/reports/views/{view_id}/mail",
        "/reports/views/{view_id}/forget",
        "/taxes", "/taxes.csv", "/taxes.pdf", "/close", "/close.csv", "/close.beancount", "/close.pdf", "/close.zip",
        "/disputes", "/disputes/{dispute_id}", "/disputes/{dispute_id}/packet.pdf", "/strays/{reference}",
    },
    Role.FINANCE: {
        "/orders/{order_id}/refund/review", "/orders/{order_id}/refund", "/orders/{order_id}/void",
        "/orders/{order_id}/end", "/orders/{order_id}/mail",
        "/orders/{order_id}/renew-link", "/orders/{order_id}/gift-card",
        "/gift-cards/{card_id}/block", "/gift-cards/{card_id}/unblock",
        "/gift-cards/{card_id}/take-back", "/guests/{order_id}/mail",
        "/exceptions/{exception_id}", "/exceptions/{exception_id}/capacity",
        "/cancel/{cancellation_id}/pause", "/cancel/{cancellation_id}/go-on",
        "/cancel/{cancellation_id}/items/{item_id}/again", "/cancel/{cancellation_id}/items/{item_id}/outside",
        "/disputes/{dispute_id}/send", "/disputes/{dispute_id}/words", "/disputes/{dispute_id}/give-up",
        "/strays/{reference}/sale", "/strays/{reference}/refund", "/strays/{reference}/not-ours",
        "/taxes/filed", "/taxes/collector",
    },
    Role.ADMIN: {
        "/cancel", "/cancel/move", "/cancel/preview", "/cancel/test",
        "/tills/codes", "/tills/{device_id}/revoke", "/tills/{device_id}/recall", "/tills/{device_id}/reclaim",
        "/tills/key", "/tills/{device_id}/key",
        "/tills/{device_id}/key/ended", "/control/{channel}", "/control/{channel}/stop",
        "/control/waiting-line", "/control/status", "/control/status/{update_id}", "/notices",
        "/notices/{notice_id}/send",
        "/notices/{notice_id}/stop",
        "/staff", "/staff/{staff_id}", "/staff/{staff_id}/pin", "/staff/{staff_id}/pin/link", "/staff/{staff_id}/badge",
        "/staff/{staff_id}/badge/lost", "/staff/{staff_id}/badge.pdf", "/staff/badges.pdf", "/staff/{staff_id}/end",
        "/staff/{staff_id}/back", "/guests", "/guests/check", "/guests/file", "/guests/{order_id}/cancel",
        "/organizers", "/organizers/{organizer_id}", "/organizers/{organizer_id}/invite",
        "/organizers/{organizer_id}/second", "/organizers/{organizer_id}/end", "/sessions/rules",
        "/privacy", "/privacy/export", "/privacy/erase", "/privacy/kept",
        "/events/new", "/events/import", "/events/{event_id}/copy", "/events/{event_id}/archive",
        "/events/{event_id}/{section}", "/events/{event_id}/publish", "/events/{event_id}/leave-out",
        "/events/{event_id}/throw-away", "/events/{event_id}/bring-back",
    },
}  # fmt: skip
"""The least role that each of the organizers' routes asks for."""
MONITORING = {"/metrics"}


@pytest.fixture
def routes(settings: Settings) -> Iterator[list[APIRoute]]:
    app = build(settings)
    yield list(walk(app.routes))
    services_in(app).at_end.close()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE, Role.ADMIN])
def test_an_account_changes_only_what_its_role_may(hub: Stand, routes: list[APIRoute], role: Role) -> None:
    office = Office.open(hub, role)

    asked = [(route, role_of(route)) for route in routes if "POST" in (route.methods or set())]
    answers = [
        (office.http.post(re.sub("[{}]", "", route.path), headers={"Accept": "text/html"}).text, role.includes(least))
        for route, least in asked
        if least not in (None, Role.NONE, Role.VIEWER)
    ]
    pages = {path: office.http.get(path).status_code for path in ("/reports", "/orders", "/control", "/tills")}

    office.http.close()
    assert [may for answer, may in answers] == ["Ask an admin for more" not in answer for answer, _ in answers]
    assert {may for _, may in answers} == {Role.VIEWER: {False}, Role.FINANCE: {True, False}, Role.ADMIN: {True}}[role]
    assert set(pages.values()) == {200}


def test_pages_offer_only_what_the_role_may(hub: Stand) -> None:
    viewer = Office.open(hub, Role.VIEWER)
    looks = [viewer.page(path) for path in ("/control", "/tills")]
    admin = Office.open(hub, Role.ADMIN)
    works = [admin.page(path) for path in ("/control", "/tills")]

    for office in (viewer, admin):
        office.http.close()
    assert not any(word in page for page in looks for word in ("Open for all", "/tills/codes"))
    assert ("Open for all" in works[0], "/tills/codes" in works[1]) == (True, True)


def test_every_route_has_a_rule_and_what_is_not_public_is_shut(hub: Stand, routes: list[APIRoute]) -> None:
    expected = {403, 400, 404, 401, 422, 303, 503}
    with httpx.Client(base_url=hub.base_url) as http:
        for route in routes:
            path = route.path
            role = role_of(route)
            is_theirs = role is not None and path in BY_ROLE[role]
            rules = [*(path in rule for rule in (PUBLIC, BY_TOKEN, BY_SIGNATURE, MONITORING)), is_theirs]
            is_till = path.startswith("/api/till/") and path not in PUBLIC
            assert sum(rules) + is_till == 1, f"{path} has no rule, or two"
            if path in PUBLIC:
                continue
            for method in (route.methods or set()) - {"HEAD"}:
                status = http.request(method, path.replace("{", "").replace("}", ""), json={}).status_code
                assert status in expected, f"{method} {path} answered {status}"
                if is_till:
                    assert status == 401, f"{method} {path} answered {status}"


@pytest.mark.parametrize(
    "path", ["/tickets", "/my-tickets", "/sign-in", "/status", "/api/inventory/check-availability", "/nothing", "/p/X"]
)
def test_every_answer_carries_the_headers(hub: Stand, path: str) -> None:
    headers = httpx.get(f"{hub.base_url}{path}", headers={"Accept": "text/html"}).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/tickets", "/health", "/api/inventory/check-availability", "/static/styles/shop.css"]
)
def test_head_is_answered_like_get_without_its_body(hub: Stand, path: str) -> None:
    head, get = (httpx.request(method, f"{hub.base_url}{path}") for method in ("HEAD", "GET"))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_pages_carry_no_script_of_their_own(hub: Stand) -> None:
    page = httpx.get(f"{hub.base_url}/tickets").text

    assert page.count("<script") == page.count('<script src="/static/')
    assert " style=" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize("path", ["/tickets", "/checkout", "/checkout/pay", "/sign-in", "/my-tickets", "/control/web"])
def test_forms_of_other_sites_are_refused(hub: Stand, path: str) -> None:
    office = Office.open(hub)
    form = {"csrf": "x", "email": EMAIL, "password": PASSWORD, "share": "0"}

    answers = [
        office.http.post(path, data=form, headers=headers).status_code
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"})
    ]

    office.http.close()
    assert answers == [403, 403]


def test_a_form_without_its_token_is_refused(hub: Stand) -> None:
    with httpx.Client(base_url=hub.base_url) as http:
        http.get("/tickets")
        answers = [
            http.post("/tickets", data={"csrf": "wrong", "add": "full-pass"}).status_code,
            http.post("/checkout", data={"csrf": "wrong", "attempt": "x"}).status_code,
            http.post("/checkout/pay", data={"csrf": "wrong", "order": "x"}).status_code,
            http.post("/checkout/gift-card", data={"csrf": "wrong", "order": "x"}).status_code,
        ]

    assert answers == [403, 403, 403, 403]


def test_a_flood_is_told_to_wait_and_others_are_served(settings: Settings) -> None:

    slow = settings.model_copy(update={"requests_per_second": 2.0})
    with HubServer.start(slow) as server, httpx.Client(base_url=server.base_url) as http:
        answers = [http.get("/api/inventory/check-availability") for _ in range(12)]
        health = http.get("/health")

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].json()["error"].startswith("Too many requests")
    assert health.status_code == 200


def test_cookies_are_out_of_reach_of_scripts(hub: Stand) -> None:
    office = Office.open(hub)
    with httpx.Client(base_url=hub.base_url) as http:
        csrf = http.get("/tickets").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        cart = http.post("/tickets", data={"csrf": csrf, "add": "full-pass"}).headers.get_list("set-cookie")

    office.http.close()
    assert cart
    assert all("HttpOnly" in cookie and "samesite=lax" in cookie.lower() for cookie in cart)


@pytest.fixture(scope="module")
def shared(settings: Settings, hub: Stand) -> Iterator[str]:
    """A hub whose API a site of the customer's own may call."""
    site = settings.model_copy(update={"shop_origins": ("https://www.example.org",)})
    with HubServer.start(site, sessions=hub.sessions) as server:
        yield server.base_url


def test_the_customers_own_site_may_call_the_api_from_the_browser(shared: str) -> None:
    origin = {"Origin": "https://www.example.org", "Sec-Fetch-Site": "cross-site"}
    ask = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
    body = {"items": [{"id": "full-pass", "quantity": 1}]}

    asked = httpx.options(f"{shared}/api/payment/calculate-total", headers=ask)
    answer = httpx.post(f"{shared}/api/payment/calculate-total", headers=origin, json=body)

    assert asked.status_code == 200
    assert answer.json()["total"] == 15000
    assert answer.headers["access-control-allow-origin"] == "https://www.example.org"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/api/payment/calculate-total", "https://evil.example"),
        ("/api/till/facts", "https://www.example.org"),
        ("/orders", "https://www.example.org"),
    ],
)
def test_no_other_site_and_no_other_path_is_shared(shared: str, path: str, origin: str) -> None:
    answer = httpx.post(f"{shared}{path}", headers={"Origin": origin}, json={"items": []})

    assert "access-control-allow-origin" not in answer.headers


@pytest.fixture(scope="module")
def behind_tls(settings: Settings, hub: Stand) -> Iterator[str]:
    """A hub that is at home under https, behind a proxy."""
    home = settings.model_copy(update={"hub_public_url": "https://tickets.example.org"})
    with HubServer.start(home, sessions=hub.sessions) as server:
        yield server.base_url


def test_under_https_browsers_are_told_to_stay_there_and_cookies_go_nowhere_else(behind_tls: str) -> None:
    answers = [httpx.get(f"{behind_tls}{path}") for path in ("/tickets", "/sign-in", "/tickets?lang=es")]

    cookies = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie")]
    assert {answer.headers["strict-transport-security"] for answer in answers} == {
        "max-age=63072000; includeSubDomains"
    }
    assert len(cookies) >= 3
    assert all("secure" in cookie.lower() for cookie in cookies)


def test_what_comes_over_plain_http_is_led_to_https_and_not_acted_on(behind_tls: str) -> None:
    plain = {"X-Forwarded-Proto": "http"}

    page = httpx.get(f"{behind_tls}/my-tickets?order=7K2-F4Q&key=a%2Fb", headers=plain)
    order = httpx.post(f"{behind_tls}/api/orders/create", headers=plain, json={})

    assert (page.status_code, page.headers["location"]) == (
        308,
        "https://tickets.example.org/my-tickets?order=7K2-F4Q&key=a%2Fb",
    )
    assert (order.status_code, "https" in order.json()["error"]) == (403, True)


CARD = re.compile(r"card.?number|cvc|cvv|\bpan\b|expiry|exp.?month", re.IGNORECASE)


def test_no_field_of_ours_takes_a_card(hub: Stand) -> None:
    fields = set(re.findall(r'"([^"]+)":', httpx.get(f"{hub.base_url}/openapi.json").text))
    forms = [path.read_text() for path in resource_path("templates").rglob("*.html") if "sandbox" not in path.parts]
    names = {name for form in forms for name in re.findall(r'(?:name|id|autocomplete)="([^"{]+)"', form)}

    assert {"email", "customerInfo"} <= fields | names
    assert [name for name in fields | names if CARD.search(name) or name.startswith("cc-")] == []
