"""Disputes: what a bank, or PayPal, takes of a payment and gives back stands in accounts and rows of its own.

A dispute is no refund: it takes what it wants, whatever was refunded before, and may give it back. Its events come in
any order, so each of them brings the books to what the newest one tells of the dispute as a whole.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.charging import from_paypal
from boxoffice.core.findings import BOOKED_ANEW
from boxoffice.core.payloads import DisputeChanged, FeeRecorded, Payload, RefundFailed
from boxoffice.core.payments import DisputeState, RefundStatus
from boxoffice.core.rows import DisputeRow
from sync.ledger.hub import Hub
from sync.payments.ours import OurPayment, Reference, id_in, payment_by, reference_of
from sync.ports import ProviderDispute
from sync.provider_states import (
    TENDERS,
    Provider,
    paypal_dispute_state,
    stripe_dispute_state,
    tenders_of,
)
from sync.store import tables as t
from sync.store.exceptions import was_told
from sync.store.ledger import load_books, lock_orders

HANDLED: Final = frozenset(
    f"charge.dispute.{what}" for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
)
PAYPAL_HANDLED: Final = frozenset(f"CUSTOMER.DISPUTE.{what}" for what in ("CREATED", "UPDATED", "RESOLVED"))
_LOST: Final = frozenset({DisputeState.LOST, DisputeState.PREVENTED})
_ENDED: Final = frozenset({DisputeState.WON, DisputeState.LOST, DisputeState.PREVENTED, DisputeState.INQUIRY_CLOSED})
# What moved the money only grows, so whoever knows of more of it is newer, whenever it was sent.
_NEWEST: Final = text("""
    SELECT payload -> 'data' -> 'object' AS told FROM payment_events
    WHERE provider = 'stripe' AND event_type LIKE 'charge.dispute.%'
      AND payload -> 'data' -> 'object' ->> 'id' = :dispute
      AND payload -> 'data' -> 'object' ->> 'payment_intent' = :payment
    ORDER BY jsonb_array_length(coalesce(nullif(payload -> 'data' -> 'object' -> 'balance_transactions', 'null'), '[]'))
                 DESC,
             (payload ->> 'created')::bigint DESC NULLS LAST, event_type = 'charge.dispute.closed' DESC, id DESC
    LIMIT 1
""")
_NEWEST_AT_PAYPAL: Final = text("""
    SELECT payload -> 'resource' AS told FROM payment_events
    WHERE provider = 'paypal' AND event_type LIKE 'CUSTOMER.DISPUTE.%'
      AND payload -> 'resource' ->> 'dispute_id' = :dispute
    ORDER BY payload -> 'resource' ->> 'update_time' DESC NULLS LAST, event_type = 'CUSTOMER.DISPUTE.RESOLVED' DESC,
             id DESC
    LIMIT 1
""")
# By which row the books know a case at PayPal: facts tell under which of the provider's ids they were written.
_CASE: Final = text("""
    SELECT f.payload ->> 'dispute_id' FROM facts f
    WHERE f.payload ->> 'order_id' = :order AND f.payload ->> 'tender_id' = :tender AND f.kind = 'dispute_changed'
      AND f.is_applied AND f.payload ->> 'provider_reference' = :case
    LIMIT 1
""")
# Reversals that came before anything was heard of a case. One that is older than the case is none of its doing.
_REVERSED_BEFORE: Final = text("""
    SELECT d.id FROM disputes d
    JOIN payment_events e ON e.provider = 'paypal' AND e.event_type = 'PAYMENT.CAPTURE.REVERSED'
     AND e.payload -> 'resource' ->> 'id' = d.id
    WHERE d.payment_id = :tender AND (
        e.payload -> 'resource' ->> 'create_time' IS NULL OR CAST(:opened AS timestamptz) IS NULL
        OR CAST(e.payload -> 'resource' ->> 'create_time' AS timestamptz) >= CAST(:opened AS timestamptz)
    ) AND NOT EXISTS (
        SELECT FROM facts f JOIN payment_events c ON c.provider = 'paypal' AND c.event_type LIKE 'CUSTOMER.DISPUTE.%'
         AND c.payload -> 'resource' ->> 'dispute_id' = f.payload ->> 'provider_reference'
        WHERE f.payload ->> 'order_id' = :order AND f.kind = 'dispute_changed' AND f.payload ->> 'dispute_id' = d.id
    )
    ORDER BY d.id LIMIT 1
