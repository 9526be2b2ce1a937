"""What the till's use cases need from outside, and the errors that those may raise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.facts import Head
from boxoffice.core.money import Money
from boxoffice.core.payments import plain_words
from boxoffice.core.terminal import Intent, TerminalReader
from boxoffice.core.wire.after_sale import OrderLook, RefundAsk, RenameAsk, TransferAsk, VoidAsk
from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest
from boxoffice.core.wire.feed import FeedAnswer, WakeEvent
from boxoffice.core.wire.help import HelpAnswer, HelpRequest, TicketsLink
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest
from boxoffice.core.wire.lost import HistoryAnswer, KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.core.wire.orders_elsewhere import OrdersAnswer
from boxoffice.core.wire.pairing import EventBody, EventSummary, KeyAnswer, PairAnswer, PairRequest
from boxoffice.core.wire.parked import ParkedAnswer, ParkedCart, ParkedRequest
from boxoffice.core.wire.preflight import PreflightAnswer, PreflightAsk
from boxoffice.core.wire.problems import ProblemDecision, ProblemsAnswer
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer, PushRequest
from boxoffice.core.wire.reports import ReportAsk, ReportMailed
from boxoffice.core.wire.staff import StaffAnswer
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.slips import Slip
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import FoundPrinter, PrinterSetup


class Unreachable(TryAgainLater):
    """No answer came: what was asked for may have been done or not."""


class HubRefused(OperationFailed):
    """The hub answered that it will not do it. `status` is that of HTTP, `kind` the type of the problem."""

    def __init__(self, status: int, error: str, kind: str = "") -> None:
        self.status, self.kind = status, kind
        super().__init__(error, "Nothing was changed.", "")


class StoppedByOrganizer(HubRefused):
    """The hub is there, and an organizer has stopped this for now: what happened is in the organizer's words."""

    def __init__(self, words: str) -> None:
        super().__init__(503, words)


class HubBusy(HubRefused):
    """The hub is there, and has more to do than it can: it is asked again after `retry_after_s`."""

    def __init__(self, words: str, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(503, words)


SHUT_OUT: Final = "shut_out"
"""The code of a refusal that is about the key or the account."""


class StripeRefused(OperationFailed):
    """Stripe answered that it will not do it, with its own code."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(plain_words(code), "Nothing was charged.", "")


class VaultFailed(OperationFailed):
    """Secrets can't be kept or read on this computer."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Returns the time, aware, in UTC."""

    def monotonic(self) -> float:
        """Returns seconds that only go forward."""


class Vault(Protocol):
    """Where secrets lie: the computer's keyring, or an encrypted file where there is none."""

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, secret: str) -> None: ...


