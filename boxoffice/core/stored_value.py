"""Stored value: what facts about gift cards do to what they hold, and to what of it tills may spend.

The same rules are followed by the hub, which knows every card, and by a till, which knows the cards that it sold and
what it holds on lease. Value moves between free, leased and spent, and is in one of them at every moment.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.facts import Fact
from boxoffice.core.findings import Finding
from boxoffice.core.gift_cards import masked
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payloads.stored_value import (
    GiftCardBlocked,
    GiftCardCashedOut,
    GiftCardIssued,
    GiftCardTakenBack,
    GiftCardWrittenOff,
    ValueLeased,
    ValueRecalled,
    ValueReclaimed,
    ValueReturned,
)
from boxoffice.core.rows import PaymentRow, Projections
from boxoffice.core.tenders import Back, Taken, tender_of
from boxoffice.core.value_rows import CardStatus, StoredValueRow, ValueLeaseRow

ValueRow = StoredValueRow | ValueLeaseRow


class _Spends(Protocol):
    """A fact that takes value off a card."""

    @property
    def card_id(self) -> str | None: ...
    @property
    def grant_id(self) -> str | None: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...


def issued(before: Projections, fact: Fact, p: GiftCardIssued) -> Iterator[ValueRow]:
    """A card of an order's line, as it was placed, once the order is finished."""
    if p.card_id in before.stored_values:
        raise ValueError(f"gift card {p.card_id} was issued before")
    placed = before.placed[p.order_id]
    if p.order_id not in before.issued:
        raise ValueError(f"order {p.order_id} is not finished: its gift cards hold nothing yet")
    told = next((card for card in placed.cards if card.card_id == p.card_id), None)
    if told is None or (told.line, told.code_hash, told.last4) != (p.line, p.code_hash, p.last4):
        raise ValueError(f"order {p.order_id} has no such gift card")
    if not cards_fit(placed) or (p.amount, p.currency) != (placed.lines[p.line].unit_price, placed.currency):
        raise ValueError(f"gift card {p.card_id} holds what was paid for it")
    is_leased = p.grant_id is not None
    yield StoredValueRow(
        id=p.card_id,
        order_id=p.order_id,
        event_id=fact.event_id or "",
        currency=p.currency,
        status=CardStatus.ACTIVE,
        code_hash=p.code_hash,
        last4=p.last4,
        issued=p.amount,
        leased=p.amount if is_leased else 0,
    )
    if p.grant_id is not None:
        yield _new_lease(before, p.grant_id, p, str(fact.device_id))


def leased(before: Projections, _fact: Fact, p: ValueLeased) -> Iterator[ValueRow]:
    card = before.stored_values.get(p.card_id)
    if card is not None:
        if p.amount > card.free or p.currency != card.currency:
            raise ValueError(f"gift card {p.card_id} has {card.free} free, not {p.amount}")
        yield replace(card, leased=card.leased + p.amount)
    yield _new_lease(before, p.grant_id, p, p.to_device)


def _new_lease(before: Projections, grant_id: str, p: GiftCardIssued | ValueLeased, device_id: str) -> ValueLeaseRow:
    if grant_id in before.value_leases:
        raise ValueError(f"grant {grant_id} was made before")
    return ValueLeaseRow(grant_id, p.card_id, device_id, p.currency, p.code_hash, p.last4, p.amount)


def recalled(before: Projections, _fact: Fact, p: ValueRecalled) -> Iterator[ValueRow]:
    yield replace(_lease(before, p.grant_id, p.card_id, p.from_device), is_recalled=True)


def returned(before: Projections, fact: Fact, p: ValueReturned) -> Iterator[ValueRow]:
    """What was reclaimed meanwhile is back already."""
    lease = _lease(before, p.grant_id, p.card_id, str(fact.device_id))
    yield from _back(before, lease, min(p.amount, lease.left))


def reclaimed(before: Projections, _fact: Fact, p: ValueReclaimed) -> Iterator[ValueRow]:
    lease = _lease(before, p.grant_id, p.card_id, p.from_device)
    yield from _back(before, replace(lease, is_recalled=True), lease.left)


def _back(before: Projections, lease: ValueLeaseRow, amount: int) -> Iterator[ValueRow]:
    yield replace(lease, returned=lease.returned + amount)
    card = before.stored_values.get(lease.card_id)
    if card is not None:
        yield replace(card, leased=card.leased - amount)


def blocked(before: Projections, _fact: Fact, p: GiftCardBlocked) -> Iterator[ValueRow]:
    card = before.stored_values[p.card_id]
    yield replace(card, status=CardStatus.BLOCKED if p.is_blocked else CardStatus.ACTIVE)


def written_off(before: Projections, _fact: Fact, p: GiftCardWrittenOff) -> Iterator[ValueRow]:
    """What is over is nobody's any more: neither owed, nor to come back."""
    card = before.stored_values[p.card_id]
    if p.currency != card.currency or p.amount > card.over:
        raise ValueError(f"gift card {p.card_id} is over by {card.over} {card.currency}")
    yield replace(card, over=card.over - p.amount)


def cashed_out(before: Projections, fact: Fact, p: GiftCardCashedOut) -> Iterator[ValueRow]:
    yield from _spent(before, fact, p)


