"""The one step in which a payment by phone ends, whoever learns of it first, and however often it is told."""

from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row, func, select, update

from boxoffice.core.books import Books
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads import CardPart, Payload, PaymentCaptured, PaymentFailed
from boxoffice.core.payments import plain_words
from boxoffice.core.sales import changed
from sync.services.analytics import Happening, note
from sync.services.finishing import ending, revived
from sync.services.hub import Hub
from sync.services.intake import lock_device
from sync.services.lost_payments import LOST, tell_given_up
from sync.services.mails import queue_word
from sync.services.ours import payment_by, reference_of
from sync.services.payers import take_payer
from sync.services.ports import Session
from sync.services.problems import ProblemKind
from sync.services.provider_states import (
    PAGE_TENDERS,
    PAYMENTS,
    PROVIDER_NAMES,
    PaymentState,
    Provider,
    provider_of,
    why_held,
)
from sync.services.shop.promos import give_promo_back
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders

_log: Final = structlog.get_logger()
HELD: Final = "paying"
"""How a checkout stands whose payment the provider holds."""
LIVE: Final = ("open", "opened", HELD)
HELD_LOOKS: Final = timedelta(hours=1)
"""How often a payment that is held is asked about, besides what webhooks tell: it may take days."""
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


def settle_unopened(
    hub: Hub, tender_id: str, code: str, status: str, *, switches: int | None = None, message: str | None = None
) -> bool:
    """Ends a payment of which no page was ever opened, or none is known: nobody can have paid it.

    Returns whether it did; it does not if there is a page, if the payment has ended, or has been switched since.
    """
    o = t.orders.c
    with hub.database.reading() as connection:
        query = select(t.checkouts, o.channel).join(t.orders, o.id == _c.order_id).where(_c.tender_id == tender_id)
        found: Row[Any] = connection.execute(query).one()
    if found.session_id is not None or found.status not in LIVE:  # the usual case, and it needs no lock
        return False

    def end(connection: Connection) -> bool:
        row = _locked(connection, found)
        is_other = switches is not None and row.switches != switches
        if row.session_id is not None or row.status not in LIVE or is_other:
            return False
        _failed(hub, connection, row, code, status, message)
        return True

    return hub.database.run(end)


def _locked(connection: Connection, found: Row[Any]) -> Row[Any]:
    """Locks what the end of a payment changes, always in the same order, and returns the payment as it is then."""
    o = t.orders.c
    if found.channel == "door":
        lock_device(connection, found.device_id)
    lock_orders(connection, [found.order_id])
    locked = select(t.checkouts, o.channel).join(t.orders, o.id == _c.order_id).with_for_update(of=t.checkouts)
    return connection.execute(locked.where(_c.tender_id == found.tender_id)).one()


def _settle(
    hub: Hub, connection: Connection, found: Row[Any], session: Session, expired_code: str, failure: str | None
) -> None:
    row = _locked(connection, found)
    if session.is_paid:
        _paid(hub, connection, row, session)
    elif row.session_id != session.id or row.status not in LIVE:  # gone on to another provider, or over
        return
    elif failure is not None or session.state is PaymentState.REFUSED:
        code = "payment_refused" if row.status == HELD else failure or "card_declined"
        _failed(hub, connection, row, code, "failed")
    elif session.state is PaymentState.ENDED:
        _failed(hub, connection, row, expired_code, "expired")
    elif session.state is PaymentState.HELD:
        _held(hub, connection, row, session)


def _held(hub: Hub, connection: Connection, row: Row[Any], session: Session) -> None:
    """Keeps the places of a payment that its provider holds, and says so once: to the buyer, and to organizers."""
    follows, reason = PAYMENTS[PaymentState.HELD], session.held_reason or "OTHER"
    later = {"held_reason": reason, "closes_at": func.now() + HELD_LOOKS, "lost_at": None}
    connection.execute(update(t.checkouts).where(_c.tender_id == row.tender_id).values(later))
    if row.lost_at is not None:  # and found again
        hub.settle_exceptions(connection, follows.ends, row.tender_id, row.event_id)
    if row.status == HELD:
        return
    _set_status(hub, connection, row, HELD)
    number, where = _number(connection, row), PROVIDER_NAMES[_provider(row)]
    amount = Money(row.amount, Currency(row.currency))
    hub.raise_exception(
        connection,
        "payment_held",
        f"{where} holds {amount} for order {number}: {why_held(reason)}. Its places are kept until it ends.",
        event_id=row.event_id,
        order_id=row.order_id,
        subject_id=row.tender_id,
        remedies=("seen",),
    )
    if follows.mail is not None:
        queue_word(connection, row.order_id, follows.mail)


