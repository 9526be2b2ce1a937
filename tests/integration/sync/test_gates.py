"""What gates did by themselves comes together at the hub: counted once, found where two of them did what none would."""

import re
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import httpx
import pymupdf as _pymupdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.facts import Fact
from boxoffice.core.payloads.cash import ShiftOpened
from boxoffice.core.payloads.preflight import PreflightDone
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.signed_time import NotTheHubsTime, read_time
from boxoffice.core.wire.feed import FeedAnswer
from boxoffice.core.wire.orders_elsewhere import OrdersAnswer
from sync.ledger.verify import verify
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office

pymupdf: Any = _pymupdf  # it has no types
FOUND = "SELECT kind FROM exceptions WHERE kind IN ('double_entry', 'admitted_though_void') AND status = 'open'"


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield
    assert verify(hub.database).problem is None


@pytest.fixture
def other(hub: Stand) -> Door:
    return hub.door()


def scan(at: Door, ticket: str | None, scan_id: str = "", **said: Any) -> Fact:
    """Lets a ticket in at a gate, without telling the hub."""
    rest = {
        "direction": "in",
        "outcome": "admitted",
        "day": "2026-05-15",
        "clock": "21:20",
        "gate": "Main door",
        **said,
    }
    threading.Event().wait(0.002)  # no two in one millisecond, which is all that facts tell apart
    (fact,) = at.write(TicketScanned(scan_id=scan_id or new_id(), ticket_id=ticket, zone="festival", **rest))
    return fact


def bought(hub: Stand, quantity: int = 1, product: str = "friday-pass") -> tuple[str, list[str]]:
    """Returns an order that a till of its own has sold, and its tickets."""
    seller = hub.door()
    seller.lease({product.removesuffix("-pass"): quantity})
    sale = seller.cash_sale((product, quantity))
    order = sale[0].payload["order_id"]
    named = {"contact_id": new_id(), "order_id": order, "name": "Camila Ortega"}
    assert seller.push(sale, [named]).status_code == 200
    return order, sorted(each["ticket_id"] for each in sale[-1].payload["tickets"])


def found(hub: Stand, order: str) -> list[str]:
    return [row[0] for row in hub.sql(f"{FOUND} AND order_id = %s ORDER BY 1", order)]


def test_two_gates_that_let_in_one_ticket_at_once_are_put_before_a_person_once(
    hub: Stand, door: Door, other: Door
) -> None:
    order, tickets = bought(hub, 4)
    facts = [
        [scan(gate, each, gate=name) for each in tickets] for gate, name in ((door, "Main door"), (other, "Side door"))
    ]
    starts, answers = threading.Barrier(2), list[int]()

    def tell(gate: Door, mine: Sequence[Fact]) -> None:
        starts.wait()
        answers.append(gate.push(mine).status_code)

    gates = [threading.Thread(target=tell, args=each) for each in zip((door, other), facts, strict=True)]
    for each in gates:
        each.start()
    for each in gates:
        each.join()

    assert answers == [200, 200]
    assert found(hub, order) == ["double_entry"] * 4
    ((detail,), *_) = hub.sql("SELECT detail FROM exceptions WHERE kind = 'double_entry' AND order_id = %s", order)
    assert re.match(r"Ticket \w{4}-\w{4} of order \S+ was let in twice on 2026-05-15: at 9:20 pm at \w+ door", detail)
    assert "at Side door" in detail
    assert "at Main door" in detail


@pytest.mark.parametrize("order_of_arrival", list(permutations(range(3))))
def test_who_went_out_in_between_is_no_double_in_whatever_order_it_is_heard(
    hub: Stand, door: Door, order_of_arrival: tuple[int, ...]
) -> None:
    order, (ticket,) = bought(hub)
    gates = [hub.door() for _ in range(3)]
    facts = [scan(gates[0], ticket), scan(gates[1], ticket, direction="out"), scan(gates[2], ticket)]

    for which in order_of_arrival:
        gates[which].push([facts[which]])

    assert found(hub, order) == []


def test_an_undone_entry_is_no_double_any_more(hub: Stand, door: Door, other: Door) -> None:
    order, (ticket,) = bought(hub)
    door.push([scan(door, ticket)])
    mistaken = scan(other, ticket, "mistaken")
    other.push([mistaken])
    assert found(hub, order) == ["double_entry"]

    other.push([scan(other, ticket, "mistaken", is_undo=True, why="wrong person")])

    assert found(hub, order) == []
    assert hub.one("SELECT is_undone FROM scans WHERE id = 'mistaken'")


