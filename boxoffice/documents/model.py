"""What a receipt and a ticket say, as text that is ready to print; how it looks is decided elsewhere."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.documents.languages import language, later

TICKET: Final = later("Ticket")
"""What a ticket calls itself; a gift card is another kind."""


class Paper(Enum):
    """Sizes in points: Letter, A4, and a roll of 80 mm with 72 mm printable."""

    LETTER = "letter"
    A4 = "a4"
    ROLL_80MM = "roll_80mm"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    name: str
    detail: str
    quantity: int
    unit_text: str
    amount_text: str


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """One payment. `details` are what card schemes require (application, AID, authorization) or cash given."""

    label: str
    amount_text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A whole receipt, whose rows add up. `event_name` is one line per item; `copy` counts reprints.

    `taxes` are those on top and make up the total with the subtotal and the `discounts`; those within are `included`.
    Payments, `rounded` (what cash was rounded by) and `missing` (not paid yet, or too much) make up the total;
    `given_back` ends with what was kept of them.
    """

    event_name: tuple[str, ...]
    venue: tuple[str, ...]
    event_dates: str
    order_number: str
    sold_at: str
    sold_by: str
    lines: tuple[ReceiptLine, ...]
    subtotal_text: str
    taxes: tuple[tuple[str, str], ...]
    total_text: str
    tenders: tuple[ReceiptTender, ...]
    discounts: tuple[tuple[str, str], ...] = ()
    included: tuple[tuple[str, str], ...] = ()
    rounded: tuple[str, str] | None = None
    missing: tuple[str, str] | None = None
    given_back: tuple[tuple[str, str], ...] = ()
    change_text: str | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    tickets_url: str | None = None
    ticket_times: tuple[str, ...] = ()
    """When the tickets' days begin, such as `Friday Day Pass: Fri, May 15, 5:00 PM`."""
    status_text: str = "Paid in full"
    opening: str = ""
    """What the organizers say above all in a mail, in their own words."""
    closing: str = ""
    """What they say at its foot."""
    copy: int = 0
    """Which copy it is, of what was handed out before."""
    language: str = "en"
    is_training: bool = False
    """Whether nobody has paid anything: it says so all across."""

    @property
    def sums(self) -> tuple[tuple[str, str], ...]:
        """Returns the rows between the lines and the total, which add up to it."""
        return ((self.say("Subtotal"), self.subtotal_text), *self.discounts, *self.taxes)

    @property
    def ends(self) -> tuple[tuple[str, str], ...]:
        """Returns the rows after the payments: how cash was rounded, what is missing, what went back, what was kept."""
        return (*(each for each in (self.rounded, self.missing) if each is not None), *self.given_back)

    def say(self, text: str) -> str:
        """Returns the text in the receipt's language."""
        return language(self.language).say(text)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket. `days` are short, such as `Fri 15`; `token` is what the QR holds, `code` its name in letters.

    `kind` is what the paper calls itself, and `holds` what it calls the `guest`: a gift card has its code there.
    """

    event_name: tuple[str, ...]
    event_dates: str
    venue: tuple[str, ...]
    product_name: str
    days: tuple[str, ...]
    order_number: str
    position: str
    token: str
    guest: str | None = None
    small_print: tuple[str, ...] = ("Show this code at the door. It lets in one person, once each day.",)
    code: str = ""
    copy: int = 0
    language: str = "en"
    kind: str = TICKET
    holds: str = later("Guest")
    is_training: bool = False
    """Whether it lets nobody in: it says so all across."""

    @property
    def count(self) -> str:
        """Returns which one of the order's tickets it is, and of which copy of them."""
        copy = self.say("Copy {n}").format(n=self.copy)
        return f"{self.position} · {copy}" if self.copy else self.position

    def say(self, text: str) -> str:
        """Returns the text in the ticket's language."""
        return language(self.language).say(text)
