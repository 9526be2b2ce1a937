"""Tells a customer, once, of each refund that has succeeded."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.books import Books
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.payments import RefundStatus
from boxoffice.core.tenders import tender_of
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import language
from boxoffice.documents.refund import RefundNotice, refund_html, refund_text
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import load_books
from sync.store.queue import defer

_AGREED: Final = later("you, by the way that you agreed on with the organizers")


@dataclass(frozen=True, slots=True)
class ComposedRefundMail:
    """What is sent, in the shape of an order's letter."""

    notice: RefundNotice

    @property
    def subject(self) -> str:
        return self.notice.subject

    @property
    def sender(self) -> str:
        return self.notice.event_name

    @property
    def data(self) -> Mapping[str, Any]:
        """Nothing: the organizer's template is for receipts."""
        return {}

    @property
    def text(self) -> str:
        return refund_text(self.notice)

    @property
    def html(self) -> str:
        return refund_html(self.notice)

    def attachments(self) -> dict[str, bytes]:
        return {}


def tell_of_refund(connection: Connection, order_id: str, refund_id: str) -> None:
    """Queues the mail that tells of a refund, if the order has an address; asked for again, it is one mail."""
    email = connection.execute(select(t.orders.c.customer_email).where(t.orders.c.id == order_id)).scalar_one()
    if not email:
        return
    row = {"id": new_id(), "order_id": order_id, "email": email, "refund_id": refund_id}
    new = insert(t.mails).values(row).on_conflict_do_nothing(index_elements=["refund_id"]).returning(t.mails.c.id)
    mail_id = connection.execute(new).scalar_one_or_none()
    if mail_id is not None:
        defer(connection, "send_mail", {"mail_id": mail_id})


def compose_refund_mail(hub: Hub, connection: Connection, order_id: str, refund_id: str) -> ComposedRefundMail:
    """Returns the mail that tells of a refund, in the buyer's language."""
    o, h = t.orders.c, t.holds.c
    query = select(o.event_id, h.language).outerjoin(t.holds, h.order_id == o.id).where(o.id == order_id)
    row = connection.execute(query).one()
    books = load_books(connection, [order_id])
    event, speaks = catalogue_on_sale(hub, connection, row.event_id), language(row.language or "en")
    texts, placed = Texts(event, speaks.code), books.placed[order_id]
    asked = next(each for each in books.asked[order_id] if each.refund_id == refund_id)
    payment = books.payments[asked.tender_id]
    tender = tender_of(payment.tender)
    outside = is_outside(connection, order_id, refund_id)
    to = speaks.say(_AGREED) if outside else speaks.say(tender.words.to_payer)
    return ComposedRefundMail(
        RefundNotice(
            event_name=texts.event_name,
            venue=f"{event.venue}, {event.city}",
            order_number=placed.order_number,
            amount_text=str(Money(asked.amount, Currency(asked.currency))),
            to=to if outside else _card(connection, asked.tender_id, to) if tender.is_card else to,
            is_card=tender.is_card and not outside,
            what=_what(texts.order(placed), asked),
            is_all=_given_back(books, order_id) >= placed.total,
            ended_tickets=sum(placed.lines[line].kind == "ticket" for line, _ in asked.parts),
            language=speaks.code,
        )
    )


def is_outside(connection: Connection, order_id: str, refund_id: str) -> bool:
    """Returns whether an organizer has given it back by another way than it was paid."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == order_id, f.payload["refund_id"].astext == refund_id)
    told = select(f.payload["outside"].astext).where(*mine, f.kind == "refund_succeeded")
    return connection.scalar(told) is not None


def _card(connection: Connection, tender_id: str, unknown: str) -> str:
    """Returns such as `Visa •••• 4242`."""
    f = t.facts.c
    mine = (f.payload["tender_id"].astext == tender_id, f.kind == "payment_captured")
    card = connection.execute(select(f.payload["card"]).where(*mine)).scalar()
    return unknown if not card else f"{str(card['brand']).capitalize()} •••• {card['last4']}"


def _what(placed: OrderPlaced, asked: RefundRequested) -> tuple[str, ...]:
    """Returns such as `2 × Saturday Day Pass` and `1 × Festival T-Shirt, L`."""
    lines = Counter(line for line, _ in asked.parts)
    named = {i: ", ".join(each for each in (placed.lines[i].name, placed.lines[i].option) if each) for i in lines}
    return tuple(f"{count} × {named[i]}" for i, count in sorted(lines.items()))


def _given_back(books: Books, order_id: str) -> int:
    mine = {payment.id for payment in books.payments.values() if payment.order_id == order_id}
    return sum(
        each.amount
        for each in books.refunds.values()
        if each.payment_id in mine and each.status is RefundStatus.SUCCEEDED
    )
