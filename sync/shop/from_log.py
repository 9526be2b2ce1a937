"""Brings back what a restored database lacks of orders, fact by fact, from the log beside it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.books import Books
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, text_in
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TenderKind
from sync.ledger.fact_log import Line, lines_beyond, pages_in
from sync.ledger.hub import Hub
from sync.ledger.own_facts import apply_own, is_here, is_said_anew, proved
from sync.store import checkouts
from sync.store import tables as t
from sync.store.chain import utc_now
from sync.store.checkouts import CheckoutStatus, NewCheckout
from sync.store.contacts import set_contact
from sync.store.erasing import forget
from sync.store.ledger import load_books, lock_orders

_PAGES: Final[Mapping[TenderKind, str]] = {TenderKind.CHECKOUT: "stripe", TenderKind.PAYPAL: "paypal"}
_SAID_ELSEWHERE: Final = frozenset(
    {
        FactKind.ORDER_PLACED,
        FactKind.PAYMENT_STARTED,
        FactKind.PAYMENT_CAPTURED,
        FactKind.ORDER_STATE_CHANGED,
        FactKind.TICKETS_ISSUED,
    }
)
"""What the hub may have said anew by itself, of an order that it knew, before it looked into the log."""
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtext('facts from the log'))")
_f: Final = t.facts.c
_d: Final = t.devices.c


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """The numbers of orders that are here again or further than they were, and what a person must see to."""

    numbers: Sequence[str] = ()
    problems: Sequence[str] = ()


def bring_back(hub: Hub, *, is_last: bool = False) -> BroughtBack:
    """Takes what the log has and the database lacks of orders, each fact once. Does nothing without a log.

    The orders of tills are told by those, and what the hub has written of them comes when all are heard: then it
    `is_last`, and what does not fit is a problem.
    """
    if hub.settings.hub_facts_dir is None:
        return BroughtBack()
    folder = Path(hub.settings.hub_facts_dir)
    try:
        lost = _lost(hub, folder)
    except OSError as error:
        return BroughtBack((), [f"The log of facts can't be read: {error}."])
    # First, or the log would bring back who was erased since the backup: nobody is told of them any more.
    hub.database.run(partial(forget, orders=_erased(lost)))
    orders = _of_orders(lost)
    left = {order_id: facts for order_id, facts in orders.items() if facts}
    numbers: dict[str, None] = {}
    problems: dict[str, str] = {}
    is_moving = True
    while left and is_moving:  # what rests on another order comes once that is here
        before = sum(map(len, left.values()))
        for order_id in list(left):
            taken = hub.database.run(partial(_take, hub, order_id, left[order_id], is_last))
            left[order_id] = list(taken.left)
            problems[order_id] = taken.problem
            numbers |= {taken.number: None} if taken.is_new else {}
        left = {order_id: facts for order_id, facts in left.items() if facts}
        is_moving = sum(map(len, left.values())) < before
    _put_pages_back(hub, folder)
    return BroughtBack(list(numbers), [problems[each] for each in left if problems[each] and is_last])


def _lost(hub: Hub, folder: Path) -> list[Line]:
    """Returns the lines that the database lacks, in the order in which they were written."""
    with hub.database.reading() as connection:
        ends = select(_f.device_id, func.max(_f.seq).label("seq")).where(_f.is_told_again.is_(False))
        rows = connection.execute(ends.group_by(_f.device_id))
        heads = {row.device_id: row.seq for row in rows}
    lost = {line.fact.id: line for line in lines_beyond(folder, heads)}
    with hub.database.reading() as connection:
        here = set(connection.scalars(select(_f.id).where(_f.id == func.any(list(lost)))))
    return sorted((line for line in lost.values() if line.fact.id not in here), key=lambda line: line.position)


def _of_orders(lines: Iterable[Line]) -> dict[str, list[Line]]:
    orders: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        order_id = line.fact.payload.get("order_id")
        if isinstance(order_id, str):
            orders[order_id].append(line)
    return orders


def _erased(lines: Iterable[Line]) -> list[str]:
    """Returns the orders of which the lost facts say that nobody may know who they are for."""
    told = (line.fact for line in lines if line.fact.kind is FactKind.CONTACTS_ERASED)
    return [str(order_id) for fact in told for order_id in fact.payload.get("order_ids", ())]


@dataclass(frozen=True, slots=True)
class _Taken:
    left: Sequence[Line]
    number: str = ""
    is_new: bool = False
    problem: str = ""


def _take(hub: Hub, order_id: str, lines: Sequence[Line], is_last: bool, connection: Connection) -> _Taken:
    """Takes the facts of one order that fit; those that don't are left."""
    connection.execute(_ONE_AT_A_TIME)
    lock_orders(connection, [order_id])
    if not is_last and not _is_the_webs(connection, order_id, lines):
        return _Taken(())
    left: list[Line] = []
    count, why = 0, ""
    for line in lines:
        fact = proved(hub, connection, line.fact)
        if fact is None:
            left, why = [*left, line], "a record in the log is not this hub's"
        elif not is_here(connection, fact) and not is_said_anew(connection, fact):
            if fact.kind is FactKind.TICKETS_ISSUED:  # they are mailed to whom they are for
                set_contact(connection, line.contact(hub.sealer), t.orders.c.id == order_id, is_only_added=True)
            reason = _why_not_applied(connection, fact)
            left += [] if reason is None else [line]
            why, count = reason or why, count + (reason is None)
    books = load_books(connection, [order_id])
    if order_id not in books.orders:
        number = next((text_in(line.fact.payload, "order_number") or "" for line in lines), "")
        return _Taken(left, number, problem=f"Order {number or order_id}: {why}.")
    for line in lines:
        set_contact(connection, line.contact(hub.sealer), t.orders.c.id == order_id, is_only_added=True)
    _watch_over(hub, connection, books, order_id)
    order = books.orders[order_id]
    if order.status not in (OrderState.PENDING, OrderState.PROCESSING):
        left = [line for line in left if line.fact.kind not in _SAID_ELSEWHERE]
    return _Taken(left, order.order_number, count > 0, f"Order {order.order_number}: {why}.")


