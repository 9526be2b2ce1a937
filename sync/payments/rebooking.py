"""Disputes that an earlier version of the hub has booked as refunds, booked again as what they are."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.findings import BOOKED_ANEW
from boxoffice.core.payloads.refunds import RefundFailed
from boxoffice.core.payments import DisputeState, RefundStatus
from sync.ledger.hub import Hub
from sync.payments.dispute_reports import DisputeReader, newest
from sync.payments.disputes import Dispute, bring, dispute_of, take_back
from sync.payments.ours import OurPayment, Reference, payment_by, reference_of
from sync.provider_states import tenders_of
from sync.store import tables as t
from sync.store.exceptions import was_told
from sync.store.ledger import load_books, lock_orders

# Disputes stood there by their provider's own ids.
_BY_DISPUTE: Final = text("""
    SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE r.status = 'succeeded' AND r.id ~ '^d[pu]_' AND p.tender = ANY(:tenders) ORDER BY r.id
""").bindparams(bindparam("tenders", type_=ARRAY(Text)))
_BY_REVERSAL: Final = text("""
    SELECT DISTINCT r.id FROM payment_events e
    CROSS JOIN LATERAL jsonb_path_query(e.payload, CAST(:id_at AS jsonpath)) named
    JOIN facts f ON f.kind = 'refund_succeeded' AND f.payload ->> 'provider_reference' = named #>> '{}'
    JOIN refunds r ON r.id = f.payload ->> 'refund_id' AND r.status = 'succeeded'
    JOIN payments p ON p.id = r.payment_id AND p.tender = ANY(:tenders)
    WHERE e.provider = :provider AND e.event_type = ANY(:types) AND e.order_id IS NOT NULL
      AND f.payload ->> 'order_id' = e.order_id
    ORDER BY r.id
""").bindparams(bindparam("tenders", type_=ARRAY(Text)), bindparam("types", type_=ARRAY(Text)))


def rebook(hub: Hub, readers: Iterable[DisputeReader]) -> int:
    """Books as disputes what an earlier version of the hub has booked as refunds; returns how many."""
    return sum(_rebook_at(hub, reader) for reader in readers)


def _rebook_at(hub: Hub, reader: DisputeReader) -> int:
    tenders = list(tenders_of(reader.provider))
    with hub.database.reading() as connection:
        disputes = list(connection.scalars(_BY_DISPUTE, {"tenders": tenders}))
        reversals = list(connection.scalars(_BY_REVERSAL, {"tenders": tenders, **reader.reversals.values}))
    again = 0
    for refund_id in (*disputes, *reversals):
        is_reversal = refund_id in reversals
        again += hub.database.run(
            lambda connection, refund_id=refund_id, is_reversal=is_reversal: _rebook(  # type: ignore[misc]  # bound in the loop on purpose
                hub, connection, reader, refund_id, is_reversal=is_reversal
            )
        )
    return again


def _rebook(hub: Hub, connection: Connection, reader: DisputeReader, refund_id: str, *, is_reversal: bool) -> bool:
    p, r, o = t.payments.c, t.refunds.c, t.orders.c
    query = (
        select(p.order_id, p.provider_reference, p.tender, o.event_id, r.amount)
        .join(t.refunds, r.payment_id == p.id)
        .join(t.orders, o.id == p.order_id)
    )
    row = connection.execute(query.where(r.id == refund_id)).one()
    lock_orders(connection, [row.order_id])
    books = load_books(connection, [row.order_id])
    provider = reader.provider
    reference = reference_of(row.provider_reference)
    payment = None if reference is None else payment_by(connection, provider, reference)
    if payment is None or books.refunds[refund_id].status is not RefundStatus.SUCCEEDED:
        return False
    told_as = _told_of(connection, refund_id, payment)
    back = RefundFailed(
        order_id=payment.order_id,
        tender_id=payment.id,
        tender=payment.tender,
        amount=row.amount,
        currency=payment.currency,
        provider_reference=told_as or refund_id,
        refund_id=refund_id,
        code=BOOKED_ANEW,
        message="It was no refund: the customer's bank took it.",
        is_reversal=True,
    )
    hub.write(connection, [back], row.event_id, books)
    if is_reversal:
        take_back(hub, connection, provider, payment, told_as or Reference(refund_id), row.amount)
        return True
    told = None if reference is None else newest(connection, reader, Reference(refund_id), reference)
    # The fee was booked with it, by that version.
    values = {"provider": provider, "reference": refund_id, "amount": told.fee.minor if told else 0}
    connection.execute(insert(t.provider_fees).values(values).on_conflict_do_nothing())
    is_lost = was_told(connection, "dispute_lost", refund_id)
    as_booked = Dispute(refund_id, DisputeState.LOST if is_lost else DisputeState.OPEN, row.amount, row.amount)
    bring(hub, connection, provider, payment, as_booked if told is None else dispute_of(refund_id, payment, told))
    return True


def _told_of(connection: Connection, refund_id: str, payment: OurPayment) -> Reference | None:
    """Returns what the provider called a refund when it succeeded."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == payment.order_id, f.kind == "refund_succeeded")
    query = select(f.payload["provider_reference"].astext).where(*mine, f.payload["refund_id"].astext == refund_id)
    return reference_of(connection.execute(query).scalars().first())
