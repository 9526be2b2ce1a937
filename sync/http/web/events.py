"""The list of events; a new one, from nothing, from a file, or from another one on other days; and its file."""

import json
import tomllib
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, Form, HTTPException, Query, UploadFile
from starlette.responses import RedirectResponse, Response

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.folding import is_found, searchable
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_line
from boxoffice.core.slugs import slug_of
from boxoffice.core.toml_text import to_toml
from boxoffice.documents.languages import Language, language
from sync.editing import drafts, publishing
from sync.editing.drafts import NoSuchEvent
from sync.editing.fields import SECTIONS, pools_of_options
from sync.editing.problem_words import told
from sync.http.access import TheHub
from sync.http.web.event_forms import COMMON_ZONES
from sync.http.web.event_state import State, state_of
from sync.http.web.event_words import section_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.organizers.organizers import names_of
from sync.organizers.sessions import Organizer
from sync.store import drafts as store
from sync.store.chain import utc_now
from sync.store.event_list import ListedEvent, PoolNow, listed_events, pools_now
from sync.store.tills import TillStatus, tills

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
_TYPED: Final = ("name", "first_day", "last_day", "venue", "address", "city", "timezone", "currency")
_MOST_FILE: Final = 500_000
_MOST_BARS: Final = 6
_MOST_PAST: Final = 8
_FILTERS: Final = (
    ("all", later("All")),
    ("sale", later("On sale")),
    ("drafts", later("Drafts")),
    ("past", later("Past")),
)


@router.get("/events")
def events_page(
    hub: TheHub,
    organizer: Viewer,
    q: Annotated[str, Query(max_length=100)] = "",
    show: Literal["all", "sale", "drafts", "past"] = "all",
) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        found, pools, kept = listed_events(connection), pools_now(connection), store.read_all(connection)
        who = names_of(connection, [each.created_by for each in kept])
        has_till = any(each.status is TillStatus.ACTIVE for each in tills(connection))
        zone = house_zone(connection)
    by_event = {event.id: [pool for pool in pools if pool.event_id == event.id] for event in found}
    rows = [_row(event, by_event[event.id], kept, speaks) for event in found]
    new = [_draft(each, who, zone, speaks) for each in kept if each.event_id not in by_event]
    words = q.strip()
    if words:
        rows = [row for row in rows if is_found(words, searchable((row["name"], row["where"])))]
        new = [row for row in new if is_found(words, searchable((row["name"], row["where"])))]
    on_sale = sorted((row for row in rows if row["state"] is not State.PAST), key=lambda row: row["first"])
    past = sorted((row for row in rows if row["state"] is State.PAST), key=lambda row: row["first"], reverse=True)
    counts = {"all": len(rows) + len(new), "sale": len(on_sale), "drafts": len(new), "past": len(past)}
    return render(
        "events.html",
        organizer=organizer,
        here="events",
        q=q,
        show=show,
        filters=[(value, speaks.say(name), counts[value]) for value, name in _FILTERS],
        counts=counts,
        on_sale=on_sale if show in ("all", "sale") else [],
        drafts=new if show in ("all", "drafts") else [],
        past=(past if show == "past" else past[:_MOST_PAST]) if show in ("all", "past") else [],
        more=max(0, len(past) - _MOST_PAST) if show == "all" else 0,
        is_empty=not found and not kept,
        has_till=has_till,
        now=when(utc_now(), zone, speaks),
    )


