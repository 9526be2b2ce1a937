"""What people are told of a cancellation: the organizer's words, or these, with what each of them gets back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.errors import FieldError
from boxoffice.core.languages import later
from boxoffice.core.reading import read_line, read_note
from sync.store.cancelling import Kind

MOST_SUBJECT: Final = 150
MOST_WORDS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Words:
    """A subject and a text in both languages; the Spanish ones may be empty, and everyone gets the English then."""

    subject: str
    words: str
    subject_es: str = ""
    words_es: str = ""

    def read(self) -> "Words":
        """Returns them as they are kept."""
        return Words(
            read_line(self.subject), read_note(self.words), read_line(self.subject_es), read_note(self.words_es)
        )

    def problems(self) -> list[FieldError]:
        """Returns what is wrong with them."""
        given = {
            "subject": (self.subject, MOST_SUBJECT, True),
            "words": (self.words, MOST_WORDS, True),
            "subject_es": (self.subject_es, MOST_SUBJECT, bool(self.words_es)),
            "words_es": (self.words_es, MOST_WORDS, bool(self.subject_es)),
        }
        wrong = []
        for place, (words, most, is_needed) in given.items():
            if len(words) > most:
                wrong.append(FieldError(place, f"must have at most {most} letters"))
            elif is_needed and not words:
                wrong.append(FieldError(place, later("is empty")))
        return wrong


SUBJECTS: Final[Mapping[Kind, str]] = {
    Kind.EVENT: later("{what} is cancelled"),
    Kind.DAY: later("{what} is cancelled"),
    Kind.PRODUCT: later("{what} is cancelled"),
    Kind.MOVE: later("{what} has moved"),
}
TEXTS: Final[Mapping[Kind, str]] = {
    Kind.EVENT: later(
        "{what} can’t take place. Your tickets stop working, and the money goes back. You don’t have to do anything."
    ),
    Kind.DAY: later(
        "{what} can’t take place. Tickets for that day stop working, and the money goes back. You don’t have to do "
        "anything."
    ),
    Kind.PRODUCT: later(
        "{what} can’t take place. Your tickets for it stop working, and the money goes back. You don’t have to do "
        "anything."
    ),
    Kind.MOVE: later(
        "{what} takes place on other days than planned: {when}. Your tickets stay good for the new days, and you don’t "
        "have to do anything. If you can’t come then, you get your money back."
    ),
}
"""`{what}` is the event, the day or the product, and `{when}` the new days."""