def taken_back(before: Projections, fact: Fact, p: GiftCardTakenBack) -> Iterator[ValueRow]:
    for row in _spent(before, fact, p):
        if isinstance(row, StoredValueRow):
            if row.order_id != p.order_id:
                raise ValueError(f"gift card {p.card_id} was sold with another order")
            yield replace(row, taken_back=row.taken_back + row.spent - before.stored_values[row.id].spent)
        else:
            yield row


def paid(before: Projections, fact: Fact, p: PaymentCaptured) -> Iterator[ValueRow]:
    """What a payment takes off a card; nothing for all other tenders."""
    if tender_of(p.tender).taken is Taken.CARD_ON_HAND:
        if p.card_id is None:
            raise ValueError(f"payment {p.tender_id} says no gift card")
        yield from _spent(before, fact, p)
    elif p.card_id is not None:
        raise ValueError(f"payment {p.tender_id} is no gift card’s")


def _spent(before: Projections, fact: Fact, p: _Spends) -> Iterator[ValueRow]:
    """Takes value off a card: of a till's lease, or, as the hub does, of what is free.

    A till may have spent what was reclaimed before the hub heard of it, or what the hub took back meanwhile. It is
    taken of what is free then, as far as that goes; the rest is over. Books of one order alone know of no lease:
    there, nothing follows.
    """
    card = before.stored_values.get(str(p.card_id))
    if p.grant_id is None:
        if card is None or p.currency != card.currency:
            raise ValueError(f"there is no gift card {p.card_id} in {p.currency}")
        over = max(0, p.amount - card.free)
        yield replace(card, spent=card.spent + p.amount - over, over=card.over + over)
        return
    if before.are_of_one_order and p.grant_id not in before.value_leases:
        return
    lease = _lease(before, p.grant_id, p.card_id, str(fact.device_id))
    if p.currency != lease.currency or lease.spent + p.amount > lease.amount:
        raise ValueError(f"grant {p.grant_id} is of {lease.amount} {lease.currency}, of which {lease.spent} are spent")
    late = max(0, p.amount - lease.left)
    yield replace(lease, spent=lease.spent + p.amount, returned=lease.returned - late)
    if card is not None:
        in_time, over = p.amount - late, max(0, late - card.free)
        yield replace(card, spent=card.spent + p.amount - over, leased=card.leased - in_time, over=card.over + over)


def refunded(before: Projections, _fact: Fact, p: RefundSucceeded) -> Iterator[ValueRow]:
    """Puts what a card had paid back onto it, free for all; what had been over first."""
    payment = before.payments[p.tender_id]
    if not goes_onto_card(payment, p):
        return
    if p.card_id != payment.card_id:
        raise ValueError(f"payment {payment.id} was not made with gift card {p.card_id}")
    card = before.stored_values.get(str(p.card_id))
    if card is not None:
        over = min(card.over, p.amount)
        yield replace(card, over=card.over - over, spent=card.spent - (p.amount - over))


def goes_onto_card(payment: PaymentRow, p: RefundRequested | RefundSucceeded) -> bool:
    """Returns whether what goes back of a payment goes onto the card that paid it."""
    return tender_of(payment.tender).back is Back.CARD and p.into is None


def owed_on_cards(before: Projections, order_id: str) -> int:
    """Returns what an order was paid for gift cards that nobody has taken back: it is on them, and no refund's."""
    sold = worth_of_cards(before.placed[order_id]) if order_id in before.issued else 0
    return sold - sum(card.taken_back for card in before.stored_values.values() if card.order_id == order_id)


def cards_fit(placed: OrderPlaced) -> bool:
    """Returns whether an order makes one card for each that its lines sell, each for all of its price, and no other."""
    wanted = {i: line.quantity for i, line in enumerate(placed.lines) if line.kind == ProductKind.GIFT_CARD.value}
    is_whole = all(placed.lines[i].total == placed.lines[i].subtotal for i in wanted)
    told = {card.card_id: card.line for card in placed.cards}
    return is_whole and len(told) == len(placed.cards) and Counter(told.values()) == wanted


def worth_of_cards(placed: OrderPlaced) -> int:
    """Returns what an order's gift cards hold, in minor units."""
    return sum(placed.lines[card.line].unit_price for card in placed.cards)


def of_overspent(before: Projections, fact: Fact, p: _Spends) -> Iterator[Finding]:
    """A till spent what had been taken from it meanwhile, and others have spent that as well."""
    overs = (row.over for row in _spent(before, fact, p) if isinstance(row, StoredValueRow))
    card = before.stored_values.get(str(p.card_id))
    if card is None or (over := next(overs, 0) - card.over) <= 0:
        return
    amount = Money(over, Currency(p.currency))
    words = f"{amount} more was spent of gift card {masked(card.last4)} than it held."
    yield Finding("gift_card_overspent", words, getattr(p, "order_id", None), card.id, ("write_off", "seen"))


def _lease(before: Projections, grant_id: str, card_id: str | None, device_id: str) -> ValueLeaseRow:
    lease = before.value_leases[grant_id]
    if (lease.card_id, lease.device_id) != (card_id, device_id):
        raise ValueError(f"grant {grant_id} is of another gift card, or another till’s")
    return lease
