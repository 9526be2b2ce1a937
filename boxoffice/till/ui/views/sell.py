"""What the sell screen and its two small questions (how much, which one) draw."""

from dataclasses import dataclass

from boxoffice.core.ids import ProductId
from boxoffice.till.ui.views.parts import ButtonView


@dataclass(frozen=True, slots=True)
class TileView:
    """A product. `meter` is the share that is left in percent, or -1 for none."""

    product_id: ProductId
    name: str
    letter: str
    price: str
    stock: str
    note: str
    category_colour: str
    meter: int
    in_sale: int
    is_low: bool
    is_out: bool
    spoken: str
    stock_short: tuple[str, ...] = ()
    """What is left in fewer and fewer words, for a tile that has no room for `stock`."""


@dataclass(frozen=True, slots=True)
class SectionView:
    title: str
    tiles: tuple[TileView, ...]


@dataclass(frozen=True, slots=True)
class CartLineView:
    name: str
    detail: str
    count: int
    amount: str
    is_chosen: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReducedView:
    """A discount in the sale, with the button that takes it out again."""

    title: str
    detail: str
    amount: str
    drop: ButtonView


@dataclass(frozen=True, slots=True)
class SellView:
    sections: tuple[SectionView, ...]
    pages: tuple[str, ...]
    page: int
    search: str
    lines: tuple[CartLineView, ...]
    prefix: str
    total: str
    items: str
    footnote: str
    footnote_icon: str
    last: str
    """The last sale, in the line under the tiles, and what it came to."""
    last_paid: str
    last_short: tuple[str, str]
    """The two lines about the last sale in fewer words, for narrow screens."""
    after: tuple[ButtonView, ...]
    """What can be done with it."""
    pay: tuple[ButtonView, ...]
    """The first is the primary; the rest stand beside each other below it."""
    clear: ButtonView | None
    parked: ButtonView | None
    split: ButtonView | None
    gift_card: ButtonView | None = None
    reduced: tuple[ReducedView, ...] = ()
    """What is taken off, below the lines."""
    cheaper: tuple[ButtonView, ...] = ()
    """Ways to take something off."""
    also: tuple[ButtonView, ...] = ()
    """What else can be done with the sale."""


@dataclass(frozen=True, slots=True)
class AmountView:
    """A free amount: a donation, or the next part of a split sale."""

    title: str
    hint: str
    typed: str
    quick: tuple[ButtonView, ...]
    finish: ButtonView
    back: ButtonView


@dataclass(frozen=True, slots=True)
class OptionsView:
    title: str
    hint: str
    options: tuple[ButtonView, ...]
    back: ButtonView
