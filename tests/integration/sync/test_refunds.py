"""Refunds and the inbox: never beyond what was paid, tickets voided with them, and every odd sum ends balanced."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from sync.services.verify import verify
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

REFUNDS = "SELECT r.status, r.amount FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s"
REFUND_STATUS = "SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s"


@pytest.fixture
def shopper(hub: Stand) -> Iterator[Shopper]:
    with httpx.Client(base_url=hub.base_url, timeout=30) as http:
        yield Shopper(http)


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    hub.refunder.verdict = "succeeded"
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def paid(hub: Stand, shopper: Shopper) -> dict[str, Any]:
    """An order of two Saturday passes, paid."""
    bought = shopper.buy("saturday-pass", 2)
    pay(hub, bought)
    return shopper.order(bought)


def pay(hub: Stand, bought: httpx.Response, **more: int) -> None:
    session = bought.json()["sessionId"]
    hub.sessions.pay(session, **more)
    hub.checkouts.settle_session(session)


def balance(hub: Stand, account: str, order_id: str) -> int:
    query = """
        SELECT coalesce(sum(l.amount), 0)::bigint FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
        WHERE l.account = %s AND f.payload ->> 'order_id' = %s
    """
    return int(hub.one(query, account, order_id))


def test_a_whole_refund_voids_the_tickets_and_frees_their_places(
    hub: Stand, office: Office, paid: dict[str, Any]
) -> None:
    order = paid["orderId"]
    free = hub.one("SELECT available FROM pools WHERE id = 'saturday'")

    assert office.refund(order).status_code == 303

    hub.until("succeeded", REFUND_STATUS, order)
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "refunded"
    assert hub.sql("SELECT DISTINCT status FROM tickets WHERE order_id = %s", order) == [("voided",)]
    assert hub.one("SELECT available FROM pools WHERE id = 'saturday'") == free + 2
    assert balance(hub, "stripe", order) == 0


def test_a_ticket_is_refunded_by_what_it_cost(hub: Stand, office: Office, paid: dict[str, Any]) -> None:
    order = paid["orderId"]
    ticket = hub.one("SELECT id FROM tickets WHERE order_id = %s LIMIT 1", order)

    office.refund(order, what="tickets", tickets=[ticket])

    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.sql(REFUNDS, order) == [("succeeded", 8500)]
    assert hub.sql("SELECT status FROM tickets WHERE order_id = %s ORDER BY 1", order) == [("valid",), ("voided",)]


def test_an_amount_leaves_the_tickets_valid(hub: Stand, office: Office, paid: dict[str, Any]) -> None:
    order = paid["orderId"]

    office.refund(order, what="amount", amount="12.50")

    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.sql(REFUNDS, order) == [("succeeded", 1250)]
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order) == 2


@pytest.mark.parametrize("amount", ["170.01", "0", "-1", "many", "9999999999999"])
def test_more_than_was_paid_or_nothing_is_refused(
    hub: Stand, office: Office, paid: dict[str, Any], amount: str
) -> None:
    refused = office.refund(paid["orderId"], what="amount", amount=amount)

    assert refused.status_code == 422
    assert hub.sql(REFUNDS, paid["orderId"]) == []


def test_pressed_by_many_at_once_it_is_never_more_than_was_paid(
    hub: Stand, office: Office, paid: dict[str, Any]
) -> None:
    order = paid["orderId"]
    csrf, payment = office.hidden(f"/orders/{order}", "csrf"), office.hidden(f"/orders/{order}", "payment")

    def press(number: int) -> int:
        form = {"csrf": csrf, "refund_id": f"{order}-{number}", "payment": payment, "what": "amount", "amount": "100"}
        return office.http.post(f"/orders/{order}/refund", data=form).status_code

    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(press, range(8)))

    assert answers == [303] + [422] * 7
    assert hub.one("SELECT sum(amount) FROM refunds WHERE payment_id = %s", payment) == 10_000


def test_the_same_press_twice_is_one_refund(hub: Stand, office: Office, paid: dict[str, Any]) -> None:
    order = paid["orderId"]
    fields = {"refund_id": f"{order}-press", "what": "amount", "amount": "10"}

    office.refund(order, **fields)
    office.refund(order, **fields)

    assert len(hub.sql(REFUNDS, order)) == 1


def test_postgres_itself_refuses_a_refund_beyond_what_was_paid(hub: Stand, paid: dict[str, Any]) -> None:
    payment = hub.one("SELECT id FROM payments WHERE order_id = %s", paid["orderId"])

    with pytest.raises(psycopg.errors.CheckViolation):
        hub.sql("INSERT INTO refunds VALUES ('forged', %s, 17001, 'requested')", payment)


def test_a_refund_that_is_pending_is_shown_so_and_may_fail_later(
    hub: Stand, office: Office, paid: dict[str, Any]
) -> None:
    order = paid["orderId"]
    hub.refunder.verdict = "pending"
    office.refund(order)
    hub.until(1, "SELECT count(*) FROM refund_calls WHERE state = 'pending'")
    assert ">pending<" in office.page(f"/orders/{order}")
    refund, provider = hub.sql("SELECT refund_id, provider_reference FROM refund_calls WHERE state = 'pending'")[0]

    hub.refunder.end(provider, "succeeded")
    hub.refunds.look_again(refund)
    hub.refunder.end(provider, "failed")
    hub.refunds.look_again(refund)
    hub.refunds.look_again(refund)

    assert hub.sql(REFUNDS, order) == [("failed", 17_000)]
    assert balance(hub, "stripe", order) == 17_000
    assert balance(hub, "refunds", order) == 0
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order) == [("refund_failed",)]


def test_money_paid_late_for_what_is_gone_goes_back_with_one_press(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    left = hub.one("SELECT available FROM pools WHERE id = 'rumba-workshop'")
    first = shopper.buy("rumba-workshop", left)
    session = first.json()["sessionId"]
    hub.checkouts.close(hub.one("SELECT tender_id FROM checkouts WHERE session_id = %s", session), "expired")
    pay(hub, shopper.buy("rumba-workshop", left))
    pay(hub, first)
    order = first.json()["orderId"]
    problem = hub.one("SELECT id FROM exceptions WHERE order_id = %s", order)

    issued = office.resolve(problem, "issue_if_capacity_allows")
    answers = [office.resolve(problem, "refund").status_code for _ in range(2)]

    assert (issued.status_code, answers) == (409, [303, 303])
    hub.until("succeeded", REFUND_STATUS, order)
    assert hub.one("SELECT status FROM exceptions WHERE id = %s", problem) == "resolved"
    assert [balance(hub, account, order) for account in ("stripe", "unearned", "refunds")] == [0, 0, 0]


def test_another_amount_than_asked_for_is_in_the_books_and_goes_back(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    bought = shopper.buy("friday-pass")
    order = bought.json()["orderId"]

    pay(hub, bought, amount=100)

    kind, problem = hub.sql("SELECT kind, id FROM exceptions WHERE order_id = %s", order)[0]
    assert (kind, balance(hub, "stripe", order)) == ("wrong_amount", 100)
    office.resolve(problem, "refund")
    hub.until("succeeded", REFUND_STATUS, order)
    assert [balance(hub, account, order) for account in ("stripe", "unearned", "refunds")] == [0, 0, 0]


@pytest.mark.parametrize("words", ["number", "camila ort", "camila@example.org", "303-555-0123", "(303) 5550123"])
def test_an_order_is_found_by_whatever_the_customer_knows(office: Office, paid: dict[str, Any], words: str) -> None:
    words = paid["orderNumber"].lower() if words == "number" else words

    assert paid["orderNumber"] in office.page(f"/orders?q={words}")


def test_the_pages_are_for_organizers_only(hub: Stand, paid: dict[str, Any]) -> None:
    for path in ("/orders", f"/orders/{paid['orderId']}", "/exceptions"):
        assert httpx.get(f"{hub.base_url}{path}").status_code == 303
    form = {"csrf": "x", "refund_id": "x", "payment": "x", "what": "all"}
    assert httpx.post(f"{hub.base_url}/orders/{paid['orderId']}/refund", data=form).status_code == 403


def test_the_mail_is_shown_as_it_would_go_out_to_organizers_only(
    shopper: Shopper, office: Office, paid: dict[str, Any]
) -> None:
    path = f"/orders/{paid['orderId']}/preview"

    page, text = office.http.get(path), office.http.get(path, params={"form": "text"})

    assert path in office.page(f"/orders/{paid['orderId']}")
    assert paid["orderNumber"] in page.text
    assert "View Your Tickets" in page.text
    assert page.headers["Content-Security-Policy"].startswith("sandbox")
    assert text.text.startswith("Your tickets for")
    assert shopper.http.get(path).headers["location"] == "/sign-in"


def test_an_order_that_is_not_paid_has_no_mail_to_show(shopper: Shopper, office: Office) -> None:
    held = shopper.buy("saturday-pass", 1).json()["orderId"]

    assert office.http.get(f"/orders/{held}/preview").status_code == 404
    assert "/preview" not in office.page(f"/orders/{held}")
