"""What a tax office asks for: what was sold and given back in a month, by authority and rate.

A refund belongs to the day it is made on and takes its tax with it: of the things that it names, else evenly of what is
left of the order. What went back in small steps has taken as much tax as if it had gone at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.money import allocate
from boxoffice.core.payloads.lines import LinePart, TaxPart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.taxes import TaxKind

_DUE_DAY: Final = 20
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Taxed:
    """What a line adds to a month, in minor units; what goes back is negative. `taxes` are as many as its line has."""

    line: int
    paid: int
    taxes: tuple[int, ...]

    @property
    def net(self) -> int:
        """What was paid but for its taxes."""
        return self.paid - sum(self.taxes)

    def __neg__(self) -> "Taxed":
        return Taxed(self.line, -self.paid, tuple(-tax for tax in self.taxes))


@dataclass(slots=True)
class OrderTaxes:
    """One order, as what of it is sold and given back comes in."""

    placed: OrderPlaced
    _back: list[int] = field(init=False)
    _off_cards: list[int] = field(init=False)
    """What of each line's gift cards was taken back: the rest is owed on them, and no refund's."""
    _refunds: dict[str, tuple[Taxed, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._back = [0] * len(self.placed.lines)
        self._off_cards = [0] * len(self.placed.lines)

    def sold(self) -> tuple[Taxed, ...]:
        """Returns all of it, by line."""
        lines = enumerate(self.placed.lines)
        return tuple(Taxed(i, line.total, tuple(tax.amount for tax in taxes_of(line))) for i, line in lines)

    def given_back(self, refund_id: str, amount: int, worth: Mapping[int, int]) -> tuple[Taxed, ...]:
        """Returns what a refund takes off the lines.

        Args:
            refund_id: by which it may come back.
            amount: of the price, in minor units; what is more than is left of it takes nothing.
            worth: of the things that it names, by line.
        """
        left = [self._left(i) for i in range(len(self.placed.lines))]
        named = _within(amount, [left[i] if self._is_card(i) else worth.get(i, 0) for i in range(len(left))], left)
        rest = [mine - taken for mine, taken in zip(left, named, strict=True)]
        others = _within(amount - sum(named), rest, rest)
        shares = tuple(self._take(i, sum(both)) for i, both in enumerate(zip(named, others, strict=True)) if sum(both))
        self._refunds[refund_id] = shares
        return tuple(-each for each in shares)

    def card_taken_back(self, amount: int) -> None:
        """Lets the price of gift cards go back, with the refund that comes next: what was on them is off."""
        for i, line in enumerate(self.placed.lines):
            if self._is_card(i):
                mine = min(amount, line.total - self._off_cards[i])
                self._off_cards[i] += mine
                amount -= mine

    def came_back(self, refund_id: str) -> tuple[Taxed, ...]:
        """Returns what a refund had taken: its money is here again."""
        shares = self._refunds.pop(refund_id, ())
        return tuple(self._put(each) for each in shares)

    def _is_card(self, i: int) -> bool:
        return self.placed.lines[i].kind == ProductKind.GIFT_CARD.value

    def _left(self, i: int) -> int:
        """Returns what of a line can still go back."""
        return (self._off_cards[i] if self._is_card(i) else self.placed.lines[i].total) - self._back[i]

    def _take(self, i: int, amount: int) -> Taxed:
        before, self._back[i] = self._back[i], self._back[i] + amount
        return self._between(i, before)

    def _put(self, share: Taxed) -> Taxed:
        before, self._back[share.line] = self._back[share.line], self._back[share.line] - share.paid
        return -self._between(share.line, before)

    def _between(self, i: int, before: int) -> Taxed:
        line, now = self.placed.lines[i], self._back[i]
        taxes = (tax.amount * now // line.total - tax.amount * before // line.total for tax in taxes_of(line))
        return Taxed(i, now - before, tuple(taxes))


def taxes_of(line: LinePart) -> tuple[TaxPart, ...]:
    """Returns a line's taxes; of one that an older till sold, all of it as one."""
    if line.taxes or not line.tax:
        return line.taxes
    rate = line.tax_rate or ""
    return (TaxPart(rate=rate, name=rate, rate_ppm=0, amount=line.tax, included=line.total == line.subtotal),)