def _paid(hub: Hub, connection: Connection, row: Row[Any], session: Session) -> None:
    if row.status == "paid" or _was_captured(connection, row, session):
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
        take_payer(connection, row.order_id, row.tender_id, session.payer_email)
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


def _is_taken_late(hub: Hub, connection: Connection, books: Books, row: Row[Any], session: Session) -> bool:
    """Finishes a web order that was given up, if its places can still be had."""
    order = books.orders[row.order_id]
    if row.channel != "web" or order.status != "failed" or books.due(row.order_id) != row.amount:
        return False
    try:
        with connection.begin_nested():
            back, end = revived(hub, connection, books, row.order_id, "paid late, and there was room")
            payloads = [*back, _captured(row, session, new_id()), *end]
            _write(hub, connection, row, payloads, "paid", books)
    except NotEnoughLeft:
        return False
    return True


def _was_captured(connection: Connection, row: Row[Any], session: Session) -> bool:
    """Returns whether the hub has booked this money; a till's word settles no page of ours."""
    reference = reference_of(session.payment or session.id)
    found = None if reference is None else payment_by(connection, _provider(row), reference)
    return found is not None and found.tender in PAGE_TENDERS.values()


def _number(connection: Connection, row: Row[Any]) -> str:
    o = t.orders.c
    return str(connection.execute(select(o.order_number).where(o.id == row.order_id)).scalar_one())


def _provider(row: Row[Any]) -> Provider:
    return provider_of(row.provider)


def _tender(row: Row[Any]) -> str:
    return PAGE_TENDERS[_provider(row)]


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


def _failed(
    hub: Hub, connection: Connection, row: Row[Any], code: str, status: str, message: str | None = None
) -> None:
    books = load_books(connection, [row.order_id])
    payloads: list[Payload] = [_failure(row, code, message)] if _is_open(books, row) else []
    follows = PAYMENTS[PaymentState.REFUSED]
    if row.status == HELD and follows.mail is not None:
        queue_word(connection, row.order_id, follows.mail)
    if status == "failed":
        note(hub, connection, Happening.PAYMENT_ERROR, row.order_id, row.tender_id, error_code=code)
    if row.channel == "web" and books.orders[row.order_id].status == "processing" and code != SWITCHED:
        payloads.append(_given_up(hub, connection, row, code))
    _write(hub, connection, row, payloads, status, books)
    if code == LOST:
        tell_given_up(hub, connection, row)


def _given_up(hub: Hub, connection: Connection, row: Row[Any], code: str) -> Payload:
    """Returns the end of a web order, with which what it held is given back."""
    promo = connection.execute(select(t.holds.c.promo).where(t.holds.c.order_id == row.order_id)).scalar_one()
    give_promo_back(connection, row.event_id, promo)
    note(hub, connection, Happening.CART_ABANDONMENT, row.order_id, abandonment_reason=code)
    return changed(OrderId(row.order_id), OrderState.PROCESSING, OrderState.FAILED, plain_words(code))


def _is_open(books: Books, row: Row[Any]) -> bool:
    return books.payments[row.tender_id].status in ("started", "unknown")


def _failure(row: Row[Any], code: str, message: str | None = None) -> PaymentFailed:
    return PaymentFailed(
        order_id=row.order_id,
        tender_id=row.tender_id,
        tender=_tender(row),
        amount=row.amount,
        currency=row.currency,
        provider_reference=row.session_id,
        code=code,
        message=message or plain_words(code),
    )


def _write(hub: Hub, connection: Connection, row: Row[Any], payloads: list[Payload], status: str, books: Books) -> None:
    """Writes the facts, and wakes the till that waits for them."""
    hub.write(connection, payloads, row.event_id, books)
    _set_status(hub, connection, row, status)
    _log.info("payment ended", order_id=row.order_id, tender_id=row.tender_id, provider=row.provider, status=status)


def _set_status(hub: Hub, connection: Connection, row: Row[Any], status: str) -> None:
    connection.execute(update(t.checkouts).where(_c.tender_id == row.tender_id).values(status=status))
    if row.held_reason is not None and status != HELD:
        hub.settle_exceptions(connection, PAYMENTS[PaymentState.ENDED].ends, row.tender_id, row.event_id)
    feed.wake(connection, "checkout", row.event_id, row.device_id, row.tender_id)


def _raise(
    hub: Hub, connection: Connection, row: Row[Any], session: Session, kind: ProblemKind, payment_id: str
) -> None:
    amount, where = (
        Money(session.amount, Currency(session.currency)),
        PROVIDER_NAMES[_provider(row)],
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
