"""What a person does on a sale's pages, from its first tile to its last payment."""

from dataclasses import dataclass

from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.tenders import TenderKind


@dataclass(frozen=True, slots=True)
class AddProduct:
    product_id: ProductId


@dataclass(frozen=True, slots=True)
class ChooseLine:
    index: int


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One more or one less of a cart line."""

    index: int
    by: int


@dataclass(frozen=True, slots=True)
class DropReduction:
    """Takes a discount out of the sale again: of a line, of all of it (None), or the code."""

    index: int | None = None
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class ShowPage:
    index: int


@dataclass(frozen=True, slots=True)
class Serve:
    """One more or one less of a product, at a kiosk."""

    product_id: ProductId
    option: str | None
    by: int


@dataclass(frozen=True, slots=True)
class ChooseOption:
    option: str


@dataclass(frozen=True, slots=True)
class ChoosePriceKind:
    """Another price for who shows a card; None for the usual one."""

    kind: PriceKindId | None


@dataclass(frozen=True, slots=True)
class TakeUpCart:
    """Goes on with a cart that waits, here or at another till."""

    cart_id: str


@dataclass(frozen=True, slots=True)
class ChooseCount:
    """So many people."""

    count: int


@dataclass(frozen=True, slots=True)
class Give:
    """A quick amount, in minor units. `finishes` is true for the exact sum."""

    minor: int
    finishes: bool = False


@dataclass(frozen=True, slots=True)
class TypeCode:
    """What stands in the field for a gift card's code."""

    text: str


@dataclass(frozen=True, slots=True)
class TakeAs:
    """Chooses a tender among those that a word is enough for."""

    kind: TenderKind
