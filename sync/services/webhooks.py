"""Stripe's webhooks: stored first and answered, then worked on as jobs. Late, twice or in any order: one result."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.stripe_amounts import in_minor_units
from sync.services import disputes, paypal_events
from sync.services.analytics import Happening, note
from sync.services.checkouts import Checkouts
from sync.services.hub import Hub
from sync.services.outside_refunds import take_refund
from sync.services.ports import ProviderEvent
from sync.services.refunds import Refunds
from sync.store import feed
from sync.store import tables as t
from sync.store.queue import defer_all

PROVIDER: Final = "stripe"
MAX_ATTEMPTS: Final = 8
_SESSIONS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)
_PAYMENTS: Final = frozenset({"payment_intent.succeeded", "payment_intent.payment_failed"})
_REFUNDS: Final = frozenset({"refund.created", "refund.updated", "refund.failed"})
HANDLED: Final = _SESSIONS | _PAYMENTS | _REFUNDS | disputes.HANDLED | {"charge.refunded"}
_HANDLED_BY: Final = {PROVIDER: HANDLED, paypal_events.PROVIDER: paypal_events.HANDLED}
_e: Final = t.payment_events.c


def store_events(hub: Hub, events: Sequence[ProviderEvent], provider: str = PROVIDER) -> None:
    """Stores events and their jobs in one transaction; those that were there before change nothing."""
    rows = [
        {
            "provider": provider,
            "event_id": event.id,
            "event_type": event.type,
            "payload": event.body,
            "status": "received" if event.type in _HANDLED_BY[provider] else "ignored",
        }
        for event in sorted(events, key=lambda event: event.id)
    ]
    with hub.database.transaction() as connection:
        new = insert(t.payment_events).values(rows).on_conflict_do_nothing().returning(_e.id, _e.status)
        jobs = [{"row_id": row.id} for row in connection.execute(new) if row.status == "received"]
        defer_all(connection, "work_on_event", jobs)


def work_on_event(hub: Hub, checkouts: Checkouts, refunds: Refunds, row_id: int) -> None:
    """Does what an event asks for; doing it again changes nothing.

    Raises:
        TryAgainLater: if the provider can't be reached.
    """
    with hub.database.transaction() as connection:
        counted = update(t.payment_events).where(_e.id == row_id).values(attempts=_e.attempts + 1).returning(*_e)
        row = connection.execute(counted).one()
    if row.status in ("processed", "ignored"):
        return
    if row.provider == paypal_events.PROVIDER:
        order = paypal_events.work_on_paypal(hub, checkouts, refunds, row.event_type, row.payload["resource"])
    else:
        thing = in_minor_units(row.payload["data"]["object"])
        order = _work_on_stripe(hub, checkouts, refunds, row.event_type, thing)
    with hub.database.transaction() as connection:
        _done(connection, row, order)


def _work_on_stripe(hub: Hub, checkouts: Checkouts, refunds: Refunds, kind: str, thing: dict[str, Any]) -> str | None:
    if kind in _SESSIONS:
        failure = "card_declined" if kind.endswith("async_payment_failed") else None
        return _order_of_tender(hub, checkouts.settle_session(thing["id"], failure))
    if kind == "payment_intent.payment_failed":
        _note_decline(hub, thing)
    if kind in _PAYMENTS:
        return _relay(hub, checkouts, thing)
    if kind in _REFUNDS:
        return _our_refund(hub, refunds, thing)
    if kind in disputes.HANDLED:
        return disputes.take_dispute(hub, kind, thing)
    return _refunded(hub, checkouts, thing)


def note_failure(hub: Hub, row_id: int, error: Exception, *, is_last: bool) -> None:
    """Keeps why an event could not be worked on; the last time puts it on the dead-letter list, before a person."""
    values: dict[str, Any] = {"last_error": f"{type(error).__name__}: {error}"[:1000]}
    with hub.database.transaction() as connection:
        if is_last:
            values["status"] = "dead"
            detail = f"An event of a provider could not be worked on: {values['last_error']}"
            hub.raise_exception(
                connection, "dead_event", detail, subject_id=str(row_id), remedies=("work_on_it_again", "seen")
            )
        connection.execute(update(t.payment_events).where(_e.id == row_id).values(values))


def _our_refund(hub: Hub, refunds: Refunds, refund: dict[str, Any]) -> str | None:
    """Asks how a refund of ours stands; one that someone made at Stripe is told by its charge."""
    refund_id = str((refund.get("metadata") or {}).get("refund_id"))
    p, r = t.payments.c, t.refunds.c
    with hub.database.transaction() as connection:
        query = select(p.order_id).join(t.refunds, r.payment_id == p.id).where(r.id == refund_id)
        order = connection.execute(query).scalar_one_or_none()
    if order is not None:
        refunds.look_again(refund_id)
    return order


def _refunded(hub: Hub, checkouts: Checkouts, charge: dict[str, Any]) -> str | None:
    """Writes down a refund made at Stripe; one that comes before its payment waits for it."""
    tender = (charge.get("metadata") or {}).get("tender_id")
    if isinstance(tender, str):
        checkouts.settle_tender(tender)
    order = hub.database.run(lambda connection: take_refund(hub, connection, charge))
    if order is None and _is_awaited(hub, tender):
        raise TryAgainLater("A refund came before its payment.", "Nothing was changed.", "It will be tried again.")
    return order


def _is_awaited(hub: Hub, tender: object) -> bool:
    """Returns whether the tender is one of ours that is not known to be paid yet."""
    p = t.payments.c
    with hub.database.transaction() as connection:
        mine = select(p.id).where(p.id == str(tender), p.status.in_(["started", "unknown"]))
        return connection.execute(mine).first() is not None


def _relay(hub: Hub, checkouts: Checkouts, payment: dict[str, Any]) -> str | None:
    """Wakes the till that waits for this payment; a payment by phone is settled by its session."""
    tender = (payment.get("metadata") or {}).get("tender_id")
    p, o, c = t.payments.c, t.orders.c, t.checkouts.c
    with hub.database.transaction() as connection:
        session = connection.execute(select(c.session_id).where(c.tender_id == str(tender))).scalar_one_or_none()
        known = (
            select(p.id, o.id.label("order_id"), o.event_id, o.placed_by)
            .join(t.orders, o.id == p.order_id)
            .where((p.provider_reference == payment["id"]) | (p.id == str(tender)))
        )
        row = connection.execute(known).first()
        if row is not None and session is None:
            feed.wake(connection, "checkout", row.event_id, row.placed_by, row.id)
    if session is not None:
        checkouts.settle_session(session)
    return None if row is None else str(row.order_id)


def _note_decline(hub: Hub, payment: dict[str, Any]) -> None:
    """Counts a card that was refused, each try of a payment on its own; the customer may still pay."""
    error, order_id = payment.get("last_payment_error") or {}, (payment.get("metadata") or {}).get("order_id")
    attempt = error.get("charge") or payment.get("latest_charge") or payment["id"]
    code = error.get("decline_code") or error.get("code") or "unknown"
    with hub.database.transaction() as connection:
        note(hub, connection, Happening.PAYMENT_ERROR, str(order_id), str(attempt), error_code=str(code))


def _order_of_tender(hub: Hub, tender: str | None) -> str | None:
    with hub.database.transaction() as connection:
        query = select(t.checkouts.c.order_id).where(t.checkouts.c.tender_id == tender)
        return connection.execute(query).scalar_one_or_none()


def _done(connection: Connection, row: Row[Any], order: str | None) -> None:
    status = "ignored" if order is None else "processed"
    values = {"status": status, "order_id": order, "processed_at": func.now(), "last_error": None}
    connection.execute(update(t.payment_events).where(_e.id == row.id).values(values))
