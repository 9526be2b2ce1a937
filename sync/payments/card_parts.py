"""What gift cards pay of web orders: kept while the buyer pays the rest, then spent with that, or let go.

What is kept is a grant that the hub makes to itself, under the id of the payment that it is for. It ends by the hub's
own word, whichever process of it says that: no till can have any of it meanwhile, and nothing is spent of it twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.charging import Bar, CantBeCharged
from boxoffice.core.closed_sets import names_of
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.gift_cards import CardCode
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import CardPart as PaidCard
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted
from boxoffice.core.payloads.stored_value import ValueLeased, ValueRecalled, ValueReclaimed
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rows import PaymentRow
from boxoffice.core.tenders import GIFT_CARD
from boxoffice.core.value_rows import CardStatus, StoredValueRow, ValueLeaseRow
from sync.ledger.hub import Hub
from sync.payments.taking import Taking
from sync.store import stored_values
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import keep
from sync.store.rows import value_of
from sync.store.web_orders import ALIVE

TAKEN_OFF: Final = "taken_off"
"""Why a card pays nothing of an order any more whose buyer took it off again."""
_NOT_TAKEN: Final = later("Nothing was taken off the gift card.")
_p: Final = t.payments.c
_l: Final = t.value_leases.c
_c: Final = t.stored_values.c


class CardNotTaken(BoxofficeError):
    """The card pays nothing of the order, and why; nothing was kept. `word` is what a page says of it."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(_WHY[word])


_WHY: Final = {
    "card-unknown": "No gift card has this code.",
    "card-blocked": "This gift card is blocked.",
    "card-empty": "Nothing is left on this gift card.",
    "card-currency": "This gift card is of another currency.",
    "card-at-till": "What is left on this gift card is kept at the door just now.",
    "card-buys-card": "A gift card can't pay for a gift card.",
    "card-least": "So little is left to pay that no card pays the rest.",
}


@dataclass(frozen=True, slots=True)
class CardPart:
    """What one card pays, or paid, of an order."""

    tender_id: str
    card_id: str
    last4: str
    amount: Money


def card_parts(connection: Connection, order_id: str) -> Sequence[CardPart]:
    """Returns what is kept for an order, and what it was paid, the oldest first."""
    card = select(_c.last4).where(_c.id == _l.card_id).scalar_subquery()
    query = select(_p.id, _l.card_id, card.label("last4"), _p.amount, _p.currency).join(t.value_leases, _l.id == _p.id)
    alive = _p.status.in_(names_of(ALIVE))
    rows = connection.execute(query.where(_p.order_id == order_id, alive).order_by(_p.id))
    return [CardPart(row.id, row.card_id, row.last4, Money(row.amount, Currency(row.currency))) for row in rows]


def kept_of(books: Books, order_id: str) -> int:
    """Returns what gift cards are kept to pay of an order, in minor units."""
    return sum(each.amount for each in _begun(books, order_id))


def keep_card(
    hub: Hub, taking: Taking, connection: Connection, books: Books, order_id: str, code: CardCode
) -> CardPart:
    """Keeps what a card can pay of an order that the caller has locked, and returns it.

    What tills have of a card that pays only a part is asked back: a moment later, more of it may be there.

    Raises:
        CardNotTaken: if it can't pay anything of it.
    """
    order, placed = books.orders[order_id], books.placed[order_id]
    if placed.cards:
        raise CardNotTaken("card-buys-card")
    card = stored_values.kept(connection, code.hash)
    if card is None:
        raise CardNotTaken("card-unknown")
    due = Money(books.due(order_id) - kept_of(books, order_id), Currency(order.currency))
    _must_be_usable(card, due)
    part = _part_of(taking, due, card.free)
    tender_id = new_id()
    started = PaymentStarted(
        order_id=order_id,
        tender_id=tender_id,
        tender=GIFT_CARD.value,
        amount=part.minor,
        currency=order.currency,
        idempotency_key=f"card-{tender_id}",
    )
    leased = ValueLeased(
        grant_id=tender_id,
        card_id=card.id,
        to_device=hub.chain.device_id,
        amount=part.minor,
        currency=order.currency,
        code_hash=card.code_hash,
        last4=card.last4,
    )
    hub.write(connection, [started, leased], order.event_id)
    if part.minor < due.minor:
        ask_tills_back(hub, connection, code)
    return CardPart(tender_id, card.id, card.last4, part)


def ask_tills_back(hub: Hub, connection: Connection, code: CardCode) -> None:
    """Asks tills for what they have of a card that somebody wants to spend on the web."""
    card = stored_values.kept(connection, code.hash)
    if card is None:
        return
    at_tills = stored_values.at_tills(connection, card.id)
    asked = [
        ValueRecalled(grant_id=each.id, card_id=card.id, from_device=each.device_id)
        for each in at_tills
        if not each.is_recalled
    ]
    if asked:
        hub.write(connection, asked, card.event_id)


