"""What most pages have in common: a table from keys to actions, and quiet answers to what they don't care about."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from boxoffice.services.gateway import News
from boxoffice.ui.actions import Action, Do
from boxoffice.ui.flow.session import Session
from boxoffice.ui.keys import Key, Named


class BasePage(ABC):
    """A page answers to keys through its table, and does what its actions say."""

    section: Do = Do.SELL
    keys: ClassVar[Mapping[Named, Action]] = {}
    help_lines: ClassVar[tuple[tuple[str, str], ...]] = ()
    is_bare: bool = False
    comes_to_its_end: bool = False
    types_codes: bool = False

    def __init__(self, session: Session) -> None:
        self.session = session

    @abstractmethod
    def view(self) -> object: ...

    @abstractmethod
    def act(self, action: Action) -> None: ...

    @property
    def why_stay(self) -> str:
        """Says why nobody may leave this page now, if so."""
        return ""

    def key(self, key: Key) -> None:
        action = self.keys.get(key.name) if key.name else None
        if action is None:
            self.typed(key)
        else:
            self.act(action)

    def typed(self, key: Key) -> None:  # noqa: B027  (most pages take no typing)
        """Takes a key that is not in the page's table."""

    def tick(self) -> None:  # noqa: B027  (the page is drawn anew anyway)
        """Takes notice that time passed."""

    def news(self, news: News) -> None:  # noqa: B027  (the page is drawn anew anyway)
        """Takes notice of news of the till."""

    def help(self) -> tuple[tuple[str, str], ...]:
        return self.help_lines


class PaymentPage(BasePage):
    """A page of a payment. It holds the bill that it came up with: nothing can change under its customer."""

    section = Do.SELL

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.bill = session.start_bill()
