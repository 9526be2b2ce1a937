"""The guest list: pasted, uploaded or typed, and checked line by line before anything is written; and who did what."""

import csv
from io import StringIO
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, File, Form, HTTPException, Query, Request, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from boxoffice.core.deliveries import Delivery
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.folding import words_of
from boxoffice.core.money import Currency, Money
from boxoffice.core.tenders import COMP_REASONS, LONGEST_REASON
from boxoffice.documents.languages import Language, language, later
from sync.guests.guest_list import Checked, GuestList, check, event_of
from sync.guests.lines import MOST_LINES, Wrong, tickets_of
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Finance, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.organizers.organizers import names_of
from sync.organizers.sessions import Organizer
from sync.store import guests as store
from sync.store.guests import Act, Listed
from sync.store.reports import ReportEvent, report_events

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
EventId = Annotated[str, Query(max_length=100)]
_MOST_SHOWN: Final = 500
_MOST_ACTS: Final = 40
_MOST_TEXT: Final = 200_000
"""Letters of a list: a thousand lines are far less."""
_WAYS: Final = (("paste", later("Paste")), ("file", later("File (CSV)")), ("one", later("One by one")))
_MAILS: Final = {
    "queued": (later("Being mailed"), "warn"),
    "sent": (later("Mailed"), "ok"),
    "delivered": (later("Mailed"), "ok"),
    "bounced": (later("Bounced"), "danger"),
    "failed": (later("Not mailed"), "danger"),
}
_ACTS: Final = {
    "added": later("put on the list"),
    "cancelled": later("taken off the list"),
    "mailed": later("mailed again"),
    "collected": later("collected at the door"),
}


class ListForm(BaseModel):
    """What somebody wants to add: lines, or the fields of one guest. `held_for` is chosen, `other` is typed."""

    csrf: str = Field(max_length=100)
    event: str = Field(max_length=100)
    way: Literal["paste", "file", "one"] = "paste"
    lines: str = Field(default="", max_length=_MOST_TEXT)
    held_for: str = Field(default="", max_length=300)
    other: str = Field(default="", max_length=300)
    speaks: Literal["en", "es"] = "en"
    may_exceed: bool = False
    name: str = Field(default="", max_length=300)
    email: str = Field(default="", max_length=400)
    product: str = Field(default="", max_length=100)
    count: str = Field(default="1", max_length=10)
    delivery: str = Field(default="", max_length=20)

    @property
    def reason(self) -> str:
        return self.other.strip() or self.held_for

    @property
    def text(self) -> str:
        """Returns the lines, or the one guest as one."""
        if self.way != "one":
            return self.lines
        out = StringIO()
        csv.writer(out, delimiter=";", lineterminator="").writerow(
            (self.name, self.email, self.product, self.count, self.delivery)
        )
        return out.getvalue()


@router.get("/guests")
def guests_page(
    hub: TheHub,
    organizer: Viewer,
    event: EventId = "",
    way: Literal["paste", "file", "one"] = "paste",
    q: Annotated[str, Query(max_length=100)] = "",
    added: Annotated[int | None, Query(ge=0, le=MOST_LINES)] = None,
) -> Response:
    return _page(hub, organizer, ListForm(csrf="", event=event, way=way), q=q, added=added)


@router.post("/guests/check")
def check_list(
    hub: TheHub,
    organizer: Admin,
    form: Annotated[ListForm, Form()],
) -> Response:
    """Shows what the lines would do; nothing is written."""
    must_be_ours(organizer, form.csrf)
    return _page(hub, organizer, form, is_checked=True)


@router.post("/guests/file")
def check_file(
    hub: TheHub,
    organizer: Admin,
    csrf: Text,
    event: Text,
    file: Annotated[UploadFile, File()],
    held_for: Text = "",
    other: Text = "",
    speaks: Annotated[Literal["en", "es"], Form()] = "en",
) -> Response:
    """Reads a file into the lines, and checks them; nothing is written."""
    must_be_ours(organizer, csrf)
    lines = _decoded(file.file.read(_MOST_TEXT))
    form = ListForm(csrf=csrf, event=event, lines=lines, held_for=held_for, other=other, speaks=speaks)
    return _page(hub, organizer, form, is_checked=True)


