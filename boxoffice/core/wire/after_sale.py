"""What tills ask of the hub after a sale: to look at any order of their event, and to give money back of it."""

from typing import Annotated

from pydantic import Field, StringConstraints

from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.wire.message import FactMessage, Message

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Why = Annotated[str, StringConstraints(max_length=200)]


class ThingLook(Message):
    """One thing of an order, what was paid for it in minor units, and whether it can go back."""

    key: PartKey
    product_id: str
    name: str
    detail: str = ""
    worth: int
    ticket_id: str | None = None
    is_there: bool = True


class PaymentLook(Message):
    """One payment, and how much of it can go back."""

    id: str
    tender: str
    amount: int
    left: int
    status: PaymentStatus
    last4: str = ""


class RefundLook(Message):
    """One refund of an order, as far as it has come. `why_failed` is for the person at the door."""

    id: str
    payment_id: str
    amount: int
    status: RefundStatus
    why_failed: str = ""


class OrderLook(Message):
    """`GET /api/till/orders/{order_id}`, and the answer to whatever is asked about an order: how it stands now.

    `facts` are what the hub has written of it, for the till whose order it is, and what left the asking till's drawer.
    """

    id: str
    number: str
    channel: Channel
    status: OrderState
    currency: str
    things: tuple[ThingLook, ...] = ()
    payments: tuple[PaymentLook, ...] = ()
    refunds: tuple[RefundLook, ...] = ()
    facts: tuple[FactMessage, ...] = ()


class RenameAsk(Message):
    """`POST /api/till/orders/{order_id}/name`: the name that the order is for from now on."""

    name: Annotated[str, StringConstraints(max_length=1_000)]


class VoidAsk(Message):
    """`POST /api/till/orders/{order_id}/voids`: ends tickets that no money paid for; again: they have ended.

    `staff_id` asks, and `approved_by` has allowed it.
    """

    tickets: Annotated[tuple[Id, ...], Field(min_length=1, max_length=1_000)]
    why: Why = ""
    staff_id: Id | None = None
    approved_by: Id | None = None


class TransferAsk(Message):
    """`POST /api/till/orders/{order_id}/transfers`: the order is for somebody else, whose tickets have new codes.

    They are mailed to `email`; with the same id it is one transfer, however often it is asked for.
    """

    transfer_id: Id
    name: Annotated[str, StringConstraints(max_length=1_000)]
    email: Annotated[str, StringConstraints(max_length=1_000)]
    staff_id: Id | None = None
    approved_by: Id | None = None


class RefundAsk(Message):
    """`POST /api/till/orders/{order_id}/refunds`: gives these things back, or an amount; again with the same id: once.

    Cash of it leaves the drawer of the till that asks. `total` is what the till has shown: if it comes to anything else
    by now, nothing is done. `staff_id` asks, and `approved_by` has allowed it.
    """

    refund_id: Id
    parts: Annotated[tuple[PartKey, ...], Field(max_length=1_000)] = ()
    amount: Annotated[int, Field(gt=0, lt=2**53)] | None = None
    total: Annotated[int, Field(gt=0, lt=2**53)]
    why: Why = ""
    staff_id: Id | None = None
    approved_by: Id | None = None
