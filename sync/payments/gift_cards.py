"""What organizers see of gift cards and do with them: what is owed, a lost one blocked, an unspent one refunded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.gift_cards import read_card_code
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.stored_value import GiftCardBlocked, GiftCardTakenBack, GiftCardWrittenOff, ValueRecalled
from boxoffice.core.value_rows import CardStatus, StoredValueRow
from sync.ledger.hub import Hub
from sync.payments.giving_back import NewOrderRefund, refundable
from sync.payments.refunds import Refunds
from sync.store import stored_values
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders

MOST: Final = 200
_CARDS: Final = text("""
    SELECT c.id, c.order_id, o.order_number, c.currency, c.status, c.last4, c.issued, c.spent, c.leased, c.over,
           o.created_at AS sold_at,
           (SELECT string_agg(d.name, ', ' ORDER BY d.name) FROM value_leases l JOIN devices d ON d.id = l.device_id
            WHERE l.card_id = c.id AND l.amount > l.spent + l.returned AND d.kind <> 'hub') AS held_by,
           (SELECT coalesce(sum(l.amount - l.spent - l.returned), 0)::bigint
            FROM value_leases l JOIN devices d ON d.id = l.device_id
            WHERE l.card_id = c.id AND d.kind = 'hub') AS kept
    FROM stored_values c JOIN orders o ON o.id = c.order_id
    WHERE (CAST(:last4 AS text) = '' OR c.last4 = :last4) AND (NOT :open OR c.issued > c.spent)
    ORDER BY o.created_at DESC, c.id LIMIT :most
""")
_OWED: Final = text("""
    SELECT c.currency, count(*) FILTER (WHERE issued > spent) AS open, sum(issued)::bigint AS issued,
           sum(spent)::bigint AS spent, sum(issued - spent)::bigint AS owed, sum(leased)::bigint AS leased,
           min(o.created_at) FILTER (WHERE issued > spent) AS oldest
    FROM stored_values c JOIN orders o ON o.id = c.order_id GROUP BY 1 ORDER BY 1
""")


class NoSuchCard(LookupError):
    """There is no card of this id."""


@dataclass(frozen=True, slots=True)
class CardAt:
    """A card as it stands; `held_by` are the tills that have some of it, `kept` is what web orders keep of it."""

    id: str
    order_id: str
    order_number: str
    last4: str
    is_blocked: bool
    issued: Money
    spent: Money
    left: Money
    leased: Money
    kept: Money
    held_by: str
    sold_at: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed to holders of cards in one currency; `oldest` is when the oldest of them was sold."""

    cards: int
    issued: Money
    spent: Money
    left: Money
    leased: Money
    oldest: datetime | None


def cards_of(connection: Connection, last4: str = "", *, only_open: bool = False, most: int = MOST) -> Sequence[CardAt]:
    """Returns the newest cards, all or those whose codes end so."""
    rows = connection.execute(_CARDS, {"last4": last4.strip().upper()[-4:], "open": only_open, "most": most})
    return [
        CardAt(
            id=row.id,
            order_id=row.order_id,
            order_number=row.order_number,
            last4=row.last4,
            is_blocked=row.status == CardStatus.BLOCKED.value,
            issued=Money(row.issued, Currency(row.currency)),
            spent=Money(row.spent, Currency(row.currency)),
            left=Money(row.issued - row.spent, Currency(row.currency)),
            leased=Money(row.leased - row.kept, Currency(row.currency)),
            kept=Money(row.kept, Currency(row.currency)),
            held_by=row.held_by or "",
            sold_at=row.sold_at,
        )
        for row in rows
    ]


