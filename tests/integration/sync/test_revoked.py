"""A till that was revoked gets nothing more, and what it sold is taken, kept and put before a person."""

import httpx
import pytest

from boxoffice.core.facts import Fact
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.protocol import REVOKED, UNSENT
from sync.ledger.verify import verify
from sync.tills.pairing import revoke
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office

TOLD = "SELECT status, detail FROM exceptions WHERE device_id = %s AND kind = 'revoked_till_sent' ORDER BY raised_at"


def shut_out(hub: Stand, door: Door) -> None:
    with hub.database.transaction() as connection:
        assert revoke(connection, door.me.device_id)


def sales(door: Door, count: int) -> list[Fact]:
    return [fact for _ in range(count) for fact in door.cash_sale(("social", 1))]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/till/events"),
        ("GET", f"/api/till/events/{EVENT}"),
        ("GET", "/api/till/feed"),
        ("GET", "/api/till/wake"),
        ("POST", "/api/till/leases"),
        ("POST", "/api/till/checkouts"),
        ("POST", "/api/till/checkouts/x/extend"),
        ("GET", "/api/till/mails/x"),
    ],
)
def test_a_revoked_till_hears_so_at_every_call_and_gets_nothing(hub: Stand, door: Door, method: str, path: str) -> None:
    shut_out(hub, door)

    answer = door.http.request(method, path, json={} if method == "POST" else None)

    assert (answer.status_code, answer.json()["type"]) == (401, REVOKED)
    assert "revoked" in answer.json()["error"]


def test_what_it_sold_before_and_after_is_in_the_books_and_before_a_person(hub: Stand, door: Door) -> None:
    door.lease({"social": 20})
    before = sales(door, 12)
    shut_out(hub, door)
    after = sales(door, 28)

    answer = door.push([*before, *after])
    door.push([*before, *after])

    assert (answer.status_code, answer.json()["acknowledged_seq"], answer.json()["is_revoked"]) == (200, 200, True)
    cash = "SELECT sum(amount) FROM ledger_postings WHERE account = %s"
    taken = hub.one(cash, f"cash:{door.me.name}")
    assert taken == 40 * before[0].payload["total"]
    assert hub.sql("SELECT status, count(*) FROM orders WHERE placed_by = %s GROUP BY 1", door.me.device_id) == [
        ("completed", 40)
    ]
    ((status, detail),) = hub.sql(TOLD, door.me.device_id)
    assert status == "open"
    assert (
        f"{door.me.name} was revoked and has sent 40 sales since, ${taken / 100:,.2f} taken: 28 of them made" in detail
    )
    over = "SELECT count(*) FROM exceptions WHERE device_id = %s AND kind IN ('over_capacity', 'sold_without_lease')"
    assert hub.one(over, door.me.device_id) == 20
    assert verify(hub.database).problem is None


def test_one_word_says_all_however_many_pieces_it_comes_in(hub: Stand, door: Door) -> None:
    door.lease({"social": 4})
    facts = sales(door, 4)
    shut_out(hub, door)

    for i in range(0, 20, 5):
        door.push(facts[i : i + 5])

    told = hub.sql(TOLD, door.me.device_id)
    assert [status for status, _ in told] == ["resolved", "resolved", "resolved", "open"]
    assert "has sent 4 sales since" in told[-1][1]
    assert verify(hub.database).problem is None


def test_a_till_that_was_revoked_before_hubs_remembered_tokens_is_known_by_its_signature(
    hub: Stand, door: Door
) -> None:
    facts = sales(door, 1)
    contact = {"contact_id": "c", "order_id": facts[0].payload["order_id"], "email": "thief@example.org"}
    shut_out(hub, door)
    hub.sql("UPDATE devices SET former_token_hash = NULL WHERE id = %s", door.me.device_id)
    door.http.headers["Authorization"] = "Bearer nobody-has-this"

    answer = door.push(facts, [contact])

    assert (answer.status_code, answer.json()["is_revoked"]) == (200, True)
    assert hub.sql("SELECT status, customer_email FROM orders WHERE placed_by = %s", door.me.device_id) == [
        ("completed", None)
    ]


def test_facts_without_a_token_are_nobodys_unless_a_revoked_till_signed_them(hub: Stand, door: Door) -> None:
    active, other = sales(door, 1), hub.door()
    shut_out(hub, other)
    forged = other.cash_sale(("social", 1))
    door.http.headers["Authorization"] = "Bearer nobody-has-this"
    messages = [{**message, "signature": "00" * 64} for message in _messages(forged)]

    answers = [door.push(active), httpx.post(f"{hub.base_url}/api/till/facts", json={"facts": messages})]

    assert [answer.status_code for answer in answers] == [401, 401]


def _messages(facts: list[Fact]) -> list[dict[str, object]]:
    return [FactMessage.of(fact).model_dump(mode="json") for fact in facts]


def test_revoking_twice_forgets_nothing(hub: Stand, door: Door) -> None:
    shut_out(hub, door)
    since = hub.one("SELECT revoked_at FROM devices WHERE id = %s", door.me.device_id)

    shut_out(hub, door)

    assert hub.one("SELECT revoked_at FROM devices WHERE id = %s", door.me.device_id) == since
    assert door.push(sales(door, 1)).status_code == 200


def test_a_payment_by_phone_that_was_under_way_comes_to_its_end(hub: Stand, door: Door) -> None:
    door.lease({"social": 1})
    placed, tender = door.phone_order(("social", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    shut_out(hub, door)
    hub.sessions.pay(hub.one("SELECT session_id FROM checkouts WHERE tender_id = %s", tender))

    seen = door.http.get(f"/api/till/checkouts/{tender}").json()

    assert seen["state"] == "paid"
    assert {fact["kind"] for fact in seen["facts"]} >= {"payment_captured", "tickets_issued"}


def test_organizers_see_whether_a_revoked_till_has_handed_over(hub: Stand, office: Office) -> None:
    door = hub.door()
    facts = sales(door, 1)
    door.http.get("/api/till/feed", headers={UNSENT: "5"}).raise_for_status()
    shut_out(hub, door)

    before = office.page("/tills")
    door.push(facts)
    door.http.post("/api/till/facts", json={"facts": []}, headers={UNSENT: "0"}).raise_for_status()
    after = office.page("/tills")

    assert f"5 records of {door.me.name} were not sent when it was last heard of" in before
    assert f"{door.me.name} has handed over everything" in after
