"""What the screens ask of whoever watches a training; the till itself knows nothing of it."""

from typing import Protocol

from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.views.training import BandView, DrillsView, DrillView


class Trainer(Protocol):
    """One per training. It sees what happened, never which key was pressed: it only counts those."""

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
