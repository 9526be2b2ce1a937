"""What the screens ask of whoever watches a training; the till itself knows nothing of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.keys import Key, Scan
from boxoffice.till.ui.views.training import BandView, DrillsView, DrillView

if TYPE_CHECKING:
    from boxoffice.till.ui.flow.session import Session


class Trainer(Protocol):
    """One per training. It sees what happened, never which key was pressed: it only counts those."""

    def meet(self, session: "Session", on_key: Callable[[Key | Scan], None]) -> None:
        """Takes the session that it watches, and how a code is held to its scanner."""

    def band(self) -> BandView:
        """Returns what stands over every page."""

    def panel(self) -> DrillView | None:
        """Returns the drill under way, if one is."""

    def drills(self) -> DrillsView:
        """Returns all drills, and how the last one went."""

    def act(self, action: Action) -> Next:
        """Does what somebody asks of it."""

    def pressed(self) -> None:
        """Counts a key or a tap."""

    def tick(self) -> Next:
        """Lets time pass; leads to the score when a drill is done."""
