"""Builds what the facts of a sale say; till and hub finish orders with this same code."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, Literal

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.facts import Draft
from boxoffice.core.ids import ContactId, EventId, FactId, OrderId, ProductId, StaffId, TicketId
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.lines import LinePart, ReductionPart, TaxPart
from boxoffice.core.payloads.orders import CardPart, OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.stored_value import GiftCardIssued
from boxoffice.core.payloads.tickets import Earned, PartyPart, TaxShare, TicketPart, TicketsIssued
from boxoffice.core.pricing import PricedLine, PricedOrder
from boxoffice.core.tickets import MOST_IN_PARTY, Issuer, TicketClaims, encode_party, encode_token

_KINDS: Final[Mapping[type[Payload], FactKind]] = {payload: kind for kind, payload in PAYLOADS.items()}


def draft(payload: Payload, *, id: FactId, at: datetime, staff_id: StaffId | None, event_id: EventId | None) -> Draft:
    """Returns the payload as a draft of the kind that its type stands for."""
    return Draft(id, _KINDS[type(payload)], at, staff_id, event_id, payload.to_json())


def place(
    priced: PricedOrder,
    *,
    order_id: OrderId,
    order_number: str,
    channel: Channel,
    source: Literal["lease", "pool"],
    contact_id: ContactId | None = None,
    cards: Sequence[CardPart] = (),
) -> OrderPlaced:
    """Returns the order as it was agreed with the customer: later price changes don't touch it."""
    return OrderPlaced(
        order_id=order_id,
        order_number=order_number,
        channel=channel.value,
        currency=priced.total.currency.code,
        lines=tuple(line_part(line) for line in priced.lines),
        subtotal=priced.subtotal.minor,
        discount=priced.discount.minor,
        tax=priced.tax_total.minor,
        total=priced.total.minor,
        units={str(pool): units for pool, units in priced.units().items()},
        source=source,
        contact_id=contact_id,
        exempt=priced.exempt,
        cards=tuple(cards),
        adds_to=priced.adds_to,
        is_party=priced.is_party,
    )


def changed(order_id: OrderId, start: OrderState, to: OrderState, why: str = "") -> OrderStateChanged:
    return OrderStateChanged(order_id=order_id, start=start.value, to=to.value, why=why)


def ticket_count(placed: OrderPlaced) -> int:
    """Returns how many tickets the order makes: one for each unit of a ticket product."""
    return sum(line.quantity for line in placed.lines if line.kind == "ticket")


def finish(placed: OrderPlaced, event_id: EventId, issuer: Issuer, ticket_ids: Sequence[TicketId]) -> TicketsIssued:
    """Returns the end of a paid order: its tickets, signed, and what was earned.

    Raises:
        ValueError: if there are not exactly `ticket_count(placed)` ids.
    """
    per_ticket = [
        (i, line) for i, line in enumerate(placed.lines) if line.kind == "ticket" for _ in range(line.quantity)
    ]
    tickets = tuple(
        TicketPart(
            ticket_id=ticket_id,
            product_id=line.product_id,
            line=i,
            days=line.days,
            token=encode_token(_claims(event_id, ticket_id, line), issuer),
        )
        for ticket_id, (i, line) in zip(ticket_ids, per_ticket, strict=True)
    )
    return TicketsIssued(
        order_id=placed.order_id,
        currency=placed.currency,
        total=placed.total,
        discount=placed.discount,
        earned=earned_of(placed),
        tickets=tickets,
        parties=_parties(placed, event_id, issuer, tickets),
    )


