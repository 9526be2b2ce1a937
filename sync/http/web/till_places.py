"""How a till's places come back: asked for (recall), or taken (reclaim), each after a look at what it will do."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from boxoffice.core.payloads.office import Subject
from boxoffice.documents.languages import language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, must_be_ours
from sync.inventory.places import Back, held_by
from sync.inventory.recalls import recall
from sync.inventory.reclaiming import reclaim
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers.sessions import Organizer
from sync.store.database import Transaction
from sync.tills.till_keys import leaked_keys

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]


@router.get("/tills/{device_id}/recall")
def recall_page(hub: TheHub, organizer: Admin, device_id: str) -> Response:
    """Says what asking a till for its places does."""
    till, _, units = _held(hub, device_id)
    say = language(organizer.language).say
    lines = [
        say(
            "{till} has {places} places on lease. It gives back what no sale under way needs when it hears of this."
        ).format(till=till, places=f"{units:,}"),
        say("If it is off the network, it hears of it when it is back, within a day. Nothing can go wrong."),
    ]
    title, do = say("Ask {till} for its places?").format(till=till), say("Ask {till}").format(till=till)
    return _sure(organizer, device_id, "recall", title, lines, do)


@router.post("/tills/{device_id}/recall")
def recall_places(hub: TheHub, organizer: Admin, device_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    _held(hub, device_id)

    def ask(connection: Transaction) -> None:
        units = recall(connection, device_id, str(organizer.id))
        note_change(hub, connection, Subject.TILL, device_id, "recalled", str(organizer.id), after=str(units))

    hub.database.run(ask)
    return RedirectResponse("/tills", 303)


@router.get("/tills/{device_id}/reclaim")
def reclaim_page(hub: TheHub, organizer: Admin, device_id: str) -> Response:
    """Says what taking a till's places back does, pool by pool."""
    till, backs, units = _held(hub, device_id)
    say = language(organizer.language).say
    pool = say("{pool}: {free} free now, {back} come back, {then} then.")
    lines = [
        say("{places} places can be sold again at once, by everyone. It can't be undone, and is noted with your name."),
        *(
            pool.format(
                pool=each.name, free=f"{each.free:,}", back=f"{each.units:,}", then=f"{each.free + each.units:,}"
            )
            for each in backs
        ),
        say("Is {till} only off the network? Then it goes on selling them.").format(till=till),
        say("What it has sold stays good: money and tickets are kept, and what goes over capacity comes to Problems."),
    ]
    lines[0] = lines[0].format(places=f"{units:,}")
    title = say("Take back the places of {till}?").format(till=till)
    return _sure(
        organizer, device_id, "reclaim", title, lines, say("Take back {places} places").format(places=f"{units:,}")
    )


@router.post("/tills/{device_id}/reclaim")
def reclaim_places(hub: TheHub, organizer: Admin, device_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    _held(hub, device_id)
    reclaim(hub, device_id, str(organizer.id))
    with hub.database.transaction() as connection:
        has_key = bool(leaked_keys(connection, device_id))
    return RedirectResponse(f"/tills/{device_id}/key" if has_key else "/tills", 303)


def _held(hub: Hub, device_id: str) -> tuple[str, list[Back], int]:
    """Returns the till's name, what would come back of each pool, and how many units that is together."""
    with hub.database.reading() as connection:
        found = held_by(connection, device_id)
    if found is None:
        raise HTTPException(404, "There is no such till.")
    till, backs = found
    return till, backs, sum(back.units for back in backs)


def _sure(organizer: Organizer, device_id: str, what: str, title: str, lines: Sequence[str], do: str) -> Response:
    return render(
        "sure.html",
        organizer=organizer,
        here="tills",
        title=title,
        lines=lines,
        action=f"/tills/{device_id}/{what}",
        fields={},
        told=None,
        back="/tills",
        keep=language(organizer.language).say("Leave it"),
        do=do,
    )
