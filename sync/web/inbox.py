"""The inbox of exceptions for organizers: what happened, who is affected, and what each remedy will do."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from sync.api.access import TheHub
from sync.services.exceptions import REMEDIES, Inbox, NotDone, remedies_of
from sync.services.hub import Hub
from sync.services.organizers import Organizer
from sync.services.problems import meaning_of
from sync.store import tables as t
from sync.web.pages import render
from sync.web.signed_in import Finance, Viewer, must_be_ours

router: Final = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=100)]


@router.get("/exceptions")
def inbox_page(hub: TheHub, organizer: Viewer, done: bool = False) -> Response:
    return _page(hub, organizer, is_done=done)


@router.post("/exceptions/{exception_id}")
def resolve(request: Request, hub: TheHub, organizer: Finance, exception_id: str, csrf: Text, remedy: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        Inbox(hub, request.app.state.refunds).resolve(exception_id, remedy, str(organizer.id))
    except NotDone as error:
        return _page(hub, organizer, error=str(error), status=409)
    return RedirectResponse("/exceptions", 303)


def _page(hub: Hub, organizer: Organizer, *, is_done: bool = False, error: str = "", status: int = 200) -> Response:
    x, o = t.exceptions.c, t.orders.c
    query = (
        select(t.exceptions, o.order_number, o.customer_name, o.customer_email)
        .outerjoin(t.orders, o.id == x.order_id)
        .where(x.status == ("resolved" if is_done else "open"))
        .order_by(x.raised_at.desc())
        .limit(100)
    )
    with hub.database.transaction() as connection:
        found = connection.execute(query).all()
    return render(
        "exceptions.html",
        status,
        organizer=organizer,
        here="exceptions",
        problems=[_problem(row) for row in found],
        is_done=is_done,
        error=error,
    )


def _problem(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": meaning_of(row.kind).title,
        "detail": row.detail,
        "order_id": row.order_id if row.order_number else None,
        "number": row.order_number,
        "who": ", ".join(each for each in (row.customer_name, row.customer_email) if each),
        "at": f"{row.raised_at:%Y-%m-%d %H:%M}",
        "remedies": [(name, REMEDIES[name]) for name in remedies_of(row.remedies)],
        "ended": REMEDIES[row.remedy].label if row.remedy in REMEDIES else row.remedy,
    }
