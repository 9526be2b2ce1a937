"""Lets people in at a gate: every ticket is judged on this machine alone, and what came of it is on disk first."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.admission import Checkpoint, KnownTicket
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.tickets import TicketsIssued
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.reading import read_line
from boxoffice.core.rights import Right
from boxoffice.core.scans import Direction, Outcome, Seen
from boxoffice.core.ticket_codes import tail_of
from boxoffice.core.tickets import BadToken, OtherEvent, TicketClaims, TrainingTicket, decode_party, decode_token
from boxoffice.till.store import settings
from boxoffice.till.store.gate import ListedTicket
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gate_reader import POST, GateReader, Look
from boxoffice.till.usecases.gateway.gate import GateNow, How, Post, Verdict
from boxoffice.till.usecases.scans import without_ends
from boxoffice.till.usecases.selling import Selling

_CODE_LETTERS: Final = 8
LONGEST_WHY: Final = 200


@dataclass(frozen=True, slots=True)
class _NoTicket:
    """Why a code is no ticket of the event."""

    outcome: Outcome
    is_training: bool = False


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The use cases of a gate."""

    context: TillContext
    reader: GateReader
    selling: Selling
    shown: dict[str, TicketClaims] = field(default_factory=dict)
    """The tickets of the party's code that was scanned last: not all need be on this machine's list."""

    # Where it stands.

    def stand(self, post: Post) -> GateNow:
        """Stands at another gate from now on."""
        with self.context.store.transaction() as connection:
            for name, word in zip(POST, (post.zone, post.gate, post.direction.value), strict=True):
                settings.put(connection, name, word)
        return self.reader.now()

    # Who comes.

    def scan(self, readings: Sequence[str]) -> Verdict:
        """Returns what is said of what was scanned or typed, by the first of its readings that means something.

        Whoever is let in, let out or turned away is on disk when this returns. A party, and somebody of whom something
        is to be looked at, wait for a press.
        """
        self.context.operator.must(Right.SCAN)
        claims = self._claims(readings)
        if isinstance(claims, tuple):
            return self._party(claims)
        if not isinstance(claims, TicketClaims):
            named = self._named(readings)
            return self._not_a_ticket(claims) if named is None else named
        return self._scanned(claims, How.CODE)

    def open(self, order_id: OrderId) -> Verdict:
        """Returns the party of an order, whose tickets wait to be ticked off."""
        self.context.operator.must(Right.SCAN)
        return self.reader.party_of(order_id, How.NAME)

    def let_in(self, ticket_ids: Sequence[str], how: How, seen: Sequence[Seen] = ()) -> Verdict:
        """Lets tickets in (or out), in one transaction; what has come in meanwhile is left out.

        Raises:
            NoSuchTicket: if one is not on this machine's list.
        """
        self.context.operator.must(Right.SCAN)
        place, looked = self.reader.place(), frozenset(seen)
        with self.context.store.transaction() as connection:
            looks = self.reader.looks(connection, place, looked, ticket_ids, self.shown)
            passing = [each for each in looks if each.answer.is_in]
            written = passing or looks[:1]
            scans = [self._said(each, place, how, looked) for each in written]
            self.context.write(connection, scans)
        first = written[0]
        verdict = self.reader.verdict(first, scans, place)
        return replace(verdict, count=len(passing), ticket_ids=tuple(each.claims.ticket_id for each in written))

    def turn_away(self, ticket_id: str) -> None:
        """Writes down that somebody had nothing to show for their price."""
        self.context.operator.must(Right.SCAN)
        place = self.reader.place()
        with self.context.store.transaction() as connection:
            looks = self.reader.looks(connection, place, frozenset(), [ticket_id], self.shown)
            self.context.write(connection, [self._said(each, place, How.CODE) for each in looks])

    def undo(self, scan_ids: Sequence[str], why: str) -> GateNow:
        """Takes scans of this machine back.

        Raises:
            OperationFailed: if one of them is of another machine, or gives no reason.
        """
        self.context.operator.must(Right.UNDO_SCAN)
        reason = read_line(why)[:LONGEST_WHY]
        if not reason:
            raise OperationFailed("A scan is undone for a reason.", "Nothing was changed.", "Say why.")
        with self.context.store.transaction() as connection:
            found = self.reader.books(connection, lambda books: [books.scan(each) for each in scan_ids])
            mine = [each for each in found if each is not None and each.device_id == self.context.device.id]
            if len(mine) < len(scan_ids):
                raise OperationFailed("Another machine made this scan.", "Nothing was changed.", "Undo it there.")
            taken_back = [
                TicketScanned(
                    scan_id=each.id,
                    ticket_id=each.ticket_id,
                    zone=each.zone,
                    gate=each.gate,
                    direction=each.direction.value,
                    outcome=each.outcome.value,
                    day=each.day,
                    clock=self._clock(),
                    is_undo=True,
                    why=reason,
                )
                for each in mine
                if not each.is_undone
            ]
            if taken_back:
                self.context.write(connection, taken_back)
        return self.reader.now()

    # What is sold at the gate.

    def sell_and_let_in(self, wanted: Cart | PricedOrder, tendered: Money) -> tuple[OrderId, int]:
        """Sells for cash, and lets in what opens this gate now: all of it is on disk, or none of it.

        Returns the order, and how many came in. What a student's price needs was looked at to sell it.
        """
        self.context.operator.must(Right.SCAN)
        place, came = self.reader.place(replace(self.reader.post(), direction=Direction.IN)), list[Payload]()

        def let_in(issued: TicketsIssued) -> Sequence[Payload]:
            for ticket in issued.tickets:
                claims = self.reader.claims_of(ticket.ticket_id, ticket.product_id)
                look = self.reader.look(claims, KnownTicket(), None, place, frozenset((Seen.ID,)))
                if look.answer.is_in:
                    came.append(self._said(look, place, How.SALE, frozenset((Seen.ID,)), is_listed=True))
            return came

        order_id = self.selling.sell_for_cash(wanted, tendered, let_in)
        return order_id, len(came)

    def let_order_in(self, order_id: OrderId) -> Verdict:
        """Lets in what of an order that was just sold opens this gate now."""
        party = self.reader.party_of(order_id, How.SALE).party
        entering = [each.ticket_id for each in party if each.can_enter]
        if not entering:
            raise OperationFailed(
                "Nothing of this order opens this gate now.", "Nobody was let in.", "Look at its days."
            )
        return self.let_in(entering, How.SALE, (Seen.ID,))

    # How it is done.

    def _scanned(self, claims: TicketClaims, how: How) -> Verdict:
        place = self.reader.place()
        with self.context.store.transaction() as connection:
            look, others = self.reader.books(connection, lambda books: self.reader.with_party(books, claims, place))
            is_party = look.answer.is_in and place.direction is Direction.IN and len(others) > 1
            waits = is_party or look.answer.outcome is Outcome.LOOK_ID
            scans = () if waits else (self._said(look, place, how),)
            if scans:
                self.context.write(connection, scans)
        return self.reader.verdict(look, scans, place, party=others if is_party else (), how=how)

    def _party(self, claims: Sequence[TicketClaims]) -> Verdict:
        """Returns the party that a code stands for: who may pass waits for one press, all of them ticked."""
        place = self.reader.place()
        self.shown.clear()
        self.shown.update({each.ticket_id: each for each in claims})
        looks = self.reader.party_shown(claims, place)
        passing = (Outcome.ADMITTED, Outcome.LOOK_ID)
        party = [(i, each) for i, each in enumerate(looks, 1) if each.answer.outcome in passing]
        if party:
            return self.reader.verdict(party[0][1], (), place, party=party, is_party_code=True)
        scans = (self._said(looks[0], place, How.CODE),)
        with self.context.store.transaction() as connection:
            self.context.write(connection, scans)
        return self.reader.verdict(looks[0], scans, place)

    def _named(self, readings: Sequence[str]) -> Verdict | None:
        """Returns what is said of a ticket's code in letters, or of an order's number; None for neither.

        Either only names it: whoever holds it out is let in by a press.
        """
        for reading in readings:
            tail = tail_of(reading) if sum(each.isalnum() for each in reading) == _CODE_LETTERS else ""
            found = self.reader.reading(lambda books: books.tickets_ending(tail)) if tail else []  # noqa: B023  # called at once
            if len(found) == 1:
                return self._typed(found[0])
        order = self.reader.orders.numbered(readings)
        return None if order is None else self.reader.party_of(order, How.NAME)

    def _typed(self, ticket: ListedTicket) -> Verdict:
        return self._scanned(self.reader.claims_of(ticket.id, ticket.product_id), How.CODE)

    def _claims(self, readings: Sequence[str]) -> "TicketClaims | tuple[TicketClaims, ...] | _NoTicket":
        event, why = self.context.event, _NoTicket(Outcome.NOT_A_TICKET)
        key = Ed25519PublicKey.from_public_bytes(event.public_key)
        for reading in readings:
            for token in without_ends(reading):
                for read in (decode_token, decode_party):
                    try:
                        return read(token, event.catalogue.id, key)
                    except TrainingTicket:
                        why = _NoTicket(Outcome.WRONG_EVENT, is_training=True)
                    except OtherEvent:
                        why = _NoTicket(Outcome.WRONG_EVENT)
                    except BadToken:
                        continue
        return why

    def _not_a_ticket(self, why: "_NoTicket") -> Verdict:
        place = self.reader.place()
        scan = self._scan(None, why.outcome, place, How.CODE, is_listed=False)
        with self.context.store.transaction() as connection:
            self.context.write(connection, [scan])
        return Verdict(
            why.outcome,
            place.direction,
            self.context.local_now(),
            is_listed=False,
            is_training=why.is_training,
            scan_ids=(scan.scan_id,),
        )

    def _said(
        self,
        look: Look,
        place: Checkpoint,
        how: How,
        seen: frozenset[Seen] = frozenset(),
        *,
        is_listed: bool | None = None,
    ) -> TicketScanned:
        listed = look.answer.is_listed if is_listed is None else is_listed
        looked = self._seen(look, seen) if look.answer.is_in else None
        return self._scan(look.claims.ticket_id, look.answer.outcome, place, how, is_listed=listed, seen=looked)

    def _seen(self, look: Look, seen: frozenset[Seen]) -> Seen | None:
        """Returns what of what was looked at was needed for this ticket."""
        if Seen.STAMP in seen and not look.answer.is_first:
            return Seen.STAMP
        needs_look = look.claims.product_id in self.context.event.catalogue.doors.looks
        return Seen.ID if Seen.ID in seen and needs_look else None

    def _scan(
        self,
        ticket_id: str | None,
        outcome: Outcome,
        place: Checkpoint,
        how: How,
        *,
        is_listed: bool,
        seen: Seen | None = None,
    ) -> TicketScanned:
        return TicketScanned(
            scan_id=self.context.new_id(),
            ticket_id=ticket_id,
            zone=place.zone.id,
            gate=place.gate,
            direction=place.direction.value,
            outcome=outcome.value,
            day=place.day.isoformat(),
            clock=self._clock(),
            way=how.value,
            is_listed=is_listed,
            seen="" if seen is None else seen.value,
        )

    def _clock(self) -> str:
        return self.context.local_now().strftime("%H:%M")
