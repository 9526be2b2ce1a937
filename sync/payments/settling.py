"""The one step in which an online payment ends, whoever learns of it first, and however often it is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Final, assert_never

import structlog
from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured, PaymentFailed
from boxoffice.core.payments import plain_words
from boxoffice.core.sales import changed
from sync.ledger.hub import Hub
from sync.ledger.intake import lock_device
from sync.orders.analytics import AnalyticsEvent, note
from sync.orders.finishing import ending, revived
from sync.orders.promos import give_promo_back
from sync.payments import card_parts
from sync.payments.lost_payments import LOST, tell_given_up
from sync.payments.ours import payment_by, reference_of
from sync.payments.payers import take_payer
from sync.ports import Session
from sync.provider_states import PAGE_TENDERS, PAYMENTS, PROVIDER_NAMES, PaymentState, Provider, provider_of, why_held
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.checkouts import Checkout, CheckoutStatus, locked, note_held, set_status
from sync.store.ledger import load_books, lock_orders
from sync.store.lives import NotHealed
from sync.store.mails import queue_word

_log: Final = structlog.get_logger()
HELD_LOOKS: Final = timedelta(hours=1)
"""How often a payment that is held is asked about, besides what webhooks tell: it may take days."""
SWITCHED: Final = "switched"
"""Why a web payment was ended whose customer goes on to pay in another way: the order stays."""
_PAID: Final = "paid on the provider's page"


def settle(hub: Hub, checkout: Checkout, session: Session, expired_code: str, *, is_refused: bool = False) -> None:
    """Writes down how the session of a payment ended, once.

    `expired_code` says why a session that is expired was ended; `is_refused` that a delayed payment came to nothing.
    """
    told = replace(session, state=PaymentState.REFUSED) if is_refused and not session.is_paid else session
    hub.database.run(lambda connection: settle_here(hub, connection, checkout, told, expired_code))


def settle_unopened(
    hub: Hub, found: Checkout, code: str, status: CheckoutStatus, *, message: str | None = None, is_same: bool = False
) -> bool:
    """Ends a payment of which no page was ever opened, or none is known: nobody can have paid it.

    Returns whether it did; it does not if there is a page, if the payment has ended, or, where it must be the same,
    if the customer has gone on to another provider since it was read.
    """
    if found.session_id is not None or not found.is_live:  # the usual case, and it needs no lock
        return False

    def end(connection: Connection) -> bool:
        row = _locked(connection, found)
        is_other = is_same and row.switches != found.switches
        if row.session_id is not None or not row.is_live or is_other:
            return False
        _failed(hub, connection, row, code, status, message)
        return True

    return hub.database.run(end)


def _locked(connection: Connection, found: Checkout) -> Checkout:
    """Locks what the end of a payment changes, always in the same order, and returns the payment as it is then."""
    if found.channel.is_at_a_till and lock_device(connection, found.device_id):
        raise NotHealed  # it may know already how this ended
    lock_orders(connection, [found.order_id])
    return locked(connection, found.tender_id)


def settle_here(hub: Hub, connection: Connection, found: Checkout, session: Session, expired_code: str) -> None:
    """The same, in a transaction of the caller's."""
    row = _locked(connection, found)
    if session.is_paid:  # where it was read: the customer may have gone on to another provider meanwhile
        _paid(hub, connection, replace(row, provider=found.provider), session)
        return
    if row.session_id != session.id or not row.is_live:  # gone on to another provider, or over
        return
    match session.state:
        case PaymentState.REFUSED:
            _failed(hub, connection, row, _refused_code(row), CheckoutStatus.FAILED)
        case PaymentState.ENDED:
            _failed(hub, connection, row, expired_code, CheckoutStatus.EXPIRED)
        case PaymentState.HELD:
            _held(hub, connection, row, session)
        case PaymentState.OPEN | PaymentState.APPROVED | PaymentState.PAID:
            pass
        case _:
            assert_never(session.state)


def _refused_code(row: Checkout) -> str:
    """Returns why a payment was refused: by the card's bank, or by PayPal itself, whatever card is behind it."""
    match _provider(row):
        case "paypal":
            return "paypal_denied"
        case "stripe":
            return "payment_refused" if row.status is CheckoutStatus.HELD else "card_declined"


def _held(hub: Hub, connection: Connection, row: Checkout, session: Session) -> None:
    """Keeps the places of a payment that its provider holds, and says so once: to the buyer, and to organizers."""
    follows, reason = PAYMENTS[PaymentState.HELD], session.held_reason or "OTHER"
    note_held(connection, row.tender_id, reason, HELD_LOOKS)
    if row.lost_at is not None:  # and found again
        hub.settle_exceptions(connection, follows.ends, row.tender_id, row.event_id)
    if row.status is CheckoutStatus.HELD:
        return
    _set_status(hub, connection, row, CheckoutStatus.HELD)
    number, where = row.order_number, PROVIDER_NAMES[_provider(row)]
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


