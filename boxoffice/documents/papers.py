"""What the receipt and tickets of an order say, read from its facts alone: a later price list can't change them.

They may be in another language than the event's, in the texts that the event has for it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.money import Currency, Money
from boxoffice.core.own_words import Said
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.tickets import PartyPart, TicketPart, TicketsIssued
from boxoffice.core.reissues import tickets_now
from boxoffice.core.sums import Paid, paid_of, sums_of
from boxoffice.core.tenders import tender_of
from boxoffice.core.texts import Texts
from boxoffice.core.ticket_codes import code_of
from boxoffice.documents.languages import Language, language, later
from boxoffice.documents.model import Receipt, ReceiptLine, ReceiptTender, Ticket
from boxoffice.documents.sums import included_rows, sum_rows


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
    heading: Heading, facts: Sequence[Fact], *, texts: Texts | None = None, copy: int = 0
) -> tuple[Receipt, tuple[Ticket, ...]]:
    """Returns the receipt of an order, and its tickets but for those that were voided.

    Args:
        heading: the event's and the people's part.
        facts: all facts of the order, causes before effects.
        texts: what was sold in the reader's language; without them, it is named as it was sold.
        copy: which copy it is of papers that were handed out before; none for the first ones.
    """
    placed = next(OrderPlaced.model_validate(f.payload) for f in facts if f.kind is FactKind.ORDER_PLACED)
    shown = placed if texts is None else texts.order(placed)
    issued = [TicketsIssued.model_validate(f.payload) for f in facts if f.kind is FactKind.TICKETS_ISSUED]
    voided = {f.payload["ticket_id"] for f in facts if f.kind is FactKind.TICKET_VOIDED}
    is_given_up = not issued and any(fact.kind is FactKind.REFUND_REQUESTED for fact in facts)
    paid, sold_at = paid_of(placed, facts, is_given_up=is_given_up), facts[0].occurred_at
    receipt = _receipt(heading, shown, paid, sold_at, copy=copy, is_given_up=is_given_up)
    parts = [ticket for ticket in tickets_now(facts) if ticket.ticket_id not in voided]
    event = None if texts is None else texts.catalogue
    own = Said() if event is None else event.papers.in_language(heading.language)
    receipt = replace(receipt, opening=own.mail, closing=own.receipt)
    tickets = _tickets(heading, shown, parts, event)
    if parties := [party for end in issued for party in end.parties]:
        tickets = tuple(_of_parties(heading, parties, parts, tickets))
    return receipt, tuple(replace(each, copy=copy) for each in tickets)


def _of_parties(
    heading: Heading, parties: Sequence[PartyPart], parts: Sequence[TicketPart], tickets: Sequence[Ticket]
) -> Iterator[Ticket]:
    """Yields one paper for each code of a party, with what of it still works, and those that went to other people."""
    speaks, by_id = heading.speaks, {part.ticket_id: each for part, each in zip(parts, tickets, strict=True)}
    valid = [[by_id[each] for each in party.ticket_ids if each in by_id] for party in parties]
    shown = [(party, each) for party, each in zip(parties, valid, strict=True) if each]
    for i, (party, mine) in enumerate(shown, 1):
        names = Counter(each.product_name for each in mine)
        yield replace(
            mine[0],
            product_name=", ".join(f"{count} × {name}" for name, count in names.items()),
            days=tuple(dict.fromkeys(day for each in mine for day in each.days)),
            position=speaks.say("{i} of {n}").format(i=i, n=len(shown)),
            token=party.token,
            kind=later("Party ticket"),
            small_print=(speaks.say("One code for {people} people who come in together.").format(people=len(mine)),),
        )
    together = {each for party in parties for each in party.ticket_ids}
    yield from (each for part, each in zip(parts, tickets, strict=True) if part.ticket_id not in together)


def _receipt(
    heading: Heading, placed: OrderPlaced, paid: Paid, sold_at: datetime, *, copy: int, is_given_up: bool
) -> Receipt:
    currency, speaks = Currency(placed.currency), heading.speaks
    change = sum(payment.change or 0 for payment in paid.payments)
    sums = sums_of(placed.lines)
    rows = sum_rows(sums, speaks, currency)
    return Receipt(
        event_name=(heading.event_name,),
        venue=heading.venue,
        event_dates=speaks.days(heading.days),
        order_number=placed.order_number,
        sold_at=speaks.instant(sold_at.astimezone(ZoneInfo(heading.timezone))),
        sold_by=heading.sold_by,
        lines=tuple(
            ReceiptLine(
                name=line.title,
                detail=line.bundle_name or line.detail,
                quantity=line.quantity,
                unit_text=str(Money(line.unit_price, currency)),
                amount_text=str(Money(line.subtotal, currency)),
            )
            for line in placed.lines
        ),
        subtotal_text=str(Money(sums.subtotal, currency)),
        taxes=tuple((label, str(amount)) for label, amount in rows[1 + len(sums.reduced) :]),
        total_text=str(Money(placed.total, currency)),
        tenders=tuple(_tender(speaks, payment, currency) for payment in paid.payments),
        discounts=tuple((label, str(amount)) for label, amount in rows[1 : 1 + len(sums.reduced)]),
        included=included_rows(sums, placed.exempt, speaks, currency),
        missing=_missing(speaks, paid, currency, is_given_up=is_given_up),
        rounded=_rounded(speaks, paid, currency),
        given_back=end_rows(paid, speaks, currency),
        change_text=str(Money(change, currency)) if change else None,
        customer_name=heading.customer_name,
        customer_email=heading.customer_email,
        status_text=speaks.say(_status(paid, is_given_up=is_given_up)),
        copy=copy,
        language=speaks.code,
    )


def _for_whom(line: LinePart) -> str:
    """Returns what a ticket is called; who shows a card at the door is told to."""
    return f"{line.name}, {line.price_name}" if line.price_name else line.name


def _status(paid: Paid, *, is_given_up: bool) -> str:
    if is_given_up:
        return later("Given back")
    if paid.missing > 0:
        return later("Not paid in full")
    if not paid.refunds:
        return later("Paid in full")
    return later("Refunded in part") if paid.kept > 0 else later("Refunded")


def _missing(speaks: Language, paid: Paid, currency: Currency, *, is_given_up: bool) -> tuple[str, str] | None:
    """Returns what the payments are short of the total, or beyond it."""
    if not paid.missing:
        return None
    short = speaks.say("Not paid") if is_given_up else speaks.say("Still to pay")
    words = short if paid.missing > 0 else speaks.say("Paid too much")
    return words, str(Money(paid.missing, currency))


def _rounded(speaks: Language, paid: Paid, currency: Currency) -> tuple[str, str] | None:
    """Returns what makes the payments the total again, where cash was rounded."""
    steps = sorted({str(Money(each.rounded_to, currency)) for each in paid.payments if each.rounding})
    if not steps:
        return None
    words = speaks.say("Cash rounded to {step}").format(step=", ".join(steps))
    return words, str(Money(-paid.rounding, currency))


def end_rows(paid: Paid, speaks: Language, currency: Currency) -> tuple[tuple[str, str], ...]:
    """Returns what of the payments went back, and what was kept; no rows if nothing did."""
    if not paid.refunds:
        return ()
    labels, to = {each.tender_id: _label(speaks, each) for each in paid.payments}, speaks.say("Refund to {tender}")
    refunds = [(to.format(tender=labels.get(each.tender_id, "")), each.amount + each.rounding) for each in paid.refunds]
    rows = [*((label, -amount) for label, amount in refunds), (speaks.say("Paid after refunds"), paid.kept)]
    return tuple((label, str(Money(amount, currency))) for label, amount in rows)


def _label(speaks: Language, payment: PaymentCaptured) -> str:
    if payment.card is not None:
        return f"{payment.card.brand.capitalize()} •••• {payment.card.last4}"
    return speaks.say(tender_of(payment.tender).words.receipt)


def _tender(speaks: Language, payment: PaymentCaptured, currency: Currency) -> ReceiptTender:
    label, details = _label(speaks, payment), list[str]()
    card = payment.card
    if card is not None:
        details += [text for text in (card.application_name, card.read_method.replace("_", " ")) if text]
        details += [f"AID {card.aid}"] if card.aid else []
        details += [" ".join((speaks.say("Authorization"), card.authorization_code))] if card.authorization_code else []
    if payment.tendered is not None:
        details.append(" ".join((speaks.say("Given"), str(Money(payment.tendered, currency)))))
    return ReceiptTender(label, str(Money(payment.received, Currency(payment.currency))), tuple(details))


def _days(event: Catalogue | None, part: TicketPart) -> Sequence[date]:
    """Returns the days of a ticket; one that names none is for all of the event's, told where they have hours."""
    named = [date.fromisoformat(day) for day in part.days]
    if event is None:
        return named
    if named:
        return event.doors.days_now(named)
    return [day for day in event.days if event.hours_of(part.product_id, day) is not None]


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
            product_name=_for_whom(placed.lines[part.line]),
            days=tuple(_day(speaks, event, part.product_id, day) for day in _days(event, part)),
            order_number=placed.order_number,
            position=speaks.say("{i} of {n}").format(i=i, n=len(parts)),
            token=part.token,
            code=code_of(part.ticket_id),
            guest=heading.customer_name,
            small_print=tuple(
                each
                for each in (
                    "" if event is None else event.papers.in_language(speaks.code).ticket,
                    speaks.say("Show this code at the door. It lets in one person, once each day."),
                )
                if each
            ),
            language=speaks.code,
        )
        for i, part in enumerate(parts, 1)
    )