class Hub(Protocol):
    """The hub, as a paired till may call it. Every method may raise `Unreachable` or `HubRefused`.

    `unsent` says how many facts the till has that the hub has not acknowledged, `key_id` which Stripe key it has.
    """

    def events(self) -> Sequence[EventSummary]: ...
    def event(self, event_id: str) -> EventBody: ...
    def push(self, request: PushRequest, unsent: int) -> PushAnswer: ...
    def feed(self, after: int, event_id: str | None, unsent: int, key_id: str) -> FeedAnswer: ...
    def orders(self, event_id: str, after: str, most: int) -> OrdersAnswer: ...
    def head(self, unsent: int) -> HeadAnswer: ...
    def known(self, request: KnownRequest) -> KnownAnswer: ...
    def tell_again(self, request: TellAgainRequest) -> PushAnswer: ...
    def history(self, head: Head, after: int) -> HistoryAnswer: ...
    def key(self) -> KeyAnswer: ...
    def problems(self) -> ProblemsAnswer: ...
    def staff(self) -> StaffAnswer: ...
    def decide(self, problem_id: str, decision: ProblemDecision) -> ProblemsAnswer: ...
    def lease(self, request: LeaseRequest) -> LeaseAnswer: ...
    def ask_card(self, ask: CardAsk) -> CardAnswer: ...
    def preflight(self, ask: PreflightAsk) -> PreflightAnswer: ...
    def open_checkout(self, request: CheckoutRequest) -> CheckoutAnswer: ...
    def checkout(self, tender_id: str) -> CheckoutAnswer: ...
    def cancel_checkout(self, tender_id: str) -> CheckoutAnswer: ...
    def extend_checkout(self, tender_id: str) -> CheckoutAnswer: ...
    def send_mail(self, request: MailRequest) -> MailAnswer: ...
    def tell_parked(self, request: ParkedRequest) -> ParkedAnswer: ...
    def take_parked(self, event_id: str, cart_id: str) -> ParkedCart: ...
    def call_help(self, request: HelpRequest) -> HelpAnswer: ...
    def answer_help(self, call_id: str) -> HelpAnswer: ...
    def tickets_link(self, order_id: str) -> TicketsLink: ...
    def look_at_order(self, order_id: str) -> OrderLook: ...
    def rename(self, order_id: str, ask: RenameAsk) -> OrderLook: ...
    def transfer(self, order_id: str, ask: TransferAsk) -> OrderLook: ...
    def ask_void(self, order_id: str, ask: VoidAsk) -> OrderLook: ...
    def mail_report(self, shift_id: str, ask: ReportAsk) -> ReportMailed: ...
    def ask_refund(self, order_id: str, ask: RefundAsk) -> OrderLook: ...

    def wake(self) -> Iterator[WakeEvent]:
        """Yields wake-ups until the connection breaks, which it does with `Unreachable`."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CartLineShown:
    """A line of a cart on a reader, with all that it costs."""

    words: str
    total: Money


class Terminal(Protocol):
    """Stripe Terminal. Every method may raise `Unreachable` or `StripeRefused`."""

    def readers(self) -> Sequence[TerminalReader]: ...
    def reader(self, reader_id: str) -> TerminalReader: ...

    def create_intent(self, key: str, amount: Money, metadata: Mapping[str, str]) -> Intent:
        """Returns the intent of this idempotency key; nothing can be charged on it before `process`."""

    def create_trial(self, key: str, amount: Money) -> Intent:
        """Returns an intent that takes nothing: what a card would give is only held, until it is cancelled."""

    def missing_rights(self) -> Sequence[str]:
        """Returns what the key is not allowed and must be, in Stripe's words; nothing is changed to find out.

        Raises `StripeRefused` for a key that is none.
        """

    def intent(self, intent_id: str) -> Intent: ...

    def paid_since(self, since: datetime) -> Mapping[str, Money]:
        """Returns the payments of the account that were begun since then and have succeeded, by the intents' ids."""

    def cancel_intent(self, intent_id: str) -> Intent:
        """Ends an intent, and returns it as it then is: canceled, or further on if a card was faster."""

    def process(self, reader_id: str, intent_id: str) -> TerminalReader: ...

    def show_cart(self, reader_id: str, lines: Sequence[CartLineShown], total: Money) -> None:
        """Shows a cart on the reader, in the place of whatever it does, be it a payment."""

    def cancel_action(self, reader_id: str) -> None:
        """Sets the reader to idle; refused with `terminal_reader_busy` while a card is being charged."""

    def close(self) -> None: ...


class Connections(Protocol):
    """Opens the ways out, once it is known whereto."""

    def reach(self, url: str) -> float:
        """Returns how long it takes to be heard there, in seconds.

        Raises:
            Unreachable: if nobody answers.
        """

    def pair(self, hub_url: str, request: PairRequest) -> PairAnswer: ...
    def hub(self, hub_url: str, token: str) -> Hub: ...
    def terminal(self, stripe_base: str, key: str) -> Terminal: ...


Piece = Receipt | Ticket | Slip
"""One paper: what is cut off by itself."""

_STATES: Final = {
    PrinterState.NONE: ("No printer is set up.", "Save it as PDF instead."),
    PrinterState.PAPER_OUT: ("The printer is out of paper.", "Put in a roll and close the cover, then print again."),
    PrinterState.COVER_OPEN: ("The printer's cover is open.", "Close it, then print again."),
    PrinterState.OFFLINE: ("The printer {name} can't be reached.", "Check its power and cable."),
    PrinterState.FAULT: ("The printer {name} has stopped.", "Switch it off and on, look for jammed paper."),
}
_TAKES_NOT: Final = ("The printer {name} did not take it.", "Check its paper and cable.")
_HALF: Final = "The sale is saved. A paper may be out, or half of it."


class NotPrinted(OperationFailed):
    """A paper did not come out, or only a part of it: `may_be_out` says that nobody knows."""

    def __init__(self, state: PrinterState, name: str, *, may_be_out: bool) -> None:
        self.state, self.may_be_out = state, may_be_out
        happened, to_do = _STATES.get(state, _TAKES_NOT)
        super().__init__(happened.format(name=name), _HALF if may_be_out else "The sale is saved.", to_do)


class Printer(Protocol):
    """A printer of receipts and tickets. `name` is empty for none."""

    @property
    def name(self) -> str: ...

    @property
    def has_drawer(self) -> bool:
        """Whether a drawer may hang on it."""

    def look(self) -> PrinterState:
        """Asks the printer how it is."""

    def print(self, piece: Piece, *, is_last: bool) -> None:
        """Returns when the paper is out, as far as the printer says; it is the last one of its job or not.

        Raises:
            NotPrinted: if it is not, or may be.
        """

    def kick(self) -> None:
        """Opens the drawer.

        Raises:
            NotPrinted: if the printer can't be reached.
        """


class Printers(Protocol):
    """The printers that this computer can reach."""

    def find(self) -> tuple[FoundPrinter, ...]: ...

    def open(self, setup: PrinterSetup) -> Printer:
        """Returns the printer of a set-up.

        Raises:
            BadInput: if its address is none.
        """
