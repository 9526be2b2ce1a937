"""The one step in which a payment by phone ends, whoever learns of it first, and however often it is told."""

from typing import Any, Final, Literal

import structlog
from sqlalchemy import Connection, Row, select, update

from boxoffice.core.books import Books
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads import CardPart, Payload, PaymentCaptured, PaymentFailed
from boxoffice.core.payments import plain_words
from boxoffice.core.sales import changed
from sync.services.analytics import Happening, note
from sync.services.applying import end_hold
from sync.services.finishing import ending, revived
from sync.services.hub import Hub
from sync.services.intake import lock_device
from sync.services.mails import queue_mail
from sync.services.ports import Session
from sync.services.problems import ProblemKind
from sync.services.shop.promos import give_promo_back
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders

_log: Final = structlog.get_logger()
LIVE: Final = ("open", "opened", "paying")
_REMEDIES: Final = ("issue_if_capacity_allows", "refund")
SWITCHED: Final = "switched"
"""Why a web payment was ended whose customer goes on to pay in another way: the order stays."""
_PAID: Final = "paid on the provider's page"
_c: Final = t.checkouts.c


def settle(hub: Hub, session: Session, expired_code: str, failure: str | None = None) -> str | None:
    """Writes down how the session ended, once; returns its tender, or None if the session is not ours.

    `expired_code` says why a session that is expired was ended; `failure` that a delayed payment came to nothing.
    """
    o = t.orders.c
    with hub.database.reading() as connection:
        query = select(_c.tender_id, _c.order_id, _c.device_id, o.channel).join(t.orders, o.id == _c.order_id)
        found: Row[Any] | None = connection.execute(query.where(_c.session_id == session.id)).one_or_none()  # type: ignore[assignment]  # a row of four
    if found is None:
        return None
    hub.database.run(lambda connection: _settle(hub, connection, found, session, expired_code, failure))
    return str(found.tender_id)


def _settle(
    hub: Hub, connection: Connection, found: Row[Any], session: Session, expired_code: str, failure: str | None
) -> None:
    o = t.orders.c
    if found.channel == "door":
        lock_device(connection, found.device_id)
    lock_orders(connection, [found.order_id])
    locked = select(t.checkouts, o.channel).join(t.orders, o.id == _c.order_id).with_for_update(of=t.checkouts)
    row = connection.execute(locked.where(_c.tender_id == found.tender_id)).one()
    if session.is_paid:
        _paid(hub, connection, row, session)
    elif row.session_id != session.id:  # the customer has gone on to another provider meanwhile
        return
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
            payloads += ending(hub, connection, books, row.order_id, _PAID)
        _write(hub, connection, row, payloads, "paid", books)
        if is_last:
            _mail_to_payer(connection, row, session)
        if not is_last and books.orders[row.order_id].status != "processing":
            _raise(hub, connection, row, session, "paid_for_a_closed_order", row.tender_id)
        return
    if is_expected and row.status not in LIVE and _is_taken_late(hub, connection, books, row, session):
        return
    # Money that nobody waits for any more: it is taken into the books, and a person decides.
    payment = new_id()
    odd: list[Payload] = [_captured(row, session, payment)]
    if _is_open(books, row):
        odd.insert(0, _failure(row, "wrong_amount"))
    _write(hub, connection, row, odd, "failed" if row.status in LIVE else row.status, books)
    is_twice = books.orders[row.order_id].status in ("completed", "partially_refunded", "refunded")
    kind: ProblemKind = "wrong_amount" if not is_expected else "paid_twice" if is_twice else "paid_late"
    _raise(hub, connection, row, session, kind, payment)


def _mail_to_payer(connection: Connection, row: Row[Any], session: Session) -> None:
    """Mails receipt and tickets of a sale at the door to the address that the provider's page asked for."""
    if row.channel != "door" or not session.payer_email:
        return
    o = t.orders.c
    nobody_yet = update(t.orders).where(o.id == row.order_id, o.customer_email.is_(None))
    if connection.execute(nobody_yet.values(customer_email=session.payer_email).returning(o.id)).first() is not None:
        queue_mail(connection, row.order_id, session.payer_email)


