"""Why something is done with cash: a reason to choose by key or tap, or one that is typed."""

from dataclasses import dataclass

from boxoffice.core.tenders import LONGEST_REASON
from boxoffice.till.ui.actions import Of, Pick
from boxoffice.till.ui.keys import TILE_LETTERS, Key
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.views.form import ChoicesView
from boxoffice.till.ui.views.parts import ButtonView


@dataclass(slots=True)
class Reasons:
    """Reasons to choose from, the first of them at the tile key `first`."""

    options: tuple[str, ...]
    first: str
    chosen: str = ""

    @property
    def words(self) -> str:
        return self.chosen.strip()

    @property
    def is_given(self) -> bool:
        return bool(self.words)

    @property
    def typed(self) -> str:
        """Returns what was typed, rather than chosen."""
        return "" if self.chosen in self.options else self.chosen

    def use(self, options: tuple[str, ...]) -> None:
        """Offers other reasons; one that was chosen among those before is chosen no more."""
        if options != self.options:
            if self.chosen in self.options and self.chosen not in options:
                self.chosen = ""
            self.options = options

    def choose(self, index: int) -> None:
        self.chosen = self.options[index]

    def write(self, why: str) -> None:
        self.chosen = why[:LONGEST_REASON]

    def take(self, key: Key) -> bool:
        """Takes a key; returns whether it stood for a reason."""
        index = -1 if key.tile is None else key.tile - TILE_LETTERS.index(self.first)
        is_one = 0 <= index < len(self.options)
        if is_one:
            self.choose(index)
        return is_one

    def view(self, label: str, *, columns: int = 2) -> ChoicesView:
        at = TILE_LETTERS.index(self.first)
        buttons = [
            ButtonView(
                say(why),
                Pick(Of.REASON, i),
                "strong" if why == self.chosen else "plain",
                "check" if why == self.chosen else "",
                TILE_LETTERS[at + i] if at + i < len(TILE_LETTERS) else "",
            )
            for i, why in enumerate(self.options)
        ]
        return ChoicesView(label, tuple(buttons), columns)
