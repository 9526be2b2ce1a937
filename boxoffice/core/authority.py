"""Who may write which kind of fact, and about whose order, lease, drawer and event: one table, and its one reader.

A signature proves who wrote a fact, never that it was theirs to say. The hub asks here before it applies anything, and
`verify` asks again of all that was applied.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from boxoffice.core.door_orders import adds_up, is_sold
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.facts import Fact, payload_text
from boxoffice.core.gift_card_authority import own_card, own_cards_back, own_cash_out, own_grant
from boxoffice.core.known import Known
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.cash import CashMoved, ShiftClosed
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.payloads.orders import LinePart, OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.tickets import TicketReissued, TicketsIssued, TicketVoided
from boxoffice.core.payment_authority import own_attempt, own_capture
from boxoffice.core.reduced_orders import untrue_reductions
from boxoffice.core.refund_authority import own_refund
from boxoffice.core.stored_value import cards_fit
from boxoffice.core.writers import (
    Role,
    Rule,
    Writer,
    in_its_currency,
    names_too_long,
    of_an_event,
    own_drawer,
    own_order,
)

_REFUNDED: Final = frozenset({"refunded", "partially_refunded"})


def _never(writer: Writer, fact: Fact, _payload: Any, _known: Known) -> Iterator[str]:
    others = "hub" if writer.role is Role.TILL else "till"
    yield f"only a {others} says so"


def _any(_writer: Writer, _fact: Fact, _payload: Any, _known: Known) -> Iterator[str]:
    yield from ()


def _new_order(writer: Writer, fact: Fact, p: OrderPlaced, known: Known) -> Iterator[str]:
    event = known.events.get(fact.event_id or "")
    if event is None:
        yield "there is no such event"
    elif p.currency != event.currency:
        yield f"the event sells in {event.currency}"
    elif not is_sold(event, p):
        yield "its lines and units are those of no revision of the event"
    if not Channel(p.channel).is_at_a_till or p.source != "lease":
        yield "a till sells at the door or as a kiosk, from its own lease"
    if not p.order_number.startswith(f"{writer.code}-") or len(p.order_number) > len(writer.code) + 20:
        yield "the order's number is not one of this till's"
    if known.numbers.get(p.order_number, p.order_id) != p.order_id:
        yield "the order's number is another order's"
    if p.order_id in known.orders and known.orders[p.order_id].placed_by != writer.id:
        yield "the order is another device's"
    if not adds_up(p):
        yield "its lines don't add up"
    if not cards_fit(p):
        yield "its gift cards are not those that its lines sell"
    yield from untrue_reductions(p)
    yield from names_too_long(p.order_id)


def _own_move(writer: Writer, fact: Fact, p: OrderStateChanged, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    if not _REFUNDED.isdisjoint((p.start, p.to)):
        yield "only the hub says that an order is refunded, or is no more"


def _own_tickets(writer: Writer, fact: Fact, p: TicketsIssued, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    if any(known.tickets.get(ticket.ticket_id, p.order_id) != p.order_id for ticket in p.tickets):
        yield "a ticket is another order's"
    order = known.orders.get(p.order_id)
    if order is not None and Counter((t.line, t.product_id) for t in p.tickets) != _tickets_of(order.lines):
        yield "the tickets are not those of the order"
    yield from names_too_long(*(ticket.ticket_id for ticket in p.tickets))


def _own_void(writer: Writer, fact: Fact, p: TicketVoided, known: Known) -> Iterator[str]:
    """What comes free by it, the hub says: a till can't know what any counter has as sold."""
    yield from own_order(writer, fact, p, known)
    if known.tickets.get(p.ticket_id, p.order_id) != p.order_id:
        yield "the ticket is another order's"
    if p.units or p.by:
        yield "only the hub says what can be sold again"