def owed_on_all(connection: Connection) -> Sequence[Owed]:
    """Returns what is owed on all cards, by currency."""
    return [
        Owed(
            cards=row.open,
            issued=Money(row.issued, Currency(row.currency)),
            spent=Money(row.spent, Currency(row.currency)),
            left=Money(row.owed, Currency(row.currency)),
            leased=Money(row.leased, Currency(row.currency)),
            oldest=row.oldest,
        )
        for row in connection.execute(_OWED)
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """What whoever has a card's code may know of it."""

    last4: str
    left: Money
    is_blocked: bool


def standing_of(connection: Connection, typed: str) -> Standing | None:
    """Returns how the card of a code stands; None if no card has it."""
    code = read_card_code(typed)
    card = None if code is None else stored_values.by_code(connection, code.hash)
    if card is None:
        return None
    left = Money(card.balance, Currency(card.currency))
    return Standing(card.last4, left, card.status is CardStatus.BLOCKED)


def block(hub: Hub, card_id: str, by: str, *, is_blocked: bool) -> None:
    """Lets nobody spend a card from now on, or lets everybody again; what tills have of a blocked one is asked back.

    Raises:
        NoSuchCard: if there is no such card.
    """

    def work(connection: Connection) -> None:
        card = _kept(connection, card_id)
        if (card.status is CardStatus.BLOCKED) == is_blocked:
            return
        written: list[Payload] = [GiftCardBlocked(card_id=card_id, is_blocked=is_blocked, by=by)]
        if is_blocked:
            leases = (each for each in stored_values.leases_of(connection, card_id) if each.left)
            written += [
                ValueRecalled(grant_id=each.id, card_id=card_id, from_device=each.device_id)
                for each in leases
                if not each.is_recalled
            ]
        hub.write(connection, written, card.event_id)

    hub.database.run(work)


def write_off(hub: Hub, connection: Connection, card_id: str, by: str) -> bool:
    """Takes what was spent of a card beyond what it held as a loss; returns whether anything was over.

    All that was before a person because of it is over with that: a refund onto the card may have brought it back.
    """
    card = _kept(connection, card_id)
    if card.over:
        lost = GiftCardWrittenOff(card_id=card_id, amount=card.over, currency=card.currency, by=by)
        hub.write(connection, [lost], card.event_id)
    hub.settle_exceptions(connection, ("gift_card_overspent",), card_id, card.event_id)
    return card.over > 0


def take_back(hub: Hub, refunds: Refunds, card_id: str, by: str) -> None:
    """Takes what is left of a card off it, and refunds that to what had paid for the card.

    Raises:
        NoSuchCard: if there is no such card.
        OperationFailed: if a till has some of it, nothing is left, or it was paid in cash, which goes back at a till.
    """
    hub.database.run(lambda connection: _take_back(hub, refunds, connection, card_id, by))


def _take_back(hub: Hub, refunds: Refunds, connection: Connection, card_id: str, by: str) -> None:
    known = stored_values.by_id(connection, card_id)
    if known is None:
        raise NoSuchCard
    lock_orders(connection, [known.order_id])
    card = _kept(connection, card_id)
    if card.leased or card.free <= 0:
        raise OperationFailed(
            later("A till or a checkout has some of it, or nothing is left."),
            later("Nothing was changed."),
            later("Block it: then tills give it back."),
        )
    books = load_books(connection, [card.order_id])
    mine = (each for each in books.payments.values() if each.order_id == card.order_id)
    payment = next((each for each in mine if refundable(books, each) >= card.free), None)
    if payment is None:
        raise OperationFailed(
            later("No card and no PayPal payment of its order can give so much back."),
            later("Nothing was changed."),
            later("Pay it out in cash at a till: scan it there, then press P."),
        )
    taken = GiftCardTakenBack(order_id=card.order_id, card_id=card_id, currency=card.currency, amount=card.free)
    hub.write(connection, [taken], card.event_id)
    new = NewOrderRefund(new_id(), card.order_id, payment.id, card.free, why="gift card taken back", by=by)
    try:
        refunds.request_in(connection, new)
    except BadInput as error:
        raise OperationFailed(_first(error.problems), "Nothing was changed.", "") from error


def _first(problems: Sequence[FieldError]) -> str:
    return problems[0].message


def _kept(connection: Connection, card_id: str) -> StoredValueRow:
    card = stored_values.kept_by_id(connection, card_id)
    if card is None:
        raise NoSuchCard
    return card