""")
# What a hub of an earlier version has booked as refunds: disputes at Stripe by their own ids, reversals at PayPal.
_AS_REFUNDS: Final = text("""
    SELECT r.id, p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE r.status = 'succeeded' AND r.id ~ '^d[pu]_'
    UNION
    SELECT r.id, p.order_id FROM payment_events e
    JOIN facts f ON f.kind = 'refund_succeeded'
     AND f.payload ->> 'provider_reference' = e.payload -> 'resource' ->> 'id'
    JOIN refunds r ON r.id = f.payload ->> 'refund_id' AND r.status = 'succeeded'
    JOIN payments p ON p.id = r.payment_id AND p.tender = ANY(:theirs)
    WHERE e.provider = 'paypal' AND e.event_type = 'PAYMENT.CAPTURE.REVERSED' AND e.order_id IS NOT NULL
      AND f.payload ->> 'order_id' = e.order_id
    ORDER BY 1
""").bindparams(bindparam("theirs", list(tenders_of("paypal")), type_=ARRAY(Text)))


def take_dispute(hub: Hub, dispute: Mapping[str, Any]) -> str | None:
    """Brings the books to how a dispute at Stripe stands; returns its order, or None if it is not ours."""
    return hub.database.run(lambda connection: _take(hub, connection, dispute))


def take_paypal_dispute(hub: Hub, dispute: Mapping[str, Any]) -> str | None:
    """The same for one at PayPal, of each payment that it is about. What it takes is told by reversals."""
    return hub.database.run(lambda connection: _take_at_paypal(hub, connection, dispute))


def take_reversal(hub: Hub, connection: Connection, payment: OurPayment, reversal: Reference, amount: int) -> None:
    """Books what PayPal took back by itself, once: for the dispute that it belongs to, or as one that nobody opened."""
    lock_orders(connection, [payment.order_id])
    if _is_known(connection, payment, reversal):
        return
    books = load_books(connection, [payment.order_id])
    mine = [
        each
        for each in books.disputes.values()
        if each.payment_id == payment.id and each.status is not DisputeState.WON
    ]
    open_first = sorted(mine, key=lambda each: (each.withdrawn > 0, each.status in _ENDED, each.id))
    row = open_first[0] if open_first else None
    told = ProviderDispute(
        id=str(reversal) if row is None else row.id,
        payment=str(payment.reference),
        state=DisputeState.LOST if row is None else row.status,
        amount=amount if row is None else row.amount,
        currency=payment.currency,
        withdrawn=amount + (0 if row is None else row.withdrawn),
        reason="reversed by PayPal",
    )
    bring(hub, connection, "paypal", payment, told, reversal)


def bring(
    hub: Hub,
    connection: Connection,
    provider: Provider,
    payment: OurPayment,
    told: ProviderDispute,
    reference: Reference | None = None,
) -> None:
    """Writes what has changed since the books last heard of a dispute, with all that follows. Again: nothing.

    `reference` is under which of its names the provider tells of it, if not of the id alone.
    """
    lock_orders(connection, [payment.order_id])
    books = load_books(connection, [payment.order_id])
    known = books.disputes.get(told.id)
    before = known or DisputeRow(told.id, payment.id, 0, payment.currency, told.state, 0, 0)
    if before.payment_id != payment.id:
        return
    withdrawn = before.withdrawn if told.withdrawn is None else told.withdrawn
    lost = withdrawn if told.state in _LOST else 0
    after = DisputeRow(told.id, payment.id, told.amount, payment.currency, told.state, withdrawn, lost)
    payloads: list[Payload] = []
    has_new_name = reference is not None and not _is_known(connection, payment, reference)
    if known is None or after != before or has_new_name:
        payloads.append(
            DisputeChanged(
                order_id=payment.order_id,
                tender_id=payment.id,
                tender=payment.tender,
                amount=told.amount,
                currency=payment.currency,
                provider_reference=reference or told.id,
                dispute_id=told.id,
                status=told.state.value,
                withdrawn=withdrawn - before.withdrawn,
                lost=lost - before.lost,
                why=_reason(told),
            )
        )
    payloads += _fee(connection, provider, payment, told)
    if payloads:
        hub.write(connection, payloads, payment.event_id, books)


def rebook(hub: Hub) -> int:
    """Books as disputes what an earlier version of the hub has booked as refunds; returns how many."""
    with hub.database.reading() as connection:
        found = connection.execute(_AS_REFUNDS).all()
    return sum(hub.database.run(lambda connection, row=row: _rebook(hub, connection, row.id)) for row in found)  # type: ignore[misc]  # bound in the loop on purpose


def _rebook(hub: Hub, connection: Connection, refund_id: str) -> bool:
    p, r, o = t.payments.c, t.refunds.c, t.orders.c
    query = (
        select(p.order_id, p.provider_reference, p.tender, o.event_id, r.amount)
        .join(t.refunds, r.payment_id == p.id)
        .join(t.orders, o.id == p.order_id)
    )
    row = connection.execute(query.where(r.id == refund_id)).one()
    lock_orders(connection, [row.order_id])
    books = load_books(connection, [row.order_id])
    provider = TENDERS[row.tender]
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
    if provider == "paypal":
        take_reversal(hub, connection, payment, told_as or Reference(refund_id), row.amount)
        return True
    newest = _newest(connection, Reference(refund_id), payment)
    is_lost = was_told(connection, "dispute_lost", refund_id)
    state = DisputeState.LOST if is_lost else DisputeState.OPEN
    told = _read(newest) if newest is not None else None
    fallback = ProviderDispute(refund_id, str(reference), state, row.amount, payment.currency, row.amount)
    # The fee was booked with it, by that version.
    values = {"provider": provider, "reference": refund_id, "amount": told.fee if told else 0}
    connection.execute(insert(t.provider_fees).values(values).on_conflict_do_nothing())
    bring(hub, connection, provider, payment, told or fallback)
    return True


def _told_of(connection: Connection, refund_id: str, payment: OurPayment) -> Reference | None:
    """Returns what the provider called a refund when it succeeded."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == payment.order_id, f.kind == "refund_succeeded")
    query = select(f.payload["provider_reference"].astext).where(*mine, f.payload["refund_id"].astext == refund_id)
    return reference_of(connection.execute(query).scalars().first())


