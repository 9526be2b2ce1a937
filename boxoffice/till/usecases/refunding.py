"""Gives money back of a finished order: cash of this till's own out of its drawer, all else through the hub."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.door_refunds import Plan, Wish, cash_back, plan, refundable_payments
from boxoffice.core.errors import OperationFailed
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import HELD
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.refunds import Part, can_void, still_there
from boxoffice.core.rights import Right
from boxoffice.core.tenders import TenderKind, tender_of
from boxoffice.core.wire.after_sale import OrderLook, RefundAsk
from boxoffice.till.store.facts import of_order
from boxoffice.till.store.orders import is_own
from boxoffice.till.usecases.asking import REFUND, Asking
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.after_sale import Payback, RefundChoice, RefundStep, RefundWish, Thing
from boxoffice.till.usecases.orders import card_words
from boxoffice.till.usecases.selling import order_at_hand, things_of


class NeedsTheHub(OperationFailed):
    """What is not this till's own cash goes back through the hub."""

    def __init__(self) -> None:
        super().__init__(
            "The hub can't be reached, and cash of another till's order, or beside a card, goes back through it.",
            "Nothing was given back.",
            "Give back what was paid in cash here, or wait for the network.",
        )


@dataclass(frozen=True, slots=True)
class CashRefunds:
    """The use case of giving cash back of this till's own orders, which needs nobody else."""

    context: TillContext

    def planned(self, connection: Connection, order_id: OrderId, wish: Wish) -> Plan:
        """Returns what a wish comes to.

        Raises:
            BadInput: if it comes to nothing, or to more than is left.
            OperationFailed: if the order is not finished.
        """
        books, parts, _ = finished(connection, order_id)
        return plan(books, order_id, parts, wish)

    def give_back(self, order_id: OrderId, wish: Wish, why: str) -> Plan:
        """Gives cash back out of this drawer; its tickets end. All of that is on disk when this returns, or none.

        Raises:
            NeedsTheHub: if any of it was paid otherwise.
            BadInput: if it comes to nothing, or to more than is left.
            NotAllowed: if it is not theirs to give back who act.
        """
        with self.context.store.transaction() as connection:
            books, parts, _ = finished(connection, order_id)
            planned = plan(books, order_id, parts, wish)
            self.context.operator.must(Right.REFUND, Extent(minor=planned.total + given_back(books, order_id)))
            if planned.needs_hub:
                raise NeedsTheHub
            drawer = self.context.device.name
            facts = cash_back(books, order_id, planned, why, drawer=drawer, new_id=self.context.new_id)
            self.context.write(connection, facts)
        return planned


@dataclass(frozen=True, slots=True)
class Refunding:
    """The use case of giving money back at the till."""

    context: TillContext
    asking: Asking

    def choice(self, order_id: OrderId) -> RefundChoice:
        """Returns what can be given back of an order: this till's own from its file, any other as the hub says it.

        Raises:
            Unreachable: if it is another's, and the hub can't be reached.
            OperationFailed: if it is not finished.
        """
        with self.context.store.reading() as connection:
            if is_own(connection, order_id):
                return self._own(connection, order_id)
        return choice_elsewhere(self.asking, order_id)

    def give_back(self, order_id: OrderId, wish: RefundWish) -> RefundStep:
        """Gives back what was shown; returns how far that has come.

        Cash of this till's own order is out of the drawer when this returns. For all else the hub is asked: what it
        does not answer is asked again until it does, unless there is cash in it and no network to begin with.

        Raises:
            NeedsTheHub: if it can't wait for the hub.
            BadInput: if it comes to nothing, or to more than is left.
            HubRefused: if the hub will not give it back.
            NotAllowed: if it is not theirs to give back who act.
        """
        operator = self.context.operator
        operator.must(Right.REFUND, Extent(minor=wish.total + wish.before))
        if self._is_cash_of_ours(order_id, wish):
            CashRefunds(self.context).give_back(order_id, Wish(wish.things, wish.amount), wish.why)
            return RefundStep.GIVEN
        if wish.cash and not self.asking.sync.link.is_online:
            raise NeedsTheHub
        refund_id = self.context.new_id()
        ask = RefundAsk(
            refund_id=refund_id,
            parts=wish.things,
            amount=wish.amount,
            total=wish.total,
            why=wish.why,
            staff_id=operator.acting.staff_id,
            approved_by=operator.acting.approver_id,
        )
        look = self.asking.ask(order_id, REFUND, refund_id, ask)
        return RefundStep.QUEUED if look is None else RefundStep.ASKED

    def _is_cash_of_ours(self, order_id: OrderId, wish: RefundWish) -> bool:
        with self.context.store.reading() as connection:
            if not is_own(connection, order_id):
                return False
            wanted = Wish(wish.things, wish.amount)
            return not CashRefunds(self.context).planned(connection, order_id, wanted).needs_hub

    def _own(self, connection: Connection, order_id: OrderId) -> RefundChoice:
        books, parts, facts = finished(connection, order_id)
        placed, there = books.placed[order_id], {part.key for part in still_there(books, order_id, parts)}
        currency, words = Currency(placed.currency), _cards(facts)
        return RefundChoice(
            order_id=order_id,
            number=placed.order_number,
            things=tuple(
                Thing(
                    each.key,
                    *_named(placed, each.key[0]),
                    Money(each.worth, currency),
                    each.key in there,
                    each.ticket_id,
                )
                for each in parts
            ),
            ways=tuple(
                Payback(
                    TenderId(share.payment.id),
                    share.payment.tender,
                    Money(share.amount, currency),
                    words.get(share.payment.id, ""),
                )
                for share in refundable_payments(books, order_id)
            ),
            is_own=True,
            given_back=given_back(books, order_id),
            can_void=can_void(books, order_id),
        )


