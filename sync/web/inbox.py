"""The inbox of exceptions for organizers: what happened, who is affected, and what each remedy will do."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from sync.api.access import TheHub
from sync.services.exceptions import REMEDIES, Inbox, NotDone, remedies_of
from sync.services.hub import Hub
from sync.services.organizers import Organizer
from sync.store import tables as t
from sync.web.pages import render
from sync.web.signed_in import Finance, Viewer, must_be_ours

router: Final = APIRouter(include_in_schema=False)
_TITLES: Final = {
    "paid_late": "Paid after the places were given away",
    "paid_twice": "Paid twice",
    "wrong_amount": "Another amount was paid than asked for",
    "paid_for_a_closed_order": "Paid for an order that is closed",
    "refunded_outside": "Refunded in the provider's own dashboard",
    "refund_failed": "A refund failed",
    "refund_not_sent": "A refund could not be sent",
    "dispute_opened": "A customer disputes a payment at the bank",
    "dispute_won": "A dispute was won",
    "dispute_lost": "A dispute was lost",
    "payments_fail": "Many payments fail",
    "queue_is_long": "Many events wait",
    "no_connections": "The database has no free connection",
    "answers_are_slow": "Answers are slow",
    "few_places_left": "Few places are left",
    "mails_bounce": "Mails do not arrive",
    "dead_event": "An event of a provider could not be worked on",
    "over_capacity": "A till sold more than it had",
    "fact_does_not_fit": "A till's record does not fit",
    "lease_does_not_fit": "A till gave back what it did not have",
}

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
        "title": _TITLES.get(row.kind, row.kind.replace("_", " ").capitalize()),
        "detail": row.detail,
        "order_id": row.order_id if row.order_number else None,
        "number": row.order_number,
        "who": ", ".join(each for each in (row.customer_name, row.customer_email) if each),
        "at": f"{row.raised_at:%Y-%m-%d %H:%M}",
        "remedies": [(name, REMEDIES[name]) for name in remedies_of(row.remedies)],
        "ended": REMEDIES[row.remedy].label if row.remedy in REMEDIES else row.remedy,
    }
