"""What facts about orders say."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from boxoffice.core.payloads.leases import Generation
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.taxes import TaxKind

_LONGEST_ID: Final = 200


class TaxPart(BaseModel):
    """One tax of a line as it was when it was sold: by its id, name and rate; `included` if the price held it.

    Its authority was not told before, and neither was that it is of another `kind` than `sales`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: str
    name: str
    rate_ppm: int
    amount: int
    included: bool
    authority: str = ""
    kind: str = TaxKind.SALES.value


class ReductionPart(BaseModel):
    """What was taken off a line: how (`core.reductions.Off`), why, and how much; of a code, the reason is the code.

    `shared` is this line's part of what was taken off the whole sale. `approved_by` allowed it, where somebody had to.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    reason: str
    amount: int
    value: int = 0
    shared: bool = False
    approved_by: str | None = None


class LinePart(BaseModel):
    """A priced line as it was sold; later price changes don't touch it.

    `tax` is all of its tax, and `taxes` are what that is made of; older tills name only the `tax_rate`. `discount` is
    all that was taken off, and `reductions` what that is made of; before, nobody told. `price_kind` is who may have it
    at this price (students, members), and `price_name` what that is called; nothing for all. A part of a `bundle` names
    that, at its share of the bundle's price; those of one `item` of the cart belong together.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: str
    name: str
    kind: str
    quantity: int
    unit_price: int
    subtotal: int
    total: int
    tax: int
    tax_rate: str | None = None
    option: str | None = None
    detail: str = ""
    days: tuple[str, ...] = ()
    discount: int = 0
    taxes: tuple[TaxPart, ...] = ()
    reductions: tuple[ReductionPart, ...] = ()
    price_kind: str = ""
    price_name: str = ""
    bundle: str = ""
    bundle_name: str = ""
    item: int = 0

    @property
    def title(self) -> str:
        """What was bought, as which, and by whom: `Festival T-Shirt, M` or `Full Pass, Student`."""
        return ", ".join(each for each in (self.name, self.option, self.price_name) if each)

    @property
    def details(self) -> str:
        """What stands beside its name where that stands alone."""
        return ", ".join(each for each in (self.option, self.price_name, self.bundle_name or self.detail) if each)

    @property
    def tax_ids(self) -> tuple[str, ...]:
        named = () if self.tax_rate is None else (self.tax_rate,)
        return tuple(tax.rate for tax in self.taxes) or named


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
