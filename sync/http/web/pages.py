"""Pages for people: the sales report and the tills."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.languages import LANGUAGES
from boxoffice.core.payloads.office import Subject
from boxoffice.core.reading import read_line
from boxoffice.documents.languages import Language, language
from boxoffice.documents.qr import qr_svg
from sync.http.access import TheHub
from sync.http.web.front import front
from sync.http.web.languages import COOKIE, KEPT_S, language_of, templates_in
from sync.http.web.signed_in import Admin, Viewer, must_be_ours, organizer_of_request
from sync.http.web.till_health import ago, health_of, overview, words_of
from sync.http.web.times import when, zone_note
from sync.inventory.events import has_events, house_zone
from sync.inventory.places import held_by, places_of_tills
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers.sessions import Organizer
from sync.store.tills import ListedTill, TillStatus, tills
from sync.stored_words import told
from sync.tills import pairing
from sync.tills.till_keys import leaked_keys, note_leaked
from sync.tills.tills import leased_by

router: Final = APIRouter(include_in_schema=False)
MAIL_POLICY: Final = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""Mails have their styles within them, as mail programs want it; nothing else may do anything there."""
SPOKEN: Final = frozenset(
    {"message.html", "sign-in.html", "sign-in-link.html", "pin.html", "join.html", "sign-in-second.html"}
    | {"account.html", "organizers.html", "sessions.html", "audit.html", "privacy.html"}
    | {"orders.html", "dashboard.html", "control.html", "sure.html"}
    | {"tills.html", "reports.html", "order.html", "refund.html", "exceptions.html", "notices.html"}
    | {"notice.html", "till-key.html", "staff.html", "shifts.html", "shift.html"}
    | {"arrivals.html", "gift-cards.html", "guests.html", "taxes.html", "close.html"}
    | {"events.html", "event-new.html", "event-edit.html", "event-publish.html", "event-revisions.html"}
    | {"event-preview.html"}
    | {"cancel.html", "cancel-list.html", "cancel-running.html", "move.html"}
    | {"disputes.html", "dispute.html", "stray.html"}
)
"""The pages that speak every language; a page is translated as a whole, and the others are English as a whole."""
_OF_EVENTS: Final = r"events(/[a-z0-9-]{1,45}(/[a-z]{1,12}){0,2})?"
_HERE: Final = (
    rf"^({_OF_EVENTS}|"
    r"tills/key|[a-z-]{1,20}(/[0-9a-f-]{1,36}(/key)?)?(\?code=[A-Za-z0-9-]{0,20}|\?done=true)?)?$"
)
Text = Annotated[str, Form(max_length=300)]


def render(name: str, status: int = 200, *, language_code: str = "", **values: Any) -> HTMLResponse:
    """Returns a page in the language that is named, or that whoever is signed in reads; every value is escaped."""
    organizer: Organizer | None = values.get("organizer")
    asked = language_code or ("en" if organizer is None else organizer.language)
    spoken = asked if name in SPOKEN else "en"
    shared = {"is_spoken": name in SPOKEN, "language": spoken, "languages": LANGUAGES, "here": ""}
    return HTMLResponse(templates_in(spoken).get_template(name).render(**{**shared, **values}), status)