def _parties(
    placed: OrderPlaced, event_id: EventId, issuer: Issuer, tickets: Sequence[TicketPart]
) -> tuple[PartyPart, ...]:
    """Returns the codes of a party: one, or as many as it takes; none where each has a code of their own."""
    if not placed.is_party or len(tickets) < 2:
        return ()
    codes = (tickets[i : i + MOST_IN_PARTY] for i in range(0, len(tickets), MOST_IN_PARTY))
    return tuple(
        PartyPart(
            ticket_ids=tuple(each.ticket_id for each in code),
            token=encode_party(
                [_claims(event_id, TicketId(each.ticket_id), placed.lines[each.line]) for each in code], issuer
            ),
        )
        for code in codes
    )


def cards_wanted(priced: PricedOrder) -> list[int]:
    """Returns the line of each gift card that an order makes: one for each unit."""
    of_cards = (i for i, line in enumerate(priced.lines) if line.product.kind is ProductKind.GIFT_CARD)
    return [i for i in of_cards for _ in range(priced.lines[i].quantity)]


def cards_issued(placed: OrderPlaced, grant_ids: Mapping[str, str] = {}) -> list[GiftCardIssued]:
    """Returns that the gift cards of a finished order hold what was paid; on a till's lease, if one is named."""
    return [
        GiftCardIssued(
            order_id=placed.order_id,
            line=card.line,
            card_id=card.card_id,
            amount=placed.lines[card.line].unit_price,
            currency=placed.currency,
            code_hash=card.code_hash,
            last4=card.last4,
            grant_id=grant_ids.get(card.card_id),
        )
        for card in placed.cards
    ]


def earned_of(placed: OrderPlaced) -> tuple[Earned, ...]:
    """Returns what each line earns once the order is paid."""
    return tuple(
        Earned(
            product_id=line.product_id,
            kind=line.kind,
            net=line.total - line.tax + line.discount,
            tax=line.tax,
            tax_rate=line.tax_rate,
            taxes=_shares(line),
        )
        for line in placed.lines
    )


def _shares(line: LinePart) -> tuple[TaxShare, ...]:
    """Returns who gets which part of a line's tax, where it is more than one, or somebody by name."""
    is_told = len(line.taxes) > 1 or any(each.authority for each in line.taxes)
    told = line.taxes if is_told else ()
    return tuple(TaxShare(rate=each.rate, amount=each.amount, authority=each.authority) for each in told)


def _claims(event_id: EventId, ticket_id: TicketId, line: LinePart) -> TicketClaims:
    days = tuple(date.fromisoformat(day) for day in line.days)
    return TicketClaims(event_id, ticket_id, ProductId(line.product_id), days)


def line_part(line: PricedLine) -> LinePart:
    """Returns a line as facts tell of it."""
    rates = [tax.rate for tax in line.taxes]
    return LinePart(
        product_id=line.product.id,
        name=line.product.name,
        kind=line.product.kind.value,
        quantity=line.quantity,
        unit_price=line.unit_price.minor,
        subtotal=line.subtotal.minor,
        total=line.total.minor,
        tax=line.tax.minor,
        tax_rate=rates[0].id if rates else None,
        option=line.option,
        detail=line.product.detail,
        days=tuple(day.isoformat() for day in line.product.days),
        discount=line.discount.minor,
        price_kind="" if line.price_kind is None else line.price_kind.id,
        price_name="" if line.price_kind is None else line.price_kind.name,
        bundle="" if line.bundle is None else line.bundle.id,
        bundle_name="" if line.bundle is None else line.bundle.name,
        item=line.item,
        taxes=tuple(
            TaxPart(
                rate=tax.rate.id,
                name=tax.rate.name,
                rate_ppm=tax.rate.rate_ppm,
                amount=tax.amount.minor,
                included=tax.rate.is_included,
                authority=tax.rate.authority,
                kind=tax.rate.kind.value,
            )
            for tax in line.taxes
        ),
        reductions=tuple(
            ReductionPart(
                kind=each.reduction.off.value,
                reason=each.reduction.reason,
                amount=each.amount.minor,
                value=each.reduction.value,
                shared=each.is_shared,
                approved_by=each.reduction.approved_by,
            )
            for each in line.taken_off
        ),
    )