def _why_not_applied(connection: Connection, fact: Fact) -> str | None:
    """Carries a fact out; if it does not fit, returns why, and nothing has changed."""
    savepoint = connection.begin_nested()
    try:
        does_fit = bool(apply_own(connection, fact).applied)
    except NotEnoughLeft:
        savepoint.rollback()
        return "its places were sold to others meanwhile"
    if not does_fit:  # it contradicts what is in the books, or rests on what is not there yet
        savepoint.rollback()
        return f"{fact.kind.value} of {fact.occurred_at:%Y-%m-%d %H:%M} UTC does not fit what is here"
    savepoint.commit()
    return None


def _is_the_webs(connection: Connection, order_id: str, lines: Sequence[Line]) -> bool:
    """Returns whether a process of the hub placed the order."""
    if any(line.fact.kind is FactKind.ORDER_PLACED for line in lines):
        return True
    placed_by = select(_d.kind).join(t.orders, t.orders.c.placed_by == _d.id).where(t.orders.c.id == order_id)
    return connection.scalar(placed_by) == "hub"


def _watch_over(hub: Hub, connection: Connection, books: Books, order_id: str) -> None:
    """Lets an order that is not at its end come to one: its hold and its payments end by themselves."""
    order, ends_at = books.orders[order_id], utc_now() + hub.settings.checkout_lasts
    ends = {"order_id": order_id, "attempt": order_id, "buyer": "made again", "expires_at": ends_at}
    connection.execute(insert(t.holds).values(**ends).on_conflict_do_nothing())
    for payment in books.payments.values():
        where, known = _PAGES.get(payment.tender), checkouts.of_tender(connection, payment.id)
        if where is not None and payment.is_live and known is None:
            new = NewCheckout(payment.id, hub.chain.device_id, payment.amount, where)
            checkouts.add(connection, order, new, ends_at)
        elif known is not None and known.is_live and not payment.is_live:
            is_paid = payment.status is PaymentStatus.CAPTURED
            checkouts.set_status(connection, payment.id, CheckoutStatus.PAID if is_paid else CheckoutStatus.FAILED)


def _put_pages_back(hub: Hub, folder: Path) -> None:
    """Lets payments that have lost their pages find them: there they are ended, or seen to be paid."""
    with hub.database.transaction() as connection:
        lost = checkouts.without_page(connection)
        for page in pages_in(folder, hub.sealer) if lost else ():
            if page.tender_id in lost:
                checkouts.put_back(
                    connection, page.tender_id, page.provider, page.session_id, page.session_url, page.code
                )
