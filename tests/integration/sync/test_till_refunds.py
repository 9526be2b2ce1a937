"""What a till gave up and asks to be given back: sent once, only if it is the till's to ask for, and balanced."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from boxoffice.core.books import Books
from boxoffice.core.facts import Fact
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderCollected, OrderPlaced
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketsIssued, TicketVoided
from boxoffice.core.refunds import parts_of
from boxoffice.core.sales import changed
from boxoffice.core.swaps import offer, swapped
from sync.ledger.verify import verify
from sync.operations.exceptions import Inbox
from sync.ports import Session
from sync.provider_states import PaymentState
from sync.store.chain import new_id
from sync.tills.pairing import revoke
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.lies import scan
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket

STATUS = """
    SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.tender = 'terminal' AND p.order_id = %s
"""
BALANCE = """
    SELECT coalesce(sum(l.amount), 0)::bigint FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE l.account = %s AND f.payload ->> 'order_id' = %s
"""
SENT = """
    SELECT count(*) FROM refund_calls c JOIN refunds r ON r.id = c.refund_id JOIN payments p ON p.id = r.payment_id
    WHERE p.order_id = %s
"""


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    hub.refunder.verdict = "succeeded"
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    made = Office.open(hub)
    yield made
    made.http.close()


def part_paid(door: Door) -> tuple[OrderPlaced, PaymentCaptured, PaymentCaptured]:
    """Returns an order with $20 in cash and $30 by card, not sent yet."""
    placed = door.placed(("full-pass", 1))
    cash = door.captured(placed, 2000)
    card = cash.model_copy(
        update={"tender_id": new_id(), "tender": "terminal", "amount": 3000, "provider_reference": f"pi_{new_id()}"}
    )
    return placed, cash, card


def asked(paid: PaymentCaptured, **more: Any) -> RefundRequested:
    about = paid.model_dump(include={"order_id", "tender_id", "tender", "amount", "currency", "provider_reference"})
    return RefundRequested(**{**about, "refund_id": new_id(), "why": "Card failed", **more})


def begun(placed: OrderPlaced) -> list[Payload]:
    return [placed, changed(OrderId(placed.order_id), OrderState.PENDING, OrderState.PROCESSING)]


def ended(placed: OrderPlaced) -> Payload:
    return changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.FAILED, "Card failed")


def test_the_card_part_of_a_sale_that_was_given_up_goes_back_and_the_till_hears_of_it(hub: Stand, door: Door) -> None:
    placed, cash, card = part_paid(door)
    back = asked(cash)
    about = back.model_dump(exclude={"why", "by", "parts", "units"})
    out = RefundSucceeded(**about, drawer=door.me.name, unearned=2000)
    facts = door.write(*begun(placed), cash, card, back, out, asked(card), ended(placed))

    assert door.push(facts).status_code == 200

    hub.until("succeeded", STATUS, placed.order_id)
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "failed"
    assert [hub.one(BALANCE, account, placed.order_id) for account in ("stripe", "unearned", "refunds")] == [0, 0, 0]
    heard = [entry["fact"]["kind"] for entry in door.http.get("/api/till/feed").json()["entries"] if entry["fact"]]
    assert "refund_succeeded" in heard
    assert hub.one("SELECT count(*) FROM exceptions WHERE order_id = %s", placed.order_id) == 0


def test_sent_again_it_is_given_back_once(hub: Stand, door: Door) -> None:
    placed, _, card = part_paid(door)
    facts = door.write(*begun(placed), card, asked(card), ended(placed))

    for _ in range(3):
        door.push(facts)

    hub.until("succeeded", STATUS, placed.order_id)
    assert hub.one(SENT, placed.order_id) == 1


@pytest.mark.parametrize("what", ["finished", "too much", "never paid", "still open"])
def test_what_is_not_the_tills_to_give_back_is_put_before_a_person_instead(hub: Stand, door: Door, what: str) -> None:
    placed, _, card = part_paid(door)
    if what == "finished":
        card = card.model_copy(update={"amount": placed.total})
        done = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
        facts = door.write(*begun(placed), card, done, door.finished(placed), asked(card))
    elif what == "too much":
        facts = door.write(*begun(placed), card, asked(card, amount=3001), ended(placed))
    elif what == "never paid":
        facts = door.write(*begun(placed), asked(card), ended(placed))
    else:
        facts = door.write(*begun(placed), card, asked(card))

    assert door.push(facts).status_code == 200

    assert hub.one(SENT, placed.order_id) == 0
    found = [kind for (kind,) in hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id)]
    assert {"fact_does_not_fit", "not_allowed"}.intersection(found)


# Cash that a till gave back of what it had sold

POOL = "SELECT available, leased, sold FROM pools WHERE id = %s"


def sold(door: Door, *lines: tuple[str, int]) -> tuple[OrderPlaced, PaymentCaptured, TicketsIssued]:
    """Returns an order that was sold for cash, not sent yet."""
    placed = door.placed(*lines)
    issued = door.finished(placed)
    assert isinstance(issued, TicketsIssued)
    return placed, door.captured(placed, placed.total), issued


def sale(placed: OrderPlaced, paid: Sequence[Payload], issued: Payload) -> list[Payload]:
    done = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
    return [*begun(placed), *paid, done, issued]


def back_in_cash(door: Door, paid: PaymentCaptured, amount: int, *parts: PartKey) -> list[Payload]:
    back = asked(paid, amount=amount, parts=parts, why="Changed mind")
    about = back.model_dump(include={"order_id", "tender_id", "tender", "amount", "currency", "refund_id"})
    return [back, RefundSucceeded(**about, drawer=door.me.name)]


@pytest.mark.parametrize("at_once", [True, False])
def test_cash_that_a_till_gave_back_is_booked_its_ticket_ends_and_its_place_is_sold_again(
    hub: Stand, door: Door, at_once: bool
) -> None:
    door.lease({"friday": 4})
    available, leased, before = hub.sql(POOL, "friday")[0]
    placed, cash, issued = sold(door, ("friday-pass", 2))
    one = placed.total // 2
    ended = TicketVoided(ticket_id=issued.tickets[0].ticket_id, order_id=placed.order_id, why="refunded")
    facts = [door.write(*sale(placed, [cash], issued)), door.write(*back_in_cash(door, cash, one, (0, 0)), ended)]

    for each in [facts[0] + facts[1]] if at_once else facts:
        assert door.push(each).status_code == 200

    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "partially_refunded"
    assert hub.sql(POOL, "friday")[0] == (available + 1, leased - 2, before + 1)
    assert hub.one(BALANCE, f"cash:{door.me.name}", placed.order_id) == placed.total - one
    assert hub.one("SELECT count(*) FROM exceptions WHERE order_id = %s", placed.order_id) == 0
    door.push(door.write(*back_in_cash(door, cash, placed.total - one, (0, 1))))
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "refunded"


def test_goods_that_came_back_at_a_till_are_sold_again_once(hub: Stand, door: Door) -> None:
    door.lease({"shirts": 2})
    placed, cash, issued = sold(door, ("t-shirt", 2))
    door.push(door.write(*sale(placed, [cash], issued)))
    available, _, before = hub.sql(POOL, "shirts")[0]

    back = door.write(*back_in_cash(door, cash, placed.total // 2, (0, 1)))
    for _ in range(2):
        door.push(back)

    assert hub.sql(POOL, "shirts")[0][::2] == (available + 1, before - 1)


def given_back_here(door: Door) -> tuple[OrderPlaced, PaymentCaptured, list[Fact]]:
    """Sells a pass for cash and by card; returns the card payment, and what is not sent yet: the cash is back."""
    door.lease({"friday": 1, "saturday": 1, "sunday": 1})
    placed, whole, issued = sold(door, ("full-pass", 1))
    cash = whole.model_copy(update={"amount": placed.total - 3000, "tendered": placed.total - 3000})
    about = {"tender_id": new_id(), "tender": "terminal", "amount": 3000, "provider_reference": f"pi_{new_id()}"}
    card = whole.model_copy(update={**about, "tendered": None, "change": None, "drawer": None})
    door.push(door.write(*sale(placed, [cash, card], issued)))
    ticket = TicketVoided(ticket_id=issued.tickets[0].ticket_id, order_id=placed.order_id, why="refunded")
    return placed, card, door.write(*back_in_cash(door, cash, cash.amount, (0, 0)), ticket)  # with no network


def test_a_refund_that_crossed_a_tills_and_was_not_made_yet_is_called_off_and_nothing_is_left_to_decide(
    hub: Stand, door: Door, office: Office
) -> None:
    placed, card, at_till = given_back_here(door)
    hub.refunder.is_down = True
    assert office.refund(placed.order_id, what="all", payment=card.tender_id).status_code == 303
    assert door.push(at_till).status_code == 200
    about = "SELECT id, remedies FROM exceptions WHERE order_id = %s AND status = 'open' AND kind = 'given_back_twice'"
    ((problem, remedies),) = hub.sql(about, placed.order_id)

    hub.refunder.is_down = False
    Inbox(hub.hub, hub.refunds).resolve(problem, "call_off_refund", "7")

    assert remedies == ["call_off_refund", "seen"]
    assert hub.one("SELECT count(*) FROM exceptions WHERE order_id = %s AND status = 'open'", placed.order_id) == 0
    assert hub.one(STATUS, placed.order_id) == "failed"
    assert hub.one(BALANCE, "stripe", placed.order_id) == 3000


def test_a_till_that_gives_a_thing_back_while_the_hub_does_is_told_of_and_nothing_is_lost(
    hub: Stand, door: Door, office: Office
) -> None:
    placed, card, at_till = given_back_here(door)
    free = hub.one("SELECT available FROM pools WHERE id = 'friday'")
    assert office.refund(placed.order_id, what="all", payment=card.tender_id).status_code == 303
    hub.until("succeeded", STATUS, placed.order_id)

    assert door.push(at_till).status_code == 200

    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id) == [("given_back_twice",)]
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "refunded"
    assert hub.one("SELECT available FROM pools WHERE id = 'friday'") == free + 1
    accounts = ("stripe", f"cash:{door.me.name}")
    assert [hub.one(BALANCE, account, placed.order_id) for account in accounts] == [0, 0]


# A swap at a till


def swap(
    door: Door, before: list[Fact], old: OrderPlaced, issued: TicketsIssued, *wanted: tuple[str, int]
) -> OrderPlaced:
    """Swaps the first thing of an order for others, the difference in cash, and pushes it."""
    books, everything = Books.of(before), parts_of(old, issued.tickets)
    bare = door.placed(*wanted)
    offered = offer(books, old.order_id, everything, ((0, 0),), bare.total)
    new = bare.model_copy(update={"swap": offered.swap})
    gone = swapped(books, everything, new, offered.swap, drawer=door.me.name, new_id=new_id)
    due = new.total - offered.swap.credit
    paid = [door.captured(new, due)] if due else []
    assert door.push(door.write(*begun(new), *paid, *gone, *sale(new, [], door.finished(new))[2:])).status_code == 200
    return new


@pytest.mark.parametrize(("by", "wanted"), [("cash", "saturday-pass"), ("cash", "social"), ("card", "saturday-pass")])
def test_a_swap_is_booked_on_both_orders_and_its_old_place_is_sold_again(
    hub: Stand, door: Door, by: str, wanted: str
) -> None:
    door.lease({"friday": 1, "saturday": 1, "social": 1})
    placed, paid, issued = sold(door, ("friday-pass", 1))
    if by == "card":
        paid = paid.model_copy(
            update={
                "tender": "terminal",
                "provider_reference": f"pi_{new_id()}",
                "tendered": None,
                "change": None,
                "drawer": None,
            }
        )
    facts = door.write(*sale(placed, [paid], issued))
    door.push(facts)
    free = hub.one("SELECT available FROM pools WHERE id = 'friday'")

    new = swap(door, facts, placed, issued, (wanted, 1))

    assert hub.one("SELECT status FROM orders WHERE id = %s", new.order_id) == "completed"
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "refunded"
    assert hub.sql("SELECT status FROM tickets WHERE order_id = %s", placed.order_id) == [("voided",)]
    assert hub.one("SELECT available FROM pools WHERE id = 'friday'") == free + 1
    both = [placed.order_id, new.order_id]
    account = "stripe" if by == "card" else f"cash:{door.me.name}"
    assert sum(hub.one(BALANCE, "swaps", each) for each in both) == 0
    assert hub.one(BALANCE, account, placed.order_id) == (
        placed.total if by == "card" else min(placed.total, new.total)
    )
    kinds = hub.sql("SELECT kind FROM exceptions WHERE order_id = ANY(%s)", both)
    assert kinds == []


def test_what_no_refund_brought_pays_for_nothing(hub: Stand, door: Door) -> None:
    door.lease({"friday": 2})
    placed, cash, issued = sold(door, ("friday-pass", 1))
    door.push(door.write(*sale(placed, [cash], issued)))
    given = back_in_cash(door, cash, placed.total, (0, 0))
    new = door.placed(("friday-pass", 1))
    same = str(given[0].model_dump()["refund_id"])
    made_up = PaymentCaptured(
        order_id=new.order_id, tender_id=same, tender="swap", amount=new.total, currency="USD", refund_id=same
    )

    door.push(door.write(*given, *begun(new), made_up))

    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", new.order_id) == [("not_allowed",)]
    assert hub.one("SELECT count(*) FROM payments WHERE order_id = %s", new.order_id) == 0


# What a till asks the hub to give back


def by_card(door: Door, *lines: tuple[str, int], cash: int = 0) -> tuple[OrderPlaced, list[PaymentCaptured]]:
    """Returns an order that was sold by card, and a part of it in cash, and pushed."""
    placed, whole, issued = sold(door, *lines)
    card = whole.model_copy(
        update={
            "tender_id": new_id(),
            "tender": "terminal",
            "amount": placed.total - cash,
            "tendered": None,
            "change": None,
            "drawer": None,
            "provider_reference": f"pi_{new_id()}",
        }
    )
    paid = [card, *([whole.model_copy(update={"amount": cash, "tendered": cash})] if cash else [])]
    assert door.push(door.write(*sale(placed, paid, issued))).status_code == 200
    return placed, paid


def ask(door: Door, placed: OrderPlaced, total: int, **more: Any) -> httpx.Response:
    body = {"refund_id": new_id(), "total": total, "why": "Changed mind", **more}
    return door.http.post(f"/api/till/orders/{placed.order_id}/refunds", json=body)


def test_what_a_card_paid_goes_back_when_its_till_asks_and_the_till_sees_how_far_it_is(hub: Stand, door: Door) -> None:
    door.lease({"friday": 2})
    placed, _ = by_card(door, ("friday-pass", 2))
    one = placed.total // 2
    free = hub.one("SELECT available FROM pools WHERE id = 'friday'")

    answer = ask(door, placed, one, parts=[[0, 1]]).json()

    assert [(each["amount"], each["status"]) for each in answer["refunds"]] == [(one, "requested")]
    assert [thing["is_there"] for thing in answer["things"]] == [True, False]
    assert {fact["kind"] for fact in answer["facts"]} == {"refund_requested", "ticket_voided"}
    hub.until("succeeded", STATUS, placed.order_id)
    assert hub.one("SELECT available FROM pools WHERE id = 'friday'") == free + 1
    assert door.http.get(f"/api/till/orders/{placed.order_id}").json()["refunds"][0]["status"] == "succeeded"


def test_asked_again_it_is_given_back_once_and_something_else_than_was_shown_is_not(hub: Stand, door: Door) -> None:
    door.lease({"friday": 2})
    placed, _ = by_card(door, ("friday-pass", 2))
    one, same = placed.total // 2, new_id()

    answers = [ask(door, placed, one, parts=[[0, 0]], refund_id=same).status_code for _ in range(3)]
    others = [
        ask(door, placed, one, parts=[[0, 0]]),
        ask(door, placed, one - 1, parts=[[0, 1]]),
        ask(door, placed, placed.total, amount=placed.total),
    ]

    assert answers == [200, 200, 200]
    assert [other.status_code for other in others] == [422, 422, 422]
    assert "given back before" in others[0].text
    assert (
        hub.one(
            "SELECT count(*) FROM refund_calls c JOIN refunds r ON r.id = c.refund_id JOIN payments p "
            "ON p.id = r.payment_id WHERE p.order_id = %s",
            placed.order_id,
        )
        == 1
    )


def test_cash_of_another_tills_order_leaves_the_drawer_of_the_till_that_asks(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1})
    placed, cash, issued = sold(door, ("friday-pass", 1))
    door.push(door.write(*sale(placed, [cash], issued)))
    other = hub.door()

    answer = ask(other, placed, placed.total, parts=[[0, 0]])

    assert answer.status_code == 200
    assert [fact["kind"] for fact in answer.json()["facts"]] == ["refund_requested", "refund_succeeded"]
    assert hub.one(BALANCE, f"cash:{other.me.name}", placed.order_id) == -placed.total
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "refunded"


@pytest.mark.parametrize("how", ["in cash", "by a swap"])
def test_what_a_till_gave_back_while_another_did_is_posted_all_the_same_and_told_of_once(
    hub: Stand, door: Door, how: str
) -> None:
    door.lease({"friday": 1, "saturday": 1})
    placed, cash, issued = sold(door, ("friday-pass", 1))
    facts = door.write(*sale(placed, [cash], issued))
    door.push(facts)
    other = hub.door()
    assert ask(other, placed, placed.total, parts=[[0, 0]]).status_code == 200

    both = [placed.order_id]
    if how == "in cash":
        assert door.push(door.write(*back_in_cash(door, cash, placed.total, (0, 0)))).status_code == 200
    else:
        both.append(swap(door, facts, placed, issued, ("saturday-pass", 1)).order_id)

    kinds = hub.sql("SELECT kind FROM exceptions WHERE order_id = ANY(%s)", both)
    assert kinds == [("given_back_twice",)]
    assert sum(hub.one(BALANCE, "swaps", each) for each in both) == 0
    drawers = {"in cash": 0, "by a swap": 8500}
    assert sum(hub.one(BALANCE, f"cash:{door.me.name}", each) for each in both) == drawers[how]
    assert hub.one(BALANCE, f"cash:{other.me.name}", placed.order_id) == -placed.total
    if how == "by a swap":
        assert hub.one("SELECT status FROM orders WHERE id = %s", both[1]) == "completed"


def test_a_split_order_goes_back_as_it_was_paid(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1), cash=2000)

    assert ask(door, placed, placed.total, parts=[[0, 0]]).status_code == 200

    hub.until("succeeded", STATUS, placed.order_id)
    assert [hub.one(BALANCE, each, placed.order_id) for each in ("stripe", f"cash:{door.me.name}")] == [0, 0]
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "refunded"


@pytest.mark.parametrize("what", ["nobody's", "a place in a path"])
def test_an_order_that_is_not_there_is_said_not_to_be(door: Door, what: str) -> None:
    path = {"nobody's": new_id(), "a place in a path": "%2e%2e"}[what]

    assert door.http.get(f"/api/till/orders/{path}").status_code in (404, 405)


# A till that was revoked


def shut_out(hub: Stand, door: Door) -> None:
    with hub.database.transaction() as connection:
        revoke(connection, door.me.device_id)


def test_a_revoked_till_ends_a_sale_that_was_paid_in_part_and_all_of_its_money_goes_back(
    hub: Stand, door: Door
) -> None:
    placed, cash, card = part_paid(door)
    door.push(door.write(*begun(placed), cash, card))
    shut_out(hub, door)
    back = asked(cash)
    out = RefundSucceeded(
        **back.model_dump(exclude={"why", "by", "parts", "units"}), drawer=door.me.name, unearned=2000
    )

    answers = [door.push(door.write(back, out, asked(card), ended(placed))) for _ in range(1)]

    assert [answer.status_code for answer in answers] == [200]
    hub.until("succeeded", STATUS, placed.order_id)
    drawer = f"cash:{door.me.name}"
    accounts = ("stripe", "unearned", "refunds", drawer)
    assert [hub.one(BALANCE, account, placed.order_id) for account in accounts] == [0, 0, 0, 0]
    assert hub.one(SENT, placed.order_id) == 1
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "failed"


def test_a_sale_paid_in_part_that_a_revoked_till_leaves_is_put_before_a_person_once(hub: Stand, door: Door) -> None:
    placed, cash, card = part_paid(door)
    door.push(door.write(*begun(placed), cash, card))
    shut_out(hub, door)
    told = "SELECT subject_id, detail, remedies FROM exceptions WHERE order_id = %s ORDER BY detail"

    for _ in range(2):
        door.push([])

    (in_cash, cash_words, _), (by_card, card_words, remedies) = hub.sql(told, placed.order_id)
    assert (in_cash, by_card) == (cash.tender_id, card.tender_id)
    assert cash_words.startswith("$20.00 of ")
    assert f"in the drawer of {door.me.name}: give it back by hand" in cash_words
    assert card_words.startswith("$30.00 of ")
    assert "end_order" in remedies


def test_the_word_about_it_ends_when_the_till_gives_the_money_back_after_all(hub: Stand, door: Door) -> None:
    placed, cash, _ = part_paid(door)
    door.push(door.write(*begun(placed), cash))
    shut_out(hub, door)
    door.push([])
    back = asked(cash)
    out = RefundSucceeded(
        **back.model_dump(exclude={"why", "by", "parts", "units"}), drawer=door.me.name, unearned=2000
    )

    door.push(door.write(back, out, ended(placed)))

    assert hub.sql("SELECT status FROM exceptions WHERE order_id = %s", placed.order_id) == [("resolved",)]


KINDS = """
    SELECT f.kind FROM facts f JOIN devices d ON d.id = f.device_id
    WHERE d.kind = 'hub' AND f.payload ->> 'order_id' = %s
