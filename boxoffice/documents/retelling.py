"""What was written in English by somebody else, told in the reader's language: by the sentences that it was made of.

A sentence that is not of the table, such as a provider's own or a person's, is shown as it was written.
"""

import re
from collections.abc import Sequence
from typing import Final

from boxoffice.documents.languages import Language

_FIELD: Final = re.compile(r"\{(\w+)\}")


class Sentences:
    """A table of sentences with fields; `told_too` are those fields that hold sentences of the table themselves."""

    def __init__(self, sentences: Sequence[str], told_too: frozenset[str] = frozenset()) -> None:
        self._sentences, self._told_too = sentences, told_too
        self._patterns: Sequence[tuple[str, re.Pattern[str]]] | None = None

    def told(self, text: str, speaks: Language) -> str:
        """Returns what was written in English as whoever reads it would say it."""
        exact = speaks.say(text) if text else ""
        if exact != text or speaks.code == "en":
            return exact
        known = ((sentence, pattern.fullmatch(text)) for sentence, pattern in self._known())
        found = [(sentence, match) for sentence, match in known if match is not None]
        if not found:
            return text
        sentence, match = min(found, key=lambda each: sum(len(value) for _, value in _values(each[1])))
        values = {name: self.told(value, speaks) if name in self._told_too else value for name, value in _values(match)}
        said, rest = speaks.say(sentence).format(**values), match.groupdict().get("rest")
        return said if rest is None else f"{said} {self.told(rest, speaks)}"

    def _known(self) -> Sequence[tuple[str, re.Pattern[str]]]:
        if self._patterns is None:
            self._patterns = [(sentence, _pattern(sentence)) for sentence in self._sentences]
        return self._patterns


def _values(found: re.Match[str]) -> Sequence[tuple[str, str]]:
    """Returns what stands in the fields. The less of a text that is, the more of it the sentence says by itself."""
    return [(name, value) for name, value in found.groupdict().items() if name != "rest"]


def _pattern(sentence: str) -> re.Pattern[str]:
    """Returns how a sentence is known; others may follow one that is whole."""
    pieces = _FIELD.split(sentence)  # words and names of fields, in turns
    known = "".join(f"(?P<{piece}>.+?)" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces))
    return re.compile(known + (r"(?: (?P<rest>.+))?" if sentence.endswith(".") else ""), re.DOTALL)
