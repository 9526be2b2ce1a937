"""How whoever watches a training meets the session that it watches."""

from collections.abc import Callable
from typing import Protocol

from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.training import Trainer
from boxoffice.till.ui.keys import Key, Scan


class Watcher(Trainer, Protocol):
    """A trainer as it is given to a till's screens, which have their session first."""

    def meet(self, session: Session, on_key: Callable[[Key | Scan], None]) -> None:
        """Takes the session that it watches, and how a code is held to its scanner."""
