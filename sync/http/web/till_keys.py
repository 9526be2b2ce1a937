"""Pages for the Stripe keys of tills: to set them, and to end at Stripe what a revoked till knows."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput
from boxoffice.documents.languages import language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, must_be_ours
from sync.ledger.hub import Hub
from sync.organizers.sessions import Organizer
from sync.store.database import Transaction
from sync.stored_words import told
from sync.tills import till_keys
from sync.tills.tills import Till, find_till

router: Final = APIRouter(include_in_schema=False)
Secret = Annotated[str, Form(max_length=300)]
Text = Annotated[str, Form(max_length=100)]


@router.get("/tills/key")
def shared_key_page(hub: TheHub, organizer: Admin) -> Response:
    return _page(hub, organizer)


@router.post("/tills/key")
def set_shared_key(hub: TheHub, organizer: Admin, csrf: Text, key: Secret) -> Response:
    return _set(hub, organizer, csrf, key)


@router.get("/tills/{device_id}/key")
def key_page(hub: TheHub, organizer: Admin, device_id: str) -> Response:
    return _page(hub, organizer, device_id)


@router.post("/tills/{device_id}/key")
def set_key(hub: TheHub, organizer: Admin, device_id: str, csrf: Text, key: Secret) -> Response:
    return _set(hub, organizer, csrf, key, device_id)


@router.post("/tills/{device_id}/key/ended")
def key_was_ended(hub: TheHub, organizer: Admin, device_id: str, csrf: Text, key_id: Text) -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        till_keys.note_ended(hub, connection, key_id, str(organizer.id))
    return RedirectResponse(f"/tills/{device_id}/key", 303)


def _set(hub: Hub, organizer: Organizer, csrf: str, key: str, device_id: str | None = None) -> Response:
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            if device_id is not None and _till(connection, device_id).is_revoked:
                device_id = None  # what a revoked till's page asks for is a new key for all others
            till_keys.set_key(hub, connection, key, str(organizer.id), device_id)
    except BadInput as error:
        return _page(hub, organizer, device_id, error=error.problems[0].message, status=422)
    return RedirectResponse("/tills/key" if device_id is None else f"/tills/{device_id}/key", 303)


def _page(
    hub: Hub, organizer: Organizer, device_id: str | None = None, *, error: str = "", status: int = 200
) -> Response:
    with hub.database.transaction() as connection:
        till = None if device_id is None else _till(connection, device_id)
        is_revoked = till is not None and till.is_revoked
        wanted = till_keys.wanted_key(hub, connection, None if is_revoked else device_id)
        holders = [each for each in till_keys.holders(hub, connection) if not each.is_own]
        leaked = till_keys.leaked_keys(connection, device_id) if is_revoked or device_id is None else ()
    speaks = language(organizer.language)
    return render(
        "till-key.html",
        status,
        organizer=organizer,
        here="tills/key" if device_id is None else f"tills/{device_id}/key",
        device_id=device_id,
        till="" if till is None else till.name,
        is_revoked=is_revoked,
        wanted=wanted,
        holders=holders,
        waiting=[each.name for each in holders if not each.has_it],
        leaked=[replace(key, hint=told(key.hint, speaks)) for key in leaked],
        error=speaks.say(error),
    )


def _till(connection: Transaction, device_id: str) -> Till:
    found = find_till(connection, device_id)
    if found is None:
        raise HTTPException(404, "There is no such till.")
    return found
