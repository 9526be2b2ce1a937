"""Organizers give back onto a new gift card: no money moves, it is mailed at once, and owed until it is spent."""

import re
from collections.abc import Iterator

import httpx
import pytest

from sync.ledger.verify import verify
from tests.integration.sync.card_buyer import CardBuyer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def buyer(hub: Stand) -> Iterator[CardBuyer]:
    hub.sql("DELETE FROM attempts")
    with httpx.Client(base_url=hub.base_url, follow_redirects=True, timeout=30) as http:
        yield CardBuyer(hub, http)


def look(office: Office, order_id: str, **wish: str) -> httpx.Response:
    page = office.http.get(f"/orders/{order_id}").text
    hidden = {name: found[0] for name in ("csrf", "refund_id", "payment") if (found := _values(page, name))}
    return office.http.post(f"/orders/{order_id}/refund/review", data={**hidden, "why": "rain", **wish})


def press(office: Office, order_id: str, page: str) -> httpx.Response:
    names = ("csrf", "refund_id", "payment", "what", "amount", "why", "minor", "parts", "onto")
    return office.http.post(
        f"/orders/{order_id}/refund", data={name: (_values(page, name) or [""])[-1] for name in names}
    )


def _values(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def test_what_goes_back_is_on_a_card_that_is_mailed_and_owed(hub: Stand, buyer: CardBuyer, office: Office) -> None:
    buyer.buys("social")
    order_id = buyer.finish()

    page = look(office, order_id, what="all", onto="card").text
    first, again = press(office, order_id, page), press(office, order_id, page)

    assert "Onto a new gift card" in page
    assert (first.status_code, again.status_code) == (303, 303)
    (card,) = hub.sql("SELECT c.order_id, c.issued, c.spent FROM stored_values c JOIN gifts g ON g.card_id = c.id")
    assert card[1:] == (2500, 0)
    assert hub.one("SELECT status FROM orders WHERE id = %s", order_id) == "refunded"
    assert hub.one("SELECT status FROM tickets WHERE order_id = %s", order_id) == "voided"
    paid = hub.sql("SELECT tender, amount, status FROM payments WHERE order_id = %s", card[0])
    assert paid == [("swap", 2500, "captured")]
    assert hub.one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_refund'") == 0
    hub.until("sent", "SELECT coalesce(max(status), '') FROM mails WHERE order_id = %s AND kind = 'gift_card'", card[0])
    code = buyer.codes_of(card[0])[0]
    assert any(code.shown in mail.text and "For what was given back of order" in mail.text for mail in hub.mail.sent)
    for account, amount in (("swaps", 0), ("stored_value", -2500)):
        orders = "p.fact_id IN (SELECT id FROM facts WHERE payload ->> 'order_id' IN (%s, %s))"
        query = f"SELECT coalesce(sum(amount), 0) FROM ledger_postings p WHERE account = %s AND {orders}"
        assert hub.one(query, account, order_id, card[0]) == amount
    assert verify(hub.database).problem is None

    buyer.buys("social")
    buyer.use(code.shown)
    assert hub.one("SELECT status FROM orders WHERE id = %s", buyer.finish()) == "completed"


def test_a_part_that_is_too_little_for_a_card_is_refused_with_why(hub: Stand, buyer: CardBuyer, office: Office) -> None:
    buyer.buys("social")
    order_id = buyer.finish()

    answer = look(office, order_id, what="amount", amount="3", onto="card")

    assert answer.status_code == 422
    assert "must be from $5.00 to $500.00" in answer.text
    assert hub.one("SELECT status FROM orders WHERE id = %s", order_id) == "completed"


def test_a_cards_code_is_mailed_again_by_an_organizer_and_not_once_it_is_blocked(
    hub: Stand, buyer: CardBuyer, office: Office
) -> None:
    code = buyer.buys_card("25", gift_email=["ana@example.org"])
    order_id = buyer.order_id
    card_id = hub.one("SELECT id FROM stored_values WHERE code_hash = %s", code.hash)
    sent = "SELECT count(*) FROM mails WHERE card_id = %s AND status = 'sent'"
    hub.until(1, sent, card_id)

    def send() -> httpx.Response:
        csrf = office.hidden(f"/orders/{order_id}", "csrf")
        return office.http.post(f"/orders/{order_id}/gift-card", data={"csrf": csrf, "card": card_id})

    assert "Send again" in office.http.get(f"/orders/{order_id}").text
    assert send().status_code == 303
    hub.until(2, sent, card_id)
    office.http.post(f"/gift-cards/{card_id}/block", data={"csrf": office.hidden("/gift-cards", "csrf")})
    assert send().status_code == 409
