"""Events of other programs at the same account: whatever id is missing, odd or another's, nothing of ours moves."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from copy import deepcopy
from typing import Any

import pytest

from boxoffice.core.errors import TryAgainLater
from sync.app import _others, _refunders, _sessions
from sync.payments.checkouts import Checkouts
from sync.payments.ours import reference_of
from sync.payments.provider_events import EventWork
from sync.payments.reconciling import reconcile
from sync.payments.refunds import Refunds
from sync.payments.webhooks import work_on_event
from sync.ports import ProviderList
from sync.providers.documents import id_in
from sync.providers.events import READERS
from sync.store.chain import new_id
from tests.integration.sync.door import Door
from tests.integration.sync.house import House, settled
from tests.integration.sync.provider_paths import PATHS

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

PLAYED = (
    *("refund asks and succeeds", "refund fails days later", "refunded in the dashboard", "expired"),
    *("held and paid", "held and refused", "declined and paid", "dispute won, then lost", "refunded, then disputed"),
    *("PayPal: refunded", "PayPal: refund fails", "PayPal: eCheck bounces", "PayPal: dispute lost"),
    *("PayPal: reversed without a dispute", "payout fails, and is paid out again"),
)
NEVER_SENT = {
    "payment_intent.canceled",
    "charge.captured",
    "payout.updated",
    "payout.canceled",
    "PAYMENT.CAPTURE.DECLINED",
}
"""Kinds that the hub handles and that nothing here brings about."""
ODD: tuple[Any, ...] = (None, "", "None", "null", " ", 0, 17, {}, [], {"id": None}, "x" * 300, "\0")
OWN_IDS = (("id",), ("dispute_id",))
IDS = frozenset({"id", "payment_intent", "charge", "latest_charge", "source", "href", "custom", "invoice_number"})
# Without the alerts, which come and go by themselves.
SNAPSHOT = """
    SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
        SELECT o::text AS row FROM orders o
        UNION ALL SELECT p::text FROM payments p
        UNION ALL SELECT r::text FROM refunds r
        UNION ALL SELECT d::text FROM disputes d
        UNION ALL SELECT t::text FROM tickets t
        UNION ALL SELECT x::text FROM exceptions x WHERE x.order_id IS NOT NULL OR x.kind = 'payout_failed'
        UNION ALL SELECT f.id FROM facts f
        WHERE f.kind <> 'exception_raised' OR f.payload ->> 'order_id' IS NOT NULL
        UNION ALL SELECT c.tender_id || c.status FROM checkouts c
        UNION ALL SELECT m.id FROM mails m
    ) rows
