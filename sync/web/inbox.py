"""The inbox of exceptions for organizers: what happened, who is affected, and what each remedy will do."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy import Connection, func, select
from starlette.responses import RedirectResponse, Response

from boxoffice.core.books import Books
from sync.api.access import TheHub
from sync.services.exceptions import Inbox, NotDone, remedies_of, remedy_words
from sync.services.hub import Hub
from sync.services.organizers import Organizer, names_of
from sync.services.problems import meaning_of
from sync.store import tables as t
from sync.store.exceptions import ExceptionStatus, Listed, newest
from sync.store.ledger import load_books
from sync.store.mails import undelivered
from sync.web.offers import Case, Places, offer_of
from sync.web.pages import render
from sync.web.signed_in import Finance, Viewer, must_be_ours
from sync.web.times import house_zone, when, zone_note
from sync.web.ways import last_digits, way_of

router: Final = APIRouter(include_in_schema=False)
_MOST: Final = 100
_x: Final = t.exceptions.c
_COUNTS: Final = select(_x.status, func.count()).group_by(_x.status)

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
        return _page(hub, organizer, failed={exception_id: str(error)}, status=409)
    return RedirectResponse("/exceptions", 303)


def _page(
    hub: Hub,
    organizer: Organizer,
    *,
    is_done: bool = False,
    failed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    with hub.database.transaction() as connection:
        counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(_COUNTS)}
        status_of_all = ExceptionStatus.RESOLVED if is_done else ExceptionStatus.OPEN
        rows, zone = newest(connection, status_of_all, _MOST), house_zone(connection)
        lost = [] if is_done else undelivered(connection)
        problems = _decided(connection, rows, zone) if is_done else _open(connection, rows, zone, failed or {})
    shown = {problem["id"] for problem in problems}
    return render(
        "exceptions.html",
        status,
        organizer=organizer,
        here="exceptions",
        problems=problems,
        lost=[
            {
                "order_id": row.order_id,
                "number": row.order_number,
                "email": row.email,
                "why": row.last_error or "",
                "at": when(row.created_at, row.timezone),
            }
            for row in lost
        ],
        is_done=is_done,
        open_count=counts.get("open", 0),
        done_count=counts.get("resolved", 0),
        most=_MOST,
        zone=zone_note([row.timezone or zone for row in rows] or [zone]),
        error="; ".join(words for exception_id, words in (failed or {}).items() if exception_id not in shown),
    )


def _open(connection: Connection, rows: Sequence[Listed], zone: str, failed: Mapping[str, str]) -> list[dict[str, Any]]:
    orders = sorted({row.raised.order_id for row in rows if row.order_number is not None and row.raised.order_id})
    books, digits = load_books(connection, orders), last_digits(connection, orders)
    ways = {p.id: way_of(books.orders[p.order_id].channel, p.tender, digits.get(p.id)) for p in books.payments.values()}
    pools = _pools(connection, books)
    return [
        {
            **_problem(row, zone),
            "error": failed.get(row.raised.id, ""),
            "offers": [
                {"remedy": name, "offer": offer}
                for name in remedies_of(row.raised.remedies)
                if (offer := offer_of(Case(row, books, ways, pools), name)) is not None
            ],
        }
        for row in rows
    ]


def _decided(connection: Connection, rows: Sequence[Listed], zone: str) -> list[dict[str, Any]]:
    people = names_of(connection, [row.raised.resolved_by or "" for row in rows])
    return [
        {
            **_problem(row, zone),
            "ended": remedy_words(row.raised.remedy),
            "by": people.get(row.raised.resolved_by or "", ""),
            "ended_at": when(row.raised.resolved_at or row.raised.raised_at, row.timezone or zone),
        }
        for row in rows
    ]


def _problem(row: Listed, zone: str) -> dict[str, Any]:
    meaning = meaning_of(row.raised.kind)
    people = ", ".join(each for each in (row.customer_name, row.customer_email, row.customer_phone) if each)
    return {
        "id": row.raised.id,
        "title": meaning.title,
        "detail": row.raised.detail,
        "safe": meaning.safe,
        "order_id": row.raised.order_id if row.order_number else None,
        "number": row.order_number,
        "affects": people or (_without_name(row) if row.till else meaning.affects),
        "at": when(row.raised.raised_at, row.timezone or zone),
    }


def _without_name(row: Listed) -> str:
    return f"A customer at {row.till} who left no name" if row.order_number else f"Till {row.till}"


def _pools(connection: Connection, books: Books) -> dict[tuple[str, str], Places]:
    """Returns every pool of these orders' events, with what can be had at once."""
    p = t.pools.c
    events = {order.event_id for order in books.orders.values()}
    query = select(p.event_id, p.id, p.name, p.available).where(p.event_id.in_(events))
    rows = connection.execute(query) if events else ()
    return {(row.event_id, row.id): Places(row.name, row.available) for row in rows}
