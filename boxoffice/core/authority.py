"""Who may write which kind of fact, and about whose order, lease, drawer and event: one table, and its one reader.

A signature proves who wrote a fact, never that it was theirs to say. The hub asks here before it applies anything, and
`verify` asks again of all that was applied.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.cash_rounding import STEPS
from boxoffice.core.door_orders import adds_up, is_sold
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.facts import Fact, payload_text
from boxoffice.core.ids import EventId
from boxoffice.core.known import Known, KnownRefund
from boxoffice.core.offers import BadPaidCode, decode_paid
from boxoffice.core.payloads.cash import CashMoved, ShiftClosed
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.payloads.orders import LinePart, OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.stored_value import GiftCardCashedOut, GiftCardIssued
from boxoffice.core.payloads.tickets import TicketReissued, TicketsIssued, TicketVoided
from boxoffice.core.reduced_orders import untrue_reductions
from boxoffice.core.stored_value import cards_fit
from boxoffice.core.tenders import BACK_AT_TILL, Back, Taken, names_where, tender_of


class Role(Enum):
    """What a device is."""

    TILL = "till"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Writer:
    """A device that signs facts. A till's `name` is also its drawer's, its `code` opens its order numbers."""

    id: str
    role: Role
    name: str = ""
    code: str = ""


Rule = Callable[[Writer, Fact, Any, Known], Iterator[str]]
"""Yields why a fact is not its writer's to say; nothing if it is."""

_LONGEST: Final = 200
"""Letters of an id or a provider's reference; an order number has far fewer."""
_BY_PHONE: Final = frozenset(names_where(lambda row: row.taken is Taken.PAGE))
"""One payment to the till, and the hub's to end: its customer may go on from the one to the other at the hub."""
_REFUNDED: Final = frozenset({"refunded", "partially_refunded"})


def _never(writer: Writer, fact: Fact, _payload: Any, _known: Known) -> Iterator[str]:
    others = "hub" if writer.role is Role.TILL else "till"
    yield f"only a {others} says so"


def _any(_writer: Writer, _fact: Fact, _payload: Any, _known: Known) -> Iterator[str]:
    yield from ()


def _of_an_event(_writer: Writer, fact: Fact, _payload: Any, known: Known) -> Iterator[str]:
    if fact.event_id not in known.events:
        yield "there is no such event"


def _new_order(writer: Writer, fact: Fact, p: OrderPlaced, known: Known) -> Iterator[str]:
    event = known.events.get(fact.event_id or "")
    if event is None:
        yield "there is no such event"
    elif p.currency != event.currency:
        yield f"the event sells in {event.currency}"
    elif not is_sold(event, p):
        yield "its lines and units are those of no revision of the event"
    if (p.channel, p.source) != ("door", "lease"):
        yield "a till sells at the door, from its own lease"
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
    yield from _short(p.order_id)


