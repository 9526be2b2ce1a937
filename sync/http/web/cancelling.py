"""Cancelling an event, a day or a product: a look at what it will do, a number typed to confirm, and how it goes on."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.documents.languages import language
from sync.cancelling.cancellations import Cancellations, NoSuchCancellation, NotConfirmed, Wish
from sync.cancelling.letters import mail_test, preview_of
from sync.cancelling.moves import Moves, MoveWish
from sync.cancelling.words import Words
from sync.http.access import TheHub
from sync.http.services import Services, TheServices
from sync.http.web.cancelling_proof import proof_csv
from sync.http.web.cancelling_views import begin_view, first_words, list_view, move_view, running_view
from sync.http.web.pages import MAIL_POLICY, render
from sync.http.web.signed_in import Admin, Finance, Viewer, must_be_ours
from sync.organizers.organizers import Organizer, names_of
from sync.store import cancelling as store
from sync.store.cancelling import Kind
from sync.store.reports import report_events

router: Final = APIRouter(include_in_schema=False)
Id = Annotated[str, Query(max_length=100)]
Text = Annotated[str, Form(max_length=300)]


class BeginForm(BaseModel):
    """What is to be cancelled, what people are told, and the number that was typed."""

    csrf: str = Field(max_length=100)
    event: str = Field(max_length=100)
    kind: Literal["event", "day", "product"]
    subject: str = Field(default="", max_length=100)
    goods: bool = False
    donations: bool = False
    title: str = Field(default="", max_length=2_000)
    words: str = Field(default="", max_length=20_000)
    title_es: str = Field(default="", max_length=2_000)
    words_es: str = Field(default="", max_length=20_000)
    typed: str = Field(default="", max_length=20)

    @property
    def wish(self) -> Wish:
        return Wish(self.event, Kind(self.kind), self.subject, self.goods, self.donations)

    @property
    def told(self) -> Words:
        return Words(self.title, self.words, self.title_es, self.words_es)


@router.get("/cancel")
def cancel_page(
    hub: TheHub,
    services: TheServices,
    organizer: Viewer,
    event: Id = "",
    kind: Literal["event", "day", "product"] = "event",
    subject: Id = "",
    goods: bool | None = None,
    donations: bool = False,
) -> Response:
    """Shows the events; and of a chosen one whom it would concern, and what would go back. Nothing is changed."""
    if not event:
        with hub.database.transaction() as connection:
            events, begun = report_events(connection), store.all_of_them(connection)
        view = list_view(events, begun, language(organizer.language))
        return render("cancel-list.html", organizer=organizer, here="cancel", **view)
    wish = Wish(event, Kind(kind), subject, goods is not False, donations)
    return _look(services, organizer, wish, None)


@router.post("/cancel")
def begin(services: TheServices, organizer: Admin, form: Annotated[BeginForm, Form()]) -> Response:
    """Cancels what was looked at, if the number of orders was typed."""
    must_be_ours(organizer, form.csrf)
    speaks = language(organizer.language)
    try:
        found = _cases(services).cancel(form.wish, form.told, form.typed, str(organizer.id))
    except NotConfirmed as error:
        return _look(services, organizer, form.wish, form.told, {"typed": speaks.say(str(error))}, 422)
    except BadInput as error:
        wrong = {problem.place: speaks.say(problem.message) for problem in error.problems}
        return _look(services, organizer, form.wish, form.told, wrong, 422)
    except NoSuchCancellation as error:
        raise HTTPException(404, str(error)) from error
    return RedirectResponse(f"/cancel/{found}", 303)


@router.post("/cancel/preview")
def preview(
    hub: TheHub,
    organizer: Admin,
    form: Annotated[BeginForm, Form()],
    language: Annotated[Literal["en", "es"], Query()] = "en",
) -> Response:
    """Shows the mail as its readers get it."""
    must_be_ours(organizer, form.csrf)
    letter = preview_of(hub, form.wish, form.told, language)
    return HTMLResponse(letter.html, headers={"Content-Security-Policy": MAIL_POLICY})


@router.post("/cancel/test")
def send_test(services: TheServices, organizer: Admin, form: Annotated[BeginForm, Form()]) -> Response:
    """Mails the letter to the organizer alone."""
    must_be_ours(organizer, form.csrf)
    say = language(organizer.language).say
    try:
        mail_test(services.mailer, form.wish, form.told, organizer.email)
    except OperationFailed as error:
        return _look(services, organizer, form.wish, form.told, {"test": str(error)}, 503)
    done = say("It was sent to {email}.").format(email=organizer.email)
    return _look(services, organizer, form.wish, form.told, done=done)


class MoveForm(BaseModel):
    """Where an event goes, what people are told, and the number that was typed."""

    csrf: str = Field(max_length=100)
    event: str = Field(max_length=100)
    first: str = Field(default="", max_length=20)
    until: str = Field(default="", max_length=20)
    title: str = Field(default="", max_length=2_000)
    words: str = Field(default="", max_length=20_000)
    title_es: str = Field(default="", max_length=2_000)
    words_es: str = Field(default="", max_length=20_000)
    typed: str = Field(default="", max_length=20)

    @property
    def told(self) -> Words:
        return Words(self.title, self.words, self.title_es, self.words_es)


@router.get("/cancel/move")
def move_page(services: TheServices, organizer: Viewer, event: Id = "", first: Id = "", until: Id = "") -> Response:
    """Shows what moving an event would do; nothing is changed."""
    return _move(services, organizer, MoveWish(event, _day(first), _day(until)), None)


@router.post("/cancel/move")
def move(services: TheServices, organizer: Admin, form: Annotated[MoveForm, Form()]) -> Response:
    """Moves what was looked at, if the number of orders was typed."""
    must_be_ours(organizer, form.csrf)
    speaks, wish = language(organizer.language), MoveWish(form.event, _day(form.first), _day(form.until))
    try:
        found = Moves(services.hub).move(wish, form.told, form.typed, str(organizer.id))
    except NotConfirmed as error:
        return _move(services, organizer, wish, form.told, {"typed": speaks.say(str(error))}, 422)
    except BadInput as error:
        wrong = {problem.place: speaks.say(problem.message) for problem in error.problems}
        return _move(services, organizer, wish, form.told, wrong, 422)
    except NoSuchCancellation as error:
        raise HTTPException(404, str(error)) from error
    return RedirectResponse(f"/cancel/{found}", 303)


@router.get("/cancel/{cancellation_id}")
def running_page(
    hub: TheHub,
    organizer: Viewer,
    cancellation_id: str,
    all: Literal["done", "under-way", "failed", ""] = "",  # as the address says it
) -> Response:
    return _running(hub, organizer, cancellation_id, which=all)


@router.get("/cancel/{cancellation_id}/proof.csv")
def proof(hub: TheHub, organizer: Viewer, cancellation_id: str) -> Response:
    """Everything that goes back, by order and payment, with its sums: to keep."""
    with hub.database.transaction() as connection:
        row = store.find(connection, cancellation_id)
        if row is None:
            raise HTTPException(404, "There is no such cancellation.")
        items, by = store.items(connection, row.id), names_of(connection, [row.by])[row.by]
    name = f"cancelled-{row.event_id}-{row.begun_at:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = proof_csv(row, items, by, language(organizer.language))
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/cancel/{cancellation_id}/pause")
def pause(services: TheServices, organizer: Finance, cancellation_id: str, csrf: Text) -> Response:
    return _do(services, organizer, csrf, cancellation_id, lambda cases: cases.pause(cancellation_id))


@router.post("/cancel/{cancellation_id}/go-on")
def go_on(services: TheServices, organizer: Finance, cancellation_id: str, csrf: Text) -> Response:
    return _do(services, organizer, csrf, cancellation_id, lambda cases: cases.go_on(cancellation_id))


@router.post("/cancel/{cancellation_id}/items/{item_id}/again")
def try_again(services: TheServices, organizer: Finance, cancellation_id: str, item_id: int, csrf: Text) -> Response:
    by = str(organizer.id)
    return _do(services, organizer, csrf, cancellation_id, lambda cases: cases.try_again(cancellation_id, item_id, by))


@router.post("/cancel/{cancellation_id}/items/{item_id}/outside")
def paid_outside(
    services: TheServices, organizer: Finance, cancellation_id: str, item_id: int, csrf: Text, how: Text = ""
) -> Response:
    by = str(organizer.id)
    return _do(
        services, organizer, csrf, cancellation_id, lambda cases: cases.paid_outside(cancellation_id, item_id, how, by)
    )


def _do(services: Services, organizer: Organizer, csrf: str, cancellation_id: str, act: Any) -> Response:
    must_be_ours(organizer, csrf)
    say = language(organizer.language).say
    try:
        act(_cases(services))
    except NoSuchCancellation as error:
        raise HTTPException(404, str(error)) from error
    except BadInput as error:
        words = " ".join(say(problem.message) for problem in error.problems)
        return _running(services.hub, organizer, cancellation_id, error=words, status=422)
    except OperationFailed as error:
        words = f"{say(error.what_happened)} {say(error.what_is_safe)}".strip()
        return _running(services.hub, organizer, cancellation_id, error=words, status=409)
    return RedirectResponse(f"/cancel/{cancellation_id}", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _move(
    services: Services,
    organizer: Organizer,
    wish: MoveWish,
    words: Words | None,
    wrong: Mapping[str, str] = {},
    status: int = 200,
) -> Response:
    speaks = language(organizer.language)
    try:
        looked = Moves(services.hub).look(wish)
    except NoSuchCancellation as error:
        raise HTTPException(404, str(error)) from error
    asked = wish.first is not None or wish.refund_until is not None
    problems = {each.place: speaks.say(each.message) for each in looked.problems} if asked else {}
    view = move_view(wish, looked, words, speaks)
    return render("move.html", status, organizer=organizer, here="cancel", wrong={**problems, **wrong}, **view)


def _cases(services: Services) -> Cancellations:
    return Cancellations(services.hub, services.refunds)


def _look(
    services: Services,
    organizer: Organizer,
    wish: Wish,
    words: Words | None,
    wrong: Mapping[str, str] = {},
    status: int = 200,
    done: str = "",
) -> Response:
    speaks = language(organizer.language)
    try:
        wish = first_subject(services, wish)
        looked = _cases(services).look(wish)
    except NoSuchCancellation as error:
        raise HTTPException(404, str(error)) from error
    view = begin_view(wish, looked, words or first_words(wish, looked.catalogue), speaks)
    return render("cancel.html", status, organizer=organizer, here="cancel", wrong=wrong, done=done, **view)


def first_subject(services: Services, wish: Wish) -> Wish:
    """Returns the wish with the first day or product of the event where none is chosen yet."""
    return wish if wish.subject or wish.kind is Kind.EVENT else _cases(services).first_of(wish)


def _running(
    hub: TheHub, organizer: Organizer, cancellation_id: str, which: str = "", error: str = "", status: int = 200
) -> Response:
    with hub.database.transaction() as connection:
        row = store.find(connection, cancellation_id)
        if row is None:
            raise HTTPException(404, "There is no such cancellation.")
        view = running_view(
            row,
            store.standing(connection, row.id),
            names_of(connection, [row.by])[row.by],
            which,
            hub.settings.refunds_per_second,
            language(organizer.language),
        )
    here = f"cancel/{row.id}"
    return render("cancel-running.html", status, organizer=organizer, here=here, error=error, **view)
