"""Takes what others sell into this till, a page at a time: all of it once, and from then on what changes.

Whatever cuts it off, it goes on after the last page that it has. Nothing waits for it.
"""

from typing import Final

from boxoffice.core.wire.orders_elsewhere import A_FEW, A_PAGE
from boxoffice.till.store.elsewhere import Kept
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.link import Link

_TURN_S: Final = 1.0
"""After so long, what this till has sold itself is sent before the next page is asked for."""


class SoldElsewhere:
    """Keeps the orders of others at hand. `progress` is how far it has come."""

    def __init__(self, context: TillContext, link: Link) -> None:
        self._context = context
        self._link = link
        self._tag = ""
        self.progress = Kept()

    def hear(self, tag: str) -> None:
        """Takes the hub's name for all that it has now; an older hub has none, and tells nothing."""
        self._tag = tag

    def catch_up(self) -> bool:
        """Takes pages for a moment; returns whether there is more to take.

        Raises:
            Unreachable: if the hub does not answer; what was taken stands.
            HubRefused: if it will not tell, or has too much to do.
            OperationFailed: if it can't be kept here.
        """
        if not self._tag or not self._context.has_event:
            return False
        clock, store = self._context.clock, self._context.elsewhere
        event_id, began = self._context.event.catalogue.id, clock.monotonic()
        store.belong_to(self._context.device.id, event_id)
        self.progress = store.kept()
        most = A_PAGE if self.progress.is_filling else A_FEW
        while self.progress.tag != self._tag:
            tag, cursor = self._tag, self.progress.cursor
            answer = self._link.call(lambda hub: hub.orders(event_id, cursor, most))  # noqa: B023  # called at once
            store.take(answer, tag)
            self.progress, most = store.kept(), A_PAGE
            if not answer.more:
                return False
            if clock.monotonic() - began > _TURN_S:
                return True
        return False

    def forget(self) -> None:
        """Drops all of it."""
        self._context.elsewhere.drop()
        self.progress = Kept()
