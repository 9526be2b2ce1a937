"""What facts about orders say."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from boxoffice.core.known import Known, KnownOrder, Written
from boxoffice.core.payloads.leases import Generation
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.rights import Right

_LONGEST_ID: Final = 200


class CardPart(BaseModel):
    """A gift card that an order's line sells: what tells its code again, and how it is called."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    line: int
    card_id: str
    code_hash: str
    last4: str


class SwapPart(BaseModel):
    """What an order takes the place of: things of another order, and what of their worth pays for it (`credit`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order_id: str
    parts: tuple[PartKey, ...]
    credit: int


class OrderPlaced(Payload):
    """`units` are taken from the device's lease (`source` lease), or from the pool itself (`source` pool).

    `generations` says of each pool of a lease which one they are of. `exempt` is the number by which its seller need
    not collect taxes. `adds_to` is the order, by id, that somebody added to with this one.
    The tickets of one that `is_party` have one code together.
    """

    order_id: str
    order_number: str
    channel: Literal["door", "web", "kiosk"]
    currency: str
    lines: tuple[LinePart, ...]
    subtotal: int
    discount: int = 0
    tax: int
    total: int
    units: dict[str, int]
    source: Literal["lease", "pool"]
    generations: dict[str, Generation] = {}
    contact_id: str | None = None
    exempt: str = ""
    swap: SwapPart | None = None
    cards: tuple[CardPart, ...] = ()
    adds_to: Annotated[str, Field(max_length=_LONGEST_ID)] = ""
    is_party: bool = False

    def note(self, known: Known, written: Written) -> None:
        known.orders[self.order_id] = KnownOrder(written.by, written.event_id or "", self.currency, self.lines)
        known.numbers[self.order_number] = self.order_id

    @property
    def right(self) -> Right:
        """A swap is approved as it begins, and ends when the difference is paid, by whoever takes that."""
        return Right.SELL if self.swap is None else Right.REFUND


class OrderStateChanged(Payload):
    order_id: str
    start: str = Field(alias="from")
    to: str
    why: str = ""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class OrderCollected(Payload):
    """What was bought was handed over at a door. `seen` is what showed there that it was theirs to collect."""

    order_id: str
    seen: Literal["photo_id", "code", "card", "someone_else"]
