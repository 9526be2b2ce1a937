"""Tells the buyer of an order, once, that something of it is cancelled or has moved, and what goes back to them how."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.tenders import tender_of
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language, language
from boxoffice.documents.notice import Notice
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.orders.access import token_for
from sync.payments.payment_words import Word
from sync.store import cancelling as store
from sync.store import tables as t
from sync.store.cancelling import Cancellation, Kind, ToOne
from sync.store.chain import new_id
from sync.store.queue import defer

_BY_ITSELF: Final = later("{amount} goes back to {to}. You don’t have to do anything.")
_DAYS: Final = later("It takes 5 to 10 business days on a card.")
_CASH: Final = later(
    "You paid {amount} in cash. You get it back in cash at a till: show this mail or your ticket, order {number}."
)
_BY_HAND: Final = later("The organizers give {amount} back to you by hand, and write to you about it.")
_ON_CARD: Final = later("{amount} is on {to} again already.")
_NOTHING: Final = later("Nothing was paid for what ends, so nothing goes back.")
_KEPT: Final = later(
    "Thank you for your donation: it stays with us. If you would rather have it back, ask here: {link}"
)
_ASK: Final = later("If you can’t come on the new days, ask for your money back here, until {day}: {link}")


def tell_of_cancellation(connection: Connection, cancellation_id: str, order_id: str, email: str) -> None:
    """Queues the mail of an order about a cancellation; asked for again, it is one mail."""
    row = {"id": new_id(), "order_id": order_id, "email": email, "kind": "cancelled"}
    new = insert(t.mails).values(row | {"cancellation_id": cancellation_id}).on_conflict_do_nothing()
    mail_id = connection.scalar(new.returning(t.mails.c.id))
    if mail_id is not None:
        # A task of its own: a hub of the version before would send a receipt for it.
        defer(connection, "send_cancellation", {"mail_id": mail_id})


def compose_cancellation(hub: Hub, connection: Connection, order_id: str, cancellation_id: str) -> Word:
    """Returns the mail in the buyer's language."""
    row = store.find(connection, cancellation_id)
    if row is None:
        raise ValueError(f"there is no cancellation {cancellation_id}")
    h = t.holds.c
    code = connection.scalar(select(h.language).where(h.order_id == order_id)) or "en"
    one = store.to_one(connection, cancellation_id, order_id)
    words = [own_words(row, code), *_lines(hub, connection, row, one, language(code))]
    return _letter(hub, connection, row, code, words)


def preview(hub: Hub, connection: Connection, row: Cancellation, code: str) -> Word:
    """Returns what the organizer's words look like in a language, with an amount that stands for each one's own."""
    speaks = language(code)
    sample = Money(5_000, Currency(row.currency))
    words = speaks.say(_BY_ITSELF).format(amount=sample, to=speaks.say(tender_of("checkout").words_on("web").to_payer))
    return _letter(hub, connection, row, code, [own_words(row, code), f"{words} {speaks.say(_DAYS)}"])


def own_words(row: Cancellation, code: str) -> str:
    """Returns the organizer's words: the English ones where there are no others."""
    return row.words_es if code == "es" and row.words_es else row.words_en


def give_back_link(hub: Hub, connection: Connection, row: Cancellation, order_id: str) -> str:
    """Returns the address where a buyer asks for what goes back only if they want it."""
    return f"{hub.public_url}/give-back?of={row.id}&id={order_id}&key={token_for(hub, connection, order_id)}"


def _letter(hub: Hub, connection: Connection, row: Cancellation, code: str, words: list[str]) -> Word:
    is_spanish = code == "es" and bool(row.words_es)
    event = catalogue_on_sale(hub, connection, row.event_id)
    name = Texts(event, code).event_name
    subject = row.subject_es if is_spanish else row.subject_en
    return Word(Notice(name, event.venue, subject, "\n\n".join(words), code), name)


def _lines(hub: Hub, connection: Connection, row: Cancellation, one: ToOne, speaks: Language) -> Iterator[str]:
    """Yields what this one gets back, and how."""
    currency = Currency(row.currency)
    for tender, amount, is_by_itself in one.shares:
        kind = tender_of(tender)
        given = {
            "amount": str(Money(amount, currency)),
            "to": speaks.say(kind.words_on(one.channel).to_payer),
            "number": one.order_number,
        }
        words = _ON_CARD if kind.account == "stored_value" else _BY_ITSELF
        if not is_by_itself:
            words = _CASH if kind.is_cash else _BY_HAND
        line = speaks.say(words).format(**given)
        yield f"{line} {speaks.say(_DAYS)}" if kind.is_card and is_by_itself else line
    if row.kind is Kind.MOVE:
        if row.refund_until is not None and not one.shares:
            link = give_back_link(hub, connection, row, one.order_id)
            yield speaks.say(_ASK).format(day=_day(row.refund_until, speaks), link=link)
        return
    if not one.shares:
        yield speaks.say(_NOTHING)
    if row.kind is Kind.EVENT and not row.donations and one.has_donation:
        yield speaks.say(_KEPT).format(link=give_back_link(hub, connection, row, one.order_id))


def _day(day: date, speaks: Language) -> str:
    return speaks.days([day])
