"""What is given away: how many tickets an order gives, and that nobody takes a tax of them."""

from dataclasses import replace

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import PricedLine, PricedOrder
from boxoffice.core.reductions import Off

_TICKET = ProductKind.TICKET.value


def given_away(priced: PricedOrder) -> PricedOrder:
    """Returns an order that the house pays in full: at its prices, and without taxes, as nobody pays anything."""
    lines = tuple(replace(line, taxes=()) for line in priced.lines)
    total, nothing = priced.subtotal - priced.discount, priced.total - priced.total
    return replace(priced, lines=lines, total=total, tax_added=nothing, tax_total=nothing)


def comps_in(placed: OrderPlaced, paid_by_house: int) -> int:
    """Returns how many tickets an order gives away: those of its free lines, or the house's share of what it costs."""
    if paid_by_house and placed.total:
        tickets = sum(line.quantity for line in placed.lines if line.kind == _TICKET)
        return tickets * min(paid_by_house, placed.total) // placed.total
    return sum(line.quantity for line in placed.lines if line.kind == _TICKET and _is_free(line))


def comps_wanted(priced: PricedOrder) -> int:
    """Returns how many tickets a sale gives away as it stands."""
    free = (line for line in priced.lines if line.product.kind is ProductKind.TICKET and _is_comp(line))
    return sum(line.quantity for line in free)


def _is_free(line: LinePart) -> bool:
    return any(each.kind == Off.COMP.value for each in line.reductions)


def _is_comp(line: PricedLine) -> bool:
    return any(each.reduction.off is Off.COMP for each in line.taken_off)
