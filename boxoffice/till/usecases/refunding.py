"""Gives money back of a finished order of this till: cash out of this drawer, at once and with no network."""

from dataclasses import dataclass

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.door_refunds import Plan, Wish, cash_back, plan
from boxoffice.core.errors import OperationFailed
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import HELD
from boxoffice.core.payloads.tickets import TicketsIssued
from boxoffice.core.refunds import Part, parts_of
from boxoffice.core.rights import Right
from boxoffice.till.store.facts import of_order
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.selling import order_at_hand


class NeedsTheHub(OperationFailed):
    """What was paid by card or PayPal goes back through the hub."""


@dataclass(frozen=True, slots=True)
class Refunding:
    """The use case of giving money back at the till."""

    context: TillContext

    def planned(self, order_id: OrderId, wish: Wish) -> Plan:
        """Returns what a wish comes to, before anybody presses anything.

        Raises:
            BadInput: if it comes to nothing, or to more than is left.
            OperationFailed: if the order is not finished, or not of this till.
        """
        with self.context.store.reading() as connection:
            books, parts = self._order(connection, order_id)
        return plan(books, order_id, parts, wish)

    def in_cash(self, order_id: OrderId, wish: Wish, why: str) -> Plan:
        """Gives cash back out of this drawer; its tickets end. All of that is on disk when this returns, or none of it.

        Raises:
            NeedsTheHub: if any of it was paid otherwise.
            BadInput: if it comes to nothing, or to more than is left.
            NotAllowed: if it is not theirs to give back who act.
        """
        self.context.desk.must(Right.REFUND)
        with self.context.store.transaction() as connection:
            books, parts = self._order(connection, order_id)
            planned = plan(books, order_id, parts, wish)
            if planned.needs_hub:
                raise NeedsTheHub(
                    "A card or PayPal paid a part of this.", "Nothing was given back.", "The hub gives that back."
                )
            drawer = self.context.device.name
            facts = cash_back(books, order_id, planned, why, drawer=drawer, new_id=self.context.new_id)
            self.context.write(connection, facts, books)
        return planned

    def _order(self, connection: Connection, order_id: OrderId) -> tuple[Books, tuple[Part, ...]]:
        order = order_at_hand(connection, order_id)
        if order.status not in HELD:
            raise OperationFailed(
                f"Order {order.placed.order_number} is {order.status.value}.", "Nothing was given back.", ""
            )
        issued = next(f for f in of_order(connection, order_id) if f.kind is FactKind.TICKETS_ISSUED)
        return order.books, parts_of(order.placed, TicketsIssued.model_validate(issued.payload).tickets)
