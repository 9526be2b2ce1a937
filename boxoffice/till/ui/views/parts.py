"""Values for the parts that several screens share. `**` around words in a text makes them bold."""

from dataclasses import dataclass
from typing import Literal

from boxoffice.till.ui.actions import Action

State = Literal["ok", "warn", "danger", "info", "unknown", "plain"]
ButtonKind = Literal["primary", "strong", "plain", "danger", "quiet"]


@dataclass(frozen=True, slots=True)
class ButtonView:
    """A button that is off stays in place and its label says why."""

    label: str
    action: Action
    kind: ButtonKind = "plain"
    icon: str = ""
    key: str = ""
    sub: str = ""
    is_on: bool = True
    name: str = ""
    """What a screen reader says, where the label alone is not enough."""


@dataclass(frozen=True, slots=True)
class TagView:
    text: str
    state: State
    icon: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a payment: `done`, `now`, `unknown`, or still to come."""

    title: str
    detail: str = ""
    state: Literal["done", "now", "unknown", "later"] = "later"


@dataclass(frozen=True, slots=True)
class NoticeView:
    """The one big answer of a screen, with its state's colour and icon."""

    title: str
    text: str
    state: State
    icon: str


@dataclass(frozen=True, slots=True)
class AdviceView:
    """One line of a card: an icon and a sentence such as `**Safe:** the sale is still here.`"""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    count: str
    name: str
    detail: str
    amount: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class SummaryView:
    """The sale beside a payment: what is bought, and what it comes to."""

    items: str
    lines: tuple[SummaryLine, ...]
    sums: tuple[tuple[str, str], ...]
    total_label: str
    total: str
    back: ButtonView | None = None
    note: NoticeView | None = None
    """What the seller should know of it, such as a price that changed meanwhile."""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a list: icon, words, and at the right an amount, a tag or a button.

    `tick` is a box before it, with a check or without; None for no box. `key` is what chooses the row.
    """

    title: str
    detail: str = ""
    icon: str = ""
    state: State = "plain"
    amount: str = ""
    tag: TagView | None = None
    button: ButtonView | None = None
    action: Action | None = None
    is_chosen: bool = False
    tick: bool | None = None
    key: str = ""
