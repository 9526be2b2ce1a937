"""The guest list of an event: added all or none, held from its pools as orders that the house pays; and cancelled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, text

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.comps import given_away
from boxoffice.core.deliveries import Delivery
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import EventId, OrderId, ProductId, TicketId, order_number, part_id
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.languages import later
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price
from boxoffice.core.rows import TicketStatus
from boxoffice.core.sales import changed, finish, place, ticket_count
from boxoffice.core.tenders import THE_HOUSE
from boxoffice.core.tickets import Issuer
from sync.guests.lines import Guest, Line, read_lines
from sync.inventory.on_sale import Wanted, on_sale, units_of
from sync.inventory.waiting import TooLittle, with_patience
from sync.ledger.hub import Hub
from sync.mail.sent_again import send_to
from sync.orders.access import NoSuchOrder
from sync.payments.refunds import Refunds
from sync.store import guests as store
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.contacts import EMAIL, NAME, NOTE, set_contact
from sync.store.guests import NewRow
from sync.store.ledger import load_books, lock_orders

GUEST_CODE: Final = "GL"
"""Opens the numbers of guests' orders."""
_NUMBERS: Final = text("SELECT nextval('web_orders') FROM generate_series(1, :count)")


class NothingAdded(OperationFailed):
    """The guests were not added: none of them."""


class NotCancelled(OperationFailed):
    """The guest stays on the list."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A guest list as it was read, and what adding its good lines takes.

    `short` are the pools of which too little is left: what they are called, what is left, and what is needed. `over` is
    how many tickets are above the budget of the event, of which `given` are given already.
    """

    catalogue: Catalogue
    lines: tuple[Line, ...]
    worth: Money
    units: Mapping[str, int]
    short: tuple[tuple[str, int, int], ...]
    given: int
    over: int

    @property
    def new(self) -> tuple[Guest, ...]:
        return tuple(line.guest for line in self.lines if line.guest is not None and line.is_new)

    @property
    def known(self) -> int:
        return sum(line.is_known for line in self.lines)

    @property
    def wrong(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.wrong)

    @property
    def tickets(self) -> int:
        """Returns how many tickets the good lines are."""
        return sum(_tickets_of(self.catalogue, guest) for guest in self.new)


def check(connection: Connection, event_id: str, text_: str, held_for: str) -> Checked:
    """Returns what adding these lines would do; nothing is written.

    Raises:
        BadInput: if there is no such event.
    """
    return _check(connection, event_of(connection, event_id), text_, held_for)


def event_of(connection: Connection, event_id: str) -> Catalogue:
    """Returns the event as it was last revised, with all its products.

    Raises:
        BadInput: if there is no such event.
    """
    e = t.events.c
    row = connection.execute(select(e.file, e.revision).where(e.id == event_id)).one_or_none()
    if row is None:
        raise BadInput([FieldError("event", later("there is no such event"))])
    return catalogue_from(row.file, row.revision)


def _check(
    connection: Connection, catalogue: Catalogue, text_: str, held_for: str, claim: int | None = None
) -> Checked:
    lines = read_lines(text_, catalogue, held_for, store.on_the_list(connection, catalogue.id))
    new = [line.guest for line in lines if line.guest is not None and line.is_new]
    wanted = Counter[ProductId]()
    for guest in new:
        wanted[guest.product] += guest.count
    sale = on_sale(connection, catalogue, claim=claim)
    units = units_of(catalogue, Wanted(wanted))
    free = {pool: sale.free.get(pool, 0) + sale.at_tills.get(pool, 0) for pool in units}
    names = {pool.id: pool.name for pool in catalogue.pools}
    short = [(names.get(pool, pool), free[pool], count) for pool, count in sorted(units.items()) if count > free[pool]]
    given, limit = store.comps_given(connection, catalogue.id), catalogue.comps.per_event
    tickets = sum(_tickets_of(catalogue, guest) for guest in new)
    return Checked(
        catalogue=catalogue,
        lines=lines,
        worth=_worth(catalogue, new),
        units={names.get(pool, pool): count for pool, count in sorted(units.items())},
        short=tuple(short),
        given=given,
        over=0 if limit is None or not tickets else max(0, given + tickets - limit),
    )


