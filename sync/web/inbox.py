"""The inbox of exceptions for organizers: what happened, who is affected, and what each remedy will do."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy import Connection, Row, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from starlette.responses import RedirectResponse, Response

from boxoffice.core.books import Books
from boxoffice.documents.languages import Language, language
from sync.api.access import TheHub
from sync.services.exceptions import REMEDIES, Inbox, NotDone, remedies_of
from sync.services.hub import Hub
from sync.services.mails import undelivered
from sync.services.organizers import Organizer, names_of
from sync.services.problems import meaning_of
from sync.store import tables as t
from sync.store.ledger import load_books
from sync.web.offers import Case, Places, offer_of
from sync.web.pages import render
from sync.web.signed_in import Finance, Viewer, must_be_ours
from sync.web.times import house_zone, when, zone_note
from sync.web.ways import last_digits, way_of

router: Final = APIRouter(include_in_schema=False)
_MOST: Final = 100
_x: Final = t.exceptions.c
_COUNTS: Final = select(_x.status, func.count()).group_by(_x.status)
_ONLY_TO_SEE: Final = _x.remedies.in_([literal(each, JSONB) for each in ([], ["seen"])])

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
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(_COUNTS)}
        rows, zone = _rows(connection, is_done=is_done), house_zone(connection)
        lost = [] if is_done else undelivered(connection)
        problems = (
            _decided(connection, rows, zone, speaks) if is_done else _open(connection, rows, zone, failed or {}, speaks)
        )
    shown = {problem["id"] for problem in problems}
    return render(
        "exceptions.html",
        status,
        organizer=organizer,
        here="exceptions?done=true" if is_done else "exceptions",
        problems=problems,
        lost=[
            {
                "order_id": row.order_id,
                "number": row.order_number,
                "email": row.email,
                "why": row.last_error or "",
                "at": when(row.created_at, row.timezone, speaks),
            }
            for row in lost
        ],
        is_done=is_done,
        open_count=counts.get("open", 0),
        done_count=counts.get("resolved", 0),
        most=_MOST,
        zone=zone_note([row.timezone or zone for row in rows] or [zone], speaks),
        error="; ".join(
            speaks.say(words) for exception_id, words in (failed or {}).items() if exception_id not in shown
        ),
    )


def _rows(connection: Connection, *, is_done: bool) -> list[Row[Any]]:
    """Returns the newest exceptions: the open ones with those first that wait for a decision."""
    o, e, d = t.orders.c, t.events.c, t.devices.c
    query = (
        select(
            t.exceptions,
            o.order_number,
            o.channel,
            o.customer_name,
            o.customer_email,
            o.customer_phone,
            e.timezone,
            d.name.label("till"),
        )
        .outerjoin(t.orders, o.id == _x.order_id)
        .outerjoin(t.events, e.id == o.event_id)
        .outerjoin(t.devices, (d.id == func.coalesce(_x.device_id, o.placed_by)) & (d.kind == "till"))
        .where(_x.status == ("resolved" if is_done else "open"))
        .limit(_MOST)
    )
    order = (_x.resolved_at.desc(),) if is_done else (_ONLY_TO_SEE, _x.raised_at.desc())
    return list(connection.execute(query.order_by(*order)))


def _open(
    connection: Connection, rows: list[Row[Any]], zone: str, failed: Mapping[str, str], speaks: Language
) -> list[dict[str, Any]]:
    orders = sorted({row.order_id for row in rows if row.order_number is not None})
    books, digits = load_books(connection, orders), last_digits(connection, orders)
    ways = {
        p.id: way_of(speaks, books.orders[p.order_id].channel, p.tender, digits.get(p.id))
        for p in books.payments.values()
    }
    pools = _pools(connection, books)
    return [
        {
            **_problem(row, zone, speaks),
            "error": speaks.say(failed[row.id]) if row.id in failed else "",
            "offers": [
                {"remedy": name, "offer": offer}
                for name in remedies_of(row.remedies)
                if (offer := offer_of(Case(row, books, ways, pools, speaks), name)) is not None
            ],
        }
        for row in rows
    ]


def _decided(connection: Connection, rows: list[Row[Any]], zone: str, speaks: Language) -> list[dict[str, Any]]:
    people = names_of(connection, [row.resolved_by or "" for row in rows])
    return [
        {
            **_problem(row, zone, speaks),
            "ended": speaks.say(REMEDIES[row.remedy].label) if row.remedy in REMEDIES else row.remedy,
            "by": people.get(row.resolved_by or "", ""),
            "ended_at": when(row.resolved_at, row.timezone or zone, speaks),
        }
        for row in rows
    ]


def _problem(row: Row[Any], zone: str, speaks: Language) -> dict[str, Any]:
    meaning = meaning_of(row.kind)
    people = ", ".join(each for each in (row.customer_name, row.customer_email, row.customer_phone) if each)
    return {
        "id": row.id,
        "title": speaks.say(meaning.title),
        "detail": row.detail,
        "safe": speaks.say(meaning.safe) if meaning.safe else "",
        "order_id": row.order_id if row.order_number else None,
        "number": row.order_number,
        "affects": people
        or (_without_name(row, speaks) if row.till else speaks.say(meaning.affects) if meaning.affects else ""),
        "at": when(row.raised_at, row.timezone or zone, speaks),
    }


def _without_name(row: Row[Any], speaks: Language) -> str:
    words = speaks.say("A customer at {till} who left no name") if row.order_number else speaks.say("Till {till}")
    return words.format(till=row.till)


def _pools(connection: Connection, books: Books) -> dict[tuple[str, str], Places]:
    """Returns every pool of these orders' events, with what can be had at once."""
    p = t.pools.c
    events = {order.event_id for order in books.orders.values()}
    query = select(p.event_id, p.id, p.name, p.available).where(p.event_id.in_(events))
    rows = connection.execute(query) if events else ()
    return {(row.event_id, row.id): Places(row.name, row.available) for row in rows}
