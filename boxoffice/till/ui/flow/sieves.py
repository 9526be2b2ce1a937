"""Which orders are shown alone: a row of chips, and others behind it. Their keys work whichever row is up."""

from collections.abc import Mapping
from typing import Final

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.order_actions import Sift
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.usecases.gateway.orders import Which

_ROWS: Final[tuple[Mapping[str, tuple[Which, str]], ...]] = (
    {
        "A": (Which.ANYWHERE, later("All")),
        "X": (Which.TO_COLLECT, later("To collect")),
        "S": (Which.WEB, later("Web")),
    },
    {
        "D": (Which.DOORS, later("Other tills")),
        "F": (Which.HERE, later("This till")),
        "C": (Which.TODAY, later("Today")),
    },
    {
        "V": (Which.MINE, later("Mine")),
        "B": (Which.REFUNDED, later("Given back")),
        "Z": (Which.UNSENT, later("Not sent")),
    },
)
SIEVES: Final[Mapping[str, Which]] = {key: which for row in _ROWS for key, (which, _) in row.items()}
"""Which orders each key shows alone."""
TURN: Final = "G"


def row_of(which: Which) -> int:
    """Returns the row in which a chip stands."""
    return next(i for i, row in enumerate(_ROWS) if which in {each for each, _ in row.values()})


def turned(row: int) -> int:
    return (row + 1) % len(_ROWS)


def chips(row: int, chosen: Which) -> tuple[ButtonView, ...]:
    """Returns the chips of a row, and the one that shows the next row."""
    mine = [
        ButtonView(say(words), Sift(which), "strong" if which is chosen else "plain", key=key)
        for key, (which, words) in _ROWS[row].items()
    ]
    icon = "next" if row + 1 < len(_ROWS) else "back"
    return (*mine, ButtonView("", Do.TURN_CHIPS, "plain", icon, TURN, name=say("Other choices")))
