"""The inbox: each problem says what happened, whom it hits and what each remedy will do, and what stood against it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.sales import changed
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.operations.exceptions import REMEDIES, Inbox
from sync.operations.seat_elsewhere import MOST
from sync.organizers.organizers import names_of
from sync.payments.over_capacity import count_what_fits
from sync.store.ledger import load_books
from sync.tills.problems import problems_of
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import EMAIL, Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    hub.see_all()
    hub.refunder.verdict = "succeeded"
    yield

    nobody_waits(hub)
    assert verify(hub.database).problem is None


def nobody_waits(hub: Stand) -> None:
    """Gives back the places of everyone who has not paid."""
    for (tender,) in hub.sql("SELECT tender_id FROM checkouts WHERE status IN ('open', 'opened')"):
        hub.checkouts.close(tender, "expired")


def paid_late(hub: Stand, shopper: Shopper, product: str = "casino-workshop") -> str:
    """Returns the order of a customer who paid after the places were given away, to the last one."""
    late = shopper.buy(product, 2)
    session = late.json()["sessionId"]
    hub.settle(hub.sessions.expire(session))
    left = hub.one("SELECT available FROM pools WHERE id = %s", product)
    shopper.buy(product, left) if left else None
    hub.settle(hub.sessions.pay(session))
    return str(late.json()["orderId"])


def problem_of(hub: Stand, order_id: str) -> str:
    return str(hub.one("SELECT id FROM exceptions WHERE order_id = %s AND status = 'open'", order_id))


def card_of(page: str, exception_id: str) -> str:
    """Returns the part of the page that is about one problem."""
    return next(part for part in page.split('<section class="card problem">')[1:] if exception_id in part)


def test_money_that_came_late_says_who_paid_what_and_what_can_be_done(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    order = paid_late(hub, shopper)

    card = card_of(office.page("/exceptions"), problem_of(hub, order))

    assert "Paid, but its places are gone" in card
    assert "Camila Ortega, camila@example.org, 303-555-0123" in card
    assert ">Refund $70.00 to the card</button>" in card
    assert "disabled>Issue 2 tickets</button>" in card
    assert "Its places are gone: Casino workshop has 0 left of 2." in card


def test_a_remedy_that_can_not_be_done_says_why_at_its_problem_which_stays(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    problem = problem_of(hub, paid_late(hub, shopper, "rumba-workshop"))

    refused = office.resolve(problem, "issue_if_capacity_allows")

    assert refused.status_code == 409
    assert '<p class="error" role="alert">Its places are gone' in card_of(refused.text, problem)
    assert problem_of(hub, hub.one("SELECT order_id FROM exceptions WHERE id = %s", problem)) == problem


def test_places_that_came_free_are_offered_with_how_many_there_are(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    order = paid_late(hub, shopper, "social")
    nobody_waits(hub)
    card = card_of(office.page("/exceptions"), problem_of(hub, order))

    office.resolve(problem_of(hub, order), "issue_if_capacity_allows")

    assert "Saturday evening social 2 of 300" in card
    assert "It is mailed to camila@example.org." in card
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "completed"


@pytest.fixture
def twice(hub: Stand) -> OrderPlaced:
    """A sale at the door that was paid in cash, and then by phone with a code that had ended."""
    door: Door = hub.door()
    door.lease({"friday": 5})
    placed, tender = door.phone_order(("friday-pass", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    session = hub.sessions.of(tender)
    hub.settle(hub.sessions.expire(session))
    done = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
    door.push(door.write(door.captured(placed, placed.total), done, door.finished(placed)))
    hub.settle(hub.sessions.pay(session))
    return placed


def test_what_was_paid_twice_at_the_door_goes_back_and_the_ticket_stays(
    hub: Stand, office: Office, twice: OrderPlaced
) -> None:
    card = card_of(office.page("/exceptions"), problem_of(hub, twice.order_id))

    office.resolve(problem_of(hub, twice.order_id), "refund")

    assert "A customer at till-" in card
    assert "Issue" not in card
    assert "$65.00" in card
    query = "SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s"
    hub.until("succeeded", query, twice.order_id)
    assert hub.one("SELECT status FROM tickets WHERE order_id = %s", twice.order_id) == "valid"


def test_the_order_of_what_was_paid_twice_offers_the_surplus(office: Office, twice: OrderPlaced) -> None:
    page = office.page(f"/orders/{twice.order_id}")

    assert "$65.00 more was paid than the order costs" in page
    assert 'name="what" value="amount" checked' in page
    assert 'value="$65.00"' in page


def test_what_was_decided_says_how_and_by_whom(hub: Stand, shopper: Shopper, office: Office) -> None:
    order = paid_late(hub, shopper)
    problem = problem_of(hub, order)

    office.resolve(problem, "refund")

    decided = card_of(office.page("/exceptions?done=true"), order)
    assert "<b>Refund the payment</b>" in decided
    assert f"{EMAIL}, " in decided
    who = hub.one("SELECT id FROM organizers WHERE email = %s", EMAIL)
    facts = "SELECT payload ->> 'by' FROM facts WHERE kind = %s AND payload ->> %s = %s"
    assert hub.sql(facts, "exception_resolved", "exception_id", problem) == [(str(who),)]
    assert hub.sql(facts, "refund_requested", "order_id", order) == [(str(who),)]
    assert f"Decided by {EMAIL}: Refund the payment" in office.page(f"/orders/{order}")


def test_what_the_command_line_decided_says_so(hub: Stand, shopper: Shopper, office: Office) -> None:
    order = paid_late(hub, shopper)

    Inbox(hub.hub, hub.refunds).resolve(problem_of(hub, order), "refund", "command line")

    assert "command line, " in card_of(office.page("/exceptions?done=true"), order)
    assert "Decided by command line" in office.page(f"/orders/{order}")


def test_an_account_that_is_gone_is_told_by_its_number(hub: Stand) -> None:
    with hub.database.transaction() as connection:
        assert names_of(connection, ["4711", ""]) == {"4711": "organizer 4711"}


def test_what_hits_no_single_customer_says_whom_it_hits(hub: Stand, office: Office) -> None:
    with hub.database.transaction() as connection:
        hub.hub.raise_exception(
            connection, "payments_fail", "3 of the last 5 tries to pay failed, within 5 minutes.", remedies=("seen",)
        )

    page = office.page("/exceptions")

    assert "Everyone who pays now" in page
    assert ">Nothing to do</button>" in page
    assert "Mountain Time (Denver)" in page


@pytest.mark.parametrize("remedy", [remedy for remedy in REMEDIES if remedy != "seen"])
def test_a_remedy_that_a_problem_does_not_have_is_refused(hub: Stand, office: Office, remedy: str) -> None:
    with hub.database.transaction() as connection:
        hub.hub.raise_exception(
            connection, "few_places_left", "Friday: 1 of 50 places are not sold yet.", remedies=("seen",)
        )
    problem = hub.one("SELECT id FROM exceptions WHERE status = 'open'")

    refused = office.resolve(problem, remedy)

    assert (refused.status_code, "has no such remedy" in refused.text) == (409, True)


def over_sold(hub: Stand, shopper: Shopper, product: str = "casino-workshop") -> str:
    """Returns the order of a till that sold one place more than there are, the last of which went to the web."""
    left = hub.one("SELECT available FROM pools WHERE id = %s", product)
    if left:
        hub.settle(hub.sessions.pay(shopper.buy(product, left).json()["sessionId"]))
    door = hub.door()
    sale = door.cash_sale((product, 1))
    assert door.push(sale).status_code == 200
    return str(sale[0].payload["order_id"])


def pool_of(hub: Stand, product: str = "casino-workshop") -> tuple[int, int, int]:
    (row,) = hub.sql("SELECT capacity, available, sold FROM pools WHERE id = %s", product)
    return row[0], row[1], row[2]


def make_larger(office: Office, problem: str, capacity: object) -> httpx.Response:
    form = {"csrf": office.hidden("/exceptions", "csrf"), "capacity": str(capacity)}
    return office.http.post(f"/exceptions/{problem}/capacity", data=form)


def how_it_ended(hub: Stand, problem: str) -> str | None:
    remedy: str | None = hub.one("SELECT remedy FROM exceptions WHERE id = %s", problem)
    return remedy


def test_a_larger_pool_takes_in_what_was_sold_beyond_it_by_a_revision(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    problem = problem_of(hub, over_sold(hub, shopper))
    capacity, _, sold = pool_of(hub)
    revisions = "SELECT count(*) FROM facts WHERE kind = 'catalogue_revised'"
    before = hub.one(revisions)
    card = card_of(office.page("/exceptions"), problem)

    done = make_larger(office, problem, capacity + 3)

    assert f'min="{capacity + 1}"' in card
    assert f"{capacity + 1} sold or promised, capacity {capacity}." in card
    assert done.status_code == 303
    assert pool_of(hub) == (capacity + 3, 2, sold + 1)
    assert hub.one(revisions) == before + 1
    assert how_it_ended(hub, problem) == "raise_capacity"
    assert f"{EMAIL}, " in card_of(office.page("/exceptions?done=true"), problem_order(hub, problem))


def problem_order(hub: Stand, problem: str) -> str:
    return str(hub.one("SELECT order_id FROM exceptions WHERE id = %s", problem))


@pytest.mark.parametrize("typed", ["", "-1", "two", "1e3", "٣٠٠", "0", "fitting - 1", "99999999", "10000001"])
def test_a_capacity_that_does_not_fit_is_refused_in_words_and_nothing_changes(
    hub: Stand, shopper: Shopper, office: Office, typed: str
) -> None:
    problem = problem_of(hub, over_sold(hub, shopper))
    before = pool_of(hub)

    refused = make_larger(office, problem, before[0] if typed == "fitting - 1" else typed)

    assert refused.status_code in (409, 422)
    assert (pool_of(hub), how_it_ended(hub, problem)) == (before, None)


def test_pressed_twice_the_pool_is_made_larger_once(hub: Stand, shopper: Shopper, office: Office) -> None:
    problem = problem_of(hub, over_sold(hub, shopper))
    capacity, _, _ = pool_of(hub)

    answers = [make_larger(office, problem, capacity + more).status_code for more in (1, 9)]

    assert answers == [303, 303]
    assert pool_of(hub)[0] == capacity + 1


def test_a_refund_of_who_bought_last_makes_room_and_the_problem_closes_itself(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    bought = shopper.buy("rumba-workshop", 1).json()
    hub.settle(hub.sessions.pay(bought["sessionId"]))
    problem = problem_of(hub, over_sold(hub, shopper, "rumba-workshop"))
    before = pool_of(hub, "rumba-workshop")
    card = card_of(office.page("/exceptions"), problem)

    office.refund(bought["orderId"])

    assert f'<a href="/orders/{bought["orderId"]}">' in card
    assert how_it_ended(hub, problem) == "fits_again"
    assert pool_of(hub, "rumba-workshop") == before


def test_what_was_counted_later_comes_free_when_its_tickets_end(hub: Stand, shopper: Shopper, office: Office) -> None:
    order = over_sold(hub, shopper)
    make_larger(office, problem_of(hub, order), pool_of(hub)[0] + 1)
    capacity, available, sold = pool_of(hub)

    with hub.database.transaction() as connection:
        books = load_books(connection, [order])
        hub.refunds.void_in(connection, books, order, sorted(books.tickets))

    assert pool_of(hub) == (capacity, available + 1, sold - 1)


def test_an_order_beyond_capacity_whose_tickets_end_is_a_problem_no_more_and_frees_nothing(
    hub: Stand, shopper: Shopper
) -> None:
    order = over_sold(hub, shopper)
    problem, before = problem_of(hub, order), pool_of(hub)

    with hub.database.transaction() as connection:
        books = load_books(connection, [order])
        hub.refunds.void_in(connection, books, order, sorted(books.tickets))

    assert (how_it_ended(hub, problem), pool_of(hub)) == ("over_by_itself", before)


def test_places_that_come_free_elsewhere_are_counted_within_a_minute(hub: Stand, shopper: Shopper) -> None:
    problem = problem_of(hub, over_sold(hub, shopper, "social"))
    load_event(hub.hub, larger(hub, "social", 1))

    with hub.database.transaction() as connection:
        count_what_fits(hub.hub, connection)

    assert how_it_ended(hub, problem) == "fits_again"


SEAT = "seat_elsewhere:{}"
TICKETS = "SELECT product_id, status FROM tickets WHERE order_id = %s"


def test_tickets_beyond_capacity_are_moved_to_other_places_by_one_press(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    order = over_sold(hub, shopper)
    problem, full, other = problem_of(hub, order), pool_of(hub), pool_of(hub, "saturday")
    card = card_of(office.page("/exceptions"), problem)

    done = office.resolve(problem, SEAT.format("saturday-pass"))

    new = done.headers["location"].removeprefix("/orders/")
    assert card.count("Move 1 ticket to ") == MOST
    paid = hub.sql("SELECT tender FROM payments WHERE order_id = %s ORDER BY tender", new)
    assert paid == [("complimentary",), ("swap",)]
    assert SEAT.format("casino-workshop") not in card
    assert hub.sql(TICKETS, order) == [("casino-workshop", "voided")]
    assert hub.sql(TICKETS, new) == [("saturday-pass", "valid")]
    assert (pool_of(hub), pool_of(hub, "saturday")) == (full, (other[0], other[1] - 1, other[2] + 1))
    assert hub.one("SELECT status FROM orders WHERE id = %s", new) == "completed"
    assert hub.one("SELECT sum(amount) FROM ledger_postings WHERE account = 'swaps'") == 0
    assert how_it_ended(hub, problem) == "seat_elsewhere"
    assert office.page(f"/orders/{new}")


def test_pressed_twice_or_by_two_it_moves_them_once(hub: Stand, shopper: Shopper, office: Office) -> None:
    order = over_sold(hub, shopper)
    problem, orders = problem_of(hub, order), hub.one("SELECT count(*) FROM orders")

    answers = [office.resolve(problem, SEAT.format(to)) for to in ("saturday-pass", "sunday-pass")]

    assert [answer.headers["location"] == "/exceptions" for answer in answers] == [False, True]
    assert hub.one("SELECT count(*) FROM orders") == orders + 1


@pytest.mark.parametrize("to", ["casino-workshop", "t-shirt", "nothing", ""])
def test_where_there_are_no_places_nothing_is_moved(hub: Stand, shopper: Shopper, office: Office, to: str) -> None:
    order = over_sold(hub, shopper)
    problem, before = problem_of(hub, order), hub.one("SELECT count(*) FROM facts")

    refused = office.resolve(problem, SEAT.format(to))

    assert (refused.status_code, how_it_ended(hub, problem)) == (409, None)
    assert hub.one("SELECT count(*) FROM facts") == before


def test_a_till_moves_them_too_and_signs_for_it(hub: Stand, shopper: Shopper) -> None:
    order = over_sold(hub, shopper)
    door, problem = hub.doors[-1], problem_of(hub, order)

    answer = door.http.post(f"/api/till/problems/{problem}", json={"remedy": SEAT.format("sunday-pass")})

    left = answer.raise_for_status().json()
    assert left["problems"] == []
    assert hub.one("SELECT count(*) FROM orders WHERE order_number = %s AND status = 'completed'", left["made"]) == 1
    assert hub.one("SELECT resolved_by FROM exceptions WHERE id = %s", problem) == door.me.name
    assert hub.sql(TICKETS, order) == [("casino-workshop", "voided")]


def larger(hub: Stand, pool_id: str, more: int) -> dict[str, Any]:
    file = hub.one("SELECT file FROM events WHERE id = %s", EVENT)
    pools = [{**pool, "capacity": pool["capacity"] + more} if pool["id"] == pool_id else pool for pool in file["pools"]]
    return {**file, "pools": pools}


def problems_at(door: Door) -> list[dict[str, Any]]:
    answer: dict[str, Any] = door.http.get("/api/till/problems").raise_for_status().json()
    return list(answer["problems"])


def tag_at(door: Door) -> str:
    return str(door.feed()["problems_tag"])


def test_a_till_reads_what_concerns_it_and_its_orders_and_no_others(hub: Stand, shopper: Shopper) -> None:
    order = over_sold(hub, shopper)
    mine, other = hub.doors[-1], hub.door()

    (problem,) = problems_at(mine)

    assert problem["id"] == problem_of(hub, order)
    assert (problem["title"], problem["affects"]) == (
        "A till sold more than it had",
        f"A customer at {mine.me.name} who left no name",
    )
    names = [(remedy["name"].partition(":")[0], remedy["at_till"]) for remedy in problem["remedies"]]
    others = [("raise_capacity", False), ("refund_last_sold", False), ("seen", False)]
    assert list(dict.fromkeys(names)) == [("seat_elsewhere", True), *others]
    assert problems_at(other) == []


def test_a_till_is_told_problems_in_every_language_that_it_speaks(hub: Stand, shopper: Shopper) -> None:
    over_sold(hub, shopper)

    (problem,) = problems_at(hub.doors[-1])

    spanish = problem["spoken"]["es"]
    told = ("title", "detail", "safe", "affects")
    assert [each for each in told if problem[each] and spanish[each] == problem[each]] == []
    assert [each["name"] for each in spanish["remedies"]] == [each["name"] for each in problem["remedies"]]
    pairs = zip(spanish["remedies"], problem["remedies"], strict=True)
    assert [theirs["label"] for mine, theirs in pairs if mine["label"] == theirs["label"]] == []


def test_where_the_house_says_so_a_till_reads_all(hub: Stand, shopper: Shopper) -> None:
    over_sold(hub, shopper)
    device = hub.device(hub.door())
    all_see = replace(hub.hub, settings=hub.hub.settings.model_copy(update={"tills_see_all_problems": True}))

    with hub.database.transaction() as connection:
        seen = problems_of(all_see, connection, device), problems_of(hub.hub, connection, device)

    assert (len(seen[0]) > 0, len(seen[1])) == (True, 0)


def test_the_feed_says_when_problems_of_a_till_have_changed_and_when_they_have_not(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    order = over_sold(hub, shopper)
    door, other = hub.doors[-1], hub.door()
    before, others = tag_at(door), tag_at(other)

    office.resolve(problem_of(hub, order), "seen")

    assert tag_at(door) != before
    assert tag_at(other) == others
    assert problems_at(door) == []


def test_a_till_may_not_decide_what_is_an_organizers(hub: Stand, shopper: Shopper) -> None:
    problem = problem_of(hub, over_sold(hub, shopper))

    refused = hub.doors[-1].http.post(f"/api/till/problems/{problem}", json={"remedy": "seen"})

    assert (refused.status_code, how_it_ended(hub, problem)) == (409, None)
    assert "An organizer decides this" in refused.json()["error"]


def test_what_a_till_may_decide_is_a_fact_with_its_name_and_once(hub: Stand, office: Office) -> None:
    door = hub.door()
    assert door.push(door.cash_sale(("friday-pass", 1))).status_code == 200
    (problem,) = problems_at(door)

    answers = [door.http.post(f"/api/till/problems/{problem['id']}", json={"remedy": "seen"}) for _ in range(2)]

    assert [(each.status_code, each.json()["problems"]) for each in answers] == [(200, []), (200, [])]
    facts = "SELECT payload ->> 'by' FROM facts WHERE kind = 'exception_resolved' AND payload ->> 'exception_id' = %s"
    assert hub.sql(facts, problem["id"]) == [(door.me.name,)]
    assert f"{door.me.name}, " in card_of(office.page("/exceptions?done=true"), problem["order_number"])


def test_a_till_can_not_touch_problems_of_others(hub: Stand) -> None:
    door, other = hub.door(), hub.door()
    assert door.push(door.cash_sale(("friday-pass", 1))).status_code == 200
    (problem,) = problems_at(door)

    other.http.post(f"/api/till/problems/{problem['id']}", json={"remedy": "seen"}).raise_for_status()

    assert how_it_ended(hub, problem["id"]) is None