def _own_order(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    """An order that is not known at all is for the books to miss."""
    order = known.orders.get(p.order_id)
    if order is None:
        return
    if order.placed_by != writer.id:
        yield "the order is another device's"
    if fact.event_id != order.event_id:
        yield "the order is another event's"
    if getattr(p, "currency", order.currency) != order.currency:
        yield f"the order is in {order.currency}"


def _own_move(writer: Writer, fact: Fact, p: OrderStateChanged, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    if not _REFUNDED.isdisjoint((p.start, p.to)):
        yield "only the hub says that an order is refunded, or is no more"


def _own_attempt(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    if not tender_of(p.tender).is_begun_at_till:
        yield f"a till begins no payment by {p.tender}"
    yield from own_tender(p, known)


def _own_capture(writer: Writer, fact: Fact, p: PaymentCaptured, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    if p.amount < 0:
        yield "a payment takes nothing away"
    tender = tender_of(p.tender)
    if tender.taken is Taken.PAGE:
        yield from _proved(fact, p, known)
    if tender.taken is Taken.MOVED or p.refund_id is not None:
        yield from _moved(p, known, is_swap=tender.taken is Taken.MOVED)
    if tender.is_cash:
        yield from _own_drawer(writer, fact, p, known)
    yield from _off_a_card(writer, fact, p, known)
    yield from _rounded(p, is_cash=tender.is_cash)
    if tender.reasons and not (p.reason or "").strip():
        yield f"{p.tender} is given for a reason"
    yield from own_tender(p, known)


def _proved(fact: Fact, p: PaymentCaptured, known: Known) -> Iterator[str]:
    """Only the hub says that a page was paid; a till with no network holds its word, from the customer's phone."""
    key = known.keys.get(fact.event_id or "")
    if p.paid_code is None or key is None:
        yield "only the hub says that a payment by phone is paid"
        return
    try:
        paid = decode_paid(p.paid_code, EventId(fact.event_id or ""), Ed25519PublicKey.from_public_bytes(key))
    except BadPaidCode:
        yield "the code that says it was paid is not the hub's"
        return
    if (paid.order_id, paid.tender_id, paid.tender.value) != (p.order_id, p.tender_id, p.tender):
        yield "the code that says it was paid is about another payment"
    elif (paid.amount.minor, paid.amount.currency.code, paid.reference) != (p.amount, p.currency, p.provider_reference):
        yield "the code that says it was paid speaks of other money"


def _off_a_card(writer: Writer, fact: Fact, p: PaymentCaptured, known: Known) -> Iterator[str]:
    if tender_of(p.tender).taken is Taken.CARD_ON_HAND:
        yield from _own_grant(writer, fact, p, known)


def _moved(p: PaymentCaptured, known: Known, *, is_swap: bool) -> Iterator[str]:
    """What one order gave back into another pays there once, and no more than that."""
    moved = known.refunds.get(p.tender_id)
    if not is_swap or p.refund_id != p.tender_id or moved is None:
        yield "no refund has brought it"
    elif (moved.amount, moved.into, moved.has_ended) != (p.amount, p.order_id, True):
        yield "it is not what the other order gave back into this one"


def _rounded(p: PaymentCaptured, *, is_cash: bool) -> Iterator[str]:
    if (p.rounding or p.rounded_to) and not is_cash:
        yield "only cash is rounded"
    elif p.rounded_to not in (0, *STEPS) or not -p.amount <= p.rounding or abs(p.rounding) >= max(p.rounded_to, 1):
        yield "no rule rounds cash so"


def own_tender(p: Any, known: Known) -> Iterator[str]:
    before = known.tenders.get(p.tender_id)
    if before is not None and before.order_id != p.order_id:
        yield "the payment is another order's"
    elif before is not None and p.tender != before.tender and not {p.tender, before.tender} <= _BY_PHONE:
        yield f"the payment was begun as {before.tender}"
    reference = p.provider_reference
    is_on_reader = tender_of(p.tender).taken is Taken.READER and isinstance(p, PaymentCaptured)
    if is_on_reader and before is not None and before.is_paid and reference == before.reference:
        yield "the payment is in the books already"  # by the hub, or before this till lost its newest records
    if reference is not None and known.references.get(reference, p.tender_id) != p.tender_id:
        yield "the provider's reference is another payment's"
    yield from _short(p.tender_id, reference or "")


def _own_tickets(writer: Writer, fact: Fact, p: TicketsIssued, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    if any(known.tickets.get(ticket.ticket_id, p.order_id) != p.order_id for ticket in p.tickets):
        yield "a ticket is another order's"
    order = known.orders.get(p.order_id)
    if order is not None and Counter((t.line, t.product_id) for t in p.tickets) != _tickets_of(order.lines):
        yield "the tickets are not those of the order"
    yield from _short(*(ticket.ticket_id for ticket in p.tickets))


def _own_void(writer: Writer, fact: Fact, p: TicketVoided, known: Known) -> Iterator[str]:
    """What comes free by it, the hub says: a till can't know what any counter has as sold."""
    yield from _own_order(writer, fact, p, known)
    if known.tickets.get(p.ticket_id, p.order_id) != p.order_id:
        yield "the ticket is another order's"
    if p.units or p.by:
        yield "only the hub says what can be sold again"


def _own_reissue(writer: Writer, fact: Fact, p: TicketReissued, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    if {known.tickets.get(each, p.order_id) for each in (p.ticket_id, p.ticket.ticket_id)} != {p.order_id}:
        yield "a ticket is another order's"
    if p.by or p.asked_by:
        yield "what a till does by itself it asks nobody for"
    yield from _short(p.ticket.ticket_id)


def _tickets_of(lines: tuple[LinePart, ...]) -> Counter[tuple[int, str]]:
    return Counter({(i, line.product_id): line.quantity for i, line in enumerate(lines) if line.kind == "ticket"})


def _own_scan(writer: Writer, fact: Fact, p: TicketScanned, known: Known) -> Iterator[str]:
    """Any till may scan any ticket; whose scan it undoes, the books know."""
    yield from _of_an_event(writer, fact, p, known)
    yield from _short(p.scan_id, p.ticket_id or "", p.zone, p.gate, p.day)
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


def _own_refund(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    """Cash goes back from the drawer that took it; all other money goes back through the hub, and so do things.

    The hub may be asked for it where the order came to nothing. What was no money falls with such an order.
    """
    yield from _own_order(writer, fact, p, known)
    paid, order = known.tenders.get(p.tender_id), known.orders.get(p.order_id)
    if paid is None or (paid.order_id, paid.tender) != (p.order_id, p.tender):
        yield "a till gives back only what was paid for this order"
    is_given_up = order is not None and not order.is_finished
    yield from _way_back(p, is_given_up=is_given_up)
    yield from _as_asked(known.refunds.get(p.refund_id), p)
    match p:
        case RefundRequested():
            yield from _things_back(p)
        case RefundSucceeded() | RefundFailed() if p.is_out:
            yield "cash leaves no provider's balance"
        case RefundSucceeded():
            yield from _out_of(writer, fact, p, known)
            yield from _split(p, is_given_up=is_given_up)
        case RefundFailed() if p.is_reversal:
            yield "cash does not come back by itself"
        case _:
            pass
    yield from _short(p.refund_id)


def _way_back(p: RefundRequested | RefundSucceeded | RefundFailed, *, is_given_up: bool) -> Iterator[str]:
    tender = tender_of(p.tender)
    is_moved = not isinstance(p, RefundFailed) and p.into is not None
    is_asked = is_moved or (is_given_up and isinstance(p, RefundRequested))
    if not tender.is_money and not is_given_up:
        yield f"{p.tender} is no money that could be given back"
    elif tender.back is Back.PROVIDER and not is_asked:
        yield "only the hub gives back what is no cash"
    if tender.is_cash and p.provider_reference is not None:
        yield "cash goes back out of a drawer, not by a provider"


def _out_of(writer: Writer, fact: Fact, p: RefundSucceeded, known: Known) -> Iterator[str]:
    """Cash leaves its own drawer, but for what goes on to pay for another order: that leaves none."""
    if p.into is not None and p.drawer is not None:
        yield "what pays for another order leaves no drawer"
    elif p.drawer is not None and tender_of(p.tender).back is Back.CARD:
        yield "what goes back onto a gift card leaves no drawer"
    elif tender_of(p.tender).is_cash and p.into is None:
        yield from _own_drawer(writer, fact, p, known)


def _things_back(p: RefundRequested) -> Iterator[str]:
    """Things go back with the cash, or what of a gift card, was paid for them."""
    if p.parts and p.into is None and tender_of(p.tender).back not in BACK_AT_TILL:
        yield "only the hub takes things back that no cash was paid for"
    if p.units or p.by:
        yield "only the hub says what can be sold again"


def _as_asked(asked: KnownRefund | None, p: RefundRequested | RefundSucceeded | RefundFailed) -> Iterator[str]:
    """A refund ends once, as it was asked for: or the drawer would be short of it twice."""
    if asked is not None and asked.tender_id != p.tender_id:
        yield "the refund is another payment's"
    if isinstance(p, RefundRequested):
        return
    if asked is None:
        yield "nobody asked for the refund"
    elif asked.has_ended:
        yield "the refund has ended before"
    elif asked.amount != p.amount:
        yield "the refund was asked for as another amount"


def _split(p: RefundSucceeded, *, is_given_up: bool) -> Iterator[str]:
    if not 0 <= p.unearned <= p.amount:
        yield "it gives back more than it says"
    elif is_given_up and p.unearned != p.amount:
        yield "what bought nothing was not earned"


def _own_drawer(writer: Writer, _fact: Fact, p: Any, _known: Known) -> Iterator[str]:
    if p.drawer != writer.name:
        yield "the drawer is another till's"


def _own_shift(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    yield from _own_drawer(writer, fact, p, known)
    yield from _in_its_currency(fact, p, known)
    if isinstance(p, ShiftClosed) and p.to_safe > p.counted:
        yield "more goes to the safe than was counted"
    yield from _short(p.shift_id)


def _own_cash(writer: Writer, fact: Fact, p: CashMoved, known: Known) -> Iterator[str]:
    yield from _own_drawer(writer, fact, p, known)
    yield from _in_its_currency(fact, p, known)
    if p.move is not None and p.amount <= 0:
        yield "it moves nothing"
    yield from _short(p.carrier or "")


def _in_its_currency(fact: Fact, p: Any, known: Known) -> Iterator[str]:
    event = known.events.get(fact.event_id or "")
    if event is None:
        yield "there is no such event"
    elif p.currency != event.currency:
        yield f"the event sells in {event.currency}"


def _own_lease(_writer: Writer, fact: Fact, p: LeaseReturned, known: Known) -> Iterator[str]:
    event = known.events.get(fact.event_id or "")
    if event is None or p.pool_id not in event.pools:
        yield "there is no such pool"
    if not 0 < p.units < 2**31:
        yield "it gives nothing back"


def _own_grant(writer: Writer, _fact: Fact, p: Any, known: Known) -> Iterator[str]:
    """A till spends of a gift card what is on its own lease, and gives back no other."""
    grant = known.grants.get(p.grant_id or "")
    if grant is None:
        yield "none of the gift card was leased under that name"
    elif (grant.card_id, grant.device_id) != (p.card_id, writer.id):
        yield "the lease is of another gift card, or another till's"


def _own_card(writer: Writer, fact: Fact, p: GiftCardIssued, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    if p.grant_id is not None and p.grant_id in known.grants:
        yield "the lease is another gift card's"
    yield from _short(p.card_id, p.grant_id or "")


def _own_cards_back(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    yield from _own_order(writer, fact, p, known)
    yield from _own_grant(writer, fact, p, known)


def _own_cash_out(writer: Writer, fact: Fact, p: GiftCardCashedOut, known: Known) -> Iterator[str]:
    yield from _own_drawer(writer, fact, p, known)
    yield from _own_grant(writer, fact, p, known)
    if abs(p.rounding) >= max(STEPS) or p.given < 0:
        yield "no rule rounds cash so"


def _short(*ids: str) -> Iterator[str]:
    if any(len(each.encode()) > _LONGEST for each in ids):
        yield "its names are too long"


@dataclass(frozen=True, slots=True)
class May:
    """Who may write a kind, and under which rule."""

    till: Rule
    hub: Rule


MAY: Final[Mapping[FactKind, May]] = {
    FactKind.ORDER_PLACED: May(till=_new_order, hub=_any),
    FactKind.ORDER_STATE_CHANGED: May(till=_own_move, hub=_any),
    FactKind.ORDER_COLLECTED: May(till=_of_an_event, hub=_never),
    FactKind.PAYMENT_STARTED: May(till=_own_attempt, hub=_any),
    FactKind.PAYMENT_CAPTURED: May(till=_own_capture, hub=_any),
    FactKind.PAYMENT_FAILED: May(till=_own_attempt, hub=_any),
    FactKind.PAYMENT_UNKNOWN: May(till=_own_attempt, hub=_any),
    FactKind.TICKETS_ISSUED: May(till=_own_tickets, hub=_any),
    FactKind.TICKET_VOIDED: May(till=_own_void, hub=_any),
    FactKind.TICKET_REISSUED: May(till=_own_reissue, hub=_any),
    FactKind.UNITS_FREED: May(till=_never, hub=_any),
    FactKind.TICKET_SCANNED: May(till=_own_scan, hub=_never),
    FactKind.REFUND_REQUESTED: May(till=_own_refund, hub=_any),
    FactKind.REFUND_PENDING: May(till=_never, hub=_any),
    FactKind.REFUND_SUCCEEDED: May(till=_own_refund, hub=_any),
    FactKind.REFUND_FAILED: May(till=_own_refund, hub=_any),
    FactKind.DISPUTE_CHANGED: May(till=_never, hub=_any),
    FactKind.SHIFT_OPENED: May(till=_own_shift, hub=_never),
    FactKind.CASH_MOVED: May(till=_own_cash, hub=_never),
    FactKind.CASH_COUNTED: May(till=_own_shift, hub=_never),
    FactKind.DRAWER_OPENED: May(till=_own_shift, hub=_never),
    FactKind.SHIFT_HANDED_OVER: May(till=_own_shift, hub=_never),
    FactKind.SHIFT_CLOSED: May(till=_own_shift, hub=_never),
    FactKind.GIFT_CARD_ISSUED: May(till=_own_card, hub=_any),
    FactKind.GIFT_CARD_TAKEN_BACK: May(till=_own_cards_back, hub=_any),
    FactKind.GIFT_CARD_CASHED_OUT: May(till=_own_cash_out, hub=_never),
    FactKind.GIFT_CARD_BLOCKED: May(till=_never, hub=_any),
    FactKind.VALUE_LEASED: May(till=_never, hub=_any),
    FactKind.VALUE_RECALLED: May(till=_never, hub=_any),
    FactKind.VALUE_RETURNED: May(till=_own_grant, hub=_never),
    FactKind.VALUE_RECLAIMED: May(till=_never, hub=_any),
    FactKind.LEASE_GRANTED: May(till=_never, hub=_any),
    FactKind.LEASE_RETURNED: May(till=_own_lease, hub=_never),
    FactKind.LEASE_RECLAIMED: May(till=_never, hub=_any),
    FactKind.CATALOGUE_REVISED: May(till=_never, hub=_any),
    FactKind.STAFF_CHANGED: May(till=_never, hub=_any),
    FactKind.OFFER_PAID: May(till=_never, hub=_any),
    FactKind.OFFER_SETTLED: May(till=_never, hub=_any),
    FactKind.FEE_RECORDED: May(till=_never, hub=_any),
    FactKind.PAYOUT_RECORDED: May(till=_never, hub=_any),
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
