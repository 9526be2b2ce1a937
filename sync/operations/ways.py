"""How people speak of a payment: what it is called, how it was paid, and where a refund of it goes."""

from dataclasses import dataclass

from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language


@dataclass(frozen=True, slots=True)
class Way:
    """Such as `Card •••• 4242`, paid `by card •••• 4242`, and given back to `the card •••• 4242`."""

    name: str
    by: str
    to: str


def way_of(speaks: Language, channel: str, tender: str, last4: str | None = None) -> Way:
    """Returns the words for a tender of an order that was placed on this channel."""
    row, say = tender_of(tender), speaks.say
    words, digits = row.words_on(channel), f" •••• {last4}" if last4 and row.is_card else ""
    by = say(words.by_card) + digits if digits else say(words.by)
    return Way(say(words.name) + digits, by, say(words.to) + digits)


def ticket_words(count: int, speaks: Language) -> str:
    return speaks.texts.ngettext("{count} ticket", "{count} tickets", count).format(count=count)
