"""What stands around every screen: rail, status strip with what must be known now, toasts."""

from dataclasses import dataclass

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.views.parts import State


@dataclass(frozen=True, slots=True)
class ChipView:
    """One chip of the status strip: an icon, a word, and more words where there is room."""

    icon: str
    word: str
    more: str
    state: State
    action: Action = Do.TILL


@dataclass(frozen=True, slots=True)
class RailItem:
    label: str
    icon: str
    action: Do
    key: str
    is_current: bool = False
    badge: int = 0


@dataclass(frozen=True, slots=True)
class BannerView:
    """What a seller must know now, in two lines in the bar, where the place stands otherwise."""

    icon: str
    title: str
    text: str
    state: State


@dataclass(frozen=True, slots=True)
class ToastView:
    id: int
    text: str
    state: State
    icon: str
    button: str = ""
    detail: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class SellerView:
    """Who is signed in; a press lets another take over."""

    initials: str
    name: str
    text: str
    key: str
    action: Action = Do.LOCK


@dataclass(frozen=True, slots=True)
class ShellView:
    event_name: str
    event_text: str
    chips: tuple[ChipView, ...]
    device_name: str
    device_initials: str
    device_text: str
    time_text: str
    rail: tuple[RailItem, ...]
    banner: BannerView | None
    toasts: tuple[ToastView, ...]
    seller: SellerView | None = None
    """Who is signed in, in place of whose till it is."""
    is_bare: bool = False
    """Without rail and strip, as before a till is set up."""


@dataclass(frozen=True, slots=True)
class HelpView:
    title: str
    lines: tuple[tuple[str, str], ...]
    close: Action = Do.HELP
