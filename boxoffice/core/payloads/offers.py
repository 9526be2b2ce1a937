"""What facts say about offers: money that came for an order which the hub has not heard of yet."""

from typing import Annotated

from pydantic import AfterValidator

from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.tenders import known_tender, tender_account


class OfferPaid(Payload):
    """Somebody has paid what a till with no network had offered. Its order comes when the till is heard of again."""

    order_id: str
    tender_id: str
    tender: Annotated[str, AfterValidator(known_tender)]
    amount: int
    currency: str
    provider_reference: str
    order_number: str
    till: str

    def postings(self) -> Lines:
        return [(tender_account(self.tender, None), self.amount), ("unearned", -self.amount)]


class OfferReturned(Payload):
    """What was paid for an offer goes back: its order was never heard of. `refund` is the provider's name of that."""

    order_id: str
    tender_id: str
    tender: Annotated[str, AfterValidator(known_tender)]
    amount: int
    currency: str
    provider_reference: str
    refund: str
    by: str

    def postings(self) -> Lines:
        return [("unearned", self.amount), (tender_account(self.tender, None), -self.amount)]


class OfferSettled(Payload):
    """The order of a paid offer is known now, and what its payment brought is told by the payment's own fact.

    Where the seller typed the code, that fact does not know the `provider_reference`: it is told here.
    """

    order_id: str
    tender_id: str
    tender: Annotated[str, AfterValidator(known_tender)]
    amount: int
    currency: str
    provider_reference: str | None = None

    def postings(self) -> Lines:
        return [("unearned", self.amount), (tender_account(self.tender, None), -self.amount)]