def _take(hub: Hub, connection: Connection, dispute: Mapping[str, Any]) -> str | None:
    dispute_id, reference = id_in(dispute, "id"), id_in(dispute, "payment_intent")
    payment = None if reference is None else payment_by(connection, "stripe", reference)
    if payment is None or dispute_id is None:
        return None
    lock_orders(connection, [payment.order_id])
    bring(hub, connection, "stripe", payment, _read(_newest(connection, dispute_id, payment) or dispute))
    return payment.order_id


def _newest(connection: Connection, dispute_id: Reference, payment: OurPayment) -> Mapping[str, Any] | None:
    values = {"dispute": dispute_id, "payment": payment.reference}
    return connection.execute(_NEWEST, values).scalar_one_or_none()


def _read(dispute: Mapping[str, Any]) -> ProviderDispute:
    moved = [each for each in dispute.get("balance_transactions") or () if isinstance(each, Mapping)]
    own = [each for each in moved if each.get("currency") in (None, dispute["currency"])]
    taken = -sum(int(each.get("amount", 0)) for each in moved)
    amount = int(dispute["amount"])
    return ProviderDispute(
        id=str(dispute["id"]),
        payment=str(dispute.get("payment_intent")),
        state=stripe_dispute_state(dispute.get("status")),
        amount=amount,
        currency=str(dispute["currency"]).upper(),
        # Settled in another currency, what was taken is what the dispute is about.
        withdrawn=taken if len(own) == len(moved) else amount if taken > 0 else 0,
        fee=sum(int(each.get("fee", 0)) for each in own),
        reason=str(dispute.get("reason") or ""),
        transactions=len(moved),
    )


