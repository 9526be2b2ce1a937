"""What the hub tells tills of orders that others have sold, on the web or at other tills: to find them, and to look."""

from typing import Annotated, Final

from pydantic import Field

from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Direction, Seen
from boxoffice.core.wire.message import Message

A_PAGE: Final = 1000
A_FEW: Final = 100
"""So many orders may be told at once, and so many without waiting for one's turn at the hub."""


class LineElsewhere(Message):
    """One line, as it was sold; `detail` has its option and what else it says."""

    product_id: str
    name: str
    detail: str = ""
    quantity: int
    subtotal: int


class TenderElsewhere(Message):
    """One payment. `given_back` is what of it is on its way back, or is back; `last4` of the card, where it was one."""

    tender: str
    amount: int
    status: PaymentStatus
    last4: str = ""
    given_back: int = 0


class TicketElsewhere(Message):
    """One ticket: its id stands in its code. `price_kind` is who may have it at its price; nothing for all."""

    id: str
    product_id: str
    status: TicketStatus
    price_kind: str = ""


class ScanElsewhere(Message):
    """One time that a ticket passed a gate; `till` is the name of the machine there. What was undone is left out."""

    id: str
    ticket_id: str
    device_id: str
    till: str
    zone: str
    gate: str
    direction: Direction
    day: str
    at: str
    seen: Seen | None = None


class OrderElsewhere(Message):
    """One order as it stands now; amounts are in minor units of `currency`. `sold_by` names a till; empty for the web.

    `email`, `name` and `phone` are None where nobody gave them, or where the person was erased. So many `comps` of it
    were given away, by `comps_by` of the staff.
    """

    id: str
    number: str
    channel: Channel
    status: OrderState
    total: int
    currency: str
    placed_at: str
    sold_by: str
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    note: str | None = None
    is_collected: bool = False
    comps: int = 0
    comps_by: str | None = None
    lines: tuple[LineElsewhere, ...] = ()
    tenders: tuple[TenderElsewhere, ...] = ()
    tickets: tuple[TicketElsewhere, ...] = ()
    scans: tuple[ScanElsewhere, ...] = ()


class OrdersAnswer(Message):
    """`GET /api/till/orders?event_id=E&after=CURSOR`: orders of others that are new, or changed, since the cursor.

    An empty cursor asks for all. Each order stands in it once, as it is now: what changes while a till reads page after
    page comes again on a later one, so that a till which was cut off goes on where it was.
    `is_anew` says that this is the first page of all: what the till has is of an earlier life of the hub, and is to be
    dropped. `total` is how many orders of others there are, told with the first page.
    """

    orders: tuple[OrderElsewhere, ...]
    cursor: Annotated[str, Field(max_length=300)]
    more: bool
    is_anew: bool = False
    total: int | None = None
