"""What tills call about carts that wait for their customer."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from boxoffice.core.wire.parked import ParkedAnswer, ParkedCart, ParkedRequest
from sync.http.access import TheHub, TrustedTill
from sync.tills.parked import exchange, take_up

router: Final = APIRouter(prefix="/api/till", tags=["till"])
CartId = Annotated[str, Path(max_length=100, pattern="^[^\\x00]*$")]
EventId = Annotated[str, Query(max_length=200, pattern="^[^\\x00]*$")]


@router.post("/parked")
def tell_parked(hub: TheHub, till: TrustedTill, body: ParkedRequest) -> ParkedAnswer:
    return exchange(hub, till, body)


@router.post("/parked/{cart_id}")
def take_parked(hub: TheHub, till: TrustedTill, cart_id: CartId, event_id: EventId) -> ParkedCart:
    return take_up(hub, till, event_id, cart_id)
