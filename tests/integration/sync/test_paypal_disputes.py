"""Cases at PayPal: one row a case, whichever of its events come, and in whatever order."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from boxoffice.core.payloads.payments import PaymentCaptured
from sync.ledger.verify import verify
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

ROWS = "SELECT d.status, d.withdrawn, d.lost FROM disputes d WHERE d.payment_id = %s ORDER BY d.id"
ACCOUNT = """
    SELECT coalesce(sum(l.amount), 0)::int FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE l.account = %s AND f.payload ->> 'tender_id' = %s
"""
OPEN = """
    SELECT x.kind FROM exceptions x JOIN disputes d ON d.id = x.subject_id
    WHERE d.payment_id = %s AND x.status = 'open' ORDER BY x.kind
"""
PRICE = 6500
Event = tuple[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def order(shopper: Shopper) -> str:
    return str(shopper.buy("friday-pass").json()["orderId"])


def paid(hub: Stand, order: str, capture: str | None = None) -> tuple[str, str]:
    """Pays something of an order with PayPal; returns the tender and the capture."""
    tender, capture = new_id(), capture or f"CAP-{new_id()}"
    money = PaymentCaptured(
        order_id=order, tender_id=tender, tender="paypal", amount=PRICE, currency="USD", provider_reference=capture
    )
    with hub.database.transaction() as connection:
        hub.hub.write(connection, [money], EVENT)
    return tender, capture


def at(minute: int) -> str:
    return f"2026-11-29T12:{minute:02}:00Z"


def case(capture: str, kind: str, status: str, minute: int, *, opened: int = 0, **more: Any) -> Event:
    about = {
        "dispute_id": f"PP-D-{capture}-{opened}",
        "create_time": at(opened),
        "update_time": at(minute),
        "status": status,
        "reason": "UNAUTHORISED",
        "dispute_amount": {"currency_code": "USD", "value": "65.00"},
        "disputed_transactions": [{"seller_transaction_id": capture}],
        **more,
    }
    return f"CUSTOMER.DISPUTE.{kind}", about


def resolved(capture: str, outcome: str, *, opened: int = 0) -> Event:
    return case(capture, "RESOLVED", "RESOLVED", 9, opened=opened, dispute_outcome={"outcome_code": outcome})


def reversed_(capture: str, minute: int = 8) -> Event:
    about = {
        "id": f"REV-{capture}-{minute}",
        "status": "COMPLETED",
        "create_time": at(minute),
        "amount": {"currency_code": "USD", "value": "65.00"},
        "links": [{"rel": "up", "href": f"https://api-m.paypal.com/v2/payments/captures/{capture}"}],
    }
    return "PAYMENT.CAPTURE.REVERSED", about


def send(hub: Stand, events: Sequence[Event]) -> None:
    for kind, resource in events:
        hub.hear("paypal", kind, {"id": new_id(), "event_type": kind, "resource": resource})


def arrangements(events: Sequence[Event], needed: int) -> Iterator[tuple[Event, ...]]:
    """Yields every order of every choice of the events that has the last `needed` ones, and each with doubles."""
    optional, always = events[:-needed], events[-needed:]
    for count in range(len(optional) + 1):
        for some in itertools.combinations(optional, count):
            for order in itertools.permutations((*some, *always)):
                yield order
                yield tuple(event for event in order for _ in range(2))


def test_one_lost_case_is_one_row_whichever_of_its_events_come_and_in_whatever_order(hub: Stand, order: str) -> None:
    count = len(list(arrangements(("created", "updated", "reversed", "resolved"), 2)))  # type: ignore[arg-type]  # only counted
    for number in range(count):
        tender, capture = paid(hub, order)
        events = [
            case(capture, "CREATED", "OPEN", 1),
            case(capture, "UPDATED", "UNDER_REVIEW", 5),
            reversed_(capture),
            resolved(capture, "RESOLVED_BUYER_FAVOUR"),
        ]

        send(hub, next(itertools.islice(arrangements(events, 2), number, None)))

        assert hub.sql(ROWS, tender) == [("lost", PRICE, PRICE)], number
        assert [hub.one(ACCOUNT, name, tender) for name in ("paypal", "disputes", "losses")] == [0, 0, PRICE]
        assert hub.sql(OPEN, tender) == [("dispute_lost",)], number


@pytest.mark.parametrize("outcome", ["RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED"])
def test_one_won_case_is_one_row_and_takes_nothing(hub: Stand, order: str, outcome: str) -> None:
    for number in range(16):
        tender, capture = paid(hub, order)
        events = [
            case(capture, "CREATED", "OPEN", 1),
            case(capture, "UPDATED", "UNDER_REVIEW", 5),
            resolved(capture, outcome),
        ]

        send(hub, next(itertools.islice(arrangements(events, 1), number, None)))

        assert hub.sql(ROWS, tender) == [("won", 0, 0)], number
        assert hub.one(ACCOUNT, "paypal", tender) == PRICE


def test_a_case_that_was_opened_after_a_reversal_is_another_one(hub: Stand, order: str) -> None:
    tender, capture = paid(hub, order)
    send(hub, [reversed_(capture, 2)])

    send(hub, [case(capture, "CREATED", "OPEN", 5, opened=4), resolved(capture, "RESOLVED_SELLER_FAVOUR", opened=4)])

    assert sorted(hub.sql(ROWS, tender)) == [("lost", PRICE, PRICE), ("won", 0, 0)]


def test_the_page_names_a_case_by_all_that_paypal_calls_it(hub: Stand, order: str, office: Office) -> None:
    _, capture = paid(hub, order)
    send(hub, [reversed_(capture), resolved(capture, "ACCEPTED")])

    page = office.page(f"/orders/{order}")

    assert f"REV-{capture}-8 · PP-D-{capture}-0" in page
