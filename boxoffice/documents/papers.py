"""What the receipt and tickets of an order say, read from its facts alone: a later price list can't change them.

They may be in another language than the event's, in the texts that the event has for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads import OrderPlaced, PaymentCaptured, TicketPart, TicketsIssued
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language, language, later
from boxoffice.documents.model import Receipt, ReceiptLine, ReceiptTender, Ticket

_LABELS: Final = {
    "cash": later("Cash"),
    "terminal": later("Card"),
    "checkout": later("Card, by phone"),
    "paypal": later("PayPal"),
    "complimentary": later("Complimentary"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What is the same on all papers of an event, and who bought and sold."""

    event_name: str
    venue: tuple[str, ...]
    days: tuple[date, ...]
    timezone: str
    sold_by: str
    customer_name: str | None = None
    customer_email: str | None = None
    language: str = "en"

    @property
    def speaks(self) -> Language:
        return language(self.language)


def papers_of(
    heading: Heading, facts: Sequence[Fact], *, texts: Texts | None = None, is_copy: bool = False
) -> tuple[Receipt, tuple[Ticket, ...]]:
    """Returns the receipt of an order, and its tickets but for those that were voided.

    Args:
        heading: the event's and the people's part.
        facts: all facts of the order, causes before effects.
        texts: what was sold in the reader's language; without them, it is named as it was sold.
        is_copy: marks a receipt that was printed before.
    """
    placed = next(OrderPlaced.model_validate(f.payload) for f in facts if f.kind is FactKind.ORDER_PLACED)
    shown = placed if texts is None else texts.order(placed)
    captured = [PaymentCaptured.model_validate(f.payload) for f in facts if f.kind is FactKind.PAYMENT_CAPTURED]
    issued = [TicketsIssued.model_validate(f.payload) for f in facts if f.kind is FactKind.TICKETS_ISSUED]
    voided = {f.payload["ticket_id"] for f in facts if f.kind is FactKind.TICKET_VOIDED}
    receipt = _receipt(heading, shown, captured, facts[0].occurred_at, is_copy=is_copy)
    parts = [ticket for end in issued for ticket in end.tickets if ticket.ticket_id not in voided]
    event = None if texts is None else texts.catalogue
    return receipt, _tickets(heading, shown, parts, event)


def _receipt(
    heading: Heading, placed: OrderPlaced, captured: Sequence[PaymentCaptured], sold_at: datetime, *, is_copy: bool
) -> Receipt:
    currency, speaks = Currency(placed.currency), heading.speaks
    change = sum(payment.change or 0 for payment in captured)
    paid = sum(payment.amount for payment in captured)
    return Receipt(
        event_name=(heading.event_name,),
        venue=heading.venue,
        event_dates=speaks.days(heading.days),
        order_number=placed.order_number,
        sold_at=speaks.instant(sold_at.astimezone(ZoneInfo(heading.timezone))),
        sold_by=heading.sold_by,
        lines=tuple(
            ReceiptLine(
                name=line.name if line.option is None else f"{line.name}, {line.option}",
                detail=line.detail,
                quantity=line.quantity,
                unit_text=str(Money(line.unit_price, currency)),
                amount_text=str(Money(line.subtotal, currency)),
            )
            for line in placed.lines
        ),
        subtotal_text=str(Money(placed.subtotal, currency)),
        taxes=_taxes(speaks, placed, currency),
        total_text=str(Money(placed.total, currency)),
        tenders=tuple(_tender(speaks, payment, currency) for payment in captured),
        discount_text=str(Money(-placed.discount, currency)) if placed.discount else None,
        change_text=str(Money(change, currency)) if change else None,
        customer_name=heading.customer_name,
        customer_email=heading.customer_email,
        status_text=speaks.say("Paid in full") if paid >= placed.total else speaks.say("Not paid in full"),
        is_copy=is_copy,
        language=speaks.code,
    )


def _taxes(speaks: Language, placed: OrderPlaced, currency: Currency) -> tuple[tuple[str, str], ...]:
    if not placed.tax:
        return ()
    is_included = placed.subtotal - placed.discount == placed.total
    label = speaks.say("Tax, included") if is_included else speaks.say("Tax")
    return ((label, str(Money(placed.tax, currency))),)


def _tender(speaks: Language, payment: PaymentCaptured, currency: Currency) -> ReceiptTender:
    label, details = speaks.say(_LABELS[payment.tender]), list[str]()
    card = payment.card
    if card is not None:
        label = f"{card.brand.capitalize()} •••• {card.last4}"
        details += [text for text in (card.application_name, card.read_method.replace("_", " ")) if text]
        details += [f"AID {card.aid}"] if card.aid else []
        details += [" ".join((speaks.say("Authorization"), card.authorization_code))] if card.authorization_code else []
    if payment.tendered is not None:
        details.append(" ".join((speaks.say("Given"), str(Money(payment.tendered, currency)))))
    return ReceiptTender(label, str(Money(payment.amount, Currency(payment.currency))), tuple(details))


def _day(speaks: Language, event: Catalogue | None, product_id: str, day: date) -> str:
    """Returns `Fri 15`, with when it begins if anyone has said: `Fri 15, 5:00 PM`."""
    hours = None if event is None else event.hours_of(product_id, day)
    short = speaks.short_day(day)
    return short if hours is None else f"{short}, {speaks.time(hours.starts)}"


def _tickets(
    heading: Heading, placed: OrderPlaced, parts: Sequence[TicketPart], event: Catalogue | None
) -> tuple[Ticket, ...]:
    speaks = heading.speaks
    return tuple(
        Ticket(
            event_name=(heading.event_name,),
            event_dates=speaks.days(heading.days),
            venue=heading.venue,
            product_name=placed.lines[part.line].name,
            days=tuple(_day(speaks, event, part.product_id, date.fromisoformat(day)) for day in part.days),
            order_number=placed.order_number,
            position=speaks.say("{i} of {n}").format(i=i, n=len(parts)),
            token=part.token,
            guest=heading.customer_name,
            small_print=(speaks.say("Show this code at the door. It lets in one person, once each day."),),
            language=speaks.code,
        )
        for i, part in enumerate(parts, 1)
    )