def _tickets_of(catalogue: Catalogue, guest: Guest) -> int:
    parts = catalogue.products_by_id[guest.product].parts
    each = sum(part.quantity for part in parts) if parts else 1
    return guest.count * each


def _worth(catalogue: Catalogue, new: Sequence[Guest]) -> Money:
    """Returns what the tickets would cost."""
    total = sum(_priced(catalogue, guest).total.minor for guest in new)
    return Money(total, catalogue.currency)


def _priced(catalogue: Catalogue, guest: Guest) -> PricedOrder:
    cart = Cart((CartLine(guest.product, guest.count),))
    return given_away(price(catalogue, cart, at=utc_now(), channel=Channel.WEB))


@dataclass(frozen=True, slots=True)
class GuestList:
    """The use cases of the guest list."""

    hub: Hub
    refunds: Refunds

    def add(
        self,
        event_id: str,
        text_: str,
        held_for: str,
        by: str,
        *,
        language: str = "en",
        may_exceed: bool = False,
    ) -> Checked:
        """Adds the good lines, all of them or none, and returns what was read; wrong lines are left out.

        Who is on the list already stays as they are: the same lines again add nobody. What tills have of the places
        and don't need is waited for, a moment.

        Raises:
            BadInput: if there is no such event.
            NothingAdded: if there are too few places, or it is more than the budget and nobody has said that it may be.
        """

        def attempt(claim: int | None) -> Checked:
            return self.hub.database.run(
                lambda connection: self._add(connection, event_id, text_, held_for, by, language, may_exceed, claim)
            )

        return with_patience(self.hub, attempt)

    def _add(
        self,
        connection: Connection,
        event_id: str,
        text_: str,
        held_for: str,
        by: str,
        language: str,
        may_exceed: bool,
        claim: int | None,
    ) -> Checked:
        catalogue = event_of(connection, event_id)
        store.keep_alone(connection, event_id)
        checked = _check(connection, catalogue, text_, held_for, claim)
        if checked.over and not may_exceed:
            raise _over_budget(checked)
        if checked.short:
            raise _too_little(checked)
        if checked.new:
            self._write(connection, checked, by, language)
        return checked

    def _write(self, connection: Connection, checked: Checked, by: str, language: str) -> None:
        catalogue, new = checked.catalogue, checked.new
        counted = connection.scalars(_NUMBERS, {"count": len(new)}).all()
        placed = [
            _placed(catalogue, guest, order_number(GUEST_CODE, number))
            for guest, number in zip(new, counted, strict=True)
        ]
        try:
            self.hub.write(connection, placed, catalogue.id, Books())
        except NotEnoughLeft as error:
            lacking = {str(pool): units for each in placed for pool, units in each.units.items()}
            raise TooLittle(catalogue.id, lacking, _too_little(checked)) from error
        rows = [
            NewRow(order.order_id, guest.key, guest.product, guest.count, guest.held_for, guest.delivery)
            for guest, order in zip(new, placed, strict=True)
        ]
        store.add(connection, catalogue.id, rows, by)
        self._tell_who(connection, list(zip(new, placed, strict=True)), by, language)
        issuer = self.hub.issuer(connection, catalogue.id)
        ends = [
            payload
            for guest, order in zip(new, placed, strict=True)
            for payload in _given(order, guest, catalogue.id, issuer, by)
        ]
        self.hub.write(connection, ends, catalogue.id)
        for guest, order in zip(new, placed, strict=True):
            if guest.delivery is Delivery.WILL_CALL and guest.email is not None:  # known now, and nothing is mailed
                set_contact(connection, {EMAIL: guest.email}, t.orders.c.id == order.order_id)

    def _tell_who(
        self, connection: Connection, orders: Sequence[tuple[Guest, OrderPlaced]], by: str, language: str
    ) -> None:
        """Keeps who each is, before the tickets are there: the address to mail them to is taken from here."""
        for guest, order in orders:
            who: dict[str, str | None] = {NAME: guest.name, NOTE: guest.held_for}
            if guest.delivery is Delivery.MAIL:
                who[EMAIL] = guest.email
            set_contact(connection, who, t.orders.c.id == order.order_id)
        now, buyer = utc_now(), f"guest list {by}"
        held = [
            {"order_id": id_, "attempt": id_, "buyer": buyer, "language": language, "expires_at": now}
            for id_ in (order.order_id for _, order in orders)
        ]
        connection.execute(insert(t.holds), held)

    def cancel(self, order_id: str, why: str, by: str) -> None:
        """Takes a guest off the list: the tickets end, and the places are free again.

        Raises:
            NoSuchOrder: if the order is no guest's.
            NotCancelled: if somebody has come in with one of the tickets, or they are cancelled already.
        """
        self.hub.database.run(lambda connection: self._cancel(connection, order_id, why, by))

    def _cancel(self, connection: Connection, order_id: str, why: str, by: str) -> None:
        event_id = store.event_of(connection, order_id)
        if event_id is None:
            raise NoSuchOrder
        store.keep_alone(connection, event_id)
        lock_orders(connection, [order_id])
        guest = store.listed(connection, event_id, order_id=order_id)[0]
        if guest.cancelled_at is not None:
            raise _not_cancelled(later("This guest was taken off the list before."))
        if guest.admitted:
            raise _not_cancelled(later("Somebody has come in with these tickets already."))
        books = load_books(connection, [order_id])
        valid = [each.id for each in books.tickets.values() if each.status is TicketStatus.VALID]
        if valid:
            self.refunds.void_in(connection, books, order_id, sorted(valid), why or "taken off the guest list", by)
        store.note_cancelled(connection, order_id, by, why)

    def mail_again(self, order_id: str, by: str) -> None:
        """Mails the tickets of a guest once more.

        Raises:
            NoSuchOrder: if the order is no guest's.
            OperationFailed: if nobody knows an address, or the guest is off the list.
        """

        def work(connection: Connection) -> None:
            event_id = store.event_of(connection, order_id)
            if event_id is None:
                raise NoSuchOrder
            guest = store.listed(connection, event_id, order_id=order_id)[0]
            if guest.email is None or guest.cancelled_at is not None:
                raise OperationFailed(
                    later("This guest has no address, or is off the list."), later("Nothing was mailed."), ""
                )
            send_to(connection, order_id, guest.email, by)

        self.hub.database.run(work)


