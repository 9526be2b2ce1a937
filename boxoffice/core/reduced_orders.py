"""Whether what an order says of its discounts is so: the judge of what tills write of them."""

from collections.abc import Iterator
from typing import Final

from boxoffice.core.catalogue import code_of
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.reductions import Off

_KINDS: Final = frozenset(off.value for off in Off)


def untrue_reductions(p: OrderPlaced) -> Iterator[str]:
    """Yields what is wrong: parts that are not the discount, or a use of a code that took nothing off."""
    if not all(map(_are_the_discount, p.lines)):
        yield "its discounts don't add up"
    codes = {each.reason for line in p.lines for each in line.reductions if each.kind == Off.CODE.value}
    if len(codes) > 1:
        yield "it has more than one code"
    uses = {pool: units for pool, units in p.units.items() if code_of(pool) is not None}
    if any(units != 1 or code_of(pool) not in codes for pool, units in uses.items()):
        yield "it uses a code that takes nothing off"


def _are_the_discount(line: LinePart) -> bool:
    """Returns whether a line tells all that was taken off it; whoever sold by earlier versions took nothing off."""
    parts = line.reductions
    if any(each.kind not in _KINDS or each.amount <= 0 for each in parts):
        return False
    return line.discount == sum(each.amount for each in parts)
