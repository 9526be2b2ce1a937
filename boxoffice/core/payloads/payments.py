"""What facts about payments say."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from boxoffice.core.known import Known, KnownTender, Written
from boxoffice.core.payloads.payload import Lines, Payload
from boxoffice.core.rights import Right
from boxoffice.core.tenders import LONGEST_REASON, Need, known_tender, tender_account, tender_of


class CardPart(BaseModel):
    """As `payments.CardDetails`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    brand: str
    last4: str = Field(max_length=4)
    read_method: str = ""
    application_name: str = ""
    aid: str = ""
    account_type: str = ""
    authorization_code: str = ""
    cryptogram: str = ""


class OfTender(Payload):
    order_id: str
    tender_id: str
    tender: Annotated[str, AfterValidator(known_tender)]
    amount: int
    currency: str
    provider_reference: str | None = None


class OfPayment(OfTender):
    """What is told of a payment: each time whose it is, and how its provider calls it, if that is known."""

    def note(self, known: Known, written: Written) -> None:
        before = known.tenders.get(self.tender_id)
        reference = self.provider_reference
        if reference is None and before is not None:
            reference = before.reference
        is_paid = self.is_money or (before is not None and before.is_paid)
        known.tenders[self.tender_id] = KnownTender(self.order_id, self.tender, reference, is_paid)
        if before is not None and before.reference not in (None, reference):
            known.references.pop(str(before.reference), None)
        if reference is not None:
            known.references.setdefault(reference, self.tender_id)

    @property
    def is_money(self) -> bool:
        """Whether it puts the payment's money into the books."""
        return False


class PaymentStarted(OfPayment):
    """Written before a call leaves (`step` asked), and again when the provider named the payment (`step` sent).

    What a till with no network offers to the customer's own phone is `offered`, before anybody sees the code.
    """

    idempotency_key: str
    step: Literal["asked", "sent", "offered"] = "asked"


class PaymentCaptured(OfPayment):
    """`tendered` and `change` are for cash only; `drawer` names the till whose cash account moves.

    `reason` says why it was given, where its tender asks for one. `instead_of` is the payment that it was asked for as,
    where that one takes it no more: it had ended, or was about another amount. `is_without_places` says that its places
    had gone to others when it came. `rounding` is what went into the drawer beyond the amount (negative: what was let
    go), because cash was rounded to `rounded_to`.
    `card_id` is the gift card that it is taken off, and `grant_id` the lease of it.
    What another order had paid and gave back into this one (a swap) names that refund, whose id is also the tender's.
    What an organizer gave, without a till, was given `by` them, by number.
    `paid_code` is the hub's signed word, by which a till knows that its offer was paid on a page; or the ten letters
    that were typed instead (`typed_codes`), which prove it to that till alone.
    """

    tendered: int | None = None
    change: int | None = None
    drawer: str | None = None
    card: CardPart | None = None
    reason: str | None = Field(default=None, max_length=LONGEST_REASON)
    instead_of: str | None = None
    is_without_places: bool = False
    rounding: int = 0
    rounded_to: int = 0
    refund_id: str | None = None
    paid_code: str | None = None
    card_id: str | None = None
    grant_id: str | None = None
    by: str | None = None

    @property
    def received(self) -> int:
        """Returns the money that came, in minor units."""
        return self.amount + self.rounding

    def postings(self) -> Lines:
        account = tender_account(self.tender, self.drawer)
        return [(account, self.received), ("unearned", -self.amount), ("rounding", -self.rounding)]

    @property
    def is_money(self) -> bool:
        return True

    @property
    def right(self) -> Right | None:
        return Right.COMP if Need.SUPERVISOR in tender_of(self.tender).needs else None


class PaymentFailed(OfPayment):
    """Nothing was charged. `code` is the provider's own."""

    code: str
    message: str


class PaymentUnknown(OfPayment):
    reason: str
