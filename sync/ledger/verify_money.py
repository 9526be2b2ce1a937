"""What must be true of money that goes back, judged from the rows alone: of what, and never too much."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.findings import GIVEN_TWICE
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import names_where
from sync.provider_states import TENDERS

_NO_MONEY: Final = names_where(lambda row: not row.is_money)
_CASH: Final = names_where(lambda row: row.is_cash)
_NO_DRAWER: Final = "cash:None"
_REFUNDS: Final = frozenset({FactKind.REFUND_REQUESTED, FactKind.REFUND_SUCCEEDED, FactKind.REFUND_FAILED})


def problems_of(books: Books, facts: Iterable[Fact]) -> Iterator[str]:
    """Yields what is wrong with refunds and disputes, in words."""
    yield from _of_refunds(books)
    yield from _of_disputes(books)
    yield from _of_cash(books, facts)


def _of_refunds(books: Books) -> Iterator[str]:
    gone: Counter[str] = Counter()
    for refund in books.refunds.values():
        payment = books.payments.get(refund.payment_id)
        if payment is None or payment.status is not PaymentStatus.CAPTURED:
            yield f"refund {refund.id}: payment {refund.payment_id} has brought no money"
        elif payment.tender.value in _NO_MONEY and not _came_to_nothing(books, payment.order_id):
            yield f"refund {refund.id}: {payment.tender.value} can't be given back"
        gone[refund.payment_id] += refund.amount if refund.is_alive else 0
    told = {each.order_id for each in books.exceptions.values() if each.kind == GIVEN_TWICE}
    for payment_id, amount in gone.items():
        payment = books.payments.get(payment_id)
        paid = 0 if payment is None else payment.amount
        if amount > paid and (payment is None or payment.order_id not in told):
            yield f"payment {payment_id}: {amount} was refunded of {paid}"


def _came_to_nothing(books: Books, order_id: str) -> bool:
    order = books.orders.get(order_id)
    return order is not None and order.status is OrderState.FAILED and order_id not in books.issued


def _of_disputes(books: Books) -> Iterator[str]:
    for dispute in books.disputes.values():
        payment = books.payments.get(dispute.payment_id)
        if payment is None or payment.tender.value not in TENDERS:
            yield f"dispute {dispute.id}: no bank can ask for payment {dispute.payment_id}"
        if not 0 <= dispute.lost <= max(0, dispute.withdrawn):
            yield f"dispute {dispute.id}: {dispute.lost} is lost of {dispute.withdrawn} that was withdrawn"


def _of_cash(books: Books, facts: Iterable[Fact]) -> Iterator[str]:
    for fact_id, postings in books.postings.items():
        if any(posting.account == _NO_DRAWER for posting in postings):
            yield f"fact {fact_id}: it moves cash of no drawer"
    for fact in facts:
        is_cash = fact.kind in _REFUNDS and fact.payload.get("tender") in _CASH
        if is_cash and fact.payload.get("provider_reference") is not None:
            yield f"fact {fact.id}: cash is given back out of a drawer, not by a provider"


@dataclass(frozen=True, slots=True)
class Miscalled:
    """A finished order that is not called by what of its price is given back.

    `is_behind` if an earlier version left it so, and the running hub moves it along by itself.
    """

    order_number: str
    words: str
    is_behind: bool


def miscalled(books: Books, facts: Iterable[Fact]) -> Iterator[Miscalled]:
    """Yields the finished orders that are called otherwise than by their money, whatever was before.

    Versions before moved no order when its refund came back, or when a till gave cash back, and took what was free for
    money that had to go back as well. All others have moved an order in the breath in which they moved its money.
    """
    gone: Counter[str] = Counter()
    free: Counter[str] = Counter()
    lags: set[str] = set()
    for payment in books.payments.values():
        if payment.status is PaymentStatus.CAPTURED and payment.tender.value in _NO_MONEY:
            free[payment.order_id] += payment.amount
    for fact in facts:
        match fact.kind:  # what a field of a name holds is its kind's: an amount is not a number in each
            case FactKind.ORDER_STATE_CHANGED:
                lags.discard(fact.payload["order_id"])
            case FactKind.REFUND_SUCCEEDED:
                gone[fact.payload["order_id"]] += _earned(fact)
                lags.add(fact.payload["order_id"])
            case FactKind.REFUND_FAILED if fact.payload.get("is_reversal"):
                gone[fact.payload["order_id"]] -= _earned(fact)
                lags.add(fact.payload["order_id"])
            case _:
                pass
    for order_id in books.issued:
        order, back = books.orders[order_id], gone[order_id]
        price = order.total_amount - free[order_id]
        if order.status.value != _called(back, price):
            words = f"order {order_id} is {order.status.value}, but {back} of {price} is given back"
            is_behind = order_id in lags or order.status.value == _called(back, order.total_amount)
            yield Miscalled(order.order_number, words, is_behind)


def _earned(refund: Fact) -> int:
    return int(refund.payload["amount"] - refund.payload.get("unearned", 0))


def _called(back: int, price: int) -> str:
    return "completed" if back <= 0 else "refunded" if back >= price else "partially_refunded"
