"""The kill switch for organizers."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput
from boxoffice.core.payloads.office import Subject
from boxoffice.documents.languages import language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.operations.queues import queues
from sync.operations.status import MOST, take_back, tell, told
from sync.organizers.sessions import Organizer
from sync.payments.switches import switches, turn
from sync.shop.waiting_room import people_a_minute, set_line, waiting

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]


@router.get("/control")
def control_page(hub: TheHub, organizer: Viewer) -> Response:
    with hub.database.transaction() as connection:
        found, waits = switches(connection), queues(connection)
        line = {"per_minute": people_a_minute(connection), "waiting": waiting(connection)}
        zone, words = house_zone(connection), told(connection)
    speaks = language(organizer.language)
    since = {each.channel: when(each.since, zone, speaks) for each in found if each.since is not None}
    values: dict[str, Any] = {"switches": found, "since": since, "zone": zone_note([zone], speaks), "queues": waits}
    values["updates"] = [(each.id, each.words, when(each.at, zone, speaks)) for each in words]
    return render("control.html", line=line, organizer=organizer, here="control", **values)


@router.get("/control/{channel}/stop")
def stop_page(hub: TheHub, organizer: Admin, channel: str) -> Response:
    """Asks once more before a channel is stopped, and for a word to the public."""
    return _sure(hub, organizer, channel)


@router.post("/control/{channel}/stop")
def ask_to_stop(hub: TheHub, organizer: Admin, channel: str, csrf: Text, message: Text = "") -> Response:
    """Asks the same, with the words that were typed already. It changes nothing."""
    must_be_ours(organizer, csrf)
    return _sure(hub, organizer, channel, message)


def _sure(hub: Hub, organizer: Organizer, channel: str, message: str = "") -> Response:
    with hub.database.transaction() as connection:
        switch = next((each for each in switches(connection) if each.channel == channel), None)
    if switch is None:
        raise HTTPException(404, "There is no such channel.")
    say = language(organizer.language).say
    name = say(switch.name)
    return render(
        "sure.html",
        organizer=organizer,
        here="control",
        title=say("Stop {what}?").format(what=name),
        lines=[
            say("Nobody can begin a new payment this way until you open it again."),
            say("What is under way is settled, and tickets that were bought stay valid."),
        ],
        action=f"/control/{channel}",
        fields={"share": "0"},
        told=message or switch.message,
        back="/control",
        keep=say("Keep it open"),
        do=say("Stop {what}").format(what=name),
    )


@router.post("/control/waiting-line")
def take_line(
    hub: TheHub, organizer: Admin, csrf: Text, per_minute: Annotated[int, Form(ge=0, le=100_000)] = 0
) -> Response:
    """Opens, changes or ends the waiting line before the shop."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        before = people_a_minute(connection)
        set_line(connection, per_minute)
        words = {"before": str(before), "after": str(per_minute)}
        note_change(hub, connection, Subject.LINE, "web", "line", str(organizer.id), **words)
    return RedirectResponse("/control", 303)


@router.post("/control/status")
def tell_public(hub: TheHub, organizer: Admin, csrf: Text, words: Annotated[str, Form(max_length=MOST)]) -> Response:
    """Puts an organizer's words on the status page."""
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            tell(connection, words, organizer.email)
    except BadInput as error:
        raise HTTPException(422, str(error)) from error
    return RedirectResponse("/control", 303)


@router.post("/control/status/{update_id}")
def take_words_back(hub: TheHub, organizer: Admin, update_id: int, csrf: Text) -> Response:
    """Takes words off the status page."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        take_back(connection, update_id)
    return RedirectResponse("/control", 303)


@router.post("/control/{channel}")
def take_turn(
    hub: TheHub,
    organizer: Admin,
    channel: str,
    csrf: Text,
    share: Annotated[int, Form(ge=0, le=100)],
    message: Text = "",
) -> Response:
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            turn(connection, channel, share, message, organizer.email)
            note_change(hub, connection, Subject.SWITCH, channel, "turned", str(organizer.id), after=str(share))
    except BadInput as error:
        raise HTTPException(404, "There is no such channel.") from error
    return RedirectResponse("/control", 303)
