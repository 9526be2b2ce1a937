"""What facts say about money that moves at a provider for no order: fees and payouts."""

from typing import Literal

from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.payout_parts import PartSum


class FeeRecorded(Payload):
    provider: str
    amount: int
    currency: str
    provider_reference: str

    def postings(self) -> Lines:
        return [(f"fees:{self.provider}", self.amount), (self.provider, -self.amount)]


class PayoutRecorded(Payload):
    """Our part of a payout, by how much it is more than was recorded of it before.

    `total` is all that reached the bank, and `parts` what it is made of, as the provider lists it now. A payout that is
    not automatic is made of nothing that the provider would tell: it `is_provable` not, and nothing of it is ours.
    """

    provider: str
    amount: int
    currency: str
    provider_reference: str
    total: int | None = None
    is_provable: bool = True
    parts: tuple[PartSum, ...] = ()

    def postings(self) -> Lines:
        return [("bank", self.amount), (self.provider, -self.amount)]


class StrayDecided(Payload):
    """What a payment was that no till and no page of ours had asked for, as an organizer (`by`, by number) says.

    A `sale` names the order that was made for it, by its number; a refund that was made at the provider names nobody.
    """

    provider: str
    provider_reference: str
    amount: int
    currency: str
    decision: Literal["sale", "refund", "not_ours", "refunded_there"]
    order_number: str = ""
    by: str = ""


class ReturnFiled(Payload):
    """A tax return was filed, as an organizer (`by`, by number) says: what it came to, and the office's own number.

    Filed again, such as amended, it is another fact.
    """

    office: str
    month: str
    amount: int
    currency: str
    reference: str = ""
    by: str = ""
