"""What tills call after a sale: to look at an order of anybody's, and to have money given back of it."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from boxoffice.core.wire.after_sale import OrderLook, RefundAsk, RenameAsk, TransferAsk, VoidAsk
from sync.http.access import TheHub, TrustedTill
from sync.orders.renaming import rename
from sync.payments.door_refunds import DoorRefunds
from sync.payments.voiding import DoorVoids
from sync.tills.order_look import look_at
from sync.tills.transferring import Transfers

router: Final = APIRouter(prefix="/api/till/orders", tags=["till"])
OrderId = Annotated[str, Path(max_length=100, pattern="^[^\\x00]*$")]


@router.get("/{order_id}")
def get_order(hub: TheHub, till: TrustedTill, order_id: OrderId) -> OrderLook:
    return look_at(hub, till, order_id)


@router.post("/{order_id}/name")
def rename_order(hub: TheHub, till: TrustedTill, order_id: OrderId, body: RenameAsk) -> OrderLook:
    rename(hub, order_id, body.name)
    return look_at(hub, till, order_id)


@router.post("/{order_id}/transfers")
def transfer_order(hub: TheHub, till: TrustedTill, order_id: OrderId, body: TransferAsk) -> OrderLook:
    Transfers(hub).transfer(till, order_id, body)
    return look_at(hub, till, order_id)


@router.post("/{order_id}/voids")
def ask_void(hub: TheHub, till: TrustedTill, order_id: OrderId, body: VoidAsk) -> OrderLook:
    DoorVoids(hub).void(till, order_id, body)
    return look_at(hub, till, order_id)


@router.post("/{order_id}/refunds")
def ask_refund(hub: TheHub, till: TrustedTill, order_id: OrderId, body: RefundAsk) -> OrderLook:
    DoorRefunds(hub).give_back(till, order_id, body)
    return look_at(hub, till, order_id)
