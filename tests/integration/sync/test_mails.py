"""Receipt and tickets by e-mail: sent once, with the papers, and with a record of what became of it."""

import pytest

from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door

STATUS = "SELECT status FROM mails WHERE id = %s"


@pytest.fixture
def order(hub: Stand, door: Door) -> str:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = door.cash_sale(("full-pass", 2))
    door.push(facts)
    return str(facts[0].payload["order_id"])


def queue(door: Door, order: str, mail_id: str, email: str = "ana@example.org") -> int:
    body = {"mail_id": mail_id, "order_id": order, "email": email}
    return door.http.post("/api/till/mails", json=body).status_code


def test_a_mail_carries_receipt_and_tickets_and_is_sent_once(hub: Stand, door: Door, order: str) -> None:
    mail = new_id()

    answers = [queue(door, order, mail) for _ in range(3)]
    hub.until("sent", STATUS, mail)
    hub.work()

    sent = [each for each in hub.mail.sent if each.reference["mail_id"] == mail]
    assert answers == [200, 200, 200]
    assert len(sent) == 1
    assert sent[0].to == "ana@example.org"
    assert {name.split("-")[0]: content[:5] for name, content in sent[0].attachments.items()} == {
        "receipt": b"%PDF-",
        "tickets": b"%PDF-",
    }
    assert door.http.get(f"/api/till/mails/{mail}").json() == {"mail_id": mail, "status": "sent"}


def test_a_mail_comes_in_the_name_of_the_event_with_what_a_template_may_show(
    hub: Stand, door: Door, order: str
) -> None:
    mail = new_id()
    queue(door, order, mail)
    hub.until("sent", STATUS, mail)

    (sent,) = [each for each in hub.mail.sent if each.reference["mail_id"] == mail]
    assert sent.data is not None
    assert sent.sender == "A Lo Cubano Boulder Fest 2026"
    assert sent.data["items"] == [
        {"name": "Full Festival Pass", "quantity": 2, "price": "$150.00", "subtotal": "$300.00"}
    ]
    assert (sent.data["total"], sent.data["eventDates"]) == ("$300.00", "May 15–17, 2026")


def test_the_address_lies_with_the_order(hub: Stand, door: Door, order: str) -> None:
    queue(door, order, new_id(), "bo@example.org")

    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order) == "bo@example.org"


def test_a_mail_waits_for_a_provider_that_is_down(hub: Stand, door: Door, order: str) -> None:
    mail = new_id()

    with hub.mail.down():
        queue(door, order, mail)
        hub.until(True, "SELECT last_error IS NOT NULL FROM mails WHERE id = %s", mail)
    hub.until(1, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND args ->> 'mail_id' = %s", mail)
    hub.work()

    hub.until("sent", STATUS, mail)


def test_an_address_that_the_provider_refuses_fails_and_is_not_tried_again(hub: Stand, door: Door, order: str) -> None:
    mail = new_id()

    queue(door, order, mail, "refused@example.org")

    hub.until("failed", STATUS, mail)
    assert hub.one("SELECT attempts FROM mails WHERE id = %s", mail) == 1


@pytest.mark.parametrize("email", ["", "nobody", "a b@example.org", "ana@example", "ana@example..org"])
def test_a_mail_that_can_go_nowhere_has_failed_and_says_why(hub: Stand, door: Door, order: str, email: str) -> None:
    mail = new_id()

    assert queue(door, order, mail, email) < 300

    assert door.http.get(f"/api/till/mails/{mail}").json()["status"] == "failed"
    assert hub.one("SELECT last_error FROM mails WHERE id = %s", mail)
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order) != email


@pytest.mark.parametrize("email", ["<ana@example.org>", "mailto:ana@example.org", "ana@exam\u200bple.org,"])
def test_a_mail_goes_to_the_address_within_what_was_typed(hub: Stand, door: Door, order: str, email: str) -> None:
    mail = new_id()

    queue(door, order, mail, email)

    assert hub.one("SELECT email FROM mails WHERE id = %s", mail) == "ana@example.org"
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order) == "ana@example.org"


def test_another_tills_order_is_not_mailed(hub: Stand, order: str) -> None:
    assert queue(hub.door(), order, new_id()) == 422


def test_another_tills_mail_is_not_there(hub: Stand, door: Door, order: str) -> None:
    mail = new_id()
    queue(door, order, mail)

    assert hub.door().http.get(f"/api/till/mails/{mail}").status_code == 404
