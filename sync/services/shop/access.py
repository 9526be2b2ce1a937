"""Who may see a web order: whoever holds its signed link, from the mail or from the browser that bought."""

from boxoffice.core.errors import BoxofficeError
from sync.services.hub import Hub

_PURPOSE = "order"


class NoSuchOrder(BoxofficeError):
    """There is no such order, or not for this caller: which of them is not told."""

    def __init__(self) -> None:
        super().__init__("There is no such order, or the link to it is not complete.")


def token_for(hub: Hub, order_id: str) -> str:
    """Returns the word that opens the order."""
    return hub.sealer.sign(_PURPOSE, order_id)


def must_open(hub: Hub, order_id: str, token: str | None) -> None:
    """Does nothing if the word opens the order.

    Raises:
        NoSuchOrder: if not.
    """
    if token is None or not hub.sealer.is_signed(_PURPOSE, order_id, token):
        raise NoSuchOrder


def tickets_link(hub: Hub, order_id: str, order_number: str) -> str:
    """Returns the address of an order's tickets, for a mail."""
    return f"{hub.public_url}/my-tickets?order={order_number}&id={order_id}&key={token_for(hub, order_id)}"
