"""Where, to whom and how many of a product are offered, and how it looks on the shelf."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.money import Money
from boxoffice.core.orders import Channel

COLOURS: Final = ("coral", "ink", "stone", "green", "blue", "violet", "amber")
"""Of a product's tile, by the names that event files have."""
PICTURES: Final = ("rueda", "pass", "night", "workshop", "shirt", "heart")
"""Those that the shop ships, in `resources/pictures`."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is not said holds no one back: it is offered everywhere, to everybody, and as many as one likes.

    One with a `code` is shown only to who has typed that. `least` and `most` are of one order, in all options together.
    `presets` are amounts that a donor may choose.
    """

    channels: tuple[Channel, ...] = ()
    code: str = ""
    least: int = 1
    most: int | None = None
    colour: str = ""
    picture: str = ""
    presets: tuple[Money, ...] = ()

    def is_offered(self, channel: Channel, code: str | None = None) -> bool:
        """Returns whether it is sold there to who has typed this code. At the door, staff ask for it."""
        if self.channels and channel not in self.channels:
            return False
        return not self.code or channel is Channel.DOOR or code == self.code

    def lacks(self, count: int) -> int:
        """Returns how many more an order with so many must have at least; none for one with none."""
        return max(0, self.least - count) if count else 0

    def over(self, count: int) -> int:
        """Returns how many an order with so many has too many."""
        return 0 if self.most is None else max(0, count - self.most)


EVERYWHERE: Final = Shelf()


def shelf_entry(shelf: Shelf) -> Mapping[str, object]:
    """Returns what an event file says of it: nothing where it says nothing."""
    said = {
        "channels": [channel.value for channel in shelf.channels],
        "code": shelf.code,
        "least": shelf.least if shelf.least > 1 else None,
        "most": shelf.most,
        "colour": shelf.colour,
        "picture": shelf.picture,
        "presets": [amount.minor for amount in shelf.presets],
    }
    return {what: given for what, given in said.items() if given}
