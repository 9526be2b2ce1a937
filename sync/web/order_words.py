"""What the states and channels of orders are called on pages for organizers. English, said in the reader's language."""

from collections.abc import Mapping
from typing import Final

from boxoffice.documents.languages import later

STATE_WORDS: Final[Mapping[str, str]] = {
    "pending": later("pending"),
    "processing": later("processing"),
    "completed": later("completed"),
    "failed": later("failed"),
    "refunded": later("refunded"),
    "partially_refunded": later("partially refunded"),
    "disputed": later("disputed"),
}
CHANNEL_WORDS: Final[Mapping[str, str]] = {"web": later("web"), "door": later("door")}
