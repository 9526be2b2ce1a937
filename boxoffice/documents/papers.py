"""What the receipt and tickets of an order say, read from its facts alone: a later price list can't change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads import OrderPlaced, PaymentCaptured, TicketPart, TicketsIssued
from boxoffice.documents.model import Receipt, ReceiptLine, ReceiptTender, Ticket

_LABELS: Final = {
    "cash": "Cash",
    "terminal": "Card",
    "checkout": "Card, by phone",
    "paypal": "PayPal",
    "complimentary": "Complimentary",
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


def papers_of(heading: Heading, facts: Sequence[Fact], *, is_copy: bool = False) -> tuple[Receipt, tuple[Ticket, ...]]:
    """Returns the receipt of an order, and its tickets but for those that were voided.

    Args:
        heading: the event's and the people's part.
        facts: all facts of the order, causes before effects.
        is_copy: marks a receipt that was printed before.
    """
    placed = next(OrderPlaced.model_validate(f.payload) for f in facts if f.kind is FactKind.ORDER_PLACED)
    captured = [PaymentCaptured.model_validate(f.payload) for f in facts if f.kind is FactKind.PAYMENT_CAPTURED]
    issued = [TicketsIssued.model_validate(f.payload) for f in facts if f.kind is FactKind.TICKETS_ISSUED]
    voided = {f.payload["ticket_id"] for f in facts if f.kind is FactKind.TICKET_VOIDED}
    receipt = _receipt(heading, placed, captured, facts[0].occurred_at, is_copy=is_copy)
    parts = [ticket for end in issued for ticket in end.tickets if ticket.ticket_id not in voided]
    return receipt, _tickets(heading, placed, parts)


def _receipt(
    heading: Heading, placed: OrderPlaced, captured: Sequence[PaymentCaptured], sold_at: datetime, *, is_copy: bool
) -> Receipt:
    currency = Currency(placed.currency)
    change = sum(payment.change or 0 for payment in captured)
    paid = sum(payment.amount for payment in captured)
    return Receipt(
        event_name=(heading.event_name,),
        venue=heading.venue,
        event_dates=dates_text(heading.days),
        order_number=placed.order_number,
        sold_at=_instant_text(sold_at.astimezone(ZoneInfo(heading.timezone))),
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
        taxes=_taxes(placed, currency),
        total_text=str(Money(placed.total, currency)),
        tenders=tuple(_tender(payment, currency) for payment in captured),
        discount_text=str(Money(-placed.discount, currency)) if placed.discount else None,
        change_text=str(Money(change, currency)) if change else None,
        customer_name=heading.customer_name,
        customer_email=heading.customer_email,
        status_text="Paid in full" if paid >= placed.total else "Not paid in full",
        is_copy=is_copy,
    )


def _taxes(placed: OrderPlaced, currency: Currency) -> tuple[tuple[str, str], ...]:
    if not placed.tax:
        return ()
    is_included = placed.subtotal - placed.discount == placed.total
    return (("Tax, included" if is_included else "Tax", str(Money(placed.tax, currency))),)


def _tender(payment: PaymentCaptured, currency: Currency) -> ReceiptTender:
    label, details = _LABELS[payment.tender], list[str]()
    card = payment.card
    if card is not None:
        label = f"{card.brand.capitalize()} •••• {card.last4}"
        details += [text for text in (card.application_name, card.read_method.replace("_", " ")) if text]
        details += [f"AID {card.aid}"] if card.aid else []
        details += [f"Authorization {card.authorization_code}"] if card.authorization_code else []
    if payment.tendered is not None:
        details.append(f"Given {Money(payment.tendered, currency)}")
    return ReceiptTender(label, str(Money(payment.amount, Currency(payment.currency))), tuple(details))


def _tickets(heading: Heading, placed: OrderPlaced, parts: Sequence[TicketPart]) -> tuple[Ticket, ...]:
    return tuple(
        Ticket(
            event_name=(heading.event_name,),
            event_dates=dates_text(heading.days),
            venue=heading.venue,
            product_name=placed.lines[part.line].name,
            days=tuple(day_text(date.fromisoformat(day)) for day in part.days),
            order_number=placed.order_number,
            position=f"{i} of {len(parts)}",
            token=part.token,
            guest=heading.customer_name,
        )
        for i, part in enumerate(parts, 1)
    )


def _instant_text(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}, {clock_text(at)}"


def clock_text(at: datetime) -> str:
    """Returns a time as people in the event's country say it: `9:05 PM`."""
    return f"{at.hour % 12 or 12}:{at:%M} {at:%p}"


def day_text(day: date) -> str:
    """Returns a short day: `Fri 15`."""
    return f"{day:%a} {day.day}"


def dates_text(days: Sequence[date]) -> str:
    """Returns the days of an event: `May 15–17, 2026`."""
    first, last = min(days), max(days)
    if first == last:
        return f"{first:%B} {first.day}, {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B} {first.day}–{last.day}, {last.year}"
    return f"{first:%B} {first.day} – {last:%B} {last.day}, {last.year}"
