"""The one step in which a payment by phone ends, whoever learns of it first, and however often it is told."""

from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from boxoffice.core.books import Books
from boxoffice.core.ids import EventId, OrderId, TicketId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads import CardPart, Payload, PaymentCaptured, PaymentFailed
from boxoffice.core.payments import plain_words
from boxoffice.core.sales import changed, finish, ticket_count
from sync.services.applying import sell_units
from sync.services.hub import Hub
from sync.services.intake import lock_device
from sync.services.ports import Session
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders

LIVE: Final = ("open", "opened", "paying")
_REMEDIES: Final = ("issue_if_capacity_allows", "refund")
_c: Final = t.checkouts.c


def settle(hub: Hub, session: Session, expired_code: str, failure: str | None = None) -> str | None:
    """Writes down how the session ended, once; returns its tender, or None if the session is not ours.

    `expired_code` says why a session that is expired was ended; `failure` that a delayed payment came to nothing.
    """
    with hub.database.transaction() as connection:
        query = select(_c.tender_id, _c.order_id, _c.device_id).where(_c.session_id == session.id)
        found: Row[Any] | None = connection.execute(query).one_or_none()  # type: ignore[assignment]  # a row of three
    if found is None:
        return None
    hub.database.run(lambda connection: _settle(hub, connection, found, session, expired_code, failure))
    return str(found.tender_id)


def _settle(
    hub: Hub, connection: Connection, found: Row[Any], session: Session, expired_code: str, failure: str | None
) -> None:
    lock_device(connection, found.device_id)
    lock_orders(connection, [found.order_id])
    row = connection.execute(select(t.checkouts).where(_c.tender_id == found.tender_id).with_for_update()).one()
    if session.is_paid:
        _paid(hub, connection, row, session)
    elif row.status in LIVE and session.status == "expired":
        _failed(hub, connection, row, expired_code, "expired")
    elif row.status in LIVE and failure is not None:
        _failed(hub, connection, row, failure, "failed")
    elif row.status in ("open", "opened") and session.status == "complete":
        _set_status(connection, row, "paying")


def _paid(hub: Hub, connection: Connection, row: Row[Any], session: Session) -> None:
    if row.status == "paid" or _was_captured(connection, session):
        return
    books = load_books(connection, [row.order_id])
    is_expected = (session.amount, session.currency) == (row.amount, row.currency)
    if row.status in LIVE and is_expected and _is_open(books, row):
        captured = _captured(row, session, row.tender_id)
        payloads: list[Payload] = [captured]
        is_last = books.orders[row.order_id].status == "processing" and books.due(row.order_id) == row.amount
        if is_last:
            payloads += _finish(hub, connection, books, row)
            for each in sell_units(connection, books, [row.order_id]):
                hub.raise_exception(connection, each.kind, each.detail, event_id=row.event_id, order_id=each.order_id)
        _write(hub, connection, row, payloads, "paid")
        if not is_last and books.orders[row.order_id].status != "processing":
            _raise(hub, connection, row, session, "paid_for_a_closed_order")
        return
    # Money that nobody waits for any more: it is taken into the books, and a person decides.
    odd: list[Payload] = [_captured(row, session, new_id())]
    if _is_open(books, row):
        odd.insert(0, _failure(row, "wrong_amount"))
    _write(hub, connection, row, odd, "failed" if row.status in LIVE else row.status)
    _raise(hub, connection, row, session, "paid_late" if is_expected else "wrong_amount")


def _was_captured(connection: Connection, session: Session) -> bool:
    p = t.payments.c
    query = select(p.id).where(p.provider_reference == (session.payment or session.id), p.status == "captured")
    return connection.execute(query).first() is not None


def _captured(row: Row[Any], session: Session, tender_id: str) -> PaymentCaptured:
    return PaymentCaptured(
        order_id=row.order_id,
        tender_id=tender_id,
        tender="checkout",
        amount=session.amount,
        currency=session.currency,
        provider_reference=session.payment or session.id,
        card=CardPart(brand=session.card.brand, last4=session.card.last4) if session.card else None,
    )


def _finish(hub: Hub, connection: Connection, books: Books, row: Row[Any]) -> list[Payload]:
    placed = books.placed[row.order_id]
    tickets = [TicketId(new_id()) for _ in range(ticket_count(placed))]
    issued = finish(placed, EventId(row.event_id), hub.issuer(connection, row.event_id), tickets)
    done = changed(OrderId(row.order_id), OrderState.PROCESSING, OrderState.COMPLETED, "paid by phone")
    return [done, issued]


def _failed(hub: Hub, connection: Connection, row: Row[Any], code: str, status: str) -> None:
    books = load_books(connection, [row.order_id])
    _write(hub, connection, row, [_failure(row, code)] if _is_open(books, row) else [], status)


def _is_open(books: Books, row: Row[Any]) -> bool:
    return books.payments[row.tender_id].status in ("started", "unknown")


def _failure(row: Row[Any], code: str) -> PaymentFailed:
    return PaymentFailed(
        order_id=row.order_id,
        tender_id=row.tender_id,
        tender="checkout",
        amount=row.amount,
        currency=row.currency,
        provider_reference=row.session_id,
        code=code,
        message=plain_words(code),
    )


def _write(hub: Hub, connection: Connection, row: Row[Any], payloads: list[Payload], status: str) -> None:
    """Writes the facts, hands them to the till, and wakes it."""
    for fact in hub.write(connection, payloads, row.event_id):
        feed.add(connection, "fact", row.event_id, row.device_id, fact.id)
    _set_status(connection, row, status)


def _set_status(connection: Connection, row: Row[Any], status: str) -> None:
    connection.execute(update(t.checkouts).where(_c.tender_id == row.tender_id).values(status=status))
    feed.wake(connection, "checkout", row.event_id, row.device_id, row.tender_id)


def _raise(hub: Hub, connection: Connection, row: Row[Any], session: Session, kind: str) -> None:
    detail = f"{session.amount} {session.currency} arrived at Stripe ({session.payment or session.id})"
    hub.raise_exception(connection, kind, detail, event_id=row.event_id, order_id=row.order_id, remedies=_REMEDIES)
