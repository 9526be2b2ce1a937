"""The link by which a customer pays at the door, and what came of it."""

from boxoffice.core.payloads.orders import OrderPlaced
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door


def open_link(door: Door, placed: OrderPlaced, tender: str, amount: int | None = None) -> dict[str, object]:
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": amount or placed.total, "currency": "USD"}
    answer: dict[str, object] = door.http.post("/api/till/checkouts", json=body).raise_for_status().json()
    return answer


def look(door: Door, tender: str) -> dict[str, object]:
    answer: dict[str, object] = door.http.get(f"/api/till/checkouts/{tender}").raise_for_status().json()
    return answer


def kinds(answer: dict[str, object]) -> list[str]:
    facts = answer["facts"]
    assert isinstance(facts, list)
    return [fact["kind"] for fact in facts]


def order_of(hub: Stand, placed: OrderPlaced) -> str:
    return str(hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id))


def exceptions_of(hub: Stand, placed: OrderPlaced) -> list[str]:
    return [kind for (kind,) in hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id)]


def unearned(hub: Stand, placed: OrderPlaced) -> int:
    query = """SELECT coalesce(sum(l.amount), 0) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
               WHERE l.account = 'unearned' AND f.payload ->> 'order_id' = %s"""
    return int(hub.one(query, placed.order_id))