def _row(event: ListedEvent, pools: list[PoolNow], kept: list[store.Draft], speaks: Language) -> dict[str, Any]:
    catalogue, now = catalogue_from(event.file, event.revision), utc_now()
    own = pools_of_options(event.file)
    draft = next((each for each in kept if each.event_id == event.id), None)
    by_id = {pool.id: pool for pool in pools}
    shown = [by_id[pool.id] for pool in catalogue.pools if pool.id not in own and pool.id in by_id][:_MOST_BARS]
    state = state_of(catalogue, now)
    return {
        "id": event.id,
        "name": event.name,
        "state": state,
        "first": min(catalogue.days),
        "days": speaks.days(catalogue.days),
        "month": speaks.say(f"{min(catalogue.days):%b}"),
        "dates": _dates(catalogue.days),
        "where": f"{catalogue.venue}, {catalogue.city.split(',')[0]}",
        "doors": _doors(catalogue, speaks),
        "tag": speaks.say(state.value),
        "tone": "ok" if state is State.ON_SALE else "warn" if state is State.STOPPED else "",
        "until": _until(catalogue, now, speaks),
        "pools": [
            {"name": pool.name, "left": f"{pool.left:,}", "is_out": pool.left <= 0, "max": pool.capacity or 1}
            | {"gone": pool.capacity - pool.left if pool.capacity else 1}
            for pool in shown
        ],
        "revenue": str(Money(event.taken, Currency(event.currency))),
        "orders": event.orders,
        "tickets": f"{event.tickets:,}",
        "came": f"{event.came:,}",
        "share": f"{100 * event.came // event.tickets} %" if event.tickets and event.came else "",
        "is_changed": draft is not None,
        "is_archived": catalogue.is_archived,
    }


def _dates(days: tuple[date, ...]) -> str:
    first, last = min(days), max(days)
    if first == last:
        return str(first.day)
    return f"{first.day}–{last.day}"


def _doors(catalogue: Catalogue, speaks: Language) -> str:
    day = min(catalogue.days)
    hours = catalogue.hours_of(None, day)
    at = speaks.day(day) if hours is None else f"{speaks.day(day)}, {speaks.time(hours.starts)}"
    return speaks.say("Doors {when}").format(when=at)


def _until(catalogue: Catalogue, now: datetime, speaks: Language) -> str:
    left = (min(catalogue.days) - catalogue.day_of(now)).days
    if left < 0:
        return speaks.say("Under way") if catalogue.day_of(now) <= max(catalogue.days) else ""
    if left == 0:
        return speaks.say("Doors today")
    return speaks.say("Doors tomorrow") if left == 1 else speaks.say("Doors in {days} days").format(days=left)


def _draft(draft: store.Draft, who: Any, zone: str, speaks: Language) -> dict[str, Any]:
    event = draft.file.get("event", {})
    days = sorted(date.fromisoformat(str(day)) for day in event.get("days", ()))
    _, problems = publishing.checked(draft.file)
    wrong = {section_of(_first(problem), draft.file) for problem in problems}
    todo = [speaks.say(each.title) for each in SECTIONS if each.id in wrong]
    return {
        "id": draft.event_id,
        "name": event.get("name", draft.event_id),
        "where": ", ".join(part for part in (event.get("venue"), event.get("city")) if part)
        or speaks.say("Place not chosen"),
        "month": speaks.say(f"{days[0]:%b}") if days else "",
        "dates": _dates(tuple(days)) if days else "?",
        "days": speaks.days(days) if days else "",
        "copied": speaks.say("copied from {event}").format(event=draft.copied_from) if draft.copied_from else "",
        "begun": speaks.say("begun {when} by {who}").format(
            when=when(draft.created_at, zone, speaks), who=who.get(draft.created_by, draft.created_by)
        ),
        "ready": len(SECTIONS) - len(todo),
        "of": len(SECTIONS),
        "todo": ", ".join(todo),
    }


def _first(problem: FieldError) -> tuple[str, ...]:
    head = problem.place.split("[")[0].split(".")
    return tuple(head) or ("event",)


def _new_page(organizer: Organizer, given: dict[str, str], problems: list[str], status: int = 200) -> Response:
    return render(
        "event-new.html",
        status,
        organizer=organizer,
        here="events/new",
        given=dict.fromkeys(_TYPED, "") | given,
        problems=problems,
        zones=COMMON_ZONES,
        currencies=[code for code, rules in sorted(CURRENCIES.items()) if rules.stripe is not None],
        copied=None,
    )


