"""Who must hear of a fact: the till that made its order, whose lease it is about, or all of them."""

from collections.abc import Iterator
from typing import Any

from boxoffice.core.effect_kinds import Announcement, Effect, FeedKind
from boxoffice.core.facts import Fact
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.stored_value import ValueLeased, ValueRecalled, ValueReclaimed
from boxoffice.core.rows import Projections


def orders_till(before: Projections, fact: Fact, p: Any) -> Iterator[Effect]:
    """The till that made an order hears of whatever others write about it."""
    order = before.orders.get(p.order_id)
    if order is not None and order.channel.is_at_a_till and order.placed_by != fact.device_id:
        yield Announcement(FeedKind.FACT, fact.event_id, order.placed_by, fact.id)


def tickets_till(before: Projections, fact: Fact, p: TicketScanned) -> Iterator[Effect]:
    """The till that sold a ticket hears of its scans; all others hear of them with its order."""
    ticket = before.tickets.get(p.ticket_id or "")
    order = None if ticket is None else before.orders.get(ticket.order_id)
    if order is not None and order.channel.is_at_a_till and order.placed_by != fact.device_id:
        yield Announcement(FeedKind.FACT, fact.event_id, order.placed_by, fact.id)


def granted_to(_before: Projections, fact: Fact, p: LeaseGranted | ValueLeased) -> Iterator[Effect]:
    yield Announcement(FeedKind.FACT, fact.event_id, p.to_device, fact.id)


def taken_from(
    _before: Projections, fact: Fact, p: LeaseReclaimed | ValueRecalled | ValueReclaimed
) -> Iterator[Effect]:
    yield Announcement(FeedKind.FACT, fact.event_id, p.from_device, fact.id)


def every_till(_before: Projections, fact: Fact, _payload: Any) -> Iterator[Effect]:
    yield Announcement(FeedKind.FACT, None, None, fact.id)


def all_tills(_before: Projections, fact: Fact, _payload: Any) -> Iterator[Effect]:
    yield Announcement(FeedKind.EVENT, fact.event_id)
    yield Announcement(FeedKind.POOLS, fact.event_id)