def _is_taken_late(hub: Hub, connection: Connection, books: Books, row: Row[Any], session: Session) -> bool:
    """Finishes a web order that was given up, if its places can still be had."""
    order = books.orders[row.order_id]
    if row.channel != "web" or order.status != "failed" or books.due(row.order_id) != row.amount:
        return False
    try:
        back, end = revived(hub, connection, books, row.order_id, "paid late, and there was room")
    except NotEnoughLeft:
        return False
    payloads = [*back, _captured(row, session, new_id()), *end]
    _write(hub, connection, row, payloads, "paid", books)
    return True


def _was_captured(connection: Connection, session: Session) -> bool:
    p = t.payments.c
    query = select(p.id).where(p.provider_reference == (session.payment or session.id), p.status == "captured")
    return connection.execute(query).first() is not None


def _tender(row: Row[Any]) -> Literal["checkout", "paypal"]:
    return "paypal" if row.provider == "paypal" else "checkout"


def _captured(row: Row[Any], session: Session, tender_id: str) -> PaymentCaptured:
    return PaymentCaptured(
        order_id=row.order_id,
        tender_id=tender_id,
        tender=_tender(row),
        amount=session.amount,
        currency=session.currency,
        provider_reference=session.payment or session.id,
        card=CardPart(brand=session.card.brand, last4=session.card.last4) if session.card else None,
    )


def _failed(hub: Hub, connection: Connection, row: Row[Any], code: str, status: str) -> None:
    books = load_books(connection, [row.order_id])
    payloads: list[Payload] = [_failure(row, code)] if _is_open(books, row) else []
    if status == "failed":
        note(hub, connection, Happening.PAYMENT_ERROR, row.order_id, row.tender_id, error_code=code)
    if row.channel == "web" and books.orders[row.order_id].status == "processing" and code != SWITCHED:
        payloads.append(_given_up(hub, connection, books, row, code))
    _write(hub, connection, row, payloads, status, books)


def _given_up(hub: Hub, connection: Connection, books: Books, row: Row[Any], code: str) -> Payload:
    """Gives back what the web order held; returns its end."""
    end_hold(connection, books, row.order_id, "available")
    promo = connection.execute(select(t.holds.c.promo).where(t.holds.c.order_id == row.order_id)).scalar_one()
    give_promo_back(connection, row.event_id, promo)
    note(hub, connection, Happening.CART_ABANDONMENT, row.order_id, abandonment_reason=code)
    return changed(OrderId(row.order_id), OrderState.PROCESSING, OrderState.FAILED, plain_words(code))


def _is_open(books: Books, row: Row[Any]) -> bool:
    return books.payments[row.tender_id].status in ("started", "unknown")


def _failure(row: Row[Any], code: str) -> PaymentFailed:
    return PaymentFailed(
        order_id=row.order_id,
        tender_id=row.tender_id,
        tender=_tender(row),
        amount=row.amount,
        currency=row.currency,
        provider_reference=row.session_id,
        code=code,
        message=plain_words(code),
    )


def _write(hub: Hub, connection: Connection, row: Row[Any], payloads: list[Payload], status: str, books: Books) -> None:
    """Writes the facts; those of a till's order are handed to it, and it is woken."""
    for fact in hub.write(connection, payloads, row.event_id, books):
        if row.channel == "door":
            feed.add(connection, "fact", row.event_id, row.device_id, fact.id)
    _set_status(connection, row, status)
    _log.info("payment ended", order_id=row.order_id, tender_id=row.tender_id, provider=row.provider, status=status)


def _set_status(connection: Connection, row: Row[Any], status: str) -> None:
    connection.execute(update(t.checkouts).where(_c.tender_id == row.tender_id).values(status=status))
    feed.wake(connection, "checkout", row.event_id, row.device_id, row.tender_id)


def _raise(
    hub: Hub, connection: Connection, row: Row[Any], session: Session, kind: ProblemKind, payment_id: str
) -> None:
    amount, where = (
        Money(session.amount, Currency(session.currency)),
        "PayPal" if row.provider == "paypal" else "Stripe",
    )
    detail = f"{amount} arrived at {where} ({session.payment or session.id})"
    hub.raise_exception(
        connection,
        kind,
        detail,
        event_id=row.event_id,
        order_id=row.order_id,
        subject_id=payment_id,
        remedies=_REMEDIES,
    )
