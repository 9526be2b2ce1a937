"""An order goes to another person, or its name was misspelt: it is for the new name from now on."""

from sqlalchemy import Connection

from boxoffice.core.reading import read_name
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.store import tables as t
from sync.store.contacts import NAME, set_contact


def rename(hub: Hub, order_id: str, name: str) -> None:
    """Writes the name beside the order.

    Raises:
        BadInput: if it is no name.
        NoSuchOrder: if there is no such order.
    """
    read = read_name(name)

    def write(connection: Connection) -> None:
        if not set_contact(connection, {NAME: read}, t.orders.c.id == order_id):
            raise NoSuchOrder

    hub.database.run(write)
