"""The inbox of exceptions for organizers: what happened, who is affected, and what each remedy will do."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from sync.api.access import TheHub
from sync.api.services import TheServices
from sync.services.events import house_zone
from sync.services.exceptions import REMEDIES, Inbox, NotDone, remedies_of
from sync.services.hub import Hub
from sync.services.mails import undelivered
from sync.services.order_details import last_digits
from sync.services.organizers import Organizer, names_of
from sync.services.problem_list import MOST, ListedProblem, count_problems, listed_problems, places_left
from sync.services.problems import meaning_of
from sync.store.database import Transaction
from sync.store.ledger import load_books
from sync.web.offers import Case, offer_of
from sync.web.pages import render
from sync.web.signed_in import Finance, Viewer, must_be_ours
from sync.web.times import when, zone_note
from sync.web.ways import way_of

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=100)]


@router.get("/exceptions")
def inbox_page(hub: TheHub, organizer: Viewer, done: bool = False) -> Response:
    return _page(hub, organizer, is_done=done)


@router.post("/exceptions/{exception_id}")
def resolve(
    services: TheServices, hub: TheHub, organizer: Finance, exception_id: str, csrf: Text, remedy: Text
) -> Response:
    must_be_ours(organizer, csrf)
    try:
        Inbox(hub, services.refunds).resolve(exception_id, remedy, str(organizer.id))
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
        counts, zone = count_problems(connection), house_zone(connection)
        rows = listed_problems(connection, is_done=is_done)
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
        open_count=counts.open,
        done_count=counts.done,
        most=MOST,
        zone=zone_note([row.timezone or zone for row in rows] or [zone]),
        error="; ".join(words for exception_id, words in (failed or {}).items() if exception_id not in shown),
    )


def _open(
    connection: Transaction, rows: Sequence[ListedProblem], zone: str, failed: Mapping[str, str]
) -> list[dict[str, Any]]:
    orders = sorted({row.order_id for row in rows if row.order_id is not None})
    books, digits = load_books(connection, orders), last_digits(connection, orders)
    ways = {p.id: way_of(books.orders[p.order_id].channel, p.tender, digits.get(p.id)) for p in books.payments.values()}
    pools = places_left(connection, {order.event_id for order in books.orders.values()})
    return [
        {
            **_problem(row, zone),
            "error": failed.get(row.id, ""),
            "offers": [
                {"remedy": name, "offer": offer}
                for name in remedies_of(row.remedies)
                if (offer := offer_of(Case(row, books, ways, pools), name)) is not None
            ],
        }
        for row in rows
    ]


def _decided(connection: Transaction, rows: Sequence[ListedProblem], zone: str) -> list[dict[str, Any]]:
    people = names_of(connection, [row.resolved_by for row in rows])
    return [
        {
            **_problem(row, zone),
            "ended": REMEDIES[row.remedy].label if row.remedy in REMEDIES else row.remedy,
            "by": people.get(row.resolved_by, ""),
            "ended_at": "" if row.resolved_at is None else when(row.resolved_at, row.timezone or zone),
        }
        for row in rows
    ]


def _problem(row: ListedProblem, zone: str) -> dict[str, Any]:
    meaning = meaning_of(row.kind)
    people = ", ".join(each for each in (row.customer_name, row.customer_email, row.customer_phone) if each)
    return {
        "id": row.id,
        "title": meaning.title,
        "detail": row.detail,
        "safe": meaning.safe,
        "order_id": row.order_id,
        "number": row.order_number,
        "affects": people or (_without_name(row) if row.till else meaning.affects),
        "at": when(row.raised_at, row.timezone or zone),
    }


def _without_name(row: ListedProblem) -> str:
    return f"A customer at {row.till} who left no name" if row.order_number else f"Till {row.till}"
