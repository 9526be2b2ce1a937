"""Counts what gift cards hold for `verify`, by what facts say and by nothing that carries them out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact


@dataclass(slots=True)
class Counted:
    """One card: what was put on it, and what has gone off it."""

    currency: str
    issued: int = 0
    gone: int = 0


def cards_in(facts: Iterable[Fact]) -> Mapping[str, Counted]:
    """Returns what these facts say of each card that they name, by its id."""
    cards: dict[str, Counted] = {}
    for fact in facts:
        p, off = fact.payload, _off(fact)
        if fact.kind is FactKind.GIFT_CARD_ISSUED:
            cards.setdefault(p["card_id"], Counted(p["currency"])).issued += p["amount"]
        elif off:
            cards.setdefault(p["card_id"], Counted(p["currency"])).gone += off
    return cards


def owed_in(facts: Iterable[Fact]) -> Mapping[str, int]:
    """Returns what is owed to the holders of all these cards, by currency."""
    owed: Counter[str] = Counter()
    for card in cards_in(facts).values():
        owed[card.currency] += card.issued - card.gone
    return {currency: amount for currency, amount in owed.items() if amount}


def _off(fact: Fact) -> int:
    """Returns what a fact takes off a card; less than nothing for what it puts back."""
    p = fact.payload
    match fact.kind:
        case FactKind.PAYMENT_CAPTURED if p.get("card_id") is not None:
            return int(p["amount"])
        case FactKind.REFUND_SUCCEEDED if p.get("card_id") is not None and p.get("into") is None:
            return -int(p["amount"])
        case FactKind.GIFT_CARD_WRITTEN_OFF:  # it had gone off a card that did not hold it
            return -int(p["amount"])
        case FactKind.GIFT_CARD_CASHED_OUT | FactKind.GIFT_CARD_TAKEN_BACK:
            return int(p["amount"])
        case _:
            return 0
