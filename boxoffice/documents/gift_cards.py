"""What is printed of a gift card: laid out as a ticket, with its code to scan and to type, and what is on it."""

from collections.abc import Sequence

from boxoffice.core.gift_cards import CardCode
from boxoffice.core.money import Money
from boxoffice.documents.languages import later
from boxoffice.documents.model import Ticket
from boxoffice.documents.papers import Heading

_KEEP = later("Keep it as you keep cash: whoever has this code can spend it. It has no end date and costs nothing.")


def card_papers(
    heading: Heading, order_number: str, cards: Sequence[tuple[CardCode, Money]], copy: int = 0
) -> tuple[Ticket, ...]:
    """Returns a paper for each card: what stands on it holds until something is spent."""
    speaks = heading.speaks
    return tuple(
        Ticket(
            event_name=(heading.event_name,),
            event_dates=speaks.days(heading.days),
            venue=heading.venue,
            product_name=speaks.say(later("Gift card")),
            days=(str(amount),),
            order_number=order_number,
            position=speaks.say("{i} of {n}").format(i=i, n=len(cards)),
            token=code.shown,
            guest=code.shown,
            small_print=(speaks.say(_KEEP),),
            copy=copy,
            language=speaks.code,
            holds=later("Code"),
            kind=later("Gift card"),
        )
        for i, (code, amount) in enumerate(cards, 1)
    )
