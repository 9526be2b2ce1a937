"""What facts say about money that moves for no order: a drawer's, a provider's fees and payouts."""

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


class CashMoved(Payload):
    """Positive `amount` goes into the drawer."""

    drawer: str
    amount: int
    currency: str
    why: str = ""

    def postings(self) -> Lines:
        return [(f"cash:{self.drawer}", self.amount), ("bank", -self.amount)]
