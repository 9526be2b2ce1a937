"""What a till may say of gift cards: those that it sells, and what it spends of a lease that is its own."""

from collections.abc import Iterator
from typing import Any

from boxoffice.core.cash_rounding import STEPS
from boxoffice.core.facts import Fact
from boxoffice.core.known import Known
from boxoffice.core.payloads.stored_value import GiftCardCashedOut, GiftCardIssued
from boxoffice.core.writers import Writer, names_too_long, own_drawer, own_order


def own_grant(writer: Writer, _fact: Fact, p: Any, known: Known) -> Iterator[str]:
    """A till spends of a gift card what is on its own lease, and gives back no other."""
    grant = known.grants.get(p.grant_id or "")
    if grant is None:
        yield "none of the gift card was leased under that name"
    elif (grant.card_id, grant.device_id) != (p.card_id, writer.id):
        yield "the lease is of another gift card, or another till's"


def own_card(writer: Writer, fact: Fact, p: GiftCardIssued, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    if p.grant_id is not None and p.grant_id in known.grants:
        yield "the lease is another gift card's"
    yield from names_too_long(p.card_id, p.grant_id or "")


def own_cards_back(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    yield from own_order(writer, fact, p, known)
    yield from own_grant(writer, fact, p, known)


def own_cash_out(writer: Writer, fact: Fact, p: GiftCardCashedOut, known: Known) -> Iterator[str]:
    yield from own_drawer(writer, fact, p, known)
    yield from own_grant(writer, fact, p, known)
    if abs(p.rounding) >= max(STEPS) or p.given < 0:
        yield "no rule rounds cash so"
