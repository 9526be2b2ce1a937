"""What each kind of fact says: typed payloads, read leniently (a newer till may say more), written exactly."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.taxes import TaxKind, tax_account
from boxoffice.core.tenders import LONGEST_REASON, TenderKind, tender_account

Lines = list[tuple[str, int]]
"""Accounts, and what goes into each in minor units: debits are positive (we have more), credits negative."""
PartKey = tuple[int, int]
"""One thing of an order: its line, and its number within the line; both count from 0."""


Generation = Annotated[int, Field(ge=0, lt=2**31 - 1)]
"""Of a lease: how often its till's units of a pool had been reclaimed. Facts of earlier versions do not say it."""


class Payload(BaseModel):
    """Money fields are integer minor units of the payload's `currency`.

    `approved_by` is who allowed an act that is not everybody's, by the id of staff; where nobody had to, it is not
    written.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    approved_by: str | None = None

    def to_json(self) -> dict[str, Any]:
        said = self.model_dump(mode="json", by_alias=True)
        if self.approved_by is None:
            del said["approved_by"]
        return said

    def postings(self) -> Lines:
        """Returns what such a fact posts; nothing, but for kinds that are about money."""
        return []


class TaxPart(BaseModel):
    """One tax of a line as it was when it was sold: by its id, name and rate; `included` if the price held it.

    Its authority was not told before, and neither was that it is of another `kind` than `sales`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: str
    name: str
    rate_ppm: int
    amount: int
    included: bool
    authority: str = ""
    kind: str = TaxKind.SALES.value


class LinePart(BaseModel):
    """A priced line as it was sold; later price changes don't touch it.

    `tax` is all of its tax, and `taxes` are what that is made of; older tills name only the `tax_rate`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: str
    name: str
    kind: str
    quantity: int
    unit_price: int
    subtotal: int
    total: int
    tax: int
    tax_rate: str | None = None
    option: str | None = None
    detail: str = ""
    days: tuple[str, ...] = ()
    discount: int = 0
    taxes: tuple[TaxPart, ...] = ()

    @property
    def tax_ids(self) -> tuple[str, ...]:
        named = () if self.tax_rate is None else (self.tax_rate,)
        return tuple(tax.rate for tax in self.taxes) or named


class TicketPart(BaseModel):
    """`token` is what the ticket's QR holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ticket_id: str
    product_id: str
    line: int
    days: tuple[str, ...] = ()
    token: str


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


class OrderPlaced(Payload):
    """`units` are taken from the device's lease (`source` lease), or from the pool itself (`source` pool).

    `generations` says of each pool of a lease which one they are of. `exempt` is the number by which its seller need
    not collect taxes.
    """

    order_id: str
    order_number: str
    channel: Literal["door", "web"]
    currency: str
    lines: tuple[LinePart, ...]
    subtotal: int
    discount: int = 0
    tax: int
    total: int
    units: dict[str, int]
    source: Literal["lease", "pool"]
    generations: dict[str, Generation] = {}
    contact_id: str | None = None
    exempt: str = ""


class OrderStateChanged(Payload):
    order_id: str
    start: str = Field(alias="from")
    to: str
    why: str = ""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def _known_tender(name: str) -> str:
    return TenderKind(name).value


class _Tender(Payload):
    order_id: str
    tender_id: str
    tender: Annotated[str, AfterValidator(_known_tender)]
    amount: int
    currency: str
    provider_reference: str | None = None


class PaymentStarted(_Tender):
    """Written before a call leaves (`step` asked), and again when the provider named the payment (`step` sent)."""

    idempotency_key: str
    step: Literal["asked", "sent"] = "asked"


class PaymentCaptured(_Tender):
    """`tendered` and `change` are for cash only; `drawer` names the till whose cash account moves.

    `reason` says why it was given, where its tender asks for one. `instead_of` is the payment that it was asked for as,
    where that one takes it no more: it had ended, or was about another amount. `is_without_places` says that its places
    had gone to others when it came.
    """

    tendered: int | None = None
    change: int | None = None
    drawer: str | None = None
    card: CardPart | None = None
    reason: str | None = Field(default=None, max_length=LONGEST_REASON)
    instead_of: str | None = None
    is_without_places: bool = False

    def postings(self) -> Lines:
        return [(tender_account(self.tender, self.drawer), self.amount), ("unearned", -self.amount)]


class PaymentFailed(_Tender):
    """Nothing was charged. `code` is the provider's own."""

    code: str
    message: str


class PaymentUnknown(_Tender):
    reason: str


class TaxShare(BaseModel):
    """What one tax gets."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: str
    amount: int
    authority: str = ""


class Earned(BaseModel):
    """What one product of a finished order earned before discounts: `net` for the seller, `tax` for the state.

    `taxes` are its shares where there is more than one tax, or an authority is named; `tax_rate` names the only one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: str
    kind: str
    net: int
    tax: int
    tax_rate: str | None = None
    taxes: tuple[TaxShare, ...] = ()

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """Returns what each tax's account gets; together it is all the tax, or the fact does not balance."""
        named = tuple((tax_account(each.rate, each.authority), each.amount) for each in self.taxes)
        return named or ((tax_account(self.tax_rate, ""), self.tax),)


class TicketsIssued(Payload):
    """The order is finished: what was paid is earned. `tickets` may be empty (a T-shirt)."""

    order_id: str
    currency: str
    total: int
    discount: int = 0
    earned: tuple[Earned, ...]
    tickets: tuple[TicketPart, ...]

    def postings(self) -> Lines:
        lines = [("unearned", self.total), ("discounts", self.discount)]
        for part in self.earned:
            lines.append(("donations" if part.kind == "donation" else f"sales:{part.product_id}", -part.net))
            lines += [(account, -amount) for account, amount in part.shares]
        return lines


