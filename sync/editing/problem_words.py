"""What speaks against an event file, told in the reader's language: the checks of the core say it in English."""

from collections.abc import Sequence
from typing import Final

from boxoffice.core.languages import later
from boxoffice.documents.languages import Language
from boxoffice.documents.retelling import Sentences

SENTENCES: Final[Sequence[str]] = (
    later("is missing"),
    later("is empty"),
    later("a price is missing"),
    later("a ticket must take places of at least one pool"),
    later("there is no pool “{pool}”"),
    later("there is no product “{product}”"),
    later("there is no tax “{tax}”"),
    later("there is no place “{place}”"),
    later("{day} is not a day of the event"),
    later("can't be less than {number}: so many are sold or with the tills"),
    later("can't be less than {number}: so often it is used or with the tills"),
    later("“{name}” can't be left out once the event is loaded; set its capacity down instead"),
    later("“{name}” is there {times} times"),
    later("must be before the end of its sale, {end}"),
    later("String should have at least 1 character"),
    later("is less than the least of one order"),
    later("needs either percent or amount_minor"),
    later("are what a bundle is made of, and nothing else has any"),
    later("there is an event of this name already"),
)
_SENTENCES: Final = Sentences(SENTENCES)


def told(words: str, speaks: Language) -> str:
    """Returns what was found as whoever reads it would say it; what is rare stands as the check says it."""
    return _SENTENCES.told(words, speaks)