def _placed(catalogue: Catalogue, guest: Guest, number: str) -> OrderPlaced:
    order = _priced(catalogue, guest)
    return place(order, order_id=OrderId(new_id()), order_number=number, channel=Channel.WEB, source="pool")


def _given(placed: OrderPlaced, guest: Guest, event_id: EventId, issuer: Issuer, by: str) -> list[Payload]:
    """Returns that the house pays for an order, and how it ends."""
    order_id = OrderId(placed.order_id)
    tickets = [TicketId(part_id(order_id, i)) for i in range(ticket_count(placed))]
    paid = PaymentCaptured(
        order_id=order_id,
        tender_id=new_id(),
        tender=THE_HOUSE.value,
        amount=placed.total,
        currency=placed.currency,
        reason=guest.held_for,
        by=by,
    )
    return [
        changed(order_id, OrderState.PENDING, OrderState.PROCESSING),
        paid,
        changed(order_id, OrderState.PROCESSING, OrderState.COMPLETED, "on the guest list"),
        finish(placed, event_id, issuer, tickets),
    ]


def _too_little(checked: Checked) -> NothingAdded:
    words = ", ".join(f"{name}: {left} of {needed}" for name, left, needed in checked.short)
    return NothingAdded(
        later("There are not so many places left.") + (f" {words}." if words else ""),
        later("Nobody was added."),
        later("Leave lines out, or raise the capacity of the event."),
    )


def _over_budget(checked: Checked) -> NothingAdded:
    return NothingAdded(
        later("This is {over} tickets more than the event gives away.").format(over=checked.over),
        later("Nobody was added."),
        later("Leave lines out, or say that it may be more."),
    )


def _not_cancelled(why: str) -> NotCancelled:
    return NotCancelled(why, later("Nothing was changed."), "")
