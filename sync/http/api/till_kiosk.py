"""What kiosks call, and tills about them: help, and where a customer's phone finds their tickets."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Response

from boxoffice.core.wire.help import HelpAnswer, HelpRequest, TicketsLink
from sync.http.access import TheHub, TrustedTill
from sync.orders.access import door_link
from sync.store.till_orders import is_of_till
from sync.tills.help_calls import NobodyCalls, answer_call, call_for_help

router: Final = APIRouter(prefix="/api/till", tags=["till"])
AnId = Annotated[str, Path(max_length=100, pattern="^[^\\x00]*$")]


@router.post("/help")
def post_help(hub: TheHub, till: TrustedTill, body: HelpRequest) -> HelpAnswer:
    return call_for_help(hub, till, body)


@router.post("/help/{call_id}/answer")
def post_help_answer(hub: TheHub, till: TrustedTill, call_id: AnId) -> HelpAnswer:
    try:
        return answer_call(hub, till, call_id)
    except NobodyCalls as error:
        raise HTTPException(404, error.what_happened) from None


@router.get("/orders/{order_id}/tickets")
def get_tickets_link(hub: TheHub, till: TrustedTill, order_id: AnId, response: Response) -> TicketsLink:
    """For orders of the till that asks alone: a link is never shown to whoever looks an order up."""
    response.headers["Cache-Control"] = "no-store"
    with hub.database.transaction() as connection:
        if not is_of_till(connection, order_id, till.id):
            raise HTTPException(404, "There is no such order of this till.")
        return TicketsLink(url=door_link(hub, connection, order_id))
