"""What a cancellation gives back: all that ends and was paid, never more, and nothing that is back already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boxoffice.core.books import Books
from boxoffice.core.cancelling import Due, Scope, due_of, keys_of
from boxoffice.core.facts import read_payload
from boxoffice.core.giving_back import left_of
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested
from boxoffice.core.payloads.tickets import TicketsIssued, TicketVoided
from boxoffice.core.refunds import Part, parts_of
from boxoffice.core.tenders import Back, tender_of
from tests.examples import examples
from tests.unit.core.builders import DAYS, carts, catalogue, chain
from tests.unit.core.sold import Sold, sold
from tests.unit.core.test_ledger_and_books import sale
from tests.unit.core.test_promos import PROMOS
from tests.unit.core.test_refunds import placed_order

FEST: Final = catalogue()
ALL: Final = Scope(donations=True)
SCOPES: Final = (
    st.builds(Scope, goods=st.booleans(), donations=st.booleans())
    | st.sampled_from(FEST.products).map(lambda product: Scope(products=frozenset({product.id})))
    | st.sampled_from(DAYS).map(lambda day: Scope(day=day.isoformat()))
)
PAID_WITH: Final = [kind for kind in ("checkout", "paypal", "terminal") if tender_of(kind).back is Back.PROVIDER]


@dataclass
class Order:
    """One order, paid in one part or two, and all that was written of it."""

    payloads: list[Payload]
    order_id: str
    total: int
    everything: Sequence[Part]
    refunds: int = 0
    days_back: tuple[str, ...] = ()

    @property
    def books(self) -> Books:
        return Books.of(chain(self.payloads))

    @property
    def back(self) -> int:
        """What of it is back, or on its way."""
        books = self.books
        return sum(books.refunded(each) for each in books.payments)

    def due(self, scope: Scope, *, keeps_goods: bool = False) -> Due:
        return due_of(
            self.books,
            self.order_id,
            self.everything,
            scope,
            FEST,
            keeps_goods=keeps_goods,
            days_back=self.days_back,
        )

    def worth(self, *kinds: str) -> int:
        return sum(line.total for line in self.books.placed[self.order_id].lines if line.kind in kinds)

    def cancel(self, scope: Scope) -> Due:
        """Writes what the hub writes of it: the things go with the first refund, and their tickets end."""
        due = self.due(scope)
        parts = keys_of(due.parts)
        for share in due.shares:
            self.ask(share.payment.id, share.payment.tender.value, share.amount, parts)
            parts = ()
        self.payloads += [TicketVoided(ticket_id=each, order_id=self.order_id, why="cancelled") for each in due.ended]
        self.days_back += (scope.day,) if scope.day else ()
        return due

    def ask(self, payment: str, tender: str, amount: int, parts: Iterable[tuple[int, int]]) -> None:
        self.refunds += 1
        self.payloads.append(
            RefundRequested(
                order_id=self.order_id,
                tender_id=payment,
                tender=tender,
                amount=amount,
                currency="USD",
                refund_id=f"r{self.refunds}",
                why="cancelled",
                parts=tuple(parts),
            )
        )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    placed = placed_order(draw(carts()), draw(st.none() | PROMOS))
    payloads: list[Payload] = []
    for each in sale(placed):
        if isinstance(each, PaymentCaptured):
            first = draw(st.integers(0, each.amount))
            split = [amount for amount in (first, each.amount - first) if amount]
            payloads += [
                each.model_copy(
                    update={
                        "tender_id": f"t{i}",
                        "tender": draw(st.sampled_from(PAID_WITH)),
                        "amount": amount,
                        "drawer": None,
                        "tendered": None,
                        "change": None,
                    }
                )
                for i, amount in enumerate(split)
            ]
        else:
            payloads.append(each)
    issued = next(each for each in payloads if isinstance(each, TicketsIssued))
    return Order(payloads, placed.order_id, placed.total, parts_of(placed, issued.tickets))


@given(sold(), SCOPES, st.booleans())
@settings(max_examples=examples(40))
def test_no_payment_gives_back_more_than_is_left_of_it(order: Sold, scope: Scope, keeps_goods: bool) -> None:
    issued = next((each for fact in order.facts if isinstance(each := read_payload(fact), TicketsIssued)), None)
    assume(issued is not None)
    assert issued is not None
    books, order_id = Books(are_of_one_order=True), order.placed.order_id
    for fact in order.facts:
        books.take(fact)

    due = due_of(books, order_id, parts_of(order.placed, issued.tickets), scope, FEST, keeps_goods=keeps_goods)

    assert due.total == due.tickets + due.goods + due.donations
    assert due.total + order.refunded <= order.paid
    assert len({share.payment.id for share in due.shares}) == len(due.shares)
    assert all(0 < share.amount <= left_of(books, share.payment) for share in due.shares)


@given(orders(), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=examples(40))
def test_of_a_cancelled_event_price_and_what_is_on_top_and_what_is_chosen_add_up(
    order: Order, goods: bool, donations: bool, keeps_goods: bool
) -> None:
    due = order.due(Scope(goods=goods, donations=donations), keeps_goods=keeps_goods)

    assert due.tickets == order.worth("ticket")
    assert due.goods == (order.worth("merchandise") if goods and not keeps_goods else 0)
    assert (due.donations, due.kept) == ((order.worth("donation"), 0) if donations else (0, order.worth("donation")))


@given(orders(), SCOPES)
@settings(max_examples=examples(40))
def test_planned_twice_it_is_the_same_and_done_once_nothing_is_left_of_it(order: Order, scope: Scope) -> None:
    due = order.due(scope)

    assert order.cancel(scope) == due
    after = order.due(scope)
    assert after.parts == ()
    assert after.total == 0


@given(orders(), st.lists(SCOPES, max_size=3))
@settings(max_examples=examples(40))
def test_whatever_is_cancelled_one_after_the_other_in_the_end_all_is_back_and_no_more(
    order: Order, scopes: list[Scope]
) -> None:
    for scope in [*scopes, ALL]:
        order.cancel(scope)

    assert order.back == order.total


@given(orders(), st.lists(st.sampled_from(DAYS), max_size=3))
@settings(max_examples=examples(40))
def test_what_days_gave_back_is_not_given_back_again_out_of_what_stays(order: Order, days: list[date]) -> None:
    for day in days:
        order.cancel(Scope(day=day.isoformat()))
    order.cancel(Scope(goods=False))

    assert order.back == order.worth("ticket")


@given(orders())
@settings(max_examples=examples(20))
def test_a_refund_that_failed_is_due_again(order: Order) -> None:
    due = order.cancel(ALL)
    asked = [each for each in order.payloads if isinstance(each, RefundRequested)]
    for each in asked:
        about = each.model_dump(include={"order_id", "tender_id", "tender", "amount", "currency", "refund_id"})
        order.payloads.append(RefundFailed(**about, code="declined", message="declined"))

    assert order.due(ALL).shares == due.shares