def test_nobody_undoes_anothers_scan(hub: Stand, door: Door, other: Door) -> None:
    _, (ticket,) = bought(hub)
    let_in = scan(door, ticket)
    door.push([let_in])

    other.push([scan(other, ticket, let_in.payload["scan_id"], is_undo=True, why="mine now")])

    assert hub.one("SELECT is_undone FROM scans WHERE id = %s", let_in.payload["scan_id"]) is False


@pytest.mark.parametrize("is_void_told_first", [True, False])
@pytest.mark.parametrize("is_void_first", [True, False])
def test_a_void_ticket_that_was_let_in_by_who_had_not_heard_is_told(
    hub: Stand, door: Door, other: Door, is_void_first: bool, is_void_told_first: bool
) -> None:
    door.lease({"friday": 1})
    sale = door.cash_sale(("friday-pass", 1))
    door.push(sale)
    order, ticket = sale[0].payload["order_id"], sale[-1].payload["tickets"][0]["ticket_id"]
    void = TicketVoided(ticket_id=ticket, order_id=order, why="refunded")
    early = door.write(void) if is_void_first else []
    let_in = scan(other, ticket)
    threading.Event().wait(0.002)
    voided = early or door.write(void)

    for told in [voided, [let_in]] if is_void_told_first else [[let_in], voided]:
        (door if told is voided else other).push(told)

    assert found(hub, order) == (["admitted_though_void"] if is_void_first else [])


def test_a_scan_of_a_ticket_that_the_hub_has_not_heard_of_waits_for_its_sale(
    hub: Stand, door: Door, other: Door
) -> None:
    door.lease({"friday": 1})
    sale = door.cash_sale(("friday-pass", 1))
    ticket = sale[-1].payload["tickets"][0]["ticket_id"]
    other.push([scan(other, ticket)])

    door.push(sale)

    assert hub.one("SELECT count(*) FROM scans WHERE ticket_id = %s", ticket) == 1
    assert hub.one("SELECT count(*) FROM exceptions WHERE device_id = %s", other.me.device_id) == 0


def test_every_other_till_hears_of_an_entry_and_the_one_that_sold_it_too(hub: Stand, door: Door, other: Door) -> None:
    third = hub.door()
    door.lease({"friday": 1})
    sale = door.cash_sale(("friday-pass", 1))
    door.push(sale)
    ticket = sale[-1].payload["tickets"][0]["ticket_id"]

    other.push([scan(other, ticket, gate="Side door")])

    told = OrdersAnswer.model_validate(
        third.http.get("/api/till/orders", params={"event_id": EVENT, "after": ""}).json()
    )
    mine = next(each for each in told.orders if each.id == sale[0].payload["order_id"])
    assert [(each.ticket_id, each.gate, each.till) for each in mine.scans] == [(ticket, "Side door", other.me.name)]
    feed = FeedAnswer.model_validate(door.http.get("/api/till/feed", params={"after": 0, "event_id": EVENT}).json())
    heard = [
        each.fact.payload["ticket_id"]
        for each in feed.entries
        if each.fact and each.fact.kind.value == "ticket_scanned"
    ]
    assert heard == [ticket]


def test_an_organizer_sees_who_came_by_which_gate_and_prints_the_list(
    hub: Stand, door: Door, other: Door, office: Office
) -> None:
    day = "2026-05-17"
    order, tickets = bought(hub, 3, "sunday-pass")
    door.push([scan(door, tickets[0], day=day), scan(door, None, day=day, outcome="not_a_ticket")])
    other.push([scan(other, tickets[1], day=day, gate="Side door"), scan(other, tickets[1], day=day, direction="out")])

    page = office.page(f"/arrivals?event={EVENT}&day={day}")
    answer = office.http.get(f"/arrivals.pdf?event={EVENT}&day={day}")

    assert "Side door" in page
    assert re.search(r'<b class="big">1</b>', page)
    assert "Not our ticket" in page
    words = "".join(each.get_text() for each in pymupdf.open(stream=answer.content, filetype="pdf"))
    assert "Ortega, Camila" in words
    assert "2 more" in words
    story = office.page(f"/orders/{order}")
    assert "At the door" in story
    assert "Went out" in story


