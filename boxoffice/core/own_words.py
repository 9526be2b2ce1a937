"""What organizers say in their own words on tickets, receipts and mails, besides what these must say anyway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Said:
    """On each ticket, at the foot of a receipt, and above the tickets in a mail; empty for nothing."""

    ticket: str = ""
    receipt: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """`texts` are translations, by language; what is left out is the same there."""

    own: Said = Said()
    texts: Mapping[str, Said] = field(default_factory=dict)

    def in_language(self, code: str) -> Said:
        said = self.texts.get(code, Said())
        return Said(said.ticket or self.own.ticket, said.receipt or self.own.receipt, said.mail or self.own.mail)


NO_WORDS: Final = OwnWords()
