"""What the use cases ask of the world outside: online payments, mail, and statistics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from boxoffice.core.errors import BoxofficeError, OperationFailed, TryAgainLater
from boxoffice.core.payments import CardDetails
from boxoffice.core.payout_parts import MoveKind
from sync.provider_states import PaymentState, PayoutState, RefundState
from sync.store.mails import MailStatus
from sync.store.payment_events import Document


class Refused(OperationFailed):
    """A provider understood and said no; the same call again will end the same way."""


class NotThere(Refused):
    """A provider has nothing by the id that it was asked about."""


class ShutOut(TryAgainLater):
    """A provider does not accept the hub's key, or has shut the account: no order is at fault, a person must act."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class NewSession:
    """What to ask for. The same `key` with the same rest gives the same session, however often it is asked.

    `hint` is shown beside the button that pays, by providers that can; `language` is the page's, else the browser
    decides; `email` spares the customer to type it again. `may_convert` lets the provider
    offer the payer's own currency.
    """

    key: str
    order_id: str
    metadata: Mapping[str, str]
    currency: str
    lines: Sequence[SessionLine]
    success_url: str
    cancel_url: str
    expires_at: int
    hint: str | None = None
    language: str | None = None
    email: str | None = None
    may_convert: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A payment at a provider, whoever that is: `state` is what it is to us, `amount` is in minor units.

    `card` is known once it is paid; `client_secret` is for a form of one's own; `held_reason` is the provider's own
    word for why it holds the payment.
    """

    id: str
    url: str | None
    state: PaymentState
    amount: int
    currency: str
    payment: str | None
    card: CardDetails | None = None
    client_secret: str | None = None
    held_reason: str | None = None
    payer_email: str | None = None
    """What the customer typed on the provider's page."""

    @property
    def is_paid(self) -> bool:
        return self.state is PaymentState.PAID


class Sessions(Protocol):
    """A provider's payments. Calls raise TryAgainLater if it can't be reached, Refused if it said no."""

    def create(self, new: NewSession) -> Session: ...

    def retrieve(self, session_id: str) -> Session: ...

    def expire(self, session_id: str) -> Session:
        """Ends the session, or returns how it had ended before: it may be paid."""

    def take(self, session_id: str) -> Session:
        """Takes the money of a session that is approved; others are returned as they are."""


@dataclass(frozen=True, slots=True)
class NewRefund:
    """The same `key` is the same refund, however often it is asked for."""

    key: str
    payment: str
    amount: int
    currency: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RefundResult:
    """How a refund stands at its provider; `failure` says why it failed, in the provider's word.

    `is_out` says of one that is pending that the money has left the provider's balance; `asks` whether the customer
    must do something for it.
    """

    id: str
    state: RefundState
    failure: str | None = None
    is_out: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class MadeRefund:
    """A refund as its provider lists it, in minor units. `our_id` is the refund of ours that it carries, if any."""

    result: RefundResult
    amount: int
    our_id: str | None = None


class Refunder(Protocol):
    """Gives money back. Calls raise TryAgainLater if the provider can't be reached, Refused if it said no."""

    def refund(self, new: NewRefund) -> RefundResult: ...

    def find(self, payment: str, refund_id: str) -> RefundResult | None:
        """Returns the refund of a payment that carries our id, if there is one, whatever key it was asked with."""

    def made(self, payment: str) -> Sequence[MadeRefund]:
        """Returns all refunds of a payment, the oldest first, whoever made them."""

    def look(self, refund: str) -> RefundResult:
        """Returns how the refund stands now."""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """An event of a provider's as it came."""

    id: str
    type: str
    body: Document