def _paid(hub: Hub, connection: Connection, row: Checkout, session: Session) -> None:
    if row.status is CheckoutStatus.PAID or _was_captured(connection, row, session):
        return
    books = load_books(connection, [row.order_id])
    is_expected = (session.amount, session.currency) == (row.amount, row.currency)
    left = books.due(row.order_id) - card_parts.kept_of(books, row.order_id)
    pays_the_rest = row.channel.is_at_a_till or left == row.amount  # but for one whose gift card a restored hub lost
    if row.is_live and is_expected and _is_open(books, row) and pays_the_rest:
        captured = _captured(row, session, row.tender_id)
        payloads: list[Payload] = [captured]
        if books.orders[row.order_id].status is OrderState.PROCESSING and left == row.amount:
            payloads += card_parts.spent(connection, books, row.order_id)
            payloads += ending(hub, connection, books, row.order_id, _PAID)
        _write(hub, connection, row, payloads, CheckoutStatus.PAID, books)
        if row.channel.is_at_a_till:
            take_payer(connection, row.order_id, row.tender_id, session.payer_email)
        return
    is_late = is_expected and not row.is_live and _could_come_late(connection, books, row)
    if is_late and _is_taken_late(hub, connection, books, row, session):
        return
    # Money that nobody waits for any more: it is taken into the books, and a person decides.
    late = _captured(row, session, new_id(), instead_of=row.tender_id)
    odd: list[Payload] = [late.model_copy(update={"is_without_places": is_late})]
    if _is_open(books, row):
        odd.insert(0, _failure(row, "wrong_amount"))
    _write(hub, connection, row, odd, CheckoutStatus.FAILED if row.is_live else row.status, books)


def _could_come_late(connection: Connection, books: Books, row: Checkout) -> bool:
    """Returns whether this money, with what gift cards pay, is what a web order lacked that was given up.

    Then only places can be missing.
    """
    is_given_up = books.orders[row.order_id].status is OrderState.FAILED
    return row.channel is Channel.WEB and is_given_up and _by_cards(connection, books, row) is not None


def _by_cards(connection: Connection, books: Books, row: Checkout) -> list[Payload] | None:
    lacking = books.due(row.order_id) - row.amount
    return None if lacking < 0 else card_parts.paid_again(connection, books, row.order_id, lacking)


def _is_taken_late(hub: Hub, connection: Connection, books: Books, row: Checkout, session: Session) -> bool:
    """Finishes a web order that was given up, if its places can still be had, and what gift cards were to pay of it."""
    by_cards = _by_cards(connection, books, row) or []
    try:
        with connection.begin_nested():
            back, end = revived(hub, connection, books, row.order_id, "paid late, and there was room")
            payloads = [*back, *by_cards, _captured(row, session, new_id()), *end]
            _write(hub, connection, row, payloads, CheckoutStatus.PAID, books)
    except NotEnoughLeft:
        return False
    return True


def _was_captured(connection: Connection, row: Checkout, session: Session) -> bool:
    """Returns whether the hub has booked this money; a till's word settles no page of ours."""
    reference = reference_of(session.payment or session.id)
    found = None if reference is None else payment_by(connection, _provider(row), reference)
    return found is not None and found.tender in PAGE_TENDERS.values()


def _provider(row: Checkout) -> Provider:
    return provider_of(row.provider)


def _tender(row: Checkout) -> str:
    return PAGE_TENDERS[_provider(row)]


def _captured(row: Checkout, session: Session, tender_id: str, *, instead_of: str | None = None) -> PaymentCaptured:
    return PaymentCaptured(
        order_id=row.order_id,
        tender_id=tender_id,
        tender=_tender(row),
        amount=session.amount,
        currency=session.currency,
        provider_reference=session.payment or session.id,
        card=CardPart(brand=session.card.brand, last4=session.card.last4) if session.card else None,
        instead_of=instead_of,
    )


def _failed(
    hub: Hub, connection: Connection, row: Checkout, code: str, status: CheckoutStatus, message: str | None = None
) -> None:
    books = load_books(connection, [row.order_id])
    payloads: list[Payload] = [_failure(row, code, message)] if _is_open(books, row) else []
    follows = PAYMENTS[PaymentState.REFUSED]
    if row.status is CheckoutStatus.HELD and follows.mail is not None:
        queue_word(connection, row.order_id, follows.mail)
    if status is CheckoutStatus.FAILED:
        note(hub, connection, AnalyticsEvent.PAYMENT_ERROR, row.order_id, row.tender_id, error_code=code)
    if row.channel is Channel.WEB and books.orders[row.order_id].status is OrderState.PROCESSING and code != SWITCHED:
        payloads += card_parts.let_go(connection, books, row.order_id, code)
        payloads.append(_given_up(hub, connection, row, code))
    _write(hub, connection, row, payloads, status, books)
    if code == LOST:
        tell_given_up(hub, connection, row)


def _given_up(hub: Hub, connection: Connection, row: Checkout, code: str) -> Payload:
    """Returns the end of a web order, with which what it held is given back."""
    promo = connection.execute(select(t.holds.c.promo).where(t.holds.c.order_id == row.order_id)).scalar_one()
    if promo is not None:
        give_promo_back(connection, row.order_id)
    note(hub, connection, AnalyticsEvent.CART_ABANDONMENT, row.order_id, abandonment_reason=code)
    return changed(OrderId(row.order_id), OrderState.PROCESSING, OrderState.FAILED, plain_words(code))


def _is_open(books: Books, row: Checkout) -> bool:
    return books.payments[row.tender_id].is_live


def _failure(row: Checkout, code: str, message: str | None = None) -> PaymentFailed:
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


def _write(
    hub: Hub, connection: Connection, row: Checkout, payloads: list[Payload], status: CheckoutStatus, books: Books
) -> None:
    """Writes the facts, and wakes the till that waits for them."""
    hub.write(connection, payloads, row.event_id, books)
    _set_status(hub, connection, row, status)
    _log.info(
        "payment ended", order_id=row.order_id, tender_id=row.tender_id, provider=row.provider, status=status.value
    )


def _set_status(hub: Hub, connection: Connection, row: Checkout, status: CheckoutStatus) -> None:
    set_status(connection, row.tender_id, status)
    if row.held_reason is not None and status is not CheckoutStatus.HELD:
        hub.settle_exceptions(connection, PAYMENTS[PaymentState.ENDED].ends, row.tender_id, row.event_id)
    feed.wake(connection, "checkout", row.event_id, row.device_id, row.tender_id)
