"""How whoever watches a training comes to what it watches."""

from typing import Protocol

from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.training import Trainer


class Coaching(Trainer, Protocol):
    """A trainer that has met nobody yet."""

    def meet(self, session: Session) -> None:
        """Takes the session that it watches."""
