"""The gift cards: what is owed on them, one found by its last four letters, and one that is lost."""

import csv
from io import StringIO
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import OperationFailed
from boxoffice.core.gift_cards import masked
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Finance, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.organizers.organizers import Organizer
from sync.payments import gift_cards
from sync.payments.gift_cards import CardAt, NoSuchCard, Owed

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Ending = Annotated[str, Query(max_length=30)]
_ALL: Final = 100_000
_COLUMNS: Final = ("card", "order", "sold_at", "currency", "issued", "spent", "left", "at_tills", "status", "kept")
"""`kept` is what pays for web orders that are being paid."""


@router.get("/gift-cards")
def cards_page(hub: TheHub, organizer: Viewer, ends: Ending = "") -> Response:
    return _page(hub, organizer, ends)


@router.get("/gift-cards.csv")
def cards_csv(hub: TheHub, organizer: Viewer) -> Response:  # noqa: ARG001  # for organizers only
    """All cards, for a bookkeeper: amounts as numbers, and no code."""
    with hub.database.reading() as connection:
        cards = gift_cards.cards_of(connection, most=_ALL)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for card in cards:
        amounts = (_number(each) for each in (card.issued, card.spent, card.left, card.leased))
        status = "blocked" if card.is_blocked else "active"
        known = (card.last4, card.order_number, card.sold_at.isoformat(timespec="seconds"), card.left.currency.code)
        writer.writerow((*known, *amounts, status, _number(card.kept)))
    headers = {"Content-Disposition": 'attachment; filename="gift-cards.csv"'}
    return Response(out.getvalue(), media_type="text/csv", headers=headers)


@router.post("/gift-cards/{card_id}/block")
def block_card(hub: TheHub, organizer: Finance, card_id: str, csrf: Text) -> Response:
    return _block(hub, organizer, card_id, csrf, is_blocked=True)


@router.post("/gift-cards/{card_id}/unblock")
def unblock_card(hub: TheHub, organizer: Finance, card_id: str, csrf: Text) -> Response:
    return _block(hub, organizer, card_id, csrf, is_blocked=False)


@router.post("/gift-cards/{card_id}/take-back")
def take_card_back(request: Request, hub: TheHub, organizer: Finance, card_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        gift_cards.take_back(hub, services_of(request).refunds, card_id, str(organizer.id))
    except NoSuchCard:
        raise HTTPException(404, "There is no such gift card.") from None
    except OperationFailed as error:
        return _page(hub, organizer, "", status=409, error=error)
    return RedirectResponse("/gift-cards", 303)


def _block(hub: Hub, organizer: Organizer, card_id: str, csrf: str, *, is_blocked: bool) -> Response:
    must_be_ours(organizer, csrf)
    try:
        gift_cards.block(hub, card_id, str(organizer.id), is_blocked=is_blocked)
    except NoSuchCard:
        raise HTTPException(404, "There is no such gift card.") from None
    return RedirectResponse("/gift-cards", 303)


def _page(
    hub: Hub, organizer: Organizer, ends: str, *, status: int = 200, error: OperationFailed | None = None
) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        cards, owed = gift_cards.cards_of(connection, ends), gift_cards.owed_on_all(connection)
        zone = house_zone(connection)
    told = () if error is None else (error.what_happened, error.what_is_safe, error.what_to_do)
    return render(
        "gift-cards.html",
        status,
        organizer=organizer,
        here="gift-cards",
        ends=ends,
        cards=[_row(each, zone, speaks) for each in cards],
        owed=[_owed(each, zone, speaks) for each in owed],
        problems=[speaks.say(each) for each in told if each],
        zone=zone_note([zone], speaks),
    )


def _row(card: CardAt, zone: str, speaks: Language) -> dict[str, object]:
    return {
        "id": card.id,
        "name": masked(card.last4),
        "order_id": card.order_id,
        "order": card.order_number,
        "sold": when(card.sold_at, zone, speaks),
        "issued": str(card.issued),
        "spent": str(card.spent),
        "left": str(card.left),
        "is_open": card.left.minor > 0,
        "leased": str(card.leased) if card.leased.minor else "",
        "kept": str(card.kept) if card.kept.minor else "",
        "held_by": card.held_by,
        "is_blocked": card.is_blocked,
    }


def _owed(owed: Owed, zone: str, speaks: Language) -> dict[str, object]:
    return {
        "cards": owed.cards,
        "issued": str(owed.issued),
        "spent": str(owed.spent),
        "left": str(owed.left),
        "leased": str(owed.leased) if owed.leased.minor else "",
        "oldest": "" if owed.oldest is None else when(owed.oldest, zone, speaks),
    }


def _number(money: object) -> str:
    """Returns an amount as programs read it, such as `1250.00`."""
    return "".join(each for each in str(money) if each.isdigit() or each in ".-")