def message(speaks: Language, title: str, *lines: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Returns a page that says one thing, which the caller has said in the reader's language."""
    more = {"is_good": False, "refresh_s": None, "link": None, **values}
    return render("message.html", status, language_code=speaks.code, title=title, lines=lines, **more)


@router.get("/language/{code}")
def choose_language(hub: TheHub, code: str, here: Annotated[str, Query(pattern=_HERE)] = "") -> Response:
    """Keeps the language that somebody chose at the foot of a page, and leads back there."""
    answer = RedirectResponse(f"/{here}", 303)
    if code in LANGUAGES:
        secure = hub.public_url.startswith("https://")
        answer.set_cookie(COOKIE, code, max_age=KEPT_S, samesite="lax", httponly=True, secure=secure)
    return answer


@router.get("/")
def home(request: Request, hub: TheHub) -> Response:
    """Leads organizers to their sales, or to what is to be done first; and everyone else to the shop, or to all."""
    if organizer_of_request(request, hub) is None:
        return front(request, hub)
    with hub.database.reading() as connection:
        is_empty = not has_events(connection)
    return RedirectResponse("/events" if is_empty else "/reports", 303)


@router.get("/pair")
def pair_page(request: Request, code: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Where the QR of a pairing code leads a telephone that was used to scan it."""
    speaks = language_of(request)
    line = speaks.say("Type this code into the till: {code}") if code else speaks.say("The till asks for a code.")
    return message(
        speaks, speaks.say("Pair a till"), line.format(code=read_line(code)), here=f"pair?{urlencode({'code': code})}"
    )


@router.get("/tills")
def tills_page(hub: TheHub, organizer: Viewer) -> Response:
    return _tills(hub, organizer)


@router.post("/tills/codes")
def make_code(hub: TheHub, organizer: Admin, csrf: Text, name: Text = "") -> Response:
    must_be_ours(organizer, csrf)
    clean = read_line(name)[:40].strip()
    with hub.database.transaction() as connection:
        code = pairing.create_code(connection, clean or None)
        note_change(hub, connection, Subject.TILL, "", "code", str(organizer.id))
    return _tills(hub, organizer, code)


@router.get("/tills/{device_id}/revoke")
def revoke_page(hub: TheHub, organizer: Admin, device_id: str) -> Response:
    """Asks once more before a till is shut out, and says what it holds."""
    with hub.database.transaction() as connection:
        held = leased_by(connection, device_id)
    if held is None:
        raise HTTPException(404, "There is no such till.")
    say = language(organizer.language).say
    lines = [
        say("{till} is shut out at once: it gets no places and no payments, and sells no more once it hears so."),
        say("What it has sold and not sent is still taken when it has a network, and put before you."),
        say("It can't be let in again. Once it has handed over what it holds, it is paired anew in the same folder."),
    ]
    if held.units:
        lines.append(
            say("It holds {places} places on lease. The next page takes them back, so that others can sell them.")
        )
    return render(
        "sure.html",
        organizer=organizer,
        here="tills",
        title=say("Revoke {till}?").format(till=held.till),
        lines=[line.format(till=held.till, places=f"{held.units:,}") for line in lines],
        action=f"/tills/{device_id}/revoke",
        fields={},
        told=None,
        back="/tills",
        keep=say("Keep it"),
        do=say("Revoke {till}").format(till=held.till),
    )


@router.post("/tills/{device_id}/revoke")
def revoke_till(hub: TheHub, organizer: Admin, device_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        if not pairing.revoke(connection, device_id):
            raise HTTPException(404, "There is no such till.")
        note_change(hub, connection, Subject.TILL, device_id, "revoked", str(organizer.id))
        found = held_by(connection, device_id)
        note_leaked(hub, connection, device_id)
        has_key = bool(leaked_keys(connection, device_id))
    then = "/reclaim" if found and found[1] else "/key" if has_key else None
    return RedirectResponse("/tills" if then is None else f"/tills/{device_id}{then}", 303)


def _tills(hub: Hub, organizer: Organizer, code: str | None = None) -> Response:
    with hub.database.transaction() as connection:
        rows, zone = tills(connection), house_zone(connection)
        places = places_of_tills(connection)
        leaked = {key.device_id: key.hint for key in leaked_keys(connection) if key.ended_at is None}
    speaks = language(organizer.language)
    listed = [
        {
            "id": row.id,
            "name": row.name,
            "status": row.status.value,
            "facts": f"{row.facts:,}",
            "note": _note(row, speaks),
            "leaked": told(leaked.get(row.id, ""), speaks),
            "last_seen": speaks.say("never") if row.last_seen_at is None else when(row.last_seen_at, zone, speaks),
            "ago": speaks.say("never") if row.silent_s is None else ago(row.silent_s, speaks),
            "health": words_of(health_of(row), speaks),
            "places": f"{row.places:,}" if row.places else speaks.say("none"),
            "unsent": speaks.say("unknown") if row.unsent is None else f"{row.unsent:,}",
            "version": row.version or speaks.say("unknown"),
        }
        for row in rows
    ]
    # The picture is drawn from our own text, by our own code: it is markup that can be trusted.
    qr = Markup(qr_svg(f"{hub.public_url}/pair?code={code}")) if code else ""  # noqa: S704  # drawn here
    return render(
        "tills.html",
        organizer=organizer,
        here="tills",
        tills=listed,
        overview=overview(rows, speaks),
        places=places,
        code=code,
        qr=qr,
        zone=zone_note([zone], speaks),
    )


def _note(row: ListedTill, speaks: Language) -> str:
    """Returns what a till has yet to send, as far as it said so."""
    if row.status is not TillStatus.REVOKED and not row.unsent:
        return ""
    if row.status is not TillStatus.REVOKED:
        words = speaks.say("{count} records are not sent yet")
    elif row.unsent:
        words = speaks.say("{count} records of {till} were not sent when it was last heard of")
    elif row.was_heard_since and row.unsent == 0:
        words = speaks.say("{till} has handed over everything")
    else:
        words = speaks.say("It may hold sales that were not sent: open it where there is a network")
    return words.format(count=f"{row.unsent or 0:,}", till=row.name)