def _within(amount: int, weights: Sequence[int], most: Sequence[int]) -> list[int]:
    """Returns how an amount falls on lines by weight, of none more than there is."""
    capped = [min(weight, limit) for weight, limit in zip(weights, most, strict=True)]
    amount = min(amount, sum(capped))
    return list(allocate(amount, capped)) if amount > 0 else [0] * len(capped)


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax as a return names it. `rate_ppm` is 0 where an older till did not tell it."""

    authority: str
    kind: str
    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One tax of a month in minor units: of `gross`, net of all taxes, `taxable` is what it is taken of."""

    tax: Tax
    gross: int
    taxable: int
    collected: int

    @property
    def not_taxed(self) -> int:
        return self.gross - self.taxable

    @property
    def by_the_rate(self) -> int:
        """What the rate comes to on the whole, half a unit up: each line was rounded by itself."""
        return (self.taxable * self.tax.rate_ppm + 500_000) // 1_000_000

    @property
    def rounding(self) -> int:
        return self.collected - self.by_the_rate


@dataclass(frozen=True, slots=True)
class Share:
    """What one line adds to a month: where it was sold, as what (`TaxClass`), and its taxes with what they come to."""

    place: str
    sold_as: str
    paid: int
    taxes: tuple[tuple[Tax, int], ...]

    @property
    def net(self) -> int:
        return self.paid - sum(amount for _, amount in self.taxes)


@dataclass(frozen=True, slots=True)
class SoldAt:
    """What was sold at one place as one class of things, in minor units."""

    place: str
    sold_as: str
    paid: int
    tax: int
    taxable: int

    @property
    def gross(self) -> int:
        return self.paid - self.tax


def share_of(line: LinePart, taxed: Taxed, place: str, sold_as: str, known: Mapping[str, Tax] | None = None) -> Share:
    """Returns what of a line is sold, or given back, as a month counts it.

    A tax of which its till did not tell the authority is the one that is `known` by its id.
    """
    named = (_tax_of(part, known or {}) for part in taxes_of(line))
    return Share(place, sold_as, taxed.paid, tuple(zip(named, taxed.taxes, strict=True)))


def _tax_of(part: TaxPart, known: Mapping[str, Tax]) -> Tax:
    told = Tax(part.authority, part.kind, part.name, part.rate_ppm)
    return told if part.authority else known.get(part.rate, told)


def returns_of(shares: Iterable[Share]) -> Mapping[str, Sequence[TaxRow]]:
    """Returns the rows of each authority's return for a month. Its gross is all that is sold where it taxes at all."""
    gross: defaultdict[str, int] = defaultdict(int)
    found: defaultdict[Tax, list[int]] = defaultdict(lambda: [0, 0])
    places: defaultdict[str, set[str]] = defaultdict(set)
    for each in shares:
        gross[each.place] += each.net
        for tax, amount in each.taxes:
            found[tax][0] += each.net
            found[tax][1] += amount
            places[tax.authority].add(each.place)
    rows: defaultdict[str, list[TaxRow]] = defaultdict(list)
    for tax, (taxable, collected) in sorted(found.items(), key=lambda each: _order(each[0])):
        there = sum(gross[place] for place in places[tax.authority])
        rows[tax.authority].append(TaxRow(tax, there, taxable, collected))
    return rows


def _order(tax: Tax) -> tuple[str, bool, int, str]:
    return tax.authority, tax.kind != TaxKind.SALES.value, -tax.rate_ppm, tax.name


def sold_at(shares: Iterable[Share]) -> Iterator[SoldAt]:
    """Yields where the sales were, by place and class."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in shares:
        mine = sums[each.place, each.sold_as]
        mine[0] += each.paid
        mine[1] += each.paid - each.net
        mine[2] += each.net if each.taxes else 0
    for (place, sold_as), (paid, tax, taxable) in sorted(sums.items()):
        yield SoldAt(place, sold_as, paid, tax, taxable)


def due_on(month: date) -> date:
    """Returns when a month's return is due: on the 20th of the next, or the Monday after (Colorado, DR 0100)."""
    day = (month.replace(day=1) + timedelta(days=32)).replace(day=_DUE_DAY)
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= _SATURDAY else 0)
