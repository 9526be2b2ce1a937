"""What a till may decide of the inbox by one press, until staff sign in there: what takes nothing from anybody."""

from collections.abc import Mapping
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.giving_back import left_of
from boxoffice.core.over_capacity import SEATED
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import BACK_AT_TILL, tender_of
from sync.ledger.hub import Hub
from sync.operations.exceptions import Inbox, NotDone
from sync.operations.seat_elsewhere import product_in, seat_elsewhere
from sync.payments.refunds import Refunds
from sync.store.ledger import load_books
from sync.store.tills import Device
from sync.tills.left_unfinished import END_ORDER
from sync.tills.problems import problems_of

MAY: Final[Mapping[str, frozenset[str]]] = {
    "sold_without_lease": frozenset({"seen"}),
    "lease_does_not_fit": frozenset({"seen"}),
    "payment_held": frozenset({"seen"}),
    "refund_waits": frozenset({"seen"}),
    "given_back_twice": frozenset({"seen"}),
    "collected_twice": frozenset({"seen"}),
    "double_entry": frozenset({"seen"}),
    "admitted_though_void": frozenset({"seen"}),
    "left_part_paid": frozenset({END_ORDER}),
    "over_capacity": frozenset({SEATED}),
}
"""By kind. What speaks against a till itself, or moves money that is not in a hand at the door, is an organizer's."""


def may_decide(kind: str, remedy: str, books: Books, order_id: str | None) -> bool:
    """Returns whether a till may: an order is ended at one only where all that goes back is cash, which it gives."""
    if remedy.partition(":")[0] not in MAY.get(kind, ()):
        return False
    if remedy != END_ORDER:
        return True
    mine = [each for each in books.payments.values() if each.order_id == order_id]
    paid = [each for each in mine if each.status is PaymentStatus.CAPTURED and left_of(books, each) > 0]
    return all(tender_of(each.tender).back in BACK_AT_TILL for each in paid)


def decide_at_till(hub: Hub, refunds: Refunds, device: Device, exception_id: str, remedy: str) -> str:
    """Does a remedy for a till, which signs it with its name; one that another has decided stays as it was.

    Returns the number of an order that it has made; empty for none.

    Raises:
        NotDone: if the till may not, or it can't be done; the problem stays open.
    """
    with hub.database.reading() as connection:
        rows = [each for each in problems_of(hub, connection, device) if each.raised.id == exception_id]
        orders = [each.raised.order_id for each in rows if each.raised.order_id is not None and each.order_number]
        books = load_books(connection, orders)
    if not rows:
        return ""
    raised = rows[0].raised
    if not may_decide(raised.kind, remedy, books, raised.order_id):
        raise NotDone("An organizer decides this on the hub's page.")
    product_id = product_in(remedy)
    if product_id is None:
        Inbox(hub, refunds).resolve(exception_id, remedy, device.name)
        return ""
    made = seat_elsewhere(hub, exception_id, product_id, device.name)
    return "" if made is None else made.number
