"""What both sides of a world give back of one order, each by what it has heard: in cash, by card, and by a swap."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.door_refunds import Wish, asked_for, cash_back, out_of, plan
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import EventId, OrderId, TicketId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.tickets import TicketPart, TicketVoided
from boxoffice.core.refunds import Part, parts_of, tickets_to_void
from boxoffice.core.sales import changed, finish, ticket_count
from boxoffice.core.swaps import offer, swapped
from sync.store.chain import new_id
from tests.integration.sync.door import EVENT
from tests.integration.sync.world import World

OTHER_DRAWER: Final = "another till"


def pay_mixed(world: World, placed: OrderPlaced, cash: int) -> None:
    """A till's order is paid in cash for so many hundredths, and for the rest at a reader."""
    share = placed.total * cash // 100
    about = world.door.captured(placed, share)
    more = {"tender": "terminal", "drawer": None, "tendered": None, "change": None, "tender_id": new_id()}
    card = about.model_copy(
        update={**more, "amount": placed.total - share, "provider_reference": f"pi_{more['tender_id']}"}
    )
    paid = [each for each in (about, card) if each.amount]
    tickets = [TicketId(new_id()) for _ in range(ticket_count(placed))]
    end = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
    world.by_till(*paid, end, finish(placed, EventId(EVENT), world.door.issuer, tickets))


def back_here(world: World, placed: OrderPlaced, how: int) -> None:
    """The till gives something back in cash, or onto a gift card: the first thing, everything, or an amount."""
    books = world.memory_till.books
    try:
        planned = plan(books, placed.order_id, _everything(books, placed), _wish(books, placed, how))
    except BadInput:
        return
    if not planned.needs_hub:
        gone = cash_back(books, placed.order_id, planned, "", drawer=world.device.name, new_id=new_id)
        world.by_till(*gone)


def back_there(world: World, placed: OrderPlaced, how: int) -> None:
    """The hub gives something back: through a provider, onto a gift card, or in cash at another till that asks."""
    books = world.memory_hub.books
    everything = _everything(books, placed)
    try:
        planned = plan(books, placed.order_id, everything, _wish(books, placed, how))
    except BadInput:
        return
    written: list[Payload] = []
    for i, share in enumerate(planned.shares):
        asked = asked_for(share, new_id(), "", planned.parts if i == 0 else ())
        written.append(asked)
        if share.is_cash:
            written.append(out_of(asked, OTHER_DRAWER))
        elif share.payment.card_id is not None:
            written.append(out_of(asked, None, card_id=share.payment.card_id))
    ends = tickets_to_void(books, planned.parts)
    world.by_hub(*written, *(TicketVoided(ticket_id=each, order_id=placed.order_id) for each in ends))


def swap_here(world: World, placed: OrderPlaced) -> None:
    """The till swaps the first thing for another; what that costs more is paid in cash."""
    books = world.memory_till.books
    everything = _everything(books, placed)
    bare = world.door.placed(("friday-pass", 1))
    keys = [part.key for part in everything if part.ticket_id in tickets_to_void(books, everything)][:1]
    try:
        offered = offer(books, placed.order_id, everything, keys, bare.total)
        new = bare.model_copy(update={"swap": offered.swap})
        gone = swapped(books, everything, new, offered.swap, drawer=world.device.name, new_id=new_id)
    except BadInput:
        return
    due = new.total - offered.swap.credit
    paid = [world.door.captured(new, due)] if due else []
    moves = (OrderState.PENDING, OrderState.PROCESSING, OrderState.COMPLETED)
    begun, ended = (changed(OrderId(new.order_id), start, to) for start, to in pairwise(moves))
    issued = finish(new, EventId(EVENT), world.door.issuer, [TicketId(new_id()) for _ in range(ticket_count(new))])
    world.by_till(new, begun, *paid, *gone, ended, issued)


def gone_twice_untold(world: World) -> list[str]:
    """Returns the payments of which more went back than they brought, and the inbox says nothing of their orders."""
    books, told = world.memory_hub.books, {each.order_id for each in world.memory_hub.open}
    over = [each for each in books.payments.values() if books.refunded(each.id) > each.amount]
    return [each.id for each in over if each.order_id not in told]


def _everything(books: Books, placed: OrderPlaced) -> Sequence[Part]:
    """Returns all things of an order of one line."""
    mine = sorted(each.id for each in books.tickets.values() if each.order_id == placed.order_id)
    tickets = [TicketPart(ticket_id=each, line=0, product_id=placed.lines[0].product_id, token="") for each in mine]
    return parts_of(placed, tickets)


def _wish(books: Books, placed: OrderPlaced, how: int) -> Wish:
    everything = _everything(books, placed)
    if how == 0:
        return Wish(tuple(part.key for part in everything))
    return Wish((everything[how % len(everything)].key,)) if how < 3 else Wish((), how)