"""
Event = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def work(house: House) -> EventWork:
    settings, providers = house.hub.settings, house.fees.treasuries
    paypal: Any = providers["paypal"]
    paypal = paypal.paypal
    checkouts = Checkouts(house.hub, _sessions(settings), _others(settings, paypal))
    return EventWork(house.hub, checkouts, Refunds(house.hub, _refunders(settings, paypal)), house.fees, READERS)


@pytest.fixture(scope="module")
def events(house: House) -> list[Event]:
    """Every event that the sandbox sent about what was bought here, besides a sale for cash that has no provider."""
    door = Door.pair(house.stack.addresses.hub_url, house.stack.pairing_code())
    with closing(door.http):
        door.lease({"friday": 1, "saturday": 1, "sunday": 1})
        assert door.push(door.cash_sale()).status_code == 200
    for path in PLAYED:
        for step in PATHS[path]:
            step(house)
            assert (why := settled(house)) is None, f"{path}: {why}"
    rows = house.sql(
        "SELECT provider, event_type, payload FROM payment_events WHERE status <> 'ignored' OR order_id IS NULL"
    )
    newest = {(provider, kind): payload for provider, kind, payload in rows}
    return [(provider, kind, payload) for (provider, kind), payload in sorted(newest.items())]


def test_all_kinds_that_the_hub_handles_were_sent(events: list[Event]) -> None:
    handled = READERS["stripe"].handled | READERS["paypal"].handled

    assert handled - {kind for _, kind, _ in events} == NEVER_SENT


def test_an_event_without_any_id_of_ours_changes_nothing(house: House, work: EventWork, events: list[Event]) -> None:
    for provider, kind, payload in events:
        for odd in (*ODD, "pi_of_another_program"):
            changed = list(id_paths(payload))
            assert_nothing_moves(house, work, provider, kind, replaced(payload, changed, always(odd)))


def test_an_event_whose_ids_are_all_anothers_changes_nothing(
    house: House, work: EventWork, events: list[Event]
) -> None:
    for provider, kind, payload in events:
        theirs = replaced(payload, list(id_paths(payload)), lambda value: f"{str(value)[:3]}{new_id()}")
        assert_nothing_moves(house, work, provider, kind, theirs)


def test_an_event_of_ours_with_one_id_missing_or_odd_changes_nothing_more(
    house: House,
    work: EventWork,
    events: list[Event],
) -> None:
    for provider, kind, payload in events:
        for path in id_paths(payload):
            # With another id of its own, it would be another refund or dispute of the same payment of ours.
            others = () if path in OWN_IDS else ("None", "pi_of_another_program")
            for odd in (None, 17, *others):
                assert_nothing_moves(house, work, provider, kind, replaced(payload, [path], always(odd)))


@pytest.mark.parametrize("value", [*(each for each in ODD if each is not None), None])
def test_what_is_no_id_is_never_a_reference(value: object) -> None:
    assert (reference_of(value) is None) is (value not in ("None", "null"))
    assert id_in({"a": {"b": value}}, "a", "b", "c") is None


def assert_nothing_moves(house: House, work: EventWork, provider: str, kind: str, payload: Mapping[str, Any]) -> None:
    before = house.one(SNAPSHOT)
    row = insert(house, provider, kind, payload)
    with suppress(TryAgainLater):  # it may wait for a payment of ours that it names
        work_on_event(work, row)
    assert house.one(SNAPSHOT) == before, f"{kind}: {json.dumps(payload)}"


def insert(house: House, provider: str, kind: str, payload: Mapping[str, Any]) -> int:
    text = json.dumps(payload).replace("\\u0000", "")
    query = """
        INSERT INTO payment_events (provider, event_id, event_type, payload, status)
        VALUES (%s, %s, %s, %s::jsonb, 'received') RETURNING id
    """
    with house.stack.database.transaction() as connection:
        return int(connection.exec_driver_sql(query, (provider, new_id(), kind, text)).scalar_one())


def always(odd: object) -> Callable[[Any], Any]:
    return lambda _: odd


def id_paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yields where ids stand in an event's object: everything in its metadata, and what is named like one."""
    if not path:
        document = document.get("data", {}).get("object") or document["resource"]
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in items:
        here = (*path, name)
        is_id = name in IDS or (isinstance(name, str) and name.endswith("_id")) or "metadata" in path
        if isinstance(value, dict | list):
            yield from id_paths(value, here)
        elif is_id and value is not None:
            yield here


def replaced(payload: Mapping[str, Any], paths: list[tuple[Any, ...]], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Returns the event with other values at these places of its object."""
    found = deepcopy(dict(payload))
    thing = found["data"]["object"] if "data" in found else found["resource"]
    for path in paths:
        node = thing
        for name in path[:-1]:
            node = node[name]
        node[path[-1]] = change(node[path[-1]])
    return found


def test_a_payout_of_another_account_is_ignored_and_named_when_lists_are_compared(
    house: House, work: EventWork
) -> None:
    row = insert(house, "stripe", "payout.paid", {"data": {"object": {"id": "po_of_another_account"}}})
    reader = READERS["stripe"]

    work_on_event(work, row)
    compared = reconcile(house.stack.database, "Stripe", _Nothing(), int(time.time()) - 60, reader.payouts)

    assert house.one("SELECT status FROM payment_events WHERE id = %s", row) == "ignored"
    assert house.one("SELECT count(*) FROM payouts WHERE reference = 'po_of_another_account'") == 0
    assert "po_of_another_account" in compared.payouts
    assert "payouts told of that this account does not have" in str(compared)


class _Nothing:
    """A provider's list with nothing on it."""

    def payments(self, at: int) -> ProviderList:  # as the port has it
        return ProviderList(())
