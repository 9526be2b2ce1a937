"""The inbox of exceptions for organizers: what happened, who is affected, and what each remedy will do."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from boxoffice.core.rows import ExceptionStatus
from boxoffice.documents.languages import Language, language
from sync.exception_kinds import ON_A_PAGE, meaning_of
from sync.http.access import TheHub
from sync.http.services import TheServices
from sync.http.web.over_capacity import over_view
from sync.http.web.pages import render
from sync.http.web.signed_in import Finance, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.operations.exception_list import count_problems
from sync.operations.exceptions import Inbox, NotDone, remedies_of, remedy_words
from sync.operations.offers import cases_of, offer_of
from sync.operations.over_capacity import raise_capacity
from sync.operations.seat_elsewhere import product_in, seat_elsewhere
from sync.organizers.organizers import Organizer, names_of
from sync.store.database import Transaction
from sync.store.exceptions import Listed, newest
from sync.store.mails import undelivered
from sync.stored_words import told
from sync.tills.left_payments import LeftPayments

router: Final = APIRouter(include_in_schema=False)
_MOST: Final = 100

Text = Annotated[str, Form(max_length=200)]


@router.get("/exceptions")
def inbox_page(hub: TheHub, organizer: Viewer, done: bool = False) -> Response:
    return _page(hub, organizer, is_done=done)


@router.post("/exceptions/{exception_id}")
def resolve(
    services: TheServices, hub: TheHub, organizer: Finance, exception_id: str, csrf: Text, remedy: Text
) -> Response:
    must_be_ours(organizer, csrf)
    product_id = product_in(remedy)
    try:
        if product_id is not None:
            made = seat_elsewhere(hub, exception_id, product_id, str(organizer.id))
            return RedirectResponse("/exceptions" if made is None else f"/orders/{made.order_id}", 303)
        left = LeftPayments(hub, services.checkouts.others)
        Inbox(hub, services.refunds, left).resolve(exception_id, remedy, str(organizer.id))
    except NotDone as error:
        return _page(hub, organizer, failed={exception_id: str(error)}, status=409)
    return RedirectResponse("/exceptions", 303)


@router.post("/exceptions/{exception_id}/capacity")
def make_larger(hub: TheHub, organizer: Finance, exception_id: str, csrf: Text, capacity: Text) -> Response:
    """Makes the pool of a problem larger, by a new revision of its event."""
    must_be_ours(organizer, csrf)
    try:
        raise_capacity(hub, exception_id, capacity, str(organizer.id))
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
        counts = count_problems(connection)
        status_of_all = ExceptionStatus.RESOLVED if is_done else ExceptionStatus.OPEN
        rows, zone = newest(connection, status_of_all, _MOST), house_zone(connection)
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
                "why": told(row.last_error or "", speaks),
                "at": when(row.created_at, row.timezone, speaks),
            }
            for row in lost
        ],
        is_done=is_done,
        open_count=counts.open,
        done_count=counts.done,
        most=_MOST,
        zone=zone_note([row.timezone or zone for row in rows] or [zone], speaks),
        error="; ".join(
            speaks.say(words) for exception_id, words in (failed or {}).items() if exception_id not in shown
        ),
    )


def _open(
    connection: Transaction, rows: Sequence[Listed], zone: str, failed: Mapping[str, str], speaks: Language
) -> list[dict[str, Any]]:
    return [
        {
            **_problem(case.row, zone, speaks),
            "error": told(speaks.say(failed[case.row.raised.id]), speaks) if case.row.raised.id in failed else "",
            "over": over_view(connection, case.row.raised, case.books, speaks),
            "offers": [
                {"remedy": name, "offer": offer}
                for name in remedies_of(case.row.raised)
                if (offer := offer_of(case, name)) is not None
            ],
        }
        for case in cases_of(connection, rows, speaks)
    ]


def _decided(connection: Transaction, rows: Sequence[Listed], zone: str, speaks: Language) -> list[dict[str, Any]]:
    people = names_of(connection, [row.raised.resolved_by or "" for row in rows])
    return [
        {
            **_problem(row, zone, speaks),
            "ended": speaks.say(remedy_words(row.raised.remedy)),
            "by": people.get(row.raised.resolved_by or "", ""),
            "ended_at": when(row.raised.resolved_at or row.raised.raised_at, row.timezone or zone, speaks),
        }
        for row in rows
    ]


def _problem(row: Listed, zone: str, speaks: Language) -> dict[str, Any]:
    meaning = meaning_of(row.raised.kind)
    people = ", ".join(each for each in (row.customer_name, row.customer_email, row.customer_phone) if each)
    return {
        "id": row.raised.id,
        "title": speaks.say(meaning.title),
        "detail": told(row.raised.detail, speaks),
        "safe": speaks.say(meaning.safe) if meaning.safe else "",
        "page": _page_of(row, speaks),
        "order_id": row.raised.order_id if row.order_number else None,
        "number": row.order_number,
        "affects": people
        or (_without_name(row, speaks) if row.till else speaks.say(meaning.affects) if meaning.affects else ""),
        "at": when(row.raised.raised_at, row.timezone or zone, speaks),
    }


def _page_of(row: Listed, speaks: Language) -> tuple[str, str] | None:
    """Returns where more is seen and done about a problem, and what leads there."""
    found = ON_A_PAGE.get(row.raised.kind)
    if found is None or row.raised.subject_id is None:
        return None
    return found[0].format(subject=quote(row.raised.subject_id, safe="")), speaks.say(found[1])


def _without_name(row: Listed, speaks: Language) -> str:
    words = speaks.say("A customer at {till} who left no name") if row.order_number else speaks.say("Till {till}")
    return words.format(till=row.till)
