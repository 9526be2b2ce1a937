"""What most pages have in common: a table from keys to actions, and quiet answers to what they don't care about.

A page says where it leads by a destination, and knows no other page.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from boxoffice.till.ui.actions import Action, Destination, Do, GoTo
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import AT_THE_CART, Moment
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import say
from boxoffice.till.usecases.gateway.standing import TillEvent


class BasePage(ABC):
    """A page answers to keys through its table, does what its actions say, and returns where that leads."""

    section: Do = Do.SELL
    keys: ClassVar[Mapping[Named, Action]] = {}
    help_lines: ClassVar[tuple[tuple[str, str], ...]] = ()
    is_bare: bool = False
    comes_to_its_end: bool = False
    types_codes: bool = False
    reads_codes: bool = False

    def __init__(self, session: Session, to: Destination) -> None:
        self.session = session

    @abstractmethod
    def view(self) -> object: ...

    @abstractmethod
    def act(self, action: Action) -> Next: ...

    @property
    def moment(self) -> Moment:
        """What the customer may know of this page, besides the cart."""
        return AT_THE_CART

    @property
    def why_stay(self) -> str:
        """Says why nobody may leave this page now, if so."""
        return ""

    def key(self, key: Key) -> Next:
        action = self.keys.get(key.name) if key.name else None
        if isinstance(action, GoTo):
            return action.destination
        return self.typed(key) if action is None else self.act(action)

    def has_own(self, key: Named) -> bool:
        """Returns whether the page has something of its own for a key that leads elsewhere otherwise."""
        return False

    def typed(self, key: Key) -> Next:
        """Takes a key that is not in the page's table; most pages take no typing."""
        return None

    def scanned(self, readings: Sequence[str]) -> bool:
        """Takes a scanned code, by what it may say; returns whether the page wants codes at all."""
        return False

    def tick(self) -> None:  # noqa: B027  # the page is drawn anew anyway
        """Takes notice that time passed."""

    def heard(self, told: TillEvent) -> Next:
        """Takes notice of what the till tells; the page is drawn anew anyway."""
        return None

    def help(self) -> tuple[tuple[str, str], ...]:
        """Returns what each key does here."""
        return tuple((say(key), say(what)) for key, what in self.help_lines)


class PaymentPage(BasePage):
    """A page of a payment. It holds the bill that it came up with: nothing can change under its customer."""

    section = Do.SELL

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.bill = session.start_bill()
