"""What facts about refunds say."""

from boxoffice.core.payloads.payload import Lines, PartKey
from boxoffice.core.payloads.payments import OfTender
from boxoffice.core.tenders import TenderKind, tender_account

SWAP = TenderKind.SWAP.value
OUTSIDE = "outside"
"""The account of money that was given back by other ways than it came: an organizer says from where."""


class RefundRequested(OfTender):
    """`by` is the organizer who asked, by number; `parts` are the things of the order that are given back with it.

    `units` are what of them can be sold again, by pool: those of tickets are told as the tickets are voided.
    What was asked for at a till is `by` its name, and `asked_by` whoever asked there, by the id of staff.
    `is_made` says that somebody has made it already, so that nobody is to send it. `into` is the order that the money
    goes on to pay for (a swap): it leaves no drawer and no provider.
    """

    refund_id: str
    why: str = ""
    by: str = ""
    asked_by: str | None = None
    parts: tuple[PartKey, ...] = ()
    units: dict[str, int] = {}
    is_made: bool = False
    into: str | None = None


class RefundPending(OfTender):
    """The provider has taken the money out of its balance, and has not given it back yet."""

    refund_id: str

    def postings(self) -> Lines:
        account = tender_account(self.tender, None)
        return [(_on_the_way(account), self.amount), (account, -self.amount)]


class RefundSucceeded(OfTender):
    """`unearned` is the part that had bought nothing, such as a payment that came twice.

    `is_out` says that the money had left the provider's balance before (`refund_pending`). `rounding` is what left the
    drawer beyond the amount, by what the payment had been rounded by. `into` as it was asked for. `card_id` is the gift
    card that it is on again. `outside` is how somebody has given it back without any of our drawers and providers, such
    as a bank transfer: what had paid stays where it is.
    """

    refund_id: str
    drawer: str | None = None
    unearned: int = 0
    is_out: bool = False
    rounding: int = 0
    into: str | None = None
    card_id: str | None = None
    outside: str | None = None

    @property
    def given(self) -> int:
        """Returns the money that went back, in minor units."""
        return self.amount + self.rounding

    def postings(self) -> Lines:
        account = OUTSIDE if self.outside else tender_account(self.tender if self.into is None else SWAP, self.drawer)
        source = _on_the_way(account) if self.is_out else account
        earned = self.amount - self.unearned
        return [("unearned", self.unearned), ("refunds", earned), (source, -self.given), ("rounding", self.rounding)]


class RefundFailed(OfTender):
    """The money stays here, or (`is_reversal`) came back after the refund had succeeded; `unearned` as it was then.

    `is_out` says that it had left the provider's balance, and is there again.
    """

    refund_id: str
    code: str
    message: str
    is_reversal: bool = False
    unearned: int = 0
    is_out: bool = False

    def postings(self) -> Lines:
        account = tender_account(self.tender, None)
        if self.is_reversal:
            return [("unearned", -self.unearned), ("refunds", self.unearned - self.amount), (account, self.amount)]
        return [(account, self.amount), (_on_the_way(account), -self.amount)] if self.is_out else []


def _on_the_way(account: str) -> str:
    """Returns where money is that has left an account and has not arrived."""
    return f"transit:{account}"
