"""What a person or a test does to a reader: a table of orders, and the one function that walks it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from boxoffice.sandbox import readers
from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.errors import Document, invalid

Order = Mapping[str, Any]

_AUTO: Final = ("approve", "decline", "off")


def do(account: Account, reader: Document, order: Order) -> None:
    """Does to a reader what a person at it would.

    Raises:
        StripeError: 400, for what can't be done to it now.
    """
    if "auto" in order:
        _let_act_alone(reader, order)
    if "do" in order:
        act = _ORDERS.get(order["do"])
        if act is None:
            raise invalid(f"A reader can only: {', '.join(_ORDERS)}.", "do")
        act(account, reader, order)


def reader_view(reader: Document) -> Document:
    """Returns a reader with how it behaves."""
    return {**sent(reader), "handling": asdict(_handling(reader))}


def _handling(reader: Document) -> readers.Handling:
    found: readers.Handling = reader["_handling"]
    return found


def _let_act_alone(reader: Document, order: Order) -> None:
    if order["auto"] not in _AUTO:
        raise invalid(f"auto must be one of {', '.join(_AUTO)}", "auto")
    handling = _handling(reader)
    handling.auto = order["auto"]
    handling.delay_s = float(order.get("delay_s", handling.delay_s))


def _present(account: Account, reader: Document, order: Order) -> None:
    number, slow_s = str(order.get("card") or readers.DEFAULT_CARD), float(order.get("authorise_s") or 0)
    if slow_s:
        readers.present_slowly(account, reader, number, slow_s)
    else:
        readers.present(account, reader, number, int(order.get("tip") or 0))


def _decline(account: Account, reader: Document, order: Order) -> None:
    reason = str(order.get("decline_code") or "generic_decline")
    readers.present(account, reader, decline=readers.refusing(reason))


def _cancel(account: Account, reader: Document, _order: Order) -> None:
    readers.cancel_by_customer(account, reader)


def _lose_connection(account: Account, reader: Document, order: Order) -> None:
    readers.lose_connection(account, reader, is_paid=bool(order.get("paid", True)))


def _die(account: Account, reader: Document, order: Order) -> None:
    readers.die(account, reader, is_paid=bool(order.get("paid", False)))


def _set_online(account: Account, reader: Document, order: Order) -> None:
    readers.set_online(account, reader, is_online=order["do"] == "online")


def _set_busy(_account: Account, reader: Document, order: Order) -> None:
    _handling(reader).is_busy = order["do"] == "busy"


def _time_out(_account: Account, reader: Document, order: Order) -> None:
    _handling(reader).next_command = "timeout_received" if order.get("received") else "timeout"


_ORDERS: Final[Mapping[str, Callable[[Account, Document, Order], None]]] = {
    "present": _present,
    "decline": _decline,
    "cancel": _cancel,
    "connection_error": _lose_connection,
    "die": _die,
    "offline": _set_online,
    "online": _set_online,
    "busy": _set_busy,
    "free": _set_busy,
    "timeout": _time_out,
}
