"""The inbox: each problem says what happened, whom it hits and what each remedy will do, and what stood against it."""

from collections.abc import Iterator

import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads import OrderPlaced
from boxoffice.core.sales import changed
from sync.ledger.verify import verify
from sync.operations.exceptions import REMEDIES, Inbox
from sync.organizers.organizers import names_of
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
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

    assert "Paid after the time to pay was over" in card
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
