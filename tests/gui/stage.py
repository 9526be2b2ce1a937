"""What stands around a till's screens in tests: payments under way, answers that the test gives, and the orders."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import OnProgress
from boxoffice.till.usecases.orders import Orders
from boxoffice.till.usecases.tenders import OpenTender
from boxoffice.till.usecases.unknown import UnknownPayments


@dataclass
class Running:
    """A reader or phone payment under way, waiting for what the test makes happen."""

    tender: OpenTender
    progress: OnProgress
    ended: threading.Event = field(default_factory=threading.Event)
    outcome: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class WholeRefund:
    """All of one payment goes back."""

    order_id: str
    tender_id: str
    tender: str
    amount: int
    currency: str

    def facts(self, refund_id: str) -> list[Payload]:
        about: dict[str, Any] = {**asdict(self), "refund_id": refund_id}
        return [RefundRequested(**about), RefundSucceeded(**about)]


class AnsweredByTest(UnknownPayments):
    """Asks about unknown payments; the test says what the answer is."""

    answer: Callable[[OpenTender], None]

    def answered(self, payment_id: TenderId) -> None:
        """The answer comes by itself, not to somebody who asked."""
        self._check(payment_id, None)

    def _ask(self, tender: OpenTender, reader_id: str | None) -> None:
        self.answer(tender)


class OrdersNow(Mapping[OrderId, Order]):
    """The till's orders as they are now, oldest first."""

    def __init__(self, known: Orders) -> None:
        self._known = known

    def __getitem__(self, order_id: OrderId) -> Order:
        return self._known.order(order_id)

    def __iter__(self) -> Iterator[OrderId]:
        return iter([order.id for order in reversed(self._known.find("", 10_000).orders)])

    def __len__(self) -> int:
        return self._known.find("", 0).total
