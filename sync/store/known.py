"""What there is of the things that some facts name, read at once: for the core to judge whose they are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, and_, bindparam, func, or_, select

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, note
from boxoffice.core.known import (
    Known,
    KnownEvent,
    KnownGrant,
    KnownOffer,
    KnownOrder,
    KnownRefund,
    KnownTender,
    limits_of,
    pools_of,
    revision_of,
)
from boxoffice.core.orders import PAID_FOR, OrderState
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payments import ENDED, PaymentStatus, RefundStatus
from boxoffice.core.who_wrote import named_in
from sync.store import tables as t
from sync.store.chain import staff_facts

_NAMES: Final = (
    "order_id",
    "order_number",
    "tender_id",
    "ticket_id",
    "refund_id",
    "provider_reference",
    "grant_id",
    "paid_code",
)


def _any_of(name: str) -> Any:
    return func.any(bindparam(name, type_=ARRAY(Text)))


_IS_PLACED: Final = and_(
    t.facts.c.payload["order_id"].astext == t.orders.c.id,
    t.facts.c.kind == FactKind.ORDER_PLACED.value,
    t.facts.c.is_applied,
)
_ORDERS: Final = (
    select(t.orders, t.facts.c.payload)
    .outerjoin(t.facts, _IS_PLACED)
    .where(or_(t.orders.c.id == _any_of("order_id"), t.orders.c.order_number == _any_of("order_number")))
)
_p: Final = t.payments.c
_PAYMENTS: Final = select(_p.id, _p.order_id, _p.tender, _p.provider_reference, _p.status).where(
    or_(_p.id == _any_of("tender_id"), _p.provider_reference == _any_of("provider_reference"))
)
_TICKETS: Final = select(t.tickets.c.id, t.tickets.c.order_id).where(t.tickets.c.id == _any_of("ticket_id"))
_r: Final = t.refunds.c
_WENT: Final = t.facts.alias()
_IS_END: Final = and_(
    _WENT.c.payload["order_id"].astext == _p.order_id,
    _WENT.c.kind == FactKind.REFUND_SUCCEEDED.value,
    _WENT.c.is_applied,
    _WENT.c.payload["refund_id"].astext == _r.id,
)
_REFUNDS: Final = (
    select(_r.id, _r.payment_id, _r.amount, _r.status, _WENT.c.payload["into"].astext.label("into"))
    .join(t.payments, _p.id == _r.payment_id)
    .outerjoin(_WENT, _IS_END)
    .where(_r.id == _any_of("refund_id"))
)


_g: Final = t.value_leases.c
_GRANTS: Final = select(_g.id, _g.card_id, _g.device_id).where(_g.id == _any_of("grant_id"))


_f: Final = t.offers.c
_OFFERS: Final = select(_f.tender_id, _f.order_id, _f.paid_amount, _f.currency, _f.reference).where(
    _f.tender_id == _any_of("tender_id"), _f.reference.is_not(None)
)


def load_known(connection: Connection, facts: Sequence[Fact]) -> Known:
    """Returns all that is there of what the facts name."""
    named: dict[str, set[str]] = {name: set() for name in _NAMES}
    for fact in facts:
        for payload in (fact.payload, *_tickets(fact)):
            for name in _NAMES:
                value = payload.get(name)
                if isinstance(value, str):
                    named[name].add(value)
    values = {name: sorted(found) for name, found in named.items()}
    known = Known(events=_events(connection, facts), keys=_keys(connection, facts))
    for row in connection.execute(_ORDERS, values):
        lines = tuple(LinePart.model_validate(line) for line in (row.payload or {}).get("lines", ()))
        is_finished = OrderState(row.status) in PAID_FOR
        known.orders[row.id] = KnownOrder(row.placed_by, row.event_id, row.currency, lines, is_finished)
        known.numbers[row.order_number] = row.id
    for row in connection.execute(_PAYMENTS, values):
        is_paid = PaymentStatus(row.status) is PaymentStatus.CAPTURED
        known.tenders[row.id] = KnownTender(row.order_id, row.tender, row.provider_reference, is_paid)
        if row.provider_reference is not None:
            known.references[row.provider_reference] = row.id
    _rarely_named(connection, values, known)
    _staff(connection, facts, known)
    return known


def _rarely_named(connection: Connection, values: Mapping[str, Sequence[str]], known: Known) -> None:
    """Adds what most facts don't name, so that nobody asks for it."""
    if values["paid_code"]:
        known.offers.update(
            (row.tender_id, KnownOffer(row.order_id, row.paid_amount, row.currency, row.reference))
            for row in connection.execute(_OFFERS, values)
        )
    if values["ticket_id"]:
        known.tickets.update((row.id, row.order_id) for row in connection.execute(_TICKETS, values))
    for row in connection.execute(_REFUNDS, values) if values["refund_id"] else ():
        known.refunds[row.id] = KnownRefund(row.payment_id, row.amount, RefundStatus(row.status) in ENDED, row.into)
    if values["grant_id"]:
        known.grants.update(
            (row.id, KnownGrant(row.card_id, row.device_id)) for row in connection.execute(_GRANTS, values)
        )


def _staff(connection: Connection, facts: Sequence[Fact], known: Known) -> None:
    """Adds what is known of whoever wrote or approved the facts: of all that they ever were."""
    named = {each for fact in facts for each in named_in(fact)}
    for fact in staff_facts(connection, sorted(named)) if named else ():
        note(known, fact)


def _tickets(fact: Fact) -> Iterator[dict[str, Any]]:
    tickets, alone = fact.payload.get("tickets"), fact.payload.get("ticket")
    for ticket in (*(tickets if isinstance(tickets, list) else ()), alone):
        if isinstance(ticket, dict):
            yield ticket


def _events(connection: Connection, facts: Iterable[Fact]) -> dict[str, KnownEvent]:
    e = t.events.c
    ids = {fact.event_id for fact in facts if fact.event_id is not None}
    rows = connection.execute(select(e.id, e.currency, e.file).where(e.id.in_(ids))).all()
    return {row.id: _event(connection, row) for row in rows}


def _keys(connection: Connection, facts: Iterable[Fact]) -> dict[str, bytes]:
    """Returns the public keys of events by whose word somebody says that something was paid."""
    named = {fact.event_id for fact in facts if fact.event_id is not None and fact.payload.get("paid_code") is not None}
    return event_keys(connection, named) if named else {}


def event_keys(connection: Connection, events: Collection[str] | None = None) -> dict[str, bytes]:
    """Returns the public keys of events, of all where none are named."""
    e = t.events.c
    query = select(e.id, e.public_key)
    rows = connection.execute(query if events is None else query.where(e.id.in_(sorted(events))))
    return {row.id: bytes.fromhex(row.public_key) for row in rows}


def _event(connection: Connection, row: Any) -> KnownEvent:
    return KnownEvent(
        row.currency,
        pools_of(row.file),
        revision_of(row.file),
        lambda: map(revision_of, _older(connection, row.id)),
        limits_of(row.file),
        lambda: map(limits_of, _older(connection, row.id)),
    )


def _older(connection: Connection, event_id: str) -> Sequence[Mapping[str, Any]]:
    """Returns the files of an event, the newest first: a till may have sold by one that it had before."""
    f = t.facts.c
    revised = select(f.payload["event"]).where(
        f.kind == FactKind.CATALOGUE_REVISED.value, f.event_id == event_id, f.is_applied
    )
    return connection.scalars(revised.order_by(f.position.desc())).all()
