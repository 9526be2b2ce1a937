"""The training's till with all that is around it: its hub, its reader, its printer, and who holds tickets out."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product
from boxoffice.core.ids import ProductId, StaffId, TicketId
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.tickets import TicketClaims, encode_token
from boxoffice.core.training import TRAINING_EVENT
from boxoffice.documents.model import Receipt
from boxoffice.documents.slips import Slip
from boxoffice.till.store import facts as fact_store
from boxoffice.till.ui.flow.bills import likely_sums
from boxoffice.till.usecases.till import Till
from boxoffice.training.activity import Activity, activities
from boxoffice.training.course import Cast, Switch
from boxoffice.training.hub import PracticeHub
from boxoffice.training.lines import PracticeReaders
from boxoffice.training.printer import StampedPrinter
from boxoffice.training.source import Trainee
from boxoffice.training.staging import letters_of, roles_in, simple_products

_MANY: Final = 100_000
_FLOAT_OF: Final = 20
"""A drawer begins with so many of the sum that customers hand over, if the event says nothing of it."""
_HELPERS: Final = (
    Trainee("Alex", StaffRole.SELLER),
    Trainee("Sam", StaffRole.SUPERVISOR),
)
"""Who works in a training of a till that has no staff, or one person alone."""


def people_for(trainees: Sequence[Trainee], new_id: Callable[[], str]) -> tuple[Person, ...]:
    """Returns who may sign in: those who may sell, by their names, and somebody who takes over from them."""
    own = [each for each in trainees if each.role is not StaffRole.STEWARD]
    has_lead = any(each.role is not StaffRole.SELLER for each in own)
    helpers = _HELPERS if not own else _HELPERS[1:] if len(own) == 1 or not has_lead else ()
    return tuple(Person(StaffId(new_id()), each.name, each.role, each.language) for each in (*own, *helpers))


class Stage:
    """What the coach sees of the training, and what it makes happen in it."""

    def __init__(self, till: Till, hub: PracticeHub, readers: PracticeReaders, printer: StampedPrinter) -> None:
        self.till = till
        self._hub, self._readers, self._printer = hub, readers, printer
        self.cast = self._cast(hub.catalogue)
        self._tokens = self._tickets(hub.catalogue)

    # What it sees

    def position(self) -> tuple[int, int]:
        """Returns where facts and receipts stand now."""
        with self.till.store.reading() as connection:
            return fact_store.newest_position(connection), len(self._printer.printed)

    def since(self, position: tuple[int, int]) -> tuple[Activity, ...]:
        """Returns what has happened since then."""
        with self.till.store.reading() as connection:
            facts = fact_store.own_after(connection, position[0], _MANY)
        out = self._printer.printed[position[1] :]
        receipts = [(at, piece.order_number) for at, piece in out if isinstance(piece, Receipt)]
        return activities(facts, receipts)

    @property
    def seller(self) -> str:
        """Who is signed in, by name."""
        person = self.till.team().person
        return "" if person is None else person.name

    # What it does

    def prepare(self, switches: Sequence[Switch]) -> tuple[int, int]:
        """Sets everything right for a drill, then what goes wrong in it; returns where it begins."""
        self.settle()
        if not self.till.shifts.now().is_open:
            self.till.shifts.open(None, self._float(), is_from_safe=True, why="")
        for each in switches:
            self.turn(each)
        return self.position()

    def settle(self) -> None:
        """Has everything work."""
        self._readers.work()
        self._hub.is_down = False
        self._hub.put_back()
        self.till.sync_now()

    def turn(self, switch: Switch) -> None:
        """Makes something go wrong, or right again."""
        match switch:
            case Switch.READER_SILENT:
                self._readers.fall_silent()
            case Switch.READER_WORKS:
                self._readers.work()
            case Switch.NETWORK_CUT | Switch.NETWORK_BACK:
                self._hub.is_down = switch is Switch.NETWORK_CUT
            case Switch.SOLD_OUT if self.cast.pool is not None:
                self._hub.sell_out(self.cast.pool)
            case _:
                return
        self.till.sync_now()

    def token(self, guest: int) -> str:
        """Returns the code of the ticket that a guest holds out."""
        return self._tokens[guest]

    def print(self, slip: Slip) -> None:
        """Prints something of the training's own.

        Raises:
            NotPrinted: if it does not come out.
        """
        self._printer.print(slip, is_last=True)

    def _float(self) -> Money:
        floats = self._hub.catalogue.cash.floats
        return floats[0].amount if floats else self.cast.given * _FLOAT_OF

    # Who plays what

    def _cast(self, catalogue: Catalogue) -> Cast:
        roles = roles_in(catalogue)
        dear, cheap = roles.dear, roles.cheap
        sums = likely_sums(self._sum((cheap, 2)))
        return Cast(
            dear=dear,
            cheap=cheap,
            letters=letters_of(catalogue),
            dear_sum=self._sum((dear, 1)),
            cheap_sum=self._sum((cheap, 1)),
            given=sums[min(1, len(sums) - 1)],
            part=_round_part(self._sum((dear, 1), (cheap, 1))),
            scarce=roles.scarce,
            pool=roles.pool,
            guests=(self._new_id(), self._new_id(), self._new_id()),
        )

    def _new_id(self) -> str:
        return self.till.services.context.new_id()

    def _sum(self, *wanted: tuple[Product, int]) -> Money:
        cart = Cart(tuple(CartLine(ProductId(product.id), units) for product, units in wanted))
        return self.till.in_cash(self.till.services.selling.quoted(cart).total)

    def _tickets(self, catalogue: Catalogue) -> tuple[str, ...]:
        """Returns the codes that guests hold out: signed as the till's own are, of sales that were made elsewhere."""
        event = self.till.services.context.event
        zone = catalogue.doors.zones[0]
        today = catalogue.doors.day_of(self.till.services.context.local(self.till.services.context.clock.now()))
        fit = [each for each in simple_products(catalogue) if catalogue.opens(each.id, zone)]
        plain = (
            [each for each in fit if each.id not in catalogue.doors.looks] or fit or list(simple_products(catalogue))
        )
        days: tuple[date, ...] = (today, today + timedelta(days=1), today)
        return tuple(
            encode_token(TicketClaims(TRAINING_EVENT, TicketId(ticket_id), plain[0].id, (day,)), event.issuer)
            for ticket_id, day in zip(self.cast.guests, days, strict=True)
        )


def _round_part(total: Money) -> Money:
    """Returns a round sum that is a part of a total, so that it is quickly typed."""
    whole = 10**total.currency.exponent
    third = total.minor // 3
    step = 10 * whole if third > 10 * whole else whole
    return Money(max(step, third // step * step), total.currency)
