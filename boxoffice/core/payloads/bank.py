"""What facts say about money that moves at a provider for no order: fees and payouts."""

from boxoffice.core.payloads.payload import Lines, Payload


class FeeRecorded(Payload):
    provider: str
    amount: int
    currency: str
    provider_reference: str

    def postings(self) -> Lines:
        return [(f"fees:{self.provider}", self.amount), (self.provider, -self.amount)]


class PayoutRecorded(Payload):
    provider: str
    amount: int
    currency: str
    provider_reference: str

    def postings(self) -> Lines:
        return [("bank", self.amount), (self.provider, -self.amount)]