"""
OFFERED_BEFORE = """UPDATE exceptions SET remedies = '["refund", "seen"]'"""
ORDER = "SELECT status FROM orders WHERE id = %s"


def left(hub: Stand, door: Door) -> OrderPlaced:
    """Returns an order with $20 in cash and $30 by card, that a till left which was then revoked, and has sent all."""
    placed, cash, card = part_paid(door)
    door.push(door.write(*begun(placed), cash, card))
    shut_out(hub, door)
    door.push([])
    return placed


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("is_old", [False, True])
def test_a_sale_that_was_left_is_ended_by_one_press_and_all_of_its_money_goes_back(
    hub: Stand, door: Door, office: Office, which: int, is_old: bool
) -> None:
    placed = left(hub, door)
    if is_old:  # as it came up at a hub that could not end it
        hub.sql(f"{OFFERED_BEFORE} WHERE order_id = %s", placed.order_id)
    problems = hub.sql("SELECT id FROM exceptions WHERE order_id = %s ORDER BY detail", placed.order_id)
    page = office.page("/exceptions")
    assert "Books $20.00 in cash as handed back" in page
    assert "Refunds $30.00 to" in page

    for _ in range(2):
        office.resolve(problems[which][0], "end_order")

    hub.until("succeeded", STATUS, placed.order_id)
    assert hub.one(ORDER, placed.order_id) == "failed"
    assert hub.one(SENT, placed.order_id) == 1
    accounts = ("stripe", "unearned", "refunds", f"cash:{door.me.name}")
    assert [hub.one(BALANCE, account, placed.order_id) for account in accounts] == [0, 0, 0, 0]
    assert hub.sql("SELECT DISTINCT status FROM exceptions WHERE order_id = %s", placed.order_id) == [("resolved",)]
    assert ("order_state_changed",) in hub.sql(KINDS, placed.order_id)


def test_a_sale_whose_word_was_only_seen_is_ended_on_its_page(hub: Stand, door: Door, office: Office) -> None:
    placed = left(hub, door)
    for (problem,) in hub.sql("SELECT id FROM exceptions WHERE order_id = %s", placed.order_id):
        office.resolve(problem, "seen")
    path = f"/orders/{placed.order_id}"
    assert "End this order" in office.page(path)

    office.http.post(f"{path}/end", data={"csrf": office.hidden(path, "csrf")})

    hub.until("succeeded", STATUS, placed.order_id)
    assert hub.one(ORDER, placed.order_id) == "failed"
    assert "End this order" not in office.page(path)


@pytest.mark.parametrize("what", ["at work", "paid", "under way"])
def test_nobody_ends_a_sale_that_is_its_tills_or_paid_or_being_paid(
    hub: Stand, door: Door, office: Office, what: str
) -> None:
    placed, cash, card = part_paid(door)
    facts: list[Payload] = [*begun(placed), cash]
    if what == "paid":
        done = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
        rest = cash.model_copy(update={"tender_id": new_id(), "amount": placed.total - 2000, "tendered": None})
        facts += [rest.model_copy(update={"change": None}), done, door.finished(placed)]
    elif what == "under way":
        about = {**card.model_dump(include=set(PaymentUnknown.model_fields)), "reason": "lost"}
        facts.append(PaymentUnknown(**about))
        intent = str(card.provider_reference)
        hub.intents.by_id[intent] = Session(intent, None, PaymentState.HELD, card.amount, "USD", intent)
    door.push(door.write(*facts))
    before = hub.one(ORDER, placed.order_id)
    if what != "at work":
        shut_out(hub, door)
        door.push([])
    path = f"/orders/{placed.order_id}"

    answer = office.http.post(f"{path}/end", data={"csrf": office.hidden(path, "csrf")})

    assert (answer.status_code, "The order was not ended." in answer.text) == (409, True)
    assert hub.one(ORDER, placed.order_id) == before
    assert ("End this order" in office.page(path)) is (what == "under way")  # it may have ended the next time


def test_the_card_part_alone_goes_back_where_an_older_hub_offered_that_and_only_once(
    hub: Stand, door: Door, office: Office
) -> None:
    placed, _, card = part_paid(door)
    door.push(door.write(*begun(placed), card))
    shut_out(hub, door)
    door.push([])
    problem = hub.one("SELECT id FROM exceptions WHERE order_id = %s", placed.order_id)
    hub.sql(f"{OFFERED_BEFORE} WHERE id = %s", problem)

    office.resolve(problem, "refund")

    hub.until("succeeded", STATUS, placed.order_id)
    assert hub.one(SENT, placed.order_id) == 1
    path = f"/orders/{placed.order_id}"

    office.http.post(f"{path}/end", data={"csrf": office.hidden(path, "csrf")})

    assert (hub.one(ORDER, placed.order_id), hub.one(SENT, placed.order_id)) == ("failed", 1)


def comps_of(door: Door, *lines: tuple[str, int]) -> tuple[OrderPlaced, list[str]]:
    """Returns an order that was given for nothing, and its tickets."""
    placed, whole, issued = sold(door, *lines)
    given = whole.model_copy(
        update={
            "tender": "complimentary",
            "tendered": None,
            "change": None,
            "drawer": None,
            "reason": "Press",
        }
    )
    assert door.push(door.write(*sale(placed, [given], issued))).status_code == 200
    return placed, [each.ticket_id for each in issued.tickets]


def after(door: Door, placed: OrderPlaced, what: str, **body: Any) -> httpx.Response:
    return door.http.post(f"/api/till/orders/{placed.order_id}/{what}", json=body)


def tickets_of(hub: Stand, placed: OrderPlaced) -> dict[str, str]:
    rows = hub.sql("SELECT id, status FROM tickets WHERE order_id = %s ORDER BY id", placed.order_id)
    return {str(row[0]): str(row[1]) for row in rows}


def test_what_was_given_for_nothing_is_voided_at_another_till_and_can_be_sold_again(hub: Stand, door: Door) -> None:
    door.lease({"friday": 2})
    placed, (one, other) = comps_of(door, ("friday-pass", 2))
    free = hub.one("SELECT available FROM pools WHERE id = 'friday'")
    elsewhere = hub.door()

    answers = [after(elsewhere, placed, "voids", tickets=[one], staff_id="s-1", approved_by="s-2") for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert tickets_of(hub, placed) == {one: "voided", other: "valid"}
    assert hub.one("SELECT available FROM pools WHERE id = 'friday'") == free + 1
    query = "SELECT payload ->> 'asked_by' FROM facts WHERE kind = 'ticket_voided' AND payload ->> 'ticket_id' = %s"
    assert hub.one(query, one) == "s-1"


def test_what_money_paid_for_is_not_voided(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1))
    (ticket,) = tickets_of(hub, placed)

    answer = after(hub.door(), placed, "voids", tickets=[ticket])

    assert answer.status_code == 422
    assert tickets_of(hub, placed) == {ticket: "valid"}


def test_another_tills_order_goes_to_another_person_once_and_is_mailed_to_them(hub: Stand, door: Door) -> None:
    door.lease({"friday": 2})
    placed, _ = by_card(door, ("friday-pass", 2))
    hub.sql("UPDATE orders SET customer_phone = '3035550123' WHERE id = %s", placed.order_id)
    old, free = tickets_of(hub, placed), hub.one("SELECT available FROM pools WHERE id = 'friday'")
    ask = {"transfer_id": new_id(), "name": "Rosa Ortega", "email": "rosa@example.com"}

    answers = [after(hub.door(), placed, "transfers", **ask) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    now = tickets_of(hub, placed)
    assert sorted(now.values()) == ["valid", "valid", "voided", "voided"]
    assert {now[each] for each in old} == {"voided"}
    query = "SELECT customer_name, customer_email, customer_phone FROM orders WHERE id = %s"
    assert hub.sql(query, placed.order_id) == [("Rosa Ortega", "rosa@example.com", None)]
    mailed = "SELECT count(*) FROM mails WHERE order_id = %s AND email = 'rosa@example.com'"
    assert hub.one(mailed, placed.order_id) == 1
    assert hub.one("SELECT available FROM pools WHERE id = 'friday'") == free
    things = door.http.get(f"/api/till/orders/{placed.order_id}").json()["things"]
    assert [thing["is_there"] for thing in things] == [True, True]
    assert {thing["ticket_id"] for thing in things} == {each for each, status in now.items() if status == "valid"}


def test_a_ticket_that_was_transferred_is_no_void_one_in_the_report(hub: Stand, door: Door, office: Office) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1))

    after(door, placed, "transfers", transfer_id=new_id(), name="Rosa Ortega", email="rosa@example.com")

    lines = [line for line in office.page(f"/reports.csv?event={EVENT}").splitlines() if placed.order_number in line]
    assert lines
    assert not [line for line in lines if ",void," in line]
    assert "went to another person" in office.page(f"/orders/{placed.order_id}")


def test_who_has_come_in_hands_on_no_second_code(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1))
    (ticket,) = tickets_of(hub, placed)
    day = datetime.now(UTC).date().isoformat()
    door.push([door.seal_raw("ticket_scanned", scan(ticket, day=day))])

    answer = after(door, placed, "transfers", transfer_id=new_id(), name="Rosa", email="rosa@example.com")

    assert answer.status_code >= 400
    assert tickets_of(hub, placed) == {ticket: "valid"}


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": ""}, {"email": "nobody"}, {"transfer_id": ""}])
def test_a_transfer_to_nobody_changes_nothing(hub: Stand, door: Door, wrong: dict[str, str]) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1))
    before = tickets_of(hub, placed)
    ask = {"transfer_id": new_id(), "name": "Rosa", "email": "rosa@example.com", **wrong}

    assert after(door, placed, "transfers", **ask).status_code == 422

    assert tickets_of(hub, placed) == before


def test_a_new_name_and_a_note_lie_beside_the_order_and_find_it(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1))

    named = after(hub.door(), placed, "name", name="José Peña")
    noted = {"contact_id": new_id(), "order_id": placed.order_id, "note": "Red hat"}
    door.push([], contacts=[noted])

    assert named.status_code == 200
    query = "SELECT customer_name, customer_note, found_by FROM orders WHERE id = %s"
    ((name, note, found_by),) = hub.sql(query, placed.order_id)
    assert (name, note) == ("José Peña", "Red hat")
    assert "jose pena" in str(found_by)
    assert "red hat" in str(found_by)
    assert hub.one("SELECT count(*) FROM facts WHERE payload::text LIKE '%%Red hat%%'") == 0
    assert after(door, placed, "name", name="").status_code == 422


def test_an_order_that_is_handed_over_twice_is_put_before_a_person(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1})
    placed, _ = by_card(door, ("friday-pass", 1))

    for each in (door, hub.door()):
        each.push(each.write(OrderCollected(order_id=placed.order_id, seen="photo_id")))

    assert hub.one("SELECT collected_as FROM orders WHERE id = %s", placed.order_id) == "photo_id"
    kinds = hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id)
    assert kinds == [("collected_twice",)]
