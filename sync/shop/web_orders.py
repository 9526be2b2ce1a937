"""A web order as its buyer may see it, and who buys. What is personal lies beside the order, never in a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.errors import BoxofficeError
from sync.orders.access import NoSuchOrder
from sync.store import tables as t
from sync.store.contacts import EMAIL, NAME, PHONE, set_contact
from sync.store.web_orders import WebOrder, find


class OrderOver(BoxofficeError):
    """The order is paid, or its hold has ended."""


class PaymentHeld(OrderOver):
    """The order's payment is on its way: its provider holds it, and it must not be paid again."""


class NotSaid(Enum):
    """What nobody said: it stays as it is, where None takes it away."""

    NOT_SAID = "not said"


NOT_SAID: Final = NotSaid.NOT_SAID


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, as far as it was said. Kept beside the order, never in a fact. An address can't be taken away."""

    email: str | NotSaid = NOT_SAID
    name: str | NotSaid | None = NOT_SAID
    phone: str | NotSaid | None = NOT_SAID

    @property
    def said(self) -> Mapping[str, str | None]:
        """Returns what was said, by the column that keeps it."""
        parts = ((EMAIL, self.email), (NAME, self.name), (PHONE, self.phone))
        return {column: part for column, part in parts if not isinstance(part, NotSaid)}


def look(connection: Connection, order_id: str) -> WebOrder:
    """Returns a web order with its newest payment.

    Raises:
        NoSuchOrder: if there is none.
    """
    found = find(connection, order_id)
    if found is None:
        raise NoSuchOrder
    return found


def describe(connection: Connection, order_id: str, customer: Customer) -> None:
    """Keeps what was said of who buys an order; the rest stays as it is."""
    if customer.said:
        set_contact(connection, customer.said, t.orders.c.id == order_id)
