"""What the facts of an order and its tickets do: its rows, and the units that it holds, sells and gives back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.effect_kinds import Effect, Job, Task
from boxoffice.core.facts import Fact
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import PoolMove, UnitMove
from boxoffice.core.orders import Channel, OrderState, check_move
from boxoffice.core.payloads.orders import OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.payloads.tickets import TicketsIssued, TicketVoided, UnitsFreed
from boxoffice.core.rows import OrderItemRow, OrderRow, Projections, TicketRow, TicketStatus, Voided
from boxoffice.core.sales import earned_of


def order_placed(before: Projections, fact: Fact, p: OrderPlaced) -> Iterator[Effect]:
    if p.order_id in before.orders:
        raise ValueError(f"order {p.order_id} was placed before")
    event, channel = fact.event_id or "", Channel(p.channel)
    yield p
    yield OrderRow(p.order_id, p.order_number, event, channel, OrderState.PENDING, p.total, p.currency, fact.device_id)
    for i, line in enumerate(p.lines):
        kind = ProductKind(line.kind)
        yield OrderItemRow(
            p.order_id, i, kind, line.product_id, line.name, line.quantity, line.unit_price, line.subtotal
        )
    yield from _units(_HOLD, event, fact.device_id, p)


def order_moved(before: Projections, _fact: Fact, p: OrderStateChanged) -> Iterator[Effect]:
    order, start, to = before.orders[p.order_id], OrderState(p.start), OrderState(p.to)
    if order.status is not start:
        raise ValueError(f"order {p.order_id} is {order.status.value}, not {p.start}")
    check_move(OrderId(p.order_id), start, to)
    yield replace(order, status=to)
    if OrderState.FAILED in (start, to):
        yield from _units(_RELEASE if to is OrderState.FAILED else _HOLD, *_where(before, order))


def tickets_issued(before: Projections, _fact: Fact, p: TicketsIssued) -> Iterator[Effect]:
    placed = before.placed[p.order_id]
    if p.order_id in before.issued:
        raise ValueError(f"the tickets of order {p.order_id} were issued before")
    order = before.orders[p.order_id]
    if order.status is not OrderState.COMPLETED:  # it is the end of an order, whose units are held until then
        raise ValueError(f"order {p.order_id} is {order.status.value}: its tickets come when it is completed")
    if (p.total, p.earned) != (placed.total, earned_of(placed)):
        raise ValueError(f"what was earned is not what order {p.order_id} costs")
    yield p
    ids = [ticket.ticket_id for ticket in p.tickets]
    for ticket in p.tickets:
        if ticket.ticket_id in before.tickets or ids.count(ticket.ticket_id) > 1:
            raise ValueError(f"ticket {ticket.ticket_id} was issued before")
        yield TicketRow(ticket.ticket_id, p.order_id, ticket.product_id, TicketStatus.VALID)
    yield from _units(_SELL, *_where(before, order))
    if placed.channel == "web":
        yield Job(Task.MAIL_TICKETS, p.order_id)


def ticket_voided(before: Projections, fact: Fact, p: TicketVoided) -> Iterator[Effect]:
    yield replace(before.tickets[p.ticket_id], status=TicketStatus.VOIDED)
    yield Voided(p.ticket_id, fact.occurred_at)
    yield from units_back(fact, p)


def units_freed(before: Projections, fact: Fact, p: UnitsFreed) -> Iterator[Effect]:
    if p.order_id not in before.issued:
        raise ValueError(f"order {p.order_id} has sold nothing")
    yield from units_back(fact, p)


_HOLD: Final = {"pool": PoolMove.HOLD, "lease": PoolMove.HOLD_LEASED}


_RELEASE: Final = {"pool": PoolMove.RELEASE, "lease": PoolMove.RELEASE_LEASED}


_SELL: Final = {"pool": PoolMove.SELL_HELD, "lease": PoolMove.SELL_LEASED}


def _where(before: Projections, order: OrderRow) -> tuple[str, str, OrderPlaced]:
    return order.event_id, order.placed_by, before.placed[order.id]


def _units(how: Mapping[str, PoolMove], event: str, device: str, placed: OrderPlaced) -> Iterator[Effect]:
    """Moves what an order takes: of its till's lease, or of the pool itself."""
    till = device if placed.source == "lease" else None
    for pool, units in sorted(placed.units.items()):
        if units > 0:
            yield UnitMove(how[placed.source], event, pool, units, till, placed.order_id, placed.generations.get(pool))


def units_back(fact: Fact, p: TicketVoided | RefundRequested | UnitsFreed) -> Iterator[Effect]:
    for pool, units in sorted(p.units.items()):
        if units > 0:
            yield UnitMove(PoolMove.VOID, fact.event_id or "", pool, units, None, p.order_id)