def _take_at_paypal(hub: Hub, connection: Connection, dispute: Mapping[str, Any]) -> str | None:
    dispute_id = id_in(dispute, "dispute_id")
    if dispute_id is None:
        return None
    newest = connection.execute(_NEWEST_AT_PAYPAL, {"dispute": dispute_id}).scalar_one_or_none() or dispute
    transactions = [each for each in dispute.get("disputed_transactions") or () if isinstance(each, Mapping)]
    captures = [each for each in (id_in(one, "seller_transaction_id") for one in transactions) if each is not None]
    order = None
    for capture in dict.fromkeys(captures):
        payment = payment_by(connection, "paypal", capture)
        if payment is None:
            continue
        amount = newest["dispute_amount"]
        about = min(from_paypal(amount["value"], amount["currency_code"]), payment.amount)
        state = paypal_dispute_state(newest.get("status"), (newest.get("dispute_outcome") or {}).get("outcome_code"))
        told = ProviderDispute(
            id=_case_of(connection, payment, dispute_id, newest)
            or (str(dispute_id) if len(captures) == 1 else f"{dispute_id}:{capture}"),
            payment=str(capture),
            state=state,
            amount=about,
            currency=payment.currency,
            withdrawn=0 if state is DisputeState.WON else None,
            reason=str(newest.get("reason") or ""),
        )
        bring(hub, connection, "paypal", payment, told, dispute_id)
        order = payment.order_id
    return order


def _case_of(connection: Connection, payment: OurPayment, case: Reference, dispute: Mapping[str, Any]) -> str | None:
    """Returns the row of a case: its own, or that of the reversal which it made and which was told first."""
    values = {"order": payment.order_id, "tender": payment.id, "case": case, "opened": _instant(dispute)}
    known = connection.execute(_CASE, values).scalar_one_or_none()
    return known or connection.execute(_REVERSED_BEFORE, values).scalar_one_or_none()


def _instant(dispute: Mapping[str, Any]) -> str | None:
    """Returns when a case was opened, if PayPal says so."""
    try:
        return datetime.fromisoformat(str(dispute.get("create_time"))).isoformat()
    except ValueError:
        return None


def _is_known(connection: Connection, payment: OurPayment, name: Reference) -> bool:
    """Returns whether the books have heard of a dispute under this name of the provider's."""
    f = t.facts.c
    same = (f.payload["order_id"].astext == payment.order_id, f.kind == "dispute_changed")
    query = select(f.id).where(*same, f.payload["provider_reference"].astext == name)
    return connection.execute(query).first() is not None


def _fee(connection: Connection, provider: Provider, payment: OurPayment, told: ProviderDispute) -> list[Payload]:
    """Returns what the provider keeps for a dispute beyond what is in the books."""
    f = t.provider_fees.c
    mine = (f.provider == provider, f.reference == told.id)
    more = told.fee - (connection.execute(select(f.amount).where(*mine)).scalar_one_or_none() or 0)
    if more == 0:
        return []
    row = insert(t.provider_fees).values(provider=provider, reference=told.id, amount=told.fee)
    connection.execute(row.on_conflict_do_update(index_elements=["provider", "reference"], set_={"amount": told.fee}))
    return [FeeRecorded(provider=provider, amount=more, currency=payment.currency, provider_reference=told.id)]


def _reason(told: ProviderDispute) -> str:
    return (told.reason or "no reason given").replace("_", " ").lower()