@router.post("/guests")
def add_guests(request: Request, hub: TheHub, organizer: Admin, form: Annotated[ListForm, Form()]) -> Response:
    """Adds the good lines, all or none; the wrong ones stay in the form."""
    must_be_ours(organizer, form.csrf)
    guest_list = GuestList(hub, services_of(request).refunds)
    by = str(organizer.id)
    try:
        done = guest_list.add(form.event, form.text, form.reason, by, language=form.speaks, may_exceed=form.may_exceed)
    except OperationFailed as error:
        return _page(hub, organizer, form, is_checked=True, error=error, status=409)
    except BadInput as error:
        raise HTTPException(404, str(error)) from error
    if not done.wrong:
        return RedirectResponse(f"/guests?event={done.catalogue.id}&added={len(done.new)}", 303)
    rest = form.model_copy(update={"way": "paste", "lines": "\n".join(line.text for line in done.wrong)})
    return _page(hub, organizer, rest, is_checked=True, added=len(done.new))


@router.post("/guests/{order_id}/cancel")
def cancel_guest(
    request: Request, hub: TheHub, organizer: Admin, order_id: str, csrf: Text, why: Text = ""
) -> Response:
    must_be_ours(organizer, csrf)
    return _do(
        hub,
        organizer,
        order_id,
        lambda: GuestList(hub, services_of(request).refunds).cancel(order_id, why.strip(), str(organizer.id)),
    )


