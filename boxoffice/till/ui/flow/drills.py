"""The drills of a training: which are done, how the last one went, and the next one by one press."""

from typing import ClassVar

from boxoffice.till.ui.actions import Action, BeginDrill, Do, Drill
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import later
from boxoffice.till.ui.views.training import DrillsView

_LETTERS = {"r": Drill.AGAIN, "e": Drill.LANGUAGE}


class DrillsPage(BasePage):
    section = Do.TRAIN
    keys: ClassVar = {Named.ENTER: Drill.NEXT, Named.F9: Drill.CARD}
    help_lines = (
        ("Enter", later("the next drill")),
        (later("1 to 6"), later("begin that drill")),
        ("R", later("do the last one again")),
        ("E", later("in the other language")),
        ("F9", later("print a card with the scores")),
    )

    def view(self) -> DrillsView:
        trainer = self.session.trainer
        if trainer is None:
            raise RuntimeError("there are no drills at a real till")
        return trainer.drills()

    def typed(self, key: Key) -> Next:
        if key.text.isascii() and key.text.isdecimal():
            return self.act(BeginDrill(int(key.text)))
        action = _LETTERS.get(key.text.casefold())
        return None if action is None else self.act(action)

    def act(self, action: Action) -> Next:
        trainer = self.session.trainer
        return None if trainer is None else trainer.act(action)