def spent(connection: Connection, books: Books, order_id: str) -> list[Payload]:
    """Returns that cards have paid what was kept of them, for the caller to write with the end of the order."""
    written: list[Payload] = []
    for lease in _leases(connection, books, order_id):
        written += [_ended(lease, "spent"), _captured(order_id, lease, lease.id, lease.amount)]
    return written


def let_go(connection: Connection, books: Books, order_id: str, code: str, only: str | None = None) -> list[Payload]:
    """Returns that what was kept of cards for an order is free again, of all of them or of `only` one payment."""
    written: list[Payload] = []
    for lease in _leases(connection, books, order_id):
        if only in (None, lease.id):
            written += [_ended(lease, code), _failed(order_id, lease, code)]
    return written


def paid_again(connection: Connection, books: Books, order_id: str, amount: int) -> list[Payload] | None:
    """Returns how cards pay what they were kept for, in an order that was given up and whose other money came late.

    None if they don't hold it any more, or were never to pay so much.
    """
    written: list[Payload] = []
    failed = [each.id for each in _of_cards(books, order_id) if each.status is PaymentStatus.FAILED]
    left = dict[str, int]()
    for lease in sorted(_of_ids(connection, failed), key=lambda each: each.id, reverse=True):
        card = stored_values.kept_by_id(connection, lease.card_id) if amount else None
        if card is None or card.status is not CardStatus.ACTIVE:
            continue
        part = min(amount, lease.amount, left.setdefault(card.id, card.free))
        if part > 0:
            written.append(_captured(order_id, lease, new_id(), part))
            left[card.id] -= part
            amount -= part
    return None if amount else written


def _must_be_usable(card: StoredValueRow, due: Money) -> None:
    if card.status is CardStatus.BLOCKED:
        raise CardNotTaken("card-blocked")
    if card.currency != due.currency.code:
        raise CardNotTaken("card-currency")
    if card.free <= 0:
        raise CardNotTaken("card-at-till" if card.balance > 0 else "card-empty")


def _part_of(taking: Taking, due: Money, free: int) -> Money:
    """Returns what a card pays: all that it can, but what is left must be nothing or an amount that can be charged."""
    rest = due - Money(min(due.minor, free), due.currency)
    try:
        taking.must_be_payable(rest)
    except CantBeCharged as bar:
        if bar.bound is not None and bar.bar is Bar.TOO_LITTLE:
            rest = bar.bound
        elif bar.bound is not None and bar.bar is Bar.STEP:
            rest += bar.bound - Money(rest.minor % bar.bound.minor, rest.currency)
    if rest.minor >= due.minor:
        raise CardNotTaken("card-least")
    return due - rest


def _of_cards(books: Books, order_id: str) -> list[PaymentRow]:
    return [each for each in books.payments.values() if each.order_id == order_id and each.tender is GIFT_CARD]


def _begun(books: Books, order_id: str) -> list[PaymentRow]:
    return [each for each in _of_cards(books, order_id) if each.is_live]


def _leases(connection: Connection, books: Books, order_id: str) -> list[ValueLeaseRow]:
    """Returns what is kept for an order; the cards are nobody else's to change until the transaction ends."""
    found = _of_ids(connection, [each.id for each in _begun(books, order_id)])
    keep(connection, "stored_values", sorted({each.card_id for each in found}))
    return found


def _of_ids(connection: Connection, ids: Sequence[str]) -> list[ValueLeaseRow]:
    if not ids:
        return []
    rows = connection.execute(select(t.value_leases).where(_l.id.in_(ids)).order_by(_l.id))
    return [value_of(ValueLeaseRow, row) for row in rows]


def _ended(lease: ValueLeaseRow, why: str) -> ValueReclaimed:
    return ValueReclaimed(grant_id=lease.id, card_id=lease.card_id, from_device=lease.device_id, why=why)


def _captured(order_id: str, lease: ValueLeaseRow, tender_id: str, amount: int) -> PaymentCaptured:
    return PaymentCaptured(
        order_id=order_id,
        tender_id=tender_id,
        tender=GIFT_CARD.value,
        amount=amount,
        currency=lease.currency,
        card=PaidCard(brand="gift card", last4=lease.last4),
        card_id=lease.card_id,
    )


def _failed(order_id: str, lease: ValueLeaseRow, code: str) -> PaymentFailed:
    return PaymentFailed(
        order_id=order_id,
        tender_id=lease.id,
        tender=GIFT_CARD.value,
        amount=lease.amount,
        currency=lease.currency,
        code=code,
        message=_NOT_TAKEN,
    )