class NotKept(BoxofficeError):
    """The provider's signature is right, and what it signed can't be kept; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The signature is right, but this is no event that can be kept: {why}.")


class NoSubject(BoxofficeError):
    """An event does not say what it is about; asked again, it says no more."""


class UnreadableEvent(OperationFailed):
    """An event says what it is about, and does not say what: not as its provider documents it."""


class StripeProof(Protocol):
    """Tells a webhook of Stripe's from a forged or an old one."""

    def is_genuine(self, header: str | None, body: bytes, now: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class MailEvent:
    """What became of a mail of ours; `why` if it did not arrive."""

    mail_id: str
    status: MailStatus
    is_notice: bool
    why: str | None = None


class MailProof(Protocol):
    """Tells SendGrid's events from forged ones, and reads them."""

    def is_genuine(self, headers: Mapping[str, str], body: bytes, now: float) -> bool: ...

    def read(self, document: Document) -> Sequence[MailEvent] | None:
        """Returns what is told of mails of ours; None for what are no events."""


class PayPalProof(Protocol):
    """Tells a webhook of PayPal's from a forged one. Raises TryAgainLater if PayPal can't be reached."""

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool: ...


class EventList(Protocol):
    """A provider's own list of its events. Raises TryAgainLater if it can't be reached."""

    def since(self, at: int, types: Sequence[str]) -> Sequence[ProviderEvent]:
        """Returns the events of these types since then, in epoch seconds."""


@dataclass(frozen=True, slots=True)
class BalanceMove:
    """A line of a provider's balance, in minor units: `net` is the amount without the fee.

    `payment` is the payment behind it, None if it is of none; `is_marked` says whether it carries our marks.
    """

    id: str
    kind: MoveKind
    payment: str | None
    amount: int
    fee: int
    net: int
    currency: str
    created_at: int
    is_marked: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class MoveList:
    """Lines of a provider's balance. `until` is how far its list goes, in epoch seconds; None if it is never behind."""

    moves: Sequence[BalanceMove]
    until: float | None = None


@dataclass(frozen=True, slots=True)
class ProviderPayout:
    """A payout as it stands. One that the provider can't take apart (`is_automatic` is false) has no parts.

    `is_complete` says that its parts will not change any more.
    """

    id: str
    state: PayoutState
    amount: int
    currency: str
    parts: Sequence[BalanceMove]
    is_automatic: bool = True
    is_complete: bool = True
    arrives_at: int | None = None


@dataclass(frozen=True, slots=True)
class ListedPayout:
    """A payout in a provider's list of them."""

    id: str
    state: PayoutState
    is_complete: bool


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A dispute as its provider has it: `status` and `reason` are its own words, times are epoch seconds.

    `due_at` is until when an answer is taken, None if none is; `submissions` how often one was handed in, from here or
    from anywhere else. `fee` is in minor units.
    """

    id: str
    status: str
    reason: str
    network_reason: str
    fee: int
    submissions: int
    opened_at: int
    due_at: int | None


class DisputeDesk(Protocol):
    """Where a provider takes what is said against a dispute. Calls raise as `Refunder`."""

    def look(self, dispute: str) -> ProviderDispute: ...

    def stage(self, dispute: str, evidence: Mapping[str, str]) -> ProviderDispute:
        """Keeps evidence as a draft that the bank does not see."""

    def send(self, dispute: str, evidence: Mapping[str, str], key: str) -> ProviderDispute:
        """Hands evidence to the bank: once, and for good."""

    def give_up(self, dispute: str, key: str) -> ProviderDispute:
        """Accepts a dispute: what was taken is lost."""


@dataclass(frozen=True, slots=True)
class ProviderCharge:
    """A payment that was taken, in minor units, whoever asked for it. `reader` is the machine that read the card.

    `is_marked` says whether it carries our marks; `words` is what was written with it.
    """

    payment: str
    amount: int
    refunded: int
    currency: str
    paid_at: int
    card: CardDetails | None = None
    reader: str = ""
    words: str = ""
    is_marked: bool = False


class Treasury(Protocol):
    """What a provider keeps of payments, and what it pays out. Calls raise as `Refunder`."""

    def charge(self, payment: str) -> ProviderCharge | None:
        """Returns a payment by the provider's own name for it; None if nothing was taken under that name."""

    def fee(self, payment: str) -> int | None:
        """Returns the fee of a payment in minor units, None as long as it is not known."""

    def payout(self, payout_id: str) -> ProviderPayout | None:
        """Returns a payout as it stands; None if this account has none by that id."""

    def payouts(self, since: int) -> Sequence[ListedPayout]:
        """Returns the payouts since then, in epoch seconds; nothing, if the provider lists none."""

    def moves(self, since: int, until: int | None) -> MoveList:
        """Returns what moved the balance since then, up to `until`."""


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """What was paid and what of it went back, in minor units; `reference` is the provider's own.

    `is_ours` says whether it carries our marks, where the provider keeps them; `disputed` what disputes have taken.
    """

    reference: str
    amount: int
    refunded: int
    currency: str
    disputed: int = 0
    is_ours: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)
    """What was sent along with it, where the provider tells it again."""
    card: CardDetails | None = None
    email: str | None = None
    """The payer's, as the provider was told; likewise the name."""
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderList:
    """A provider's payments. `until` is how far its list goes, in epoch seconds; None if it is never behind."""

    payments: Sequence[ProviderPayment]
    until: float | None = None


class ProviderRecords(Protocol):
    """A provider's own list of payments. Raises TryAgainLater if it can't be reached."""

    def payments(self, at: int) -> ProviderList:
        """Returns what was paid since then, in epoch seconds."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something to count. `client` stands for a browser, `at_us` is in epoch microseconds, `params` are GA4's own."""

    client: str
    name: str
    at_us: int
    params: Mapping[str, Any]


class Counter(Protocol):
    """Counts what happens in the shop. Raises TryAgainLater if it surely did not."""

    def count(self, new: Measurement) -> bool:
        """Returns whether it did; False if nobody can know."""


class MailRefused(OperationFailed):
    """SendGrid said no; the same mail again will end the same way."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `attachments` are PDFs by file name; `reference` comes back with what SendGrid tells of it.

    `data` is what a template of the organizer's own may show instead of the text and the HTML, if it is a receipt.
    """

    to: str
    subject: str
    text: str
    html: str
    attachments: Mapping[str, bytes]
    reference: Mapping[str, str]
    sender: str = "Box office"
    data: Mapping[str, Any] | None = None


class MailSender(Protocol):
    """Raises TryAgainLater if it can't be reached, MailRefused if it said no."""

    def send(self, mail: Mail) -> str:
        """Returns the provider's id of the message that it accepted."""
