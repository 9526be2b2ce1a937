"""Where the payment of the bill at hand goes, and who answers there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boxoffice.core.money import Money
from boxoffice.till.ui.actions import Destination, Do
from boxoffice.till.ui.flow.place import Place
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import TenderPaid, TenderRefused, UnknownPayment


@dataclass(frozen=True, slots=True)
class Cash(Destination):
    """Cash for the bill at hand."""


@dataclass(frozen=True, slots=True)
class Given(Destination):
    """The bill at hand, or its next part, by a tender that a word is enough for."""


@dataclass(frozen=True, slots=True)
class Split(Destination):
    """What is paid of the bill at hand, and how much the next tender takes."""


@dataclass(frozen=True, slots=True)
class ReaderChoice(Destination):
    """Which reader, before the first card payment."""


@dataclass(frozen=True, slots=True)
class ReaderPayment(Destination):
    """Begins a card payment on the reader, and waits for it."""

    order: Order


@dataclass(frozen=True, slots=True)
class PhonePayment(Destination):
    """Begins a payment on the customer's phone, or waits `again` for one that was left to itself."""

    order: Order
    again: UnknownPayment | None = None


@dataclass(frozen=True, slots=True)
class PhonePaid(Destination):
    paid: TenderPaid
    amount: Money
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused(Destination):
    """Nothing was charged; `retry` is the way that was tried."""

    outcome: TenderRefused
    retry: Do


@dataclass(frozen=True, slots=True)
class PaymentUnknown(Destination):
    payment: UnknownPayment


@dataclass(frozen=True, slots=True)
class GiveBack(Destination):
    """The rest of the bill at hand can't be paid."""


@dataclass(frozen=True, slots=True)
class GivenBack(Destination):
    order: Order


@dataclass(frozen=True, slots=True)
class SaleComplete(Destination):
    order: Order


PAYMENT_PLACES: Final[Mapping[type[Destination], Place]] = {
    Cash: Place("cash.CashPage", "cash.CashScreen"),
    Given: Place("given.GivenPage", "given.GivenScreen"),
    Split: Place("split.SplitPage", "split.SplitScreen"),
    ReaderChoice: Place("readers.PickReaderPage", "reader.PickReaderScreen"),
    ReaderPayment: Place("reader.ReaderPage", "reader.ReaderScreen"),
    PhonePayment: Place("phone.PhonePage", "phone.PhoneScreen"),
    PhonePaid: Place("phone_paid.PhonePaidPage", "phone.PhonePaidScreen"),
    Refused: Place("answer.RefusedPage", "answer.AnswerScreen"),
    PaymentUnknown: Place("unknown.UnknownPage", "answer.AnswerScreen"),
    GiveBack: Place("give_back.GiveBackPage", "give_back.GiveBackScreen"),
    GivenBack: Place("give_back.GivenBackPage", "answer.AnswerScreen"),
    SaleComplete: Place("complete.CompletePage", "complete.CompleteScreen"),
}
