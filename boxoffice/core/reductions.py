"""What is taken off a price once it is known: by who sells, for a reason, and by a code.

In this order, each off what the one before has left: what is taken off a line, what a code takes off the lines that it
covers, what is taken off the whole sale. Nothing is ever taken off a gift, and never more than there is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

from boxoffice.core.catalogue import Product, ProductKind, Promo
from boxoffice.core.charging import step_of
from boxoffice.core.ids import StaffId
from boxoffice.core.languages import later
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.rights import Right
from boxoffice.core.steps import in_steps, shared
from boxoffice.core.tenders import LONGEST_REASON

REASONS: Final = (later("Member"), later("Teacher"), later("Damaged"), later("Late start"), later("Kindness"))
"""Why something is cheaper, to choose from; another may be typed."""
_REDUCED: Final = frozenset({ProductKind.TICKET, ProductKind.MERCHANDISE, ProductKind.BUNDLE})
_WHOLE: Final = 100


class Off(Enum):
    """How much is taken off."""

    PERCENT = "percent"
    """So many percent of the price."""
    AMOUNT = "amount"
    """So much, once."""
    PRICE = "price"
    """What is over another price for each piece of a line."""
    COMP = "comp"
    """All of it: it is given away."""
    CODE = "code"
    """What a promo code says. Nobody at a till decides that."""


RIGHTS: Final[Mapping[str, Right]] = {
    Off.PERCENT.value: Right.DISCOUNT,
    Off.AMOUNT.value: Right.DISCOUNT,
    Off.PRICE.value: Right.DISCOUNT,
    Off.COMP.value: Right.COMP,
}
"""Which right each takes, by its name in facts; a code takes none."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """Why something is cheaper. `value` is in percent or in minor units; of a code, the reason is the code.

    `approved_by` has allowed it to who may not take off so much alone.
    """

    off: Off
    reason: str
    value: int = 0
    approved_by: StaffId | None = None


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What one reduction takes off one line; `is_shared` where that is its part of what the whole sale has off."""

    reduction: Reduction
    amount: Money
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A line by its price list, with what is taken off it alone."""

    product: Product
    quantity: int
    unit_price: Money
    reduction: Reduction | None = None

    @property
    def subtotal(self) -> int:
        return self.unit_price.minor * self.quantity


def can_be_reduced(product: Product) -> bool:
    """Returns whether something can be taken off its price: a gift is what it is."""
    return product.kind in _REDUCED


def problems_of(reduction: Reduction, currency: Currency, product: Product | None = None) -> Iterator[str]:
    """Yields why a reduction can't be: of one line, or without a product of the whole sale."""
    off, value, step = reduction.off, reduction.value, step_of(currency)
    if product is not None and not can_be_reduced(product):
        yield f"nothing is taken off {product.name}"
    wrong = {
        "needs a reason": not reduction.reason.strip(),
        f"its reason must have at most {LONGEST_REASON} letters": len(reduction.reason) > LONGEST_REASON,
        "a code is no discount of who sells": off is Off.CODE,
        "a whole sale has no price for each piece": off is Off.PRICE and product is None,
        f"must be 1 to {_WHOLE} percent": off is Off.PERCENT and not 1 <= value <= _WHOLE,
        "must take something off": off is Off.AMOUNT and value < 1,
        "a price can't be below zero": off is Off.PRICE and value < 0,
        f"must be a multiple of {step}": off in (Off.AMOUNT, Off.PRICE) and value % step.minor != 0,
    }
    yield from (words for words, is_so in wrong.items() if is_so)


def taken_off(
    lines: Sequence[Listed], promo: Promo | None, whole: Reduction | None, currency: Currency
) -> list[tuple[TakenOff, ...]]:
    """Returns what is taken off each line, in the order in which it is."""
    step = step_of(currency).minor
    left = [line.subtotal for line in lines]
    taken: list[list[TakenOff]] = [[] for _ in lines]

    def take(reduction: Reduction, i: int, minor: int, *, is_shared: bool = False) -> None:
        if minor:
            left[i] -= minor
            taken[i].append(TakenOff(reduction, Money(minor, currency), is_shared))

    for i, line in enumerate(lines):
        if line.reduction is not None and can_be_reduced(line.product):
            take(line.reduction, i, _of_line(line.reduction, line, step))
    if promo is not None:
        by_code = Reduction(Off.CODE, promo.code, promo.percent or 0)
        for i, minor in enumerate(_of_code(promo, lines, left, step)):
            take(by_code, i, minor)
    if whole is not None:
        bases = [minor if can_be_reduced(line.product) else 0 for line, minor in zip(lines, left, strict=True)]
        for i, minor in enumerate(_of_all(whole, bases, step)):
            take(whole, i, minor, is_shared=True)
    return [tuple(each) for each in taken]


def _of_line(reduction: Reduction, line: Listed, step: int) -> int:
    price = line.subtotal
    if reduction.off is Off.PRICE:
        return max(0, price - reduction.value * line.quantity)
    return _of_all(reduction, [price], step)[0]


def _of_all(reduction: Reduction, bases: Sequence[int], step: int) -> Sequence[int]:
    """Returns each line's part of what is taken off all of them."""
    whole, value = sum(bases), reduction.value
    match reduction.off:
        case Off.PERCENT if value < _WHOLE:
            off = min(whole, in_steps(Fraction(whole * value, _WHOLE), step))
        case Off.AMOUNT:
            off = min(whole, value)
        case _:
            off = whole
    return shared(off, bases, step) if off else [0] * len(bases)


def _of_code(promo: Promo, lines: Sequence[Listed], left: Sequence[int], step: int) -> Sequence[int]:
    bases = [minor if promo.covers(line.product) else 0 for line, minor in zip(lines, left, strict=True)]
    if promo.amount is not None and promo.is_per_item:
        return [min(most, promo.amount.minor * line.quantity) for most, line in zip(bases, lines, strict=True)]
    if promo.amount is not None:
        return _of_all(Reduction(Off.AMOUNT, promo.code, promo.amount.minor), bases, step)
    return _of_all(Reduction(Off.PERCENT, promo.code, promo.percent or 0), bases, step)


def not_approved(taken: Iterable[TakenOff]) -> list[tuple[str, int]]:
    """Returns what is taken off a line that nobody else has approved, by kind."""
    return [(each.reduction.off.value, each.amount.minor) for each in taken if each.reduction.approved_by is None]


def alone_needs(lines: Iterable[tuple[int, Iterable[tuple[str, int]]]]) -> Mapping[Right, Extent]:
    """Returns which rights it takes to take so much off, and how far each goes: of any line's price, and in all.

    Args:
        lines: what each costs by the price list, and what nobody else has approved to be taken off it.
    """
    needs: dict[Right, Extent] = {}
    for subtotal, taken in lines:
        sums: dict[Right, int] = {}
        for off, minor in taken:
            if off in RIGHTS:
                sums[RIGHTS[off]] = sums.get(RIGHTS[off], 0) + minor
        for right, minor in sums.items():
            before, percent = needs.get(right, Extent()), -(-_WHOLE * minor // max(1, subtotal))
            needs[right] = Extent(max(before.percent, percent), (before.minor or 0) + minor)
    return needs
