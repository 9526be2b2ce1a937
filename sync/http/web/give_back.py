"""Where a buyer asks for money back by a mail's link: of an event that has moved, or a donation that was to stay."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from boxoffice.core.money import Currency, Money
from sync.cancelling.moves import Ask, Moves
from sync.http.access import TheHub
from sync.http.web.forms import must_be_ours
from sync.http.web.languages import language_of
from sync.http.web.shop_pages import event_heading, render
from sync.ledger.hub import Hub
from sync.orders.order_details import order_head
from sync.store.cancelling import Kind

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Query(max_length=120)]
Given = Annotated[str, Form(max_length=120)]


@router.get("/give-back")
def ask_page(
    request: Request,
    hub: TheHub,
    of: Text = "",
    order_id: Annotated[str, Query(alias="id", max_length=120)] = "",
    key: Text = "",
) -> Response:
    """Shows what would go back; nothing is changed."""
    return _page(request, hub, Moves(hub).may_ask(of, order_id, key), key)


@router.post("/give-back")
def ask(
    request: Request,
    hub: TheHub,
    csrf: Annotated[str, Form()],
    of: Given,
    order_id: Annotated[str, Form(alias="id", max_length=120)],
    key: Given,
) -> Response:
    """Has it given back; pressed twice, it is once."""
    must_be_ours(request, csrf)
    return _page(request, hub, Moves(hub).ask(of, order_id, key), key)


def _page(request: Request, hub: Hub, found: Ask, key: str) -> Response:
    row, due, speaks = found.row, found.due, language_of(request)
    with hub.database.reading() as connection:
        head = order_head(connection, found.order_id)
    total = 0 if due is None else due.total
    answer = render(
        request,
        hub,
        "give-back",
        heading=event_heading(request, hub, row.event_id),
        number="" if head is None else head.number,
        event=row.event,
        is_asked=found.is_asked,
        is_over=due is None,
        is_move=row.kind is Kind.MOVE,
        amount=str(Money(total, Currency(row.currency))) if total else "",
        cash=due is not None and any(share.is_cash for share in due.shares),
        until="" if row.refund_until is None else speaks.days([row.refund_until]),
        of=row.id,
        id=found.order_id,
        key=key,
        asked={"of": row.id, "id": found.order_id, "key": key},
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
