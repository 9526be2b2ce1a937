"""What an event tells people beside its products: when it opens, and who sells, where and under which terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from boxoffice.core.ids import ProductId


@dataclass(frozen=True, slots=True)
class Hours:
    """When something begins (and ends) on one day, by a clock at the event; an end before the start is the next day's.

    `products` are those that it is about; none means the event itself.
    """

    day: date
    starts: time
    ends: time | None = None
    products: frozenset[ProductId] = frozenset()


@dataclass(frozen=True, slots=True)
class EventPage:
    """What the shop says of an event and its seller. What is empty is left out. `descriptions` are translations."""

    description: str = ""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    picture: str = ""
    map_url: str = ""
    terms_url: str = ""
    privacy_url: str = ""
    contact: str = ""
    seller: str = ""
    seller_address: str = ""
    tax_number: str = ""

    def described(self, language: str) -> str:
        return self.descriptions.get(language) or self.description


def hours_on(hours: Iterable[Hours], product_id: ProductId | None, day: date) -> Hours | None:
    """Returns when a product begins on a day: its own hours, or else the event's; None if nobody has said."""
    that_day = [each for each in hours if each.day == day]
    own = [each for each in that_day if product_id in each.products]
    events = [each for each in that_day if not each.products]
    return min(own or events, key=lambda each: each.starts, default=None)
