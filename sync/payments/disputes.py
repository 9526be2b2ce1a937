"""Disputes: what a bank, or PayPal, takes of a payment and gives back stands in accounts and rows of its own.

A dispute is no refund: it takes what it wants, whatever was refunded before, and may give it back. Its events come in
any order, so each of them brings the books to what the newest one tells of the dispute as a whole.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.payloads.bank import FeeRecorded
from boxoffice.core.payloads.disputes import DisputeChanged as DisputeFact
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payments import DisputeState
from boxoffice.core.rows import DisputeRow
from sync.ledger.hub import Hub
from sync.payments.dispute_reports import DisputeChanged, DisputeReader, PaymentReversed, newest, row_of, was_won_since
from sync.payments.ours import OurPayment, Reference, payment_by
from sync.provider_states import PROVIDER_NAMES, Provider
from sync.store import tables as t
from sync.store.ledger import load_books, lock_orders
from sync.store.queue import defer

_LOST: Final = frozenset({DisputeState.LOST, DisputeState.PREVENTED})
_ENDED: Final = frozenset({DisputeState.WON, DisputeState.LOST, DisputeState.PREVENTED, DisputeState.INQUIRY_CLOSED})


@dataclass(frozen=True, slots=True)
class Dispute:
    """How a dispute of one payment stands, in minor units of what was paid in. `id` is its row's in the books.

    `withdrawn` is what is taken of the payment now, None where that is not told with it.
    """

    id: str
    state: DisputeState
    amount: int
    withdrawn: int | None
    fee: int = 0
    reason: str = ""


def take_dispute(hub: Hub, reader: DisputeReader, told: DisputeChanged) -> str | None:
    """Brings the books to how a dispute stands at each payment of ours that it is about.

    Returns the order, or None if none is ours.
    """
    return hub.database.run(lambda connection: _take(hub, connection, reader, told))


def take_reversal(hub: Hub, reader: DisputeReader, payment: OurPayment, told: PaymentReversed) -> None:
    """Books what a provider took back by itself, once: for its dispute, or as one that nobody opened.

    What it was taken for may have ended well before it is heard of: then nothing is gone.
    """

    def take(connection: Connection) -> None:
        lock_orders(connection, [payment.order_id])
        if not was_won_since(connection, reader, payment, told):
            take_back(hub, connection, reader.provider, payment, told.reversal, told.amount.minor)

    hub.database.run(take)


def take_back(
    hub: Hub, connection: Connection, provider: Provider, payment: OurPayment, reversal: Reference, amount: int
) -> None:
    """Does the same within a transaction of the caller's."""
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
    dispute = Dispute(
        id=str(reversal) if row is None else row.id,
        state=DisputeState.LOST if row is None else row.status,
        amount=amount if row is None else row.amount,
        withdrawn=amount + (0 if row is None else row.withdrawn),
        reason=f"reversed by {PROVIDER_NAMES[provider]}",
    )
    bring(hub, connection, provider, payment, dispute, reversal)


def bring(
    hub: Hub,
    connection: Connection,
    provider: Provider,
    payment: OurPayment,
    told: Dispute,
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
            DisputeFact(
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


def _take(hub: Hub, connection: Connection, reader: DisputeReader, told: DisputeChanged) -> str | None:
    order = None
    for reference in told.payments:
        payment = payment_by(connection, reader.provider, reference)
        if payment is None:
            continue
        lock_orders(connection, [payment.order_id])
        now = newest(connection, reader, told.dispute, reference) or told
        dispute = dispute_of(row_of(connection, reader, payment, told), payment, now)
        bring(hub, connection, reader.provider, payment, dispute, told.dispute)
        if reader.provider == "stripe":  # PayPal takes answers in its own pages alone
            defer(connection, "prepare_dispute", {"dispute_id": dispute.id})
        order = payment.order_id
    return order


def dispute_of(row: str, payment: OurPayment, told: DisputeChanged) -> Dispute:
    """Returns how a dispute of one payment stands, by what was told of it."""
    about = min(told.about.minor, payment.amount) if told.is_claim else told.about.minor
    withdrawn = None if told.withdrawn is None else told.withdrawn.minor
    return Dispute(row, told.state, about, withdrawn, told.fee.minor, told.reason)


def _is_known(connection: Connection, payment: OurPayment, name: Reference) -> bool:
    """Returns whether the books have heard of a dispute under this name of the provider's."""
    f = t.facts.c
    same = (f.payload["order_id"].astext == payment.order_id, f.kind == "dispute_changed")
    query = select(f.id).where(*same, f.payload["provider_reference"].astext == name)
    return connection.execute(query).first() is not None


def _fee(connection: Connection, provider: Provider, payment: OurPayment, told: Dispute) -> list[Payload]:
    """Returns what the provider keeps for a dispute beyond what is in the books."""
    f = t.provider_fees.c
    mine = (f.provider == provider, f.reference == told.id)
    more = told.fee - (connection.execute(select(f.amount).where(*mine)).scalar_one_or_none() or 0)
    if more == 0:
        return []
    row = insert(t.provider_fees).values(provider=provider, reference=told.id, amount=told.fee)
    connection.execute(row.on_conflict_do_update(index_elements=["provider", "reference"], set_={"amount": told.fee}))
    return [FeeRecorded(provider=provider, amount=more, currency=payment.currency, provider_reference=told.id)]


def _reason(told: Dispute) -> str:
    return (told.reason or "no reason given").replace("_", " ").lower()
