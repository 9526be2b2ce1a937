"""What must hold of gift cards, counted from facts in its own way: nobody spends more than was put on them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, text

from tests.simulation.till_process import TillProcess

Payload = Mapping[str, Any]
_AT_HUB: Final = text("SELECT id, issued - spent - over AS held, leased FROM stored_values")
_LEASES: Final = "SELECT id, card_id, amount, spent, returned, is_recalled FROM value_leases"
_OWED: Final = text("SELECT coalesce(-sum(amount), 0) FROM ledger_postings WHERE account = 'stored_value'")


@dataclass
class CardFacts:
    """`held` is what is on each card, by all facts that anybody has written."""

    held: Counter[str] = field(default_factory=Counter)
    reclaimed: set[str] = field(default_factory=set)
    """Cards of which a lost till's part was taken back: it may have spent that before it heard."""
    told: set[str] = field(default_factory=set)

    def take(self, kind: str, p: Payload) -> None:
        if kind in _TAKES:
            _TAKES[kind](self, p)

    def problems(self) -> Iterator[str]:
        """Yields what must never be so, whatever goes wrong."""
        for card, amount in self.held.items():
            if amount < 0 and card not in self.reclaimed:
                yield f"cards: {-amount} more was spent of gift card {card} than was on it"
        for card in self.told - self.reclaimed:
            yield f"cards: gift card {card} is said to be overspent, and nothing was reclaimed"

    def untold(self) -> Iterator[str]:
        yield from (f"cards: {card} is overspent, and nobody is told" for card in -self.held if card not in self.told)

    def _issued(self, p: Payload) -> None:
        self.held[p["card_id"]] += p["amount"]

    def _off(self, p: Payload) -> None:
        if p.get("card_id") is not None:
            self.held[p["card_id"]] -= p["amount"]

    def _back(self, p: Payload) -> None:
        if p.get("card_id") is not None and p.get("into") is None:
            self.held[p["card_id"]] += p["amount"]

    def _reclaimed(self, p: Payload) -> None:
        self.reclaimed.add(p["card_id"])

    def _excepted(self, p: Payload) -> None:
        if p["exception_kind"] == "gift_card_overspent":
            self.told.add(str(p["subject_id"]))


_TAKES: Final[Mapping[str, Callable[[CardFacts, Payload], None]]] = {
    "gift_card_issued": CardFacts._issued,
    "payment_captured": CardFacts._off,
    "gift_card_cashed_out": CardFacts._off,
    "gift_card_taken_back": CardFacts._off,
    "refund_succeeded": CardFacts._back,
    "value_reclaimed": CardFacts._reclaimed,
    "exception_raised": CardFacts._excepted,
}


def cards_differ(connection: Connection, cards: CardFacts, tills: list[TillProcess]) -> Iterator[str]:
    """Yields what hub, tills and ledger say of cards otherwise than the facts, once all are everywhere."""
    yield from cards.untold()
    rows = connection.execute(_AT_HUB).all()
    there = {row.id: row.held for row in rows if row.held}
    if there != (should := {card: amount for card, amount in cards.held.items() if amount}):
        yield f"cards: the hub says {there}, and the facts {should}"
    owed = connection.execute(_OWED).scalar_one()
    if owed != sum(cards.held.values()):
        yield f"cards: {owed} are owed by the ledger, and {sum(cards.held.values())} by the facts"
    leases = {tuple(row) for row in connection.execute(text(_LEASES))}
    ours = set[tuple[Any, ...]]()
    for till in tills:
        if till.store is None:
            continue
        with till.store.reading() as here:
            ours |= {(*row[:5], bool(row[5])) for row in here.exec_driver_sql(_LEASES)}
    if leases != ours:
        yield f"cards: tills have {sorted(ours - leases)[:2]} of cards, and the hub {sorted(leases - ours)[:2]}"


def kept_by_closed_tills(connection: Connection) -> Iterator[str]:
    """Yields what no till has to give back any more: once all are closed, whatever is on a card is free."""
    for row in connection.execute(_AT_HUB):
        if row.leased:
            yield f"cards: {row.leased} of {row.id} is kept by a till that is closed"
