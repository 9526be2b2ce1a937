"""What the printer's page draws: what waits, which printer it is, how it prints, and what that looks like."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView


@dataclass(frozen=True, slots=True)
class SettingView:
    """One question and its answers beside each other; `key` takes the next of them."""

    label: str
    key: str
    buttons: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class PrinterView:
    """`picture` is the test page as it would come out, a PNG; empty before it is drawn.

    `ticket_address` is where the printer of tickets is; None where they come from the roll.
    """

    title: str
    hint: str
    back: ButtonView
    note: NoticeView
    waiting: str
    jobs: tuple[RowView, ...]
    aside: tuple[ButtonView, ...]
    main: ButtonView
    foot: str
    found: tuple[RowView, ...]
    again: ButtonView
    address: str
    neighbour: str
    ticket_address: str | None
    settings: tuple[SettingView, ...]
    test: ButtonView
    picture: bytes
    paper: str
