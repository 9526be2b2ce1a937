"""What a person does about an order that is there: finds it, reads it, gives back, sends it."""

from dataclasses import dataclass

from boxoffice.core.ids import OrderId, TenderId
from boxoffice.till.usecases.gateway.after_sale import Seen
from boxoffice.till.usecases.gateway.orders import Paperwork, Which


@dataclass(frozen=True, slots=True)
class SearchFor:
    text: str


@dataclass(frozen=True, slots=True)
class SubmitSearch:
    text: str


@dataclass(frozen=True, slots=True)
class OpenOrder:
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Goes on with a parked sale."""

    order_id: OrderId


@dataclass(frozen=True, slots=True)
class GiveReason:
    """Why money is given back, or something is given."""

    why: str


@dataclass(frozen=True, slots=True)
class Sift:
    """Shows some of the orders alone."""

    where: Which


@dataclass(frozen=True, slots=True)
class SawThat:
    """What showed that an order is theirs who collect it."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class KeepNote:
    """What an order is found by, besides all else."""

    text: str


@dataclass(frozen=True, slots=True)
class TickThing:
    """Chooses one thing of an order to give back, or leaves it there."""

    index: int


@dataclass(frozen=True, slots=True)
class PrintPaper:
    what: Paperwork


@dataclass(frozen=True, slots=True)
class SavePaper:
    what: Paperwork


@dataclass(frozen=True, slots=True)
class SendEmail:
    address: str


@dataclass(frozen=True, slots=True)
class CheckPayment:
    payment_id: TenderId