class TicketVoided(Payload):
    """`units` are what can be sold again, by pool; `by` is the organizer who voided it with no refund, by number."""

    ticket_id: str
    order_id: str
    why: str = ""
    units: dict[str, int] = {}
    by: str = ""


class RefundRequested(_Tender):
    """`by` is the organizer who asked, by number; `parts` are the things of the order that are given back with it.

    `units` are what of them can be sold again, by pool: those of tickets are told as the tickets are voided.
    `is_made` says that somebody has made it at the provider already, so that nobody is to send it.
    """

    refund_id: str
    why: str = ""
    by: str = ""
    parts: tuple[PartKey, ...] = ()
    units: dict[str, int] = {}
    is_made: bool = False


class RefundPending(_Tender):
    """The provider has taken the money out of its balance, and has not given it back yet."""

    refund_id: str

    def postings(self) -> Lines:
        account = tender_account(self.tender, None)
        return [(_on_the_way(account), self.amount), (account, -self.amount)]


class RefundSucceeded(_Tender):
    """`unearned` is the part that had bought nothing, such as a payment that came twice.

    `is_out` says that the money had left the provider's balance before (`refund_pending`).
    """

    refund_id: str
    drawer: str | None = None
    unearned: int = 0
    is_out: bool = False

    def postings(self) -> Lines:
        account = tender_account(self.tender, self.drawer)
        source = _on_the_way(account) if self.is_out else account
        return [("unearned", self.unearned), ("refunds", self.amount - self.unearned), (source, -self.amount)]


class RefundFailed(_Tender):
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


class DisputeChanged(_Tender):
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


class LeaseGranted(Payload):
    """The hub moved `units` of the pool to the till `to_device`."""

    lease_id: str
    pool_id: str
    to_device: str
    units: int
    generation: Generation | None = None


class LeaseReturned(Payload):
    pool_id: str
    units: int
    generation: Generation | None = None


class LeaseReclaimed(Payload):
    """`by` is the organizer who took the units back, by number.

    It takes all that is left of what was granted in this `generation` and in those before, and ends them.
    """

    pool_id: str
    from_device: str
    units: int
    generation: Generation | None = None
    why: str = ""
    by: str = ""


class CatalogueRevised(Payload):
    """`event` is the whole event file as `event_file_of` writes it."""

    revision: int
    event: dict[str, Any]


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


class ExceptionRaised(Payload):
    """Something that a person must decide. `subject_id` is the payment, refund or event that it is about.

    `device_id` is the till that it is about.
    """

    exception_id: str
    exception_kind: str
    order_id: str | None = None
    detail: str
    remedies: tuple[str, ...] = ()
    subject_id: str | None = None
    device_id: str | None = None


class ExceptionResolved(Payload):
    """`by` is the organizer who decided, by number, or the till at which it was.

    `units` were sold beyond their pools' capacity, and are counted as sold from now on.
    """

    exception_id: str
    remedy: str
    by: str = ""
    units: dict[str, int] = {}


class _Unspecified(Payload):
    """A kind whose issue has not come yet: kept whole, read by nobody."""

    model_config = ConfigDict(frozen=True, extra="allow")


PAYLOADS: Final[Mapping[FactKind, type[Payload]]] = {
    FactKind.ORDER_PLACED: OrderPlaced,
    FactKind.ORDER_STATE_CHANGED: OrderStateChanged,
    FactKind.PAYMENT_STARTED: PaymentStarted,
    FactKind.PAYMENT_CAPTURED: PaymentCaptured,
    FactKind.PAYMENT_FAILED: PaymentFailed,
    FactKind.PAYMENT_UNKNOWN: PaymentUnknown,
    FactKind.TICKETS_ISSUED: TicketsIssued,
    FactKind.TICKET_VOIDED: TicketVoided,
    FactKind.TICKET_SCANNED: _Unspecified,
    FactKind.REFUND_REQUESTED: RefundRequested,
    FactKind.REFUND_PENDING: RefundPending,
    FactKind.REFUND_SUCCEEDED: RefundSucceeded,
    FactKind.REFUND_FAILED: RefundFailed,
    FactKind.DISPUTE_CHANGED: DisputeChanged,
    FactKind.SHIFT_OPENED: _Unspecified,
    FactKind.CASH_MOVED: CashMoved,
    FactKind.SHIFT_CLOSED: _Unspecified,
    FactKind.LEASE_GRANTED: LeaseGranted,
    FactKind.LEASE_RETURNED: LeaseReturned,
    FactKind.LEASE_RECLAIMED: LeaseReclaimed,
    FactKind.CATALOGUE_REVISED: CatalogueRevised,
    FactKind.STAFF_CHANGED: _Unspecified,
    FactKind.FEE_RECORDED: FeeRecorded,
    FactKind.PAYOUT_RECORDED: PayoutRecorded,
    FactKind.EXCEPTION_RAISED: ExceptionRaised,
    FactKind.EXCEPTION_RESOLVED: ExceptionResolved,
}


def _on_the_way(account: str) -> str:
    """Returns where money is that has left an account and has not arrived."""
    return f"transit:{account}"


def read_payload(fact: Fact) -> Payload:
    """Returns the fact's payload by its kind's own type.

    Raises:
        pydantic.ValidationError: if the payload is not of that type.
    """
    return PAYLOADS[fact.kind].model_validate(fact.payload)
