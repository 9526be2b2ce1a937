"""The key to a buyer's tickets is the buyer's: staff never see it, it can be renewed, and it sends nothing away."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.app import build
from sync.config import Settings
from sync.http.services import services_in
from sync.orders.access import token_for
from sync.organizers.roles import Role
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.routes import role_of, walk
from tests.integration.sync.shopper import CAMILA, Shopper

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def routes(settings: Settings, hub: Stand) -> Iterator[list[APIRoute]]:
    app = build(settings)
    yield list(walk(app.routes))
    services_in(app).at_end.close()


@pytest.fixture
def bought(hub: Stand, shopper: Shopper) -> dict[str, Any]:
    answer: dict[str, Any] = shopper.buy("social").json()
    hub.sessions.pay(answer["sessionId"])
    hub.checkouts.settle_session(answer["sessionId"])
    hub.until("sent", "SELECT max(status) FROM mails WHERE order_id = %s", answer["orderId"])
    return answer


def link_in(mail_text: str) -> str:
    found = re.search(r"https?://\S+/my-tickets\?\S+", mail_text)
    assert found is not None, mail_text
    return found[0]


def mails_of(hub: Stand, order_id: str) -> list[str]:
    return [row[0] for row in hub.sql("SELECT email FROM mails WHERE order_id = %s ORDER BY created_at", order_id)]


def opens(hub: Stand, link: str) -> bool:
    with httpx.Client(base_url=hub.base_url, follow_redirects=True) as someone:
        return someone.get(link.replace(hub.hub.public_url, hub.base_url)).status_code == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE, Role.ADMIN])
def test_no_page_of_the_organizers_holds_a_buyers_key(
    hub: Stand, routes: list[APIRoute], bought: dict[str, Any], role: Role
) -> None:
    office = Office.open(hub, role)
    order = bought["orderId"]
    with hub.database.transaction() as connection:
        key = token_for(hub.hub, connection, order)
    paths = [
        re.sub(r"\{order_id\}", order, route.path)
        for route in routes
        if "GET" in (route.methods or set()) and role_of(route) is not None
    ]
    paths += [
        f"/orders/{order}/preview?form={form}&language={code}" for form in ("html", "text") for code in ("en", "es")
    ]
    paths += [
        f"/orders?q={bought['orderNumber']}",
        "/reports.csv",
        "/dashboard",
    ]

    pages = {path: office.http.get(path) for path in paths}
    pages["refund"] = office.look(order) if role is not Role.VIEWER else pages["/orders"]

    office.http.close()
    assert key == bought["accessToken"]
    assert len(pages) > 15
    assert [path for path, page in pages.items() if key in page.text] == []
    assert "/my-tickets" in pages[f"/orders/{order}/preview"].text


def test_the_mail_itself_has_the_key(hub: Stand, bought: dict[str, Any]) -> None:
    assert opens(hub, link_in(hub.mail.sent[-1].text))


def test_a_viewer_sends_no_mail_to_anyone(hub: Stand, bought: dict[str, Any]) -> None:
    viewer = Office.open(hub, Role.VIEWER)
    csrf = viewer.hidden("/orders", "csrf")

    answers = [
        viewer.http.post(f"/orders/{bought['orderId']}/{what}", data={"csrf": csrf, "email": to}).status_code
        for what in ("mail", "renew-link")
        for to in (CAMILA["email"], "viewer@example.org")
    ]

    viewer.http.close()
    assert answers == [403] * 4
    assert mails_of(hub, bought["orderId"]) == [CAMILA["email"]]


def test_who_sent_a_mail_to_another_address_stands_in_the_orders_story(hub: Stand, bought: dict[str, Any]) -> None:
    finance = Office.open(hub, Role.FINANCE)
    page = f"/orders/{bought['orderId']}"

    form = {"csrf": finance.hidden(page, "csrf"), "email": "aunt@example.org"}
    sent = finance.http.post(f"{page}/mail", data=form).status_code
    story = finance.page(page).split('<ol class="story">')[1]

    finance.http.close()
    assert sent == 303
    told = re.search(r"Mail[^<]*aunt@example.org[^<]*</b> <span class=\"quiet\">([^<]*)", story)
    assert told is not None
    assert told[1] == "finance-office@example.org"


def test_a_renewed_link_ends_the_one_before_in_every_browser_and_for_the_api(
    hub: Stand, shopper: Shopper, bought: dict[str, Any], office: Office
) -> None:
    order, old = bought["orderId"], link_in(hub.mail.sent[-1].text)
    access = {"orderId": order, "accessToken": bought["accessToken"]}
    with httpx.Client(base_url=hub.base_url, follow_redirects=True) as stranger:
        stranger.get("/my-tickets", params={"id": order, "key": bought["accessToken"]})
        before = bought["orderNumber"] in stranger.get("/my-tickets").text

        renewed = office.http.post(f"/orders/{order}/renew-link", data={"csrf": office.hidden("/orders", "csrf")})
        hub.until(2, "SELECT count(*) FROM mails WHERE order_id = %s AND status = 'sent'", order)
        after = bought["orderNumber"] in stranger.get("/my-tickets").text

    assert (renewed.status_code, before, after) == (303, True, False)
    assert not opens(hub, old)
    assert shopper.http.get("/api/orders/retrieve", params=access).status_code == 404
    assert opens(hub, link_in(hub.mail.sent[-1].text))
    assert "Link to the tickets renewed" in office.page(f"/orders/{order}")


@pytest.mark.parametrize("email", ["thief@example.org", "camila@example.org.example.net"])
def test_who_holds_a_key_can_not_have_the_tickets_sent_elsewhere(
    hub: Stand, shopper: Shopper, bought: dict[str, Any], email: str
) -> None:
    access = {"orderId": bought["orderId"], "accessToken": bought["accessToken"]}

    sent = shopper.post("orders/send-receipt", access | {"email": email})
    changed = shopper.post("orders/update", access | {"customerInfo": CAMILA | {"email": email}})
    again = shopper.post("orders/send-receipt", access)

    assert (sent.status_code, sent.json()["details"][0]["place"]) == (422, "email")
    assert (changed.status_code, again.status_code) == (409, 202)
    assert set(mails_of(hub, bought["orderId"])) == {CAMILA["email"]}


def test_the_orders_own_address_may_be_named_and_other_details_changed(
    shopper: Shopper, bought: dict[str, Any]
) -> None:
    access = {"orderId": bought["orderId"], "accessToken": bought["accessToken"]}

    sent = shopper.post("orders/send-receipt", access | {"email": "Camila@Example.org"})
    changed = shopper.post("orders/update", access | {"customerInfo": CAMILA | {"name": "Camila O."}})

    assert (sent.status_code, changed.status_code) == (202, 200)
    assert changed.json()["customerInfo"]["name"] == "Camila O."


@given(
    change=st.fixed_dictionaries(
        {},
        optional={
            "email": st.just("camila@EXAMPLE.org"),
            "name": st.sampled_from(["Camila O.", "Ñuñez", "", " ", None]),
            "phone": st.sampled_from(["+1 303 555 0199", "", None]),
        },
    )
)
@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_update_changes_what_it_says_and_nothing_else(
    shopper: Shopper, bought: dict[str, Any], change: dict[str, str | None]
) -> None:
    access = {"orderId": bought["orderId"], "accessToken": bought["accessToken"]}
    whole = {"email": "camila@example.org", "name": "Camila Ortega", "phone": "303-555-0123"}
    assert shopper.post("orders/update", access | {"customerInfo": whole}).json()["customerInfo"] == whole

    changed = shopper.post("orders/update", access | {"customerInfo": change})

    said = {what: (text or "").strip() or None for what, text in change.items()}
    kept = {what: text for what, text in said.items() if what != "email"}
    shown = changed.json()["customerInfo"]
    assert changed.status_code == 200
    assert {what: shown[what] for what in ("name", "phone")} == {
        what: (whole | kept)[what] for what in ("name", "phone")
    }
    assert shown["email"].casefold() == whole["email"]


@pytest.mark.parametrize("email", [None, "", "nobody"])
def test_an_address_can_not_be_taken_away(shopper: Shopper, bought: dict[str, Any], email: str | None) -> None:
    access = {"orderId": bought["orderId"], "accessToken": bought["accessToken"]}

    refused = shopper.post("orders/update", access | {"customerInfo": {"email": email, "name": "X"}})

    assert (refused.status_code, refused.json()["details"][0]["place"]) == (422, "customerInfo.email")
    assert shopper.retrieve(bought["orderId"], bought["accessToken"]).json()["customerInfo"]["name"] == CAMILA["name"]


def test_paying_for_a_held_order_keeps_what_was_said_of_its_buyer(shopper: Shopper) -> None:
    who = {"email": "ana@example.org", "name": "Ana Ortega", "phone": "303-555-0123"}
    items = [{"id": "friday-pass", "quantity": 1}]
    held = shopper.post("orders/create", {"items": items, "customerInfo": who}).json()
    access = {"orderId": held["orderId"], "accessToken": held["accessToken"]}

    body = access | {"customerInfo": {"email": "ana@example.org"}}
    paying = shopper.post("payment/create-checkout-session", body)

    assert paying.status_code == 200
    assert shopper.retrieve(held["orderId"], held["accessToken"]).json()["customerInfo"] == who