@router.post("/guests/{order_id}/mail")
def mail_guest(request: Request, hub: TheHub, organizer: Finance, order_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    return _do(
        hub,
        organizer,
        order_id,
        lambda: GuestList(hub, services_of(request).refunds).mail_again(order_id, str(organizer.id)),
    )


def _do(hub: Hub, organizer: Organizer, order_id: str, act: Any) -> Response:
    with hub.database.reading() as connection:
        event = store.event_of(connection, order_id)
    if event is None:
        raise HTTPException(404, "There is no such guest.")
    try:
        act()
    except NoSuchOrder as error:
        raise HTTPException(404, "There is no such guest.") from error
    except OperationFailed as error:
        return _page(hub, organizer, ListForm(csrf="", event=event), error=error, status=409)
    return RedirectResponse(f"/guests?event={event}", 303)


def _decoded(data: bytes) -> str:
    """Returns a file's text: UTF-8, with its mark or without, or else what spreadsheets of before write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _page(
    hub: Hub,
    organizer: Organizer,
    form: ListForm,
    *,
    is_checked: bool = False,
    q: str = "",
    added: int | None = None,
    error: OperationFailed | None = None,
    status: int = 200,
) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        events = report_events(connection)
        event = _chosen(events, form.event)
        values: dict[str, Any] = {"event": None, "guests": [], "acts": []}
        if event is not None:
            catalogue = event_of(connection, event.id)
            found = store.listed(connection, event.id, words_of(q), most=_MOST_SHOWN)
            acts = store.trail(connection, event.id, _MOST_ACTS)
            who = names_of(connection, [each.by or "" for each in acts])
            checked = check(connection, event.id, form.text, form.reason) if is_checked else None
            values = {
                "event": event,
                "guests": [_guest(each, event, speaks) for each in found],
                "acts": [_act(each, who, event, speaks) for each in acts],
                "sums": _sums(found, store.comps_given(connection, event.id), event),
                "limit": catalogue.comps.per_event,
                "products": [(each.id, each.name) for each in tickets_of(catalogue)],
                "checked": None if checked is None else _checked(checked, speaks),
                "zone": zone_note([event.timezone], speaks),
            }
    products = values.get("products", [])
    told = () if error is None else (error.what_happened, error.what_is_safe, error.what_to_do)
    return render(
        "guests.html",
        status,
        organizer=organizer,
        here="guests",
        events=events,
        form=form,
        ways=[(way, speaks.say(words)) for way, words in _WAYS],
        deliveries=[("mail", speaks.say("by mail")), ("will call", speaks.say("will call"))],
        example="; ".join(("Yadira Montes", "yadira@example.org", *(name for _, name in products[:1]), "2", "mail")),
        reasons=[(reason, speaks.say(reason)) for reason in COMP_REASONS],
        longest=LONGEST_REASON,
        q=q,
        added=added,
        problems=[speaks.say(each) for each in told if each],
        **values,
    )


def _chosen(events: list[ReportEvent], wanted: str) -> ReportEvent | None:
    found = next((event for event in events if wanted in ("", event.id)), None)
    if found is None and wanted:
        raise HTTPException(404, "There is no such event.")
    return found


def _sums(guests: Any, given: int, event: ReportEvent) -> dict[str, Any]:
    there = [each for each in guests if each.cancelled_at is None]
    will_call = [each for each in there if each.delivery is Delivery.WILL_CALL and each.collected_at is None]
    worth = sum(each.unit_price * each.tickets for each in there)
    return {
        "given": given,
        "worth": str(Money(worth, event.currency)),
        "guests": len(there),
        "tickets": sum(each.valid for each in there),
        "will_call": sum(each.valid for each in will_call),
        "will_call_names": len(will_call),
    }


def _guest(each: Listed, event: ReportEvent, speaks: Language) -> dict[str, Any]:
    state, tone, more = _state(each, event, speaks)
    return {
        "id": each.order_id,
        "number": each.order_number,
        "name": each.name or speaks.say("Without a name"),
        "email": each.email or "",
        "what": f"{each.tickets} × {each.item_name}",
        "worth": str(Money(each.unit_price * each.tickets, Currency(each.currency))),
        "held_for": speaks.say(each.held_for),
        "state": state,
        "tone": tone,
        "more": more,
        "is_on": each.cancelled_at is None,
        "can_cancel": each.cancelled_at is None and not each.admitted,
        "can_mail": each.cancelled_at is None and bool(each.email),
    }


def _state(each: Listed, event: ReportEvent, speaks: Language) -> tuple[str, str, str]:
    """Returns where a guest's tickets are, in words, its colour, and what is to be said of it."""
    if each.cancelled_at is not None:
        return speaks.say("Off the list"), "danger", when(each.cancelled_at, event.timezone, speaks)
    if each.admitted:
        words = speaks.say("{admitted} of {valid}").format(admitted=each.admitted, valid=each.valid)
        return speaks.say("Came in"), "ok", words
    if each.collected_at is not None:
        return speaks.say("Collected"), "ok", when(each.collected_at, event.timezone, speaks)
    if each.mail is not None and each.mailed_at is not None:
        words, tone = _MAILS[each.mail]
        return speaks.say(words), tone, when(each.mailed_at, event.timezone, speaks)
    if each.delivery is Delivery.WILL_CALL:
        last = (each.name or "").split()
        return (
            speaks.say("Will call"),
            "info",
            speaks.say("under {letter}").format(letter=last[-1][0].upper() if last else "–"),
        )
    return speaks.say("Not mailed"), "danger", ""


def _act(each: Act, who: Any, event: ReportEvent, speaks: Language) -> dict[str, str]:
    return {
        "at": when(each.at, event.timezone, speaks),
        "by": who.get(each.by, each.by or speaks.say("a till")),
        "what": speaks.say(_ACTS[each.what]),
        "why": speaks.say(each.why) if each.why else "",
        "id": each.order_id,
        "name": each.name or each.order_number,
    }


def _checked(found: Checked, speaks: Language) -> dict[str, Any]:
    products = found.catalogue.products_by_id

    def line(each: Any) -> dict[str, Any]:
        guest = each.guest
        return {
            "number": each.number,
            "is_new": each.is_new,
            "is_known": each.is_known,
            "title": each.text if guest is None else guest.name,
            "email": "" if guest is None else guest.email or "",
            "what": "" if guest is None else f"{guest.count} × {products[guest.product].name}",
            "how": "" if guest is None else _how(guest.delivery, speaks),
            "wrong": [_said(wrong, speaks) for wrong in each.wrong],
        }

    short = speaks.say("{name}: {left} left, {needed} needed")
    return {
        "lines": [line(each) for each in found.lines],
        "new": len(found.new),
        "tickets": found.tickets,
        "known": found.known,
        "wrong": len(found.wrong),
        "worth": str(found.worth),
        "units": ", ".join(f"{name} {count}" for name, count in found.units.items()),
        "short": [short.format(name=name, left=left, needed=needed) for name, left, needed in found.short],
        "over": found.over,
        "given": found.given,
        "limit": found.catalogue.comps.per_event,
    }


def _how(delivery: Delivery, speaks: Language) -> str:
    return speaks.say("by mail") if delivery is Delivery.MAIL else speaks.say("will call")


def _said(wrong: Wrong, speaks: Language) -> str:
    values = {name: speaks.say(value) if isinstance(value, str) else value for name, value in wrong.values.items()}
    return speaks.say(wrong.words).format(**values)