def given_back(books: Books, order_id: OrderId) -> int:
    """Returns what has gone back of an order, in minor units."""
    return sum(books.refunded(each.id) for each in books.payments.values() if each.order_id == order_id)


def choice_elsewhere(asking: Asking, order_id: OrderId) -> RefundChoice:
    """Returns what can be given back of an order that others have sold, as the hub says it.

    Raises:
        Unreachable: if the hub can't be reached.
        OperationFailed: if the order is not finished.
    """
    return _choice_of(asking.sync.link.call(lambda hub: hub.look_at_order(order_id)))


def finished(connection: Connection, order_id: OrderId) -> tuple[Books, tuple[Part, ...], Sequence[Fact]]:
    """Returns the books of a finished order of this till, everything in it, and the facts about it.

    Raises:
        OperationFailed: if it is not finished, or nothing of it is left.
    """
    order = order_at_hand(connection, order_id)
    if order.status not in HELD:
        raise OperationFailed(
            f"Order {order.placed.order_number} is {order.status.value}.", "Nothing was given back.", ""
        )
    return order.books, things_of(connection, order_id)[1], of_order(connection, order_id)


def _named(placed: OrderPlaced, line: int) -> tuple[str, str]:
    part: LinePart = placed.lines[line]
    return part.name, part.details


def _cards(facts: Sequence[Fact]) -> dict[str, str]:
    """Returns the words of the cards that paid, by tender."""
    paid = [PaymentCaptured.model_validate(f.payload) for f in facts if f.kind is FactKind.PAYMENT_CAPTURED]
    return {each.tender_id: card_words(each.card) for each in paid if each.card is not None}


def _choice_of(look: OrderLook) -> RefundChoice:
    currency = Currency(look.currency)
    if look.status not in HELD:
        raise OperationFailed(f"Order {look.number} is {look.status.value}.", "Nothing was given back.", "")
    ways = [
        Payback(
            TenderId(each.id),
            TenderKind(each.tender),
            Money(each.left, currency),
            f"ending {each.last4}" if each.last4 else "",
        )
        for each in look.payments
        if each.left
    ]
    return RefundChoice(
        order_id=OrderId(look.id),
        number=look.number,
        things=tuple(
            Thing(each.key, each.name, each.detail, Money(each.worth, currency), each.is_there, each.ticket_id)
            for each in look.things
        ),
        ways=tuple(sorted(ways, key=lambda way: not way.is_cash)),
        is_own=False,
        given_back=sum(each.amount for each in look.refunds if each.status is not RefundStatus.FAILED),
        can_void=any(
            each.status is PaymentStatus.CAPTURED and not tender_of(each.tender).is_money for each in look.payments
        )
        and any(each.ticket_id is not None and each.is_there for each in look.things),
    )
