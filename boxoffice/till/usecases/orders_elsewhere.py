"""Orders that others have sold, as screens show them: what the hub told last, with no network needed to look."""

from collections.abc import Callable
from datetime import datetime

from boxoffice.core.facts import instant
from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.rows import TicketStatus
from boxoffice.core.tenders import TenderKind
from boxoffice.core.wire.orders_elsewhere import OrderElsewhere, TenderElsewhere
from boxoffice.till.usecases.gateway.orders import Order, OrderLine, Tender


def shown(told: OrderElsewhere, local: Callable[[datetime], datetime], *, is_collected: bool = False) -> Order:
    """Returns the order as screens show it; `local` gives times as clocks show them at the event.

    `is_collected` says that this till has handed it over, whether or not the hub has heard of that.
    """
    currency = Currency(told.currency)
    return Order(
        id=OrderId(told.id),
        number=told.number,
        state=told.status,
        channel=told.channel,
        placed_at=local(instant(told.placed_at)),
        lines=tuple(
            OrderLine(line.name, line.detail, line.quantity, Money(line.subtotal, currency)) for line in told.lines
        ),
        sums=(),
        total=Money(told.total, currency),
        tenders=tuple(_tender(told.id, i, each, currency) for i, each in enumerate(told.tenders)),
        ticket_count=sum(ticket.status is TicketStatus.VALID for ticket in told.tickets),
        device_name=told.sold_by or "Web",
        email=told.email or "",
        is_synced=True,
        name=told.name or "",
        phone=told.phone or "",
        note=told.note or "",
        is_collected=told.is_collected or is_collected,
        is_elsewhere=True,
    )


def _tender(order_id: str, index: int, told: TenderElsewhere, currency: Currency) -> Tender:
    back = Money(told.given_back, currency) if told.given_back else None
    return Tender(
        id=TenderId(f"{order_id}:{index}"),
        kind=TenderKind(told.tender),
        amount=Money(told.amount, currency),
        status=told.status,
        words=f"Card ending {told.last4}" if told.last4 else "",
        given_back=back,
        is_back=back is not None,
    )