def test_a_remedy_voids_the_one_ticket_that_let_in_two(hub: Stand, door: Door, other: Door, office: Office) -> None:
    order, (ticket, rest) = bought(hub, 2)
    door.push([scan(door, ticket)])
    other.push([scan(other, ticket)])
    ((exception,),) = hub.sql("SELECT id FROM exceptions WHERE kind = 'double_entry' AND order_id = %s", order)
    assert "One ticket let in two people" in office.page("/exceptions")

    assert office.resolve(exception, "void_this_ticket").status_code == 303

    assert dict(hub.sql("SELECT id, status FROM tickets WHERE order_id = %s", order)) == {
        ticket: "voided",
        rest: "valid",
    }
    assert found(hub, order) == []


@pytest.mark.parametrize(
    "lie",
    [
        {"clock": "25:99"},
        {"day": "tonight"},
        {"ticket_id": None},
        {"zone": "z" * 300},
        {"gate": "g" * 300},
        {"scan_id": "s" * 300},
    ],
)
def test_what_no_gate_can_have_seen_is_kept_and_counts_nothing(hub: Stand, door: Door, lie: dict[str, Any]) -> None:
    _, (ticket,) = bought(hub)
    payload = {**scan(door, ticket).payload, **lie}
    door.seal_raw("ticket_scanned", payload)
    before = hub.one("SELECT count(*) FROM scans")

    assert door.push([door.seal_raw("ticket_scanned", payload)]).status_code == 200

    assert hub.one("SELECT count(*) FROM scans") == before


@pytest.mark.parametrize("query", ["event=nowhere", "zone=nowhere", "day=2026-99-99", "day=1999-01-01", "event=%00"])
def test_a_page_that_nobody_linked_to_breaks_nothing(office: Office, query: str) -> None:
    for path in ("/arrivals", "/arrivals.pdf"):
        answer: httpx.Response = office.http.get(f"{path}?{query}")

        assert answer.status_code in (200, 404, 422), (path, query)


def test_scans_of_now_are_told_by_a_clock_at_the_event(hub: Stand, door: Door, office: Office) -> None:
    _, (ticket,) = bought(hub)
    door.push([scan(door, ticket, day="2026-05-16")])

    page = office.page(f"/arrivals?event={EVENT}&day=2026-05-16")

    quarter = datetime.now(UTC)
    assert f":{quarter.minute // 15 * 15:02d} " in page


# Before doors open


def look(at: Door, opened: bool = False, **outcomes: str) -> Fact:
    (fact,) = at.write(PreflightDone(outcomes={"printer": "pass", "displays": "unused", **outcomes}, opened=opened))
    return fact


def test_a_till_hears_the_hubs_time_signed_for_its_own_question_and_who_takes_cash(hub: Stand, door: Door) -> None:
    ask = {"event_id": EVENT, "nonce": "ab" * 32}
    public = hub.one("SELECT public_key FROM events WHERE id = %s", EVENT)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))

    told = door.http.post("/api/till/preflight", json=ask).json()

    assert read_time(ask["nonce"], told["hub_time"], told["signature"], EVENT, key)
    with pytest.raises(NotTheHubsTime):
        read_time("cd" * 32, told["hub_time"], told["signature"], EVENT, key)
    assert door.me.name not in told["cash_tills"]
    shift = {"shift_id": new_id(), "drawer": door.me.name, "currency": "USD"}
    door.push(door.write(ShiftOpened(**shift, float_amount=0, left=0)))
    assert door.me.name in door.http.post("/api/till/preflight", json=ask).json()["cash_tills"]
    assert door.http.post("/api/till/preflight", json={**ask, "event_id": "nowhere"}).status_code == 404


def test_the_page_says_how_each_till_was_found_last_and_what_was_wrong(
    hub: Stand, door: Door, other: Door, office: Office
) -> None:
    door.push([look(door, printer="fail", clock="to_do")])
    page = office.page(f"/arrivals?event={EVENT}")
    assert "0 of 2 well at" in page
    assert "Failed: Printer" in page
    assert "To do: Clock" in page

    door.push([look(door), look(door, opened=True)])
    other.push([look(other, backup="fail")])
    page = re.sub(r"\s+", " ", office.page(f"/arrivals?event={EVENT}"))

    mine = page[page.index(f"<b>{door.me.name}</b>") :].partition("</li>")[0]
    assert "Green at" in mine
    assert "The doors were opened on it." in mine
    theirs = page[page.index(f"<b>{other.me.name}</b>") :].partition("</li>")[0]
    assert "Failed: Backup" in theirs


def test_what_a_newer_till_looks_at_besides_is_counted_and_has_no_name_here(door: Door, office: Office) -> None:
    door.push([look(door, coffee="fail", tea="pass")])

    page = office.page(f"/arrivals?event={EVENT}")

    assert "2 of 3 well at" in page
    assert "coffee" not in page
