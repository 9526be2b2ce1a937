"""What there is to say of tickets at a gate: read from both files, as screens show it. Nothing is written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import sqlcipher3
from sqlalchemy import Connection

from boxoffice.core.admission import Answer, Checkpoint, KnownTicket, admit
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId, ProductId, TicketId
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.scans import Direction, Outcome, ScanRow, Seen
from boxoffice.core.tickets import TicketClaims
from boxoffice.till.store import settings
from boxoffice.till.store.gate import GateBooks, ListedTicket
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.gate import AtGate, CameIn, GateNow, Guest, How, JustNow, Post, Verdict
from boxoffice.till.usecases.orders import Orders

T = TypeVar("T")
POST: Final = ("gate_zone", "gate_name", "gate_direction")
_MOST: Final = 7


class NoSuchTicket(OperationFailed):
    """Nobody knows of the ticket here."""

    def __init__(self) -> None:
        super().__init__("This ticket is not on this machine's list.", "Nobody was let in.", "Scan its code.")


@dataclass(frozen=True, slots=True)
class Look:
    """One ticket that somebody holds out: what it claims, what is said of it, and its row on the list."""

    answer: Answer
    claims: TicketClaims
    listed: ListedTicket | None


@dataclass(frozen=True, slots=True)
class GateReader:
    """Looks at tickets, and at who is inside."""

    context: TillContext
    orders: Orders

    def post(self) -> Post:
        """Returns where this machine stands; a zone or a gate that is gone gives way to the first one."""
        with self.context.store.reading() as connection:
            known = settings.get_all(connection)
        kept = [known.get(name, "") for name in POST]
        zone = self.context.event.catalogue.doors.zone(kept[0])
        gate = kept[1] if kept[1] in zone.gates else zone.gates[0]
        return Post(zone.id, gate, Direction.OUT if kept[2] == Direction.OUT.value else Direction.IN)

    def place(self, post: Post | None = None) -> Checkpoint:
        """Returns where and on which day of the event this machine lets people in."""
        doors, at = self.context.event.catalogue.doors, post or self.post()
        return Checkpoint(doors.zone(at.zone), at.gate, at.direction, doors.day_of(self.context.local_now()))

    def now(self) -> GateNow:
        """Returns who is inside, as far as this machine knows."""
        catalogue, post, place = self.context.event.catalogue, self.post(), self.place()

        def look(books: GateBooks) -> tuple[GateNow, list[tuple[ScanRow, ListedTicket | None]]]:
            entered = books.entered(post.zone, place.day.isoformat())
            by_product = books.valid_by_product()
            due = sum(count for product, count in by_product.items() if self.opens(product, place))
            now = GateNow(
                post=post,
                zones=catalogue.doors.zones,
                day=place.day,
                at_gates=tuple(
                    AtGate(each.gate, each.ins, each.outs) for each in books.counts(post.zone, place.day.isoformat())
                ),
                to_arrive=max(0, due - len(entered)),
                listed=by_product.total(),
            )
            last = [(each, books.ticket(each.ticket_id or "")) for each in books.last(_MOST)]
            return now, last

        with self.context.store.reading() as connection:
            now, last = self.context.elsewhere.count(lambda others: look(self._both(connection, others)))
        return replace(now, last=tuple(self._just_now(*each) for each in last))

    def party_of(self, order_id: OrderId, how: How) -> Verdict:
        place = self.place()

        def look(books: GateBooks) -> list[Look]:
            tickets = books.tickets_of(order_id)
            known = books.known(tickets)
            return [self.look_at(each, known[each.id], place) for each in tickets]

        looks = self.reading(look)
        if not looks:
            raise OperationFailed("This order has no tickets.", "Nobody was let in.", "Look at the order.")
        first = next((each for each in looks if each.answer.is_in), looks[0])
        return self.verdict(first, (), place, party=tuple(enumerate(looks, 1)), how=how)

    def with_party(
        self, books: GateBooks, claims: TicketClaims, place: Checkpoint
    ) -> tuple[Look, tuple[tuple[int, Look], ...]]:
        """Returns the ticket, and all of its order that may come in now, each with its number in the order."""
        listed = books.ticket(claims.ticket_id)
        if listed is None:
            passages = books.passages([claims.ticket_id]).get(claims.ticket_id, ())
            return self.look(claims, KnownTicket(None, tuple(passages)), None, place), ()
        tickets = books.tickets_of(listed.order_id)
        known = books.known(tickets)
        looks = {each.id: self.look_at(each, known[each.id], place) for each in tickets}
        mine = self.look(claims, known[listed.id], listed, place)
        entering = tuple(
            (number, looks[each.id])
            for number, each in enumerate(tickets, 1)
            if looks[each.id].answer.outcome in (Outcome.ADMITTED, Outcome.LOOK_ID)
        )
        return mine, entering

    def looks(
        self,
        connection: Connection,
        place: Checkpoint,
        seen: frozenset[Seen],
        ticket_ids: Sequence[str],
        shown: Mapping[str, TicketClaims] = {},
    ) -> list[Look]:
        """Returns what is said of tickets on the list, and of those whose signed code was `shown`."""

        def look(books: GateBooks) -> list[Look]:
            claims = [shown.get(each) for each in ticket_ids]
            tickets = [books.ticket(each) for each in ticket_ids]
            if not tickets or any(told is None and each is None for told, each in zip(claims, tickets, strict=True)):
                raise NoSuchTicket
            return self._looks_at(books, claims, tickets, place, seen)

        return self.books(connection, look)

    def party_shown(self, claims: Sequence[TicketClaims], place: Checkpoint) -> list[Look]:
        """Returns what is said of each ticket that a party's code stands for, on the list or not."""

        def look(books: GateBooks) -> list[Look]:
            tickets = [books.ticket(each.ticket_id) for each in claims]
            return self._looks_at(books, claims, tickets, place, frozenset())

        return self.reading(look)

    def _looks_at(
        self,
        books: GateBooks,
        claims: Sequence[TicketClaims | None],
        tickets: Sequence[ListedTicket | None],
        place: Checkpoint,
        seen: frozenset[Seen],
    ) -> list[Look]:
        known = books.known([each for each in tickets if each is not None])
        looks = []
        for told, each in zip(claims, tickets, strict=True):
            if each is not None:
                mine = told or self.claims_of(each.id, each.product_id)
                looks.append(self.look(mine, known[each.id], each, place, seen))
            elif told is not None:
                passages = books.passages([told.ticket_id]).get(told.ticket_id, ())
                looks.append(self.look(told, KnownTicket(None, tuple(passages)), None, place, seen))
        return looks

    def look_at(
        self, ticket: ListedTicket, known: KnownTicket, place: Checkpoint, seen: frozenset[Seen] = frozenset()
    ) -> Look:
        return self.look(self.claims_of(ticket.id, ticket.product_id), known, ticket, place, seen)

    def claims_of(self, ticket_id: str, product_id: str) -> TicketClaims:
        """Returns what the code of a ticket on the list says: its days are those of its product."""
        catalogue = self.context.event.catalogue
        product = catalogue.products_by_id.get(ProductId(product_id))
        days = () if product is None else product.days
        return TicketClaims(catalogue.id, TicketId(ticket_id), ProductId(product_id), days)

    def look(
        self,
        claims: TicketClaims,
        known: KnownTicket,
        listed: ListedTicket | None,
        place: Checkpoint,
        seen: frozenset[Seen] = frozenset(),
    ) -> Look:
        return Look(admit(claims, known, place, self.context.event.catalogue, seen), claims, listed)

    def verdict(
        self,
        look: Look,
        scans: Sequence[TicketScanned],
        place: Checkpoint,
        *,
        party: Sequence[tuple[int, Look]] = (),
        how: How = How.CODE,
        is_party_code: bool = False,
    ) -> Verdict:
        answer, listed = look.answer, look.listed
        order = None if listed is None else self.orders.heading(listed.order_id, is_own=listed.is_own)
        before = answer.before
        came = None if before is None else CameIn(self.context.local(before.at), before.gate, before.where)
        numbers = [] if listed is None else self._numbers(listed)
        return Verdict(
            outcome=answer.outcome,
            direction=place.direction,
            at=self.context.local_now(),
            product=self._product(look.claims.product_id),
            name="" if order is None else order.name,
            guest=1 if listed is None else numbers.index(listed.id) + 1,
            order_id=None if listed is None else OrderId(listed.order_id),
            order_number="" if order is None else order.number,
            scan_ids=tuple(each.scan_id for each in scans),
            ticket_ids=(look.claims.ticket_id,),
            is_listed=answer.is_listed,
            before=came,
            look=answer.look,
            may_return=answer.may_return,
            is_first=answer.is_first,
            is_refunded=order is not None and order.is_refunded,
            days=look.claims.days,
            party=tuple(
                Guest(
                    each.claims.ticket_id,
                    number,
                    order.name if order is not None and number == 1 else "",
                    self._product(each.claims.product_id),
                    each.answer.outcome,
                    each.answer.look,
                    has_the_code=how is How.CODE and (is_party_code or each.claims.ticket_id == look.claims.ticket_id),
                )
                for number, each in party
            ),
            how=how,
        )

    def _numbers(self, ticket: ListedTicket) -> list[str]:
        return self.reading(lambda books: [each.id for each in books.tickets_of(ticket.order_id)])

    def _just_now(self, scan: ScanRow, ticket: ListedTicket | None) -> JustNow:
        order = None if ticket is None else self.orders.heading(ticket.order_id, is_own=ticket.is_own)
        return JustNow(
            scan.id,
            scan.outcome,
            scan.direction,
            self.context.local(scan.scanned_at),
            "" if order is None else order.name or order.number,
            "" if ticket is None else self._product(ProductId(ticket.product_id)),
            scan.is_undone,
        )

    def _product(self, product_id: ProductId) -> str:
        product = self.context.event.catalogue.products_by_id.get(product_id)
        return str(product_id) if product is None else product.name

    def opens(self, product_id: str, place: Checkpoint) -> bool:
        catalogue = self.context.event.catalogue
        product = catalogue.products_by_id.get(ProductId(product_id))
        is_today = product is None or not product.days or place.day in product.days
        return is_today and catalogue.opens(ProductId(product_id), place.zone)

    def reading(self, look: Callable[[GateBooks], T]) -> T:
        with self.context.store.reading() as connection:
            return self.books(connection, look)

    def books(self, connection: Connection, look: Callable[[GateBooks], T]) -> T:
        return self.context.elsewhere.read(lambda others: look(self._both(connection, others)))

    def _both(self, connection: Connection, others: sqlcipher3.Connection) -> GateBooks:
        device, catalogue = self.context.device, self.context.event.catalogue
        has_kinds = bool(catalogue.price_kinds)
        return GateBooks(connection, others, catalogue.id, device.id, device.name, has_price_kinds=has_kinds)
