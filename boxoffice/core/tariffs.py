"""What one of a product costs: its own price, or one that holds at a time, for a group, or for who shows a card.

Two kinds of rules never meet each other's job. A rule that names no group and no kind of price says what everybody pays
now, in the place of the product's own price; the most exact of those that hold decides: one for the day before one
for a time, one for a time before one for always (of two, the one that began last), one for a channel before one for
all, and then the one that stands first. A rule for a group or for a kind of price is a favour: whoever may have it
pays the least of what holds. So no card and no larger group ever makes anything dearer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.ids import PriceKindId
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel

_ALWAYS: Final = datetime(1, 1, 1)  # noqa: DTZ001  # as a clock at the event shows it


@dataclass(frozen=True, slots=True)
class PriceKindTexts:
    """A kind of price in another language; what is left out is the same there."""

    name: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class PriceKind:
    """What somebody pays who is a student, or a member. `prompt` is what a seller is to do first: look at the card."""

    id: PriceKindId
    name: str
    prompt: str
    texts: Mapping[str, PriceKindTexts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A price that holds where all is met that it names.

    `starts` and `ends` are times on a clock at the event, the second no longer in it; `days` are days there. It is for
    `from_quantity` of the product, all of them in one order, and for one kind of price alone if it names one.
    """

    price: Money
    channel: Channel | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    days: tuple[date, ...] = ()
    from_quantity: int = 1
    kind: PriceKindId | None = None

    @property
    def is_favour(self) -> bool:
        """Whether not everybody may have it."""
        return self.kind is not None or self.from_quantity > 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What a price is asked for: where and when it is sold, so many in one order, to somebody of such a kind."""

    channel: Channel
    at: datetime
    zone: ZoneInfo
    quantity: int = 1
    kind: PriceKindId | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """All prices of a product. `price` is its own, that holds where no rule does."""

    price: Money
    rules: tuple[PriceRule, ...] = ()

    def pick(self, asked: Asked) -> Money:
        """Returns what one costs. There is always a price."""
        holding = [rule for rule in self.rules if _holds(rule, asked)]
        usual = max((rule for rule in holding if not rule.is_favour), key=_exactness, default=None)
        favours = (rule.price for rule in holding if rule.is_favour)
        return min([self.price if usual is None else usual.price, *favours], key=lambda price: price.minor)

    @property
    def goes_by_time(self) -> bool:
        return any(rule.days or rule.starts is not None or rule.ends is not None for rule in self.rules)

    def kinds(self, channel: Channel) -> tuple[PriceKindId, ...]:
        """Returns the kinds of price that somebody can have there at some time."""
        named = (rule.kind for rule in self.rules if rule.channel in (None, channel))
        return tuple(dict.fromkeys(kind for kind in named if kind is not None))

    def group_sizes(self, asked: Asked) -> Iterator[tuple[int, Money]]:
        """Yields from how many on it costs less now, with what one costs then."""
        before = self.pick(replace(asked, quantity=1))
        for size in sorted({rule.from_quantity for rule in self.rules} - {1}):
            price = self.pick(replace(asked, quantity=size))
            if price.minor < before.minor:
                yield size, price
            before = price


@dataclass(frozen=True, slots=True)
class Quoted:
    """Prices of a product as they were shown to a customer: by this tariff, at this moment."""

    tariff: Tariff
    at: datetime


def may_cost(rule: PriceRule, channel: Channel, quantity: int, kind: PriceKindId | None) -> bool:
    """Returns whether a price may have been had by a rule at any time: when it was shown, no clock elsewhere knows."""
    return rule.channel in (None, channel) and rule.from_quantity <= quantity and rule.kind in (None, kind)


def _holds(rule: PriceRule, asked: Asked) -> bool:
    return may_cost(rule, asked.channel, asked.quantity, asked.kind) and _is_time(rule, asked)


def _is_time(rule: PriceRule, asked: Asked) -> bool:
    """Compares instants: where a clock is put back, an hour comes twice on it."""
    at = asked.at.timestamp()
    begun = rule.starts is None or rule.starts.replace(tzinfo=asked.zone).timestamp() <= at
    ended = rule.ends is not None and rule.ends.replace(tzinfo=asked.zone).timestamp() <= at
    is_day = not rule.days or asked.at.astimezone(asked.zone).date() in rule.days
    return begun and not ended and is_day


def _exactness(rule: PriceRule) -> tuple[bool, bool, datetime, bool]:
    has_time = rule.starts is not None or rule.ends is not None
    return bool(rule.days), has_time, rule.starts or _ALWAYS, rule.channel is not None
