"""Who comes in: one decision about one ticket at one gate, by its signature first and then by what is known here.

Nothing is asked of anybody for it, so it is the same with a network and without.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.doors import Reentry, Zone
from boxoffice.core.ids import PriceKindId
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Direction, Outcome, Seen
from boxoffice.core.tickets import TicketClaims


@dataclass(frozen=True, slots=True)
class Passage:
    """One time that a ticket passed a gate, as far as this machine knows; `where` is the till's own name."""

    scan_id: str
    at: datetime
    zone: str
    gate: str
    direction: Direction
    day: str
    where: str = ""
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """What this machine knows of a ticket besides what its code says. `status` is None for one on no list here.

    `price_kind` is who may have it at its price, such as students; its code does not say that.
    """

    status: TicketStatus | None = None
    passages: tuple[Passage, ...] = ()
    price_kind: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where and when somebody stands at a gate: a `day` of the event, which ends when the night does."""

    zone: Zone
    gate: str
    direction: Direction
    day: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a ticket at a gate.

    `before` is how the same ticket came in, of one that is in already, `look` what is to be looked at.
    `is_listed` says whether the ticket is on this machine's list; else its signature alone speaks for it.
    """

    outcome: Outcome
    claims: TicketClaims | None = None
    is_listed: bool = False
    before: Passage | None = None
    look: str = ""
    is_first: bool = True
    """Whether it has not come into this zone on this day before."""
    may_return: bool = False
    """Whether it may come back in by a wrist stamp that was seen."""

    @property
    def is_in(self) -> bool:
        return self.outcome is Outcome.ADMITTED


def admit(
    claims: TicketClaims,
    known: KnownTicket,
    place: Checkpoint,
    catalogue: Catalogue,
    seen: frozenset[Seen] = frozenset(),
) -> Answer:
    """Returns what is said of a ticket whose signature is good. `seen` is what was looked at already.

    Whoever wants out is let out, whatever their ticket says. A ticket that is on no list here is taken at its
    signature: it was sold elsewhere a moment ago.
    """

    def answer(outcome: Outcome, before: Passage | None = None, *, may_return: bool = False, look: str = "") -> Answer:
        return Answer(outcome, claims, known.status is not None, before, look, not today, may_return)

    today = [each for each in passages_of(known.passages, place) if each.direction is Direction.IN]
    if place.direction is Direction.OUT:
        return answer(Outcome.ADMITTED)
    refusal = _refusal(claims, known, place, catalogue)
    if refusal is not None:
        return answer(refusal, today[-1] if today else None)
    last, can_return = _why_not_again(known, place, len(today))
    if last is not None and not (can_return and Seen.STAMP in seen):
        return answer(Outcome.ALREADY_IN, last, may_return=can_return)
    look = _look(claims, known, catalogue)
    if look and Seen.ID not in seen and not any(each.seen is Seen.ID for each in known.passages):
        return answer(Outcome.LOOK_ID, look=look)
    return answer(Outcome.ADMITTED)


def _look(claims: TicketClaims, known: KnownTicket, catalogue: Catalogue) -> str:
    """Returns what is to be looked at: what the product asks for, and what its kind of price does."""
    kind = catalogue.price_kinds_by_id.get(PriceKindId(known.price_kind))
    asked = (catalogue.doors.looks.get(claims.product_id, ""), "" if kind is None else kind.prompt)
    return ". ".join(dict.fromkeys(each for each in asked if each))


def _refusal(claims: TicketClaims, known: KnownTicket, place: Checkpoint, catalogue: Catalogue) -> Outcome | None:
    """Returns why the ticket opens this zone for nobody today, whoever has come in on it."""
    if known.status is TicketStatus.VOIDED:
        return Outcome.VOID
    if not catalogue.opens(claims.product_id, place.zone):
        return Outcome.WRONG_ZONE
    return Outcome.WRONG_DAY if claims.days and place.day not in catalogue.doors.days_now(claims.days) else None


def passages_of(passages: Iterable[Passage], place: Checkpoint) -> list[Passage]:
    """Returns a ticket's passages of this zone on this day, in the order in which they were."""
    day = place.day.isoformat()
    return sorted((p for p in passages if (p.zone, p.day) == (place.zone.id, day)), key=lambda p: (p.at, p.scan_id))


def _why_not_again(known: KnownTicket, place: Checkpoint, entries: int) -> tuple[Passage | None, bool]:
    """Returns how the ticket came in that may not come in now, and whether a stamp would do; nothing if it may."""
    mine = passages_of(known.passages, place)
    entered = [each for each in mine if each.direction is Direction.IN]
    if not entered:
        return None, False
    zone, is_inside = place.zone, mine[-1].direction is Direction.IN
    if zone.reentry is Reentry.NEVER or (zone.entries_a_day is not None and entries >= zone.entries_a_day):
        return entered[-1], False
    return (entered[-1], zone.reentry is Reentry.STAMP) if is_inside else (None, False)