@router.get("/events/new")
def new_page(hub: TheHub, organizer: Admin) -> Response:
    with hub.database.reading() as connection:
        found = listed_events(connection)
    given = {"timezone": found[0].timezone, "currency": found[0].currency} if found else {}
    return _new_page(organizer, given, [])


@router.post("/events/new")
def new_event(  # noqa: PLR0917  # one for each field of the form
    hub: TheHub,
    organizer: Admin,
    csrf: Text,
    name: Text = "",
    first_day: Text = "",
    last_day: Text = "",
    venue: Text = "",
    address: Text = "",
    city: Text = "",
    timezone: Text = "",
    currency: Text = "",
) -> Response:
    """Begins a draft of an event that holds nothing yet but its name, days and place."""
    must_be_ours(organizer, csrf)
    say = language(organizer.language).say
    given = {"name": name, "first_day": first_day, "last_day": last_day, "venue": venue, "address": address}
    given |= {"city": city, "timezone": timezone, "currency": currency}
    problems, days = list[str](), list[str]()
    if not read_line(name):
        problems.append(say("Give the event a name."))
    try:
        first = date.fromisoformat(first_day)
        last = date.fromisoformat(last_day) if last_day else first
        if not 0 <= (last - first).days < 31:  # as the event file has it
            problems.append(say("The last day must be at most 30 days after the first."))
        else:
            days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    except (ValueError, OverflowError):
        problems.append(say("Give its first day."))
    if not _is_zone(timezone):
        problems.append(say("Choose its time zone."))
    try:
        Currency(currency)
    except BadInput:
        problems.append(say("Choose its currency."))
    if problems:
        return _new_page(organizer, given, problems, 422)
    with hub.database.reading() as connection:
        taken = {event.id for event in listed_events(connection)} | {d.event_id for d in store.read_all(connection)}
    event = {"id": slug_of(name, taken), "name": read_line(name), "days": days}
    texts = {"venue": venue, "address": address, "city": city, "timezone": timezone, "currency": currency}
    event |= {what: read_line(text) for what, text in texts.items() if read_line(text)}
    event_id = drafts.make_draft(hub, event, str(organizer.id))
    return RedirectResponse(f"/events/{event_id}/basics", 303)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return bool(name)


@router.post("/events/import")
def import_event(hub: TheHub, organizer: Admin, csrf: Text, file: Annotated[UploadFile, File()]) -> Response:
    """Makes an event file the draft of its event, new or published; what is wrong with it is told, all of it."""
    must_be_ours(organizer, csrf)
    speaks = language(organizer.language)
    data = file.file.read(_MOST_FILE + 1)
    try:
        text = data.decode("utf-8-sig")
        said = json.loads(text) if (file.filename or "").endswith(".json") else tomllib.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("event"), dict) or len(data) > _MOST_FILE:
        words = speaks.say("This is no event file: it needs an [event] with an id.")
        return _new_page(organizer, {}, [words], 422)
    with hub.database.reading() as connection:
        others = [event.file for event in listed_events(connection)]
    try:
        event_id = drafts.take_file(hub, said, others, str(organizer.id))
    except BadInput as error:
        problems = [f"{each.place}: {told(each.message, speaks)}" for each in error.problems]
        return _new_page(organizer, {}, problems, 422)
    return RedirectResponse(f"/events/{event_id}/publish", 303)


@router.get("/events/{event_id}/copy")
def copy_page(hub: TheHub, organizer: Admin, event_id: str) -> Response:
    return _copy_page(hub, organizer, event_id, {}, [])


def _copy_page(
    hub: Hub, organizer: Organizer, event_id: str, given: dict[str, str], problems: list[str], status: int = 200
) -> Response:
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        try:
            file, _ = drafts.standing(connection, event_id)
        except NoSuchEvent as error:
            raise HTTPException(404, "There is no such event.") from error
    event, products = file.get("event", {}), file.get("products", ())
    days = sorted(date.fromisoformat(str(day)) for day in event.get("days", ()))
    first = days[0] if days else utc_now().date()
    later_on = first + timedelta(weeks=52)
    known = {
        "name": str(event.get("name", "")).replace(str(first.year), str(later_on.year)),
        "first_day": later_on.isoformat(),
    }
    return render(
        "event-new.html",
        status,
        organizer=organizer,
        here=f"events/{event_id}/copy",
        given=known | given,
        problems=problems,
        zones=(),
        currencies=(),
        copied={
            "id": event_id,
            "name": event.get("name", event_id),
            "days": speaks.days(days) if days else "",
            "pools": len(file.get("pools", ())),
            "products": len(products),
        },
    )


