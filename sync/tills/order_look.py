"""How an order stands, for a till that looks at it: its own, or any other of an event."""

from collections.abc import Iterator

from sqlalchemy import Connection

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.giving_back import left_of
from boxoffice.core.orders import Channel
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.refunds import still_there
from boxoffice.core.tenders import tender_of
from boxoffice.core.wire.after_sale import OrderLook, PaymentLook, RefundLook, ThingLook
from boxoffice.core.wire.message import FactMessage
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.orders.order_details import facts_about, last_digits
from sync.payments.giving_back import parts_in
from sync.store.ledger import load_books
from sync.store.tills import Device


def look_at(hub: Hub, device: Device, order_id: str) -> OrderLook:
    """Returns how an order stands now.

    Raises:
        NoSuchOrder: if there is no such order.
    """
    with hub.database.transaction() as connection:
        return look_in(connection, device, order_id)


def look_in(connection: Connection, device: Device, order_id: str) -> OrderLook:
    """Does the same within a transaction of the caller's."""
    books = load_books(connection, [order_id])
    order = books.orders.get(order_id)
    if order is None:
        raise NoSuchOrder
    lines, cards = books.placed[order_id].lines, last_digits(connection, [order_id])
    everything = parts_in(connection, books, order_id)
    there = {part.key for part in still_there(books, order_id, everything)}
    about = facts_about(connection, order_id)
    failed = {f.payload["refund_id"]: f.payload["message"] for f in about if f.kind is FactKind.REFUND_FAILED}
    return OrderLook(
        id=order.id,
        number=order.order_number,
        channel=Channel.WEB if order.channel is Channel.WEB else Channel.DOOR,  # as tills of before know it
        status=order.status,
        currency=order.currency,
        things=tuple(
            ThingLook(
                key=part.key,
                product_id=part.product_id,
                name=lines[part.key[0]].name,
                detail=lines[part.key[0]].details,
                worth=part.worth,
                ticket_id=part.ticket_id,
                is_there=part.key in there,
            )
            for part in everything
        ),
        payments=tuple(
            PaymentLook(
                id=each.id,
                tender=each.tender.value,
                amount=each.amount,
                left=max(0, left_of(books, each)) if _can_go_back(each.status, each.tender.value) else 0,
                status=each.status,
                last4=cards.get(each.id, ""),
            )
            for each in sorted(books.payments.values(), key=lambda each: each.id)
        ),
        refunds=tuple(
            RefundLook(
                id=each.id,
                payment_id=each.payment_id,
                amount=each.amount,
                status=each.status,
                why_failed=failed.get(each.id, "") if each.status is RefundStatus.FAILED else "",
            )
            for each in sorted(books.refunds.values(), key=lambda each: each.id)
        ),
        facts=tuple(map(FactMessage.of, _for(device, order.placed_by, about))),
    )


def _can_go_back(status: PaymentStatus, tender: str) -> bool:
    return status is PaymentStatus.CAPTURED and tender_of(tender).is_money


def _for(device: Device, placed_by: str, facts: list[Fact]) -> Iterator[Fact]:
    """Yields what a till takes of the facts about an order: all of others', if it is its own; else what it paid out."""
    paid_out = {f.payload["refund_id"] for f in facts if f.payload.get("drawer") == device.name and _is_end(f)}
    for fact in facts:
        if fact.device_id != device.id and (
            placed_by == device.id or (fact.payload.get("refund_id") in paid_out and fact.device_id != placed_by)
        ):
            yield fact


def _is_end(fact: Fact) -> bool:
    return fact.kind is FactKind.REFUND_SUCCEEDED
