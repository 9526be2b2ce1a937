"""What the screens of a kiosk draw: a head, parts one under the other, the total with what to do next, and controls."""

from dataclasses import dataclass

from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, SummaryLine
from boxoffice.till.ui.views.staff import PinView


@dataclass(frozen=True, slots=True)
class HeadView:
    """The dark head: whose event it is, and the one thing that this page is about."""

    event: str
    title: str
    lines: tuple[str, ...] = ()
    amount: str = ""
    icon: str = ""
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class ChoicesPart:
    """Buttons beside each other of which one is chosen: languages, or kinds of products."""

    label: str
    buttons: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class TilesPart:
    """Large tiles, each with a second line and an icon."""

    title: str
    tiles: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """One product: `count` are in the order. `off` says why there are no more; `name` and the like are read as one."""

    name: str
    detail: str
    price: str
    count: int
    more: Action
    less: Action
    off: str = ""
    can_more: bool = True


@dataclass(frozen=True, slots=True)
class ProductsPart:
    rows: tuple[ProductView, ...]


@dataclass(frozen=True, slots=True)
class LinesPart:
    """What is bought."""

    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True, slots=True)
class CodePart:
    """Something for the customer's phone: a code to scan, or an icon with the button that leads to one."""

    title: str
    text: str
    note: str = ""
    link: str = ""
    icon: str = ""
    button: ButtonView | None = None


@dataclass(frozen=True, slots=True)
class TimePart:
    """What is left of a time."""

    label: str
    time: str
    percent: int


@dataclass(frozen=True, slots=True)
class NoticePart:
    notice: NoticeView


@dataclass(frozen=True, slots=True)
class TypingPart:
    """What is typed on the screen's own keyboard."""

    label: str
    text: str
    problem: str
    keys: tuple[tuple[ButtonView, ...], ...]


@dataclass(frozen=True, slots=True)
class PinPart:
    """A PIN, and the keys to type it by touch."""

    pin: PinView


Part = ChoicesPart | TilesPart | ProductsPart | LinesPart | CodePart | TimePart | NoticePart | TypingPart | PinPart


@dataclass(frozen=True, slots=True)
class TotalView:
    """The bar with the total: it never leaves the screen."""

    label: str
    amount: str
    note: str
    button: ButtonView


@dataclass(frozen=True, slots=True)
class KioskView:
    """`is_low` moves all that is pressed into the lower half of an upright screen."""

    head: HeadView
    parts: tuple[Part, ...]
    total: TotalView | None
    controls: tuple[ButtonView, ...]
    safe: str = ""
    foot: tuple[str, str] = ("", "")
    is_low: bool = False


@dataclass(frozen=True, slots=True)
class OverView:
    """Over the page that is up: a number that counts down in a ring, a question, and large buttons."""

    title: str
    text: str
    buttons: tuple[ButtonView, ...]
    number: str = ""
    percent: int = 0
    icon: str = ""
    safe: str = ""
    pin: PinView | None = None
    is_low: bool = False