@router.post("/events/{event_id}/copy")
def copy_event(
    hub: TheHub, organizer: Admin, event_id: str, csrf: Text, name: Text = "", first_day: Text = ""
) -> Response:
    must_be_ours(organizer, csrf)
    say, given = language(organizer.language).say, {"name": name, "first_day": first_day}
    clean = read_line(name)
    try:
        day = date.fromisoformat(first_day)
    except ValueError:
        return _copy_page(hub, organizer, event_id, given, [say("Give its first day.")], 422)
    if not clean:
        return _copy_page(hub, organizer, event_id, given, [say("Give the event a name.")], 422)
    with hub.database.reading() as connection:
        taken = {event.id for event in listed_events(connection)} | {d.event_id for d in store.read_all(connection)}
    try:
        made = drafts.copy(hub, event_id, slug_of(clean, taken), clean[:80], day, str(organizer.id))
    except NoSuchEvent as error:
        raise HTTPException(404, "There is no such event.") from error
    except BadInput as error:
        words = say("This event is not complete yet: it can be copied once it is.")
        return _copy_page(hub, organizer, event_id, given, [words, *map(str, error.problems)], 422)
    return RedirectResponse(f"/events/{made}/basics", 303)


@router.get("/events/{event_id}/file")
def event_file(
    hub: TheHub, _: Viewer, event_id: str, form: Literal["toml", "json"] = "toml", draft: bool = False
) -> Response:
    """Returns the event as a file that `load-event` takes, and that can be read in here again."""
    with hub.database.transaction() as connection:
        try:
            file, kept = drafts.standing(connection, event_id)
            if kept is not None and not draft and kept.base:
                found = store.revisions(connection, event_id, 1)
                file = found[0].file if found else file
        except NoSuchEvent as error:
            raise HTTPException(404, "There is no such event.") from error
    text = to_toml(file) if form == "toml" else json.dumps(file, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="{event_id}.{form}"'}
    return Response(text, media_type="application/toml" if form == "toml" else "application/json", headers=headers)


@router.post("/events/{event_id}/archive")
def archive(
    hub: TheHub, organizer: Admin, event_id: str, csrf: Text, is_over: Annotated[bool, Form()] = True
) -> Response:
    """Takes an event off sale and out of the lists, or puts it back."""
    must_be_ours(organizer, csrf)
    try:
        publishing.archive(hub, event_id, str(organizer.id), is_over=is_over)
    except NoSuchEvent as error:
        raise HTTPException(404, "There is no such event.") from error
    return RedirectResponse("/events", 303)


@router.get("/events/{event_id}/archive")
def archive_page(hub: TheHub, organizer: Admin, event_id: str) -> Response:
    """Asks once more before an event is taken off sale."""
    with hub.database.transaction() as connection:
        try:
            file, _ = drafts.standing(connection, event_id)
        except NoSuchEvent as error:
            raise HTTPException(404, "There is no such event.") from error
    say = language(organizer.language).say
    name = str(file.get("event", {}).get("name", event_id))
    return render(
        "sure.html",
        organizer=organizer,
        here="events",
        title=say("Archive {event}?").format(event=name),
        lines=[
            say("It is taken off sale at once, on the web and for tills that are paired from now on."),
            say("Tickets that were sold stay valid, and all reports stay. It can be put back at any time."),
        ],
        action=f"/events/{event_id}/archive",
        fields={},
        told=None,
        back="/events",
        keep=say("Keep it on sale"),
        do=say("Archive it"),
    )
