"""All that a customer's screen can show: words and sums of their own sale, and nothing else.

The window that draws it gets these values alone. What is not in them (who sells, notes, names, addresses, other orders)
can't come before a customer.
"""

from dataclasses import dataclass
from enum import Enum, auto


class CustomerScreen(Enum):
    IDLE = auto()
    CART = auto()
    PAID = auto()


@dataclass(frozen=True, slots=True)
class CustomerLine:
    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class CustomerSide:
    """The dark part: how to pay, or thanks. `link` is drawn as a code."""

    title: str
    amount: str = ""
    icon: str = ""
    link: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """`big` is the change that they get, or the event's name while nobody is served."""

    screen: CustomerScreen
    event_name: str
    side: CustomerSide
    lines: tuple[CustomerLine, ...] = ()
    more: str = ""
    total_label: str = ""
    total: str = ""
    title: str = ""
    big_label: str = ""
    big: str = ""
    text: str = ""
    languages: tuple[tuple[str, str], ...] = ()
    """The languages that may be chosen instead, by code and by what each calls itself."""