def _own_reissue(writer: Writer, fact: Fact, p: TicketReissued, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    if {known.tickets.get(each, p.order_id) for each in (p.ticket_id, p.ticket.ticket_id)} != {p.order_id}:
        yield "a ticket is another order's"
    if p.by or p.asked_by:
        yield "what a till does by itself it asks nobody for"
    yield from names_too_long(p.ticket.ticket_id)


def _tickets_of(lines: tuple[LinePart, ...]) -> Counter[tuple[int, str]]:
    return Counter({(i, line.product_id): line.quantity for i, line in enumerate(lines) if line.kind == "ticket"})


def _own_scan(writer: Writer, fact: Fact, p: TicketScanned, known: Known) -> Iterator[str]:
    """Any till may scan any ticket; whose scan it undoes, the books know."""
    yield from of_an_event(writer, fact, p, known)
    yield from names_too_long(p.scan_id, p.ticket_id or "", p.zone, p.gate, p.day)
    if not _is_moment(p.day, p.clock):
        yield "it has no day, or no time"
    if p.ticket_id is None and (p.outcome == "admitted" or p.is_undo):
        yield "it is of no ticket"


def _is_moment(day: str, clock: str) -> bool:
    try:
        date.fromisoformat(day), time.fromisoformat(clock)
    except ValueError:
        return False
    return True


def _own_shift(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    yield from own_drawer(writer, fact, p, known)
    yield from in_its_currency(fact, p, known)
    if isinstance(p, ShiftClosed) and p.to_safe > p.counted:
        yield "more goes to the safe than was counted"
    yield from names_too_long(p.shift_id)


def _own_cash(writer: Writer, fact: Fact, p: CashMoved, known: Known) -> Iterator[str]:
    yield from own_drawer(writer, fact, p, known)
    yield from in_its_currency(fact, p, known)
    if p.move is not None and p.amount <= 0:
        yield "it moves nothing"
    yield from names_too_long(p.carrier or "")


def _own_lease(_writer: Writer, fact: Fact, p: LeaseReturned, known: Known) -> Iterator[str]:
    event = known.events.get(fact.event_id or "")
    if event is None or p.pool_id not in event.pools:
        yield "there is no such pool"
    if not 0 < p.units < 2**31:
        yield "it gives nothing back"


@dataclass(frozen=True, slots=True)
class May:
    """Who may write a kind, and under which rule."""

    till: Rule
    hub: Rule


MAY: Final[Mapping[FactKind, May]] = {
    FactKind.ORDER_PLACED: May(till=_new_order, hub=_any),
    FactKind.ORDER_STATE_CHANGED: May(till=_own_move, hub=_any),
    FactKind.ORDER_COLLECTED: May(till=of_an_event, hub=_never),
    FactKind.PAYMENT_STARTED: May(till=own_attempt, hub=_any),
    FactKind.PAYMENT_CAPTURED: May(till=own_capture, hub=_any),
    FactKind.PAYMENT_FAILED: May(till=own_attempt, hub=_any),
    FactKind.PAYMENT_UNKNOWN: May(till=own_attempt, hub=_any),
    FactKind.TICKETS_ISSUED: May(till=_own_tickets, hub=_any),
    FactKind.TICKET_VOIDED: May(till=_own_void, hub=_any),
    FactKind.TICKET_REISSUED: May(till=_own_reissue, hub=_any),
    FactKind.UNITS_FREED: May(till=_never, hub=_any),
    FactKind.TICKET_SCANNED: May(till=_own_scan, hub=_never),
    FactKind.REFUND_REQUESTED: May(till=own_refund, hub=_any),
    FactKind.REFUND_PENDING: May(till=_never, hub=_any),
    FactKind.REFUND_SUCCEEDED: May(till=own_refund, hub=_any),
    FactKind.REFUND_FAILED: May(till=own_refund, hub=_any),
    FactKind.DISPUTE_CHANGED: May(till=_never, hub=_any),
    FactKind.DISPUTE_ANSWERED: May(till=_never, hub=_any),
    FactKind.SHIFT_OPENED: May(till=_own_shift, hub=_never),
    FactKind.CASH_MOVED: May(till=_own_cash, hub=_never),
    FactKind.CASH_COUNTED: May(till=_own_shift, hub=_never),
    FactKind.DRAWER_OPENED: May(till=_own_shift, hub=_never),
    FactKind.SHIFT_HANDED_OVER: May(till=_own_shift, hub=_never),
    FactKind.SHIFT_CLOSED: May(till=_own_shift, hub=_never),
    FactKind.GIFT_CARD_ISSUED: May(till=own_card, hub=_any),
    FactKind.GIFT_CARD_TAKEN_BACK: May(till=own_cards_back, hub=_any),
    FactKind.GIFT_CARD_CASHED_OUT: May(till=own_cash_out, hub=_never),
    FactKind.GIFT_CARD_BLOCKED: May(till=_never, hub=_any),
    FactKind.GIFT_CARD_WRITTEN_OFF: May(till=_never, hub=_any),
    FactKind.VALUE_LEASED: May(till=_never, hub=_any),
    FactKind.VALUE_RECALLED: May(till=_never, hub=_any),
    FactKind.VALUE_RETURNED: May(till=own_grant, hub=_never),
    FactKind.VALUE_RECLAIMED: May(till=_never, hub=_any),
    FactKind.LEASE_GRANTED: May(till=_never, hub=_any),
    FactKind.LEASE_RETURNED: May(till=_own_lease, hub=_never),
    FactKind.LEASE_RECLAIMED: May(till=_never, hub=_any),
    FactKind.CATALOGUE_REVISED: May(till=_never, hub=_any),
    FactKind.STAFF_CHANGED: May(till=_never, hub=_any),
    FactKind.PREFLIGHT_DONE: May(till=of_an_event, hub=_never),
    FactKind.OFFER_PAID: May(till=_never, hub=_any),
    FactKind.OFFER_SETTLED: May(till=_never, hub=_any),
    FactKind.FEE_RECORDED: May(till=_never, hub=_any),
    FactKind.PAYOUT_RECORDED: May(till=_never, hub=_any),
    FactKind.STRAY_DECIDED: May(till=_never, hub=_any),
    FactKind.RETURN_FILED: May(till=_never, hub=_any),
    FactKind.EXCEPTION_RAISED: May(till=_never, hub=_any),
    FactKind.EXCEPTION_RESOLVED: May(till=_never, hub=_any),
}
"""Every kind has a row: what is not here, nobody may write."""


def why_not(writer: Writer, fact: Fact, known: Known) -> str | None:
    """Returns why the fact is not its writer's to say, or None if it is.

    Whether it fits what was there before is for the books.
    """
    row = MAY[fact.kind]
    rule = row.till if writer.role is Role.TILL else row.hub
    if rule is _any or rule is _never:
        return next(rule(writer, fact, None, known), None)
    try:
        payload = read_exactly(fact)
    except ValueError:
        return "it does not say what such a fact says"
    return next(rule(writer, fact, payload, known), None)


def read_exactly(fact: Fact) -> Payload:
    """Returns the payload by its kind's own type, taking nothing for what it is not (no “5” for a 5).

    Raises:
        pydantic.ValidationError: a ValueError, if it is not exactly of that type.
    """
    return PAYLOADS[fact.kind].model_validate_json(payload_text(fact), strict=True)
