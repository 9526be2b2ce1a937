"""Who may see a web order: whoever holds its signed link, from the mail or from the browser that bought.

A link is never shown to staff. It can be renewed, which ends the one before, and every browser that came by it.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, func, insert, select

from boxoffice.core.errors import BoxofficeError
from sync.ledger.hub import Hub
from sync.store import tables as t

_PURPOSE: Final = "order"
_r: Final = t.link_renewals.c


class NoSuchOrder(BoxofficeError):
    """There is no such order, or not for this caller: which of them is not told."""

    def __init__(self) -> None:
        super().__init__("There is no such order, or the link to it is not complete.")


def token_for(hub: Hub, connection: Connection, order_id: str) -> str:
    """Returns the word that opens the order until its link is renewed."""
    return _token(hub, order_id, _renewals(connection, [order_id]).get(order_id, 0))


def must_open(hub: Hub, order_id: str, token: str | None) -> None:
    """Does nothing if the word opens the order.

    Raises:
        NoSuchOrder: if not.
    """
    if token is None or not opened_by(hub, [(order_id, token)]):
        raise NoSuchOrder


def opened_by(hub: Hub, keys: Iterable[tuple[str, str]]) -> list[str]:
    """Returns those of the orders whose word opens them, in the order in which they came."""
    given = [(order_id, token) for order_id, token in keys if order_id and "\0" not in order_id]
    if not given:
        return []
    with hub.database.reading() as connection:
        renewals = _renewals(connection, [order_id for order_id, _ in given])
    return [order_id for order_id, token in given if _opens(hub, order_id, token, renewals.get(order_id, 0))]


def renew(connection: Connection, order_id: str, by: str) -> None:
    """Ends the links that an order has, in favour of a new one; `by` is who wanted it."""
    connection.execute(insert(t.link_renewals).values(order_id=order_id, by=by))


def tickets_link(hub: Hub, connection: Connection, order_id: str, order_number: str) -> str:
    """Returns the address of an order's tickets, for a mail."""
    key = token_for(hub, connection, order_id)
    return f"{hub.public_url}/my-tickets?order={order_number}&id={order_id}&key={key}"


def door_link(hub: Hub, connection: Connection, order_id: str) -> str:
    """Returns the address of the tickets of an order from a till, for the phone of whoever has just bought it."""
    return f"{hub.public_url}/door-tickets?id={order_id}&key={token_for(hub, connection, order_id)}"


def nobodys_link(hub: Hub) -> str:
    """Returns an address that stands for the link to an order's tickets and opens none, for those who may not."""
    return f"{hub.public_url}/my-tickets"


def _renewals(connection: Connection, order_ids: list[str]) -> dict[str, int]:
    query = select(_r.order_id, func.count().label("count")).where(_r.order_id.in_(order_ids)).group_by(_r.order_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _opens(hub: Hub, order_id: str, token: str, renewals: int) -> bool:
    return hub.sealer.is_signed(_PURPOSE, _signed(order_id, renewals), token)


def _token(hub: Hub, order_id: str, renewals: int) -> str:
    return hub.sealer.sign(_PURPOSE, _signed(order_id, renewals))


def _signed(order_id: str, renewals: int) -> str:
    return f"{order_id} {renewals}" if renewals else order_id
