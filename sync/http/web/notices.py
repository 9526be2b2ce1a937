"""Writing to all customers of an event: a draft, a look at it, a number typed to confirm, progress, and a stop."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.documents.languages import Language, language, later
from boxoffice.documents.notice import notice_html, notice_text
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import MAIL_POLICY, render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.mail.notices import NewNotice, NoSuchNotice, NotConfirmed, Progress, letter_of, notice, progress
from sync.organizers.sessions import Organizer
from sync.store.database import Transaction
from sync.store.notices import KeptNotice, NoticeStatus, lost, newest
from sync.store.reports import report_events

router: Final = APIRouter(include_in_schema=False)
_STATES: Final = {
    NoticeStatus.DRAFT: (later("Draft"), "warn"),
    NoticeStatus.SENDING: (later("Being sent"), "warn"),
    NoticeStatus.STOPPED: (later("Stopped"), "danger"),
    NoticeStatus.SENT: (later("Sent"), "ok"),
}

_MOST: Final = 100

Text = Annotated[str, Form(max_length=300)]


class NoticeForm(BaseModel):
    csrf: str = Field(max_length=100)
    event: str = Field(max_length=100)
    subject: str = Field(default="", max_length=2_000)
    words: str = Field(default="", max_length=20_000)
    subject_es: str = Field(default="", max_length=2_000)
    words_es: str = Field(default="", max_length=20_000)


@router.get("/notices")
def notices_page(hub: TheHub, organizer: Viewer) -> Response:
    return _list(hub, organizer, None)


@router.post("/notices")
def write(request: Request, hub: TheHub, organizer: Admin, form: Annotated[NoticeForm, Form()]) -> Response:
    """Keeps a draft; nobody gets anything yet."""
    must_be_ours(organizer, form.csrf)
    new = NewNotice(form.event, form.subject, form.words, form.subject_es, form.words_es)
    try:
        notice_id = services_of(request).notices.write(new, organizer.email)
    except BadInput as error:
        speaks = language(organizer.language)
        wrong = {problem.place: speaks.say(problem.message) for problem in error.problems}
        return _list(hub, organizer, form, wrong, 422)
    return RedirectResponse(f"/notices/{notice_id}", 303)


@router.get("/notices/{notice_id}")
def notice_page(hub: TheHub, organizer: Viewer, notice_id: str) -> Response:
    return _one(hub, organizer, notice_id)


@router.get("/notices/{notice_id}/preview")
def preview(
    hub: TheHub,
    _: Viewer,
    notice_id: str,
    language: Literal["en", "es"] = "en",
    form: Literal["html", "text"] = "html",
) -> Response:
    """Shows the notice as its readers get it."""
    with hub.database.transaction() as connection:
        letter = letter_of(hub, connection, _found(connection, notice_id), language)
    if form == "text":
        return PlainTextResponse(notice_text(letter))
    return HTMLResponse(notice_html(letter), headers={"Content-Security-Policy": MAIL_POLICY})


@router.post("/notices/{notice_id}/send")
def send(request: Request, hub: TheHub, organizer: Admin, notice_id: str, csrf: Text, typed: Text = "") -> Response:
    must_be_ours(organizer, csrf)
    try:
        services_of(request).notices.send_all(notice_id, typed)
    except NoSuchNotice as error:
        raise HTTPException(404, str(error)) from error
    except NotConfirmed as error:
        return _one(hub, organizer, notice_id, language(organizer.language).say(str(error)), 422)
    except OperationFailed as error:
        return _one(hub, organizer, notice_id, str(error), 503)
    return RedirectResponse(f"/notices/{notice_id}", 303)


@router.post("/notices/{notice_id}/stop")
def stop(request: Request, organizer: Admin, notice_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    services_of(request).notices.stop(notice_id)
    return RedirectResponse(f"/notices/{notice_id}", 303)


def _list(
    hub: Hub, organizer: Organizer, form: NoticeForm | None, wrong: dict[str, str] | None = None, status: int = 200
) -> Response:
    with hub.database.transaction() as connection:
        zone = house_zone(connection)
        speaks = language(organizer.language)
        rows = [_view(row, progress(connection, row), zone, speaks) for row in newest(connection, _MOST)]
        events = report_events(connection)
    given = form or NoticeForm(csrf="", event=events[0].id if events else "")
    values: dict[str, Any] = {"organizer": organizer, "here": "notices", "notices": rows, "events": events}
    values["zone"] = zone_note([zone], speaks)
    return render("notices.html", status, given=given, wrong=wrong or {}, **values)


def _one(hub: Hub, organizer: Organizer, notice_id: str, error: str = "", status: int = 200) -> Response:
    with hub.database.transaction() as connection:
        row = _found(connection, notice_id)
        zone = house_zone(connection)
        speaks = language(organizer.language)
        view = _view(row, progress(connection, row), zone, speaks)
        unreached = lost(connection, notice_id, _MOST)
    return render(
        "notice.html",
        status,
        organizer=organizer,
        here=f"notices/{notice_id}",
        notice=view,
        lost=unreached,
        error=error,
        zone=zone_note([zone], speaks),
    )


def _view(row: KeptNotice, found: Progress, zone: str, speaks: Language) -> dict[str, Any]:
    name, tone = _STATES[row.status]
    done = found.sent + found.failed
    return {
        "id": row.id,
        "event": row.event,
        "subject": row.subject,
        "has_spanish": bool(row.words_es),
        "status": row.status.value,
        "state": speaks.say(name),
        "tone": tone,
        "by": row.by,
        "at": when(row.created_at, zone, speaks),
        "progress": found,
        "done": done,
        "to_confirm": found.affected if row.status is NoticeStatus.DRAFT else found.waiting,
    }


def _found(connection: Transaction, notice_id: str) -> KeptNotice:
    try:
        return notice(connection, notice_id)
    except NoSuchNotice as error:
        raise HTTPException(404, str(error)) from error
