"""What facts about disputes say."""

from typing import Literal

from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.payloads.payments import OfTender
from boxoffice.core.tenders import tender_account


class DisputeChanged(OfTender):
    """A bank, or PayPal, asks for a payment back; `amount` is what it is about, `status` as in `payments.DisputeState`.

    `withdrawn` is how much more of the money is taken now than before this fact (less, where it is given back);
    `lost` how much more of what is taken is lost for good. `provider_reference` is what the provider calls it.
    """

    dispute_id: str
    status: Literal["inquiry", "inquiry_closed", "open", "won", "lost", "prevented"]
    withdrawn: int = 0
    lost: int = 0
    why: str = ""

    def postings(self) -> Lines:
        account = tender_account(self.tender, None)
        return [("disputes", self.withdrawn - self.lost), ("losses", self.lost), (account, -self.withdrawn)]


class DisputeAnswered(Payload):
    """What an organizer (`by`, by number) has answered: evidence was sent to the bank, or the dispute was given up.

    `evidence` is the SHA-256, in hex, of what was sent (`core.evidence.digest_of`): what the bank read can be proved.
    """

    dispute_id: str
    provider: Literal["stripe", "paypal"]
    provider_reference: str
    answer: Literal["sent", "given_up"]
    evidence: str = ""
    by: str = ""
