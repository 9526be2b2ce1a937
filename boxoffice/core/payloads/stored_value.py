"""What facts about gift cards say: what each holds, who may spend it, and what was given back for it.

A card's value is leased whole, or what is free of it, to one till at a time under a `grant_id` of its own; whatever is
spent or given back of it names that grant. A code is never told, only its `code_hash` and last four digits.
"""

from typing import Annotated

from pydantic import Field

from boxoffice.core.known import Known, KnownGrant, Written
from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.tenders import TenderKind, tender_account

_STORED_VALUE = tender_account(TenderKind.STORED_VALUE.value, None)
Minor = Annotated[int, Field(gt=0, lt=2**53)]
Last4 = Annotated[str, Field(max_length=4)]
Hash = Annotated[str, Field(max_length=64)]


class GiftCardIssued(Payload):
    """A card of a finished order can be spent from now on. Sold at a till, it is on that till's lease at once."""

    order_id: str
    line: int
    card_id: str
    amount: Minor
    currency: str
    code_hash: Hash
    last4: Last4
    grant_id: str | None = None

    def note(self, known: Known, written: Written) -> None:
        if self.grant_id is not None:
            known.grants.setdefault(self.grant_id, KnownGrant(self.card_id, written.by))


class GiftCardTakenBack(Payload):
    """What was left of a sold card is off it, because its price goes back: that had been owed, and never earned."""

    order_id: str
    card_id: str
    amount: Minor
    currency: str
    grant_id: str | None = None

    def postings(self) -> Lines:
        return [(_STORED_VALUE, self.amount), ("refunds", -self.amount)]


class GiftCardCashedOut(Payload):
    """What was left of a card was paid out of a drawer. `rounding` of cash left it beyond that."""

    card_id: str
    grant_id: str
    amount: Minor
    currency: str
    drawer: str
    rounding: int = 0
    why: str = ""

    @property
    def given(self) -> int:
        """Returns the cash that left the drawer, in minor units."""
        return self.amount + self.rounding

    def postings(self) -> Lines:
        drawer = tender_account(TenderKind.CASH.value, self.drawer)
        return [(_STORED_VALUE, self.amount), (drawer, -self.given), ("rounding", self.rounding)]


class GiftCardBlocked(Payload):
    """Nobody can spend a card from now on, or (not `is_blocked`) can again. `by` is the organizer, by number."""

    card_id: str
    is_blocked: bool
    why: str = ""
    by: str = ""


class GiftCardWrittenOff(Payload):
    """What was spent of a card beyond what it held is a loss: nobody owes it. `by` is the organizer, by number."""

    card_id: str
    amount: Minor
    currency: str
    why: str = ""
    by: str = ""

    def postings(self) -> Lines:
        return [("losses", self.amount), (_STORED_VALUE, -self.amount)]


class ValueLeased(Payload):
    """The hub gave what is free of a card to one till, to spend it by itself."""

    grant_id: str
    card_id: str
    to_device: str
    amount: Minor
    currency: str
    code_hash: Hash
    last4: Last4

    def note(self, known: Known, written: Written) -> None:
        known.grants.setdefault(self.grant_id, KnownGrant(self.card_id, self.to_device))


class ValueRecalled(Payload):
    """The hub wants back what is left of a grant: somebody wants to spend it elsewhere, or the card is blocked."""

    grant_id: str
    card_id: str
    from_device: str


class ValueReturned(Payload):
    """A till gives back what it has not spent of a grant."""

    grant_id: str
    card_id: str
    amount: Minor


class ValueReclaimed(Payload):
    """Nothing of a grant can be spent any more, whatever its till says later. `by` is the organizer, by number."""

    grant_id: str
    card_id: str
    from_device: str
    why: str = ""
    by: str = ""
