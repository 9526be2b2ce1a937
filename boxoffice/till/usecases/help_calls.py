"""Calls for help between kiosks and tills of an event; nothing of them is kept on disk."""

from collections.abc import Callable, Sequence

from boxoffice.core.facts import instant
from boxoffice.core.wire.help import LONGEST, HelpCall, HelpRequest
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.kiosk import CallForHelp
from boxoffice.till.usecases.link import Link


class HelpCalls:
    """One per till. What is open is told with the feed, and with the answer to whatever is said about it."""

    def __init__(self, context: TillContext, link: Link) -> None:
        self._context = context
        self._link = link
        self._open: tuple[HelpCall, ...] = ()
        self._own = ""
        self.on_change: Callable[[], None] = lambda: None
        """Called when what is open is another."""

    def now(self) -> tuple[CallForHelp, ...]:
        """Returns the calls that are open, oldest first; none that nobody could confirm just now."""
        if not self._link.is_online:
            return ()
        local, mine = self._context.local, self._own
        return tuple(
            CallForHelp(
                each.id, each.till, each.doing, local(instant(each.called_at)), each.answered_by, each.id == mine
            )
            for each in self._open
        )

    def hear(self, calls: Sequence[HelpCall]) -> None:
        """Takes what is open."""
        if self._open != tuple(calls):
            self._open = tuple(calls)
            self.on_change()

    def call(self, doing: str) -> None:
        """Calls somebody; again, with what is done now, it stays one call.

        Raises:
            Unreachable: if the hub does not answer: nobody has heard it.
            HubRefused: if it will not take it.
        """
        call_id = self._own or self._context.new_id()
        self._say(HelpRequest(id=call_id, event_id=self._context.event.catalogue.id, doing=doing[:LONGEST]))
        self._own = call_id

    def end(self) -> None:
        """Ends the call, if there is one.

        Raises:
            Unreachable: if the hub does not answer: it ends by itself after a while.
            HubRefused: if it will not do it.
        """
        call_id, self._own = self._own, ""
        if call_id:
            self._say(HelpRequest(id=call_id, event_id=self._context.event.catalogue.id, is_over=True))

    def answer(self, call_id: str) -> None:
        """Says that somebody comes from this till.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: if the call is over.
        """
        self.hear(self._link.call(lambda hub: hub.answer_help(call_id)).calls)

    def _say(self, request: HelpRequest) -> None:
        self.hear(self._link.call(lambda hub: hub.call_help(request)).calls)
