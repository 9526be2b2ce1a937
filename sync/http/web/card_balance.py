"""What is left on a gift card, for whoever has its code: it is typed into a form, and stands in no address."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from boxoffice.core.gift_cards import masked
from sync.http.access import TheHub, address_of
from sync.http.web.forms import must_be_ours
from sync.http.web.shop_pages import render
from sync.ledger.hub import Hub
from sync.payments.gift_cards import standing_of
from sync.store import limits

router: Final = APIRouter(include_in_schema=False)
_FROM_NETWORK: Final = limits.Limit("gift card balance", tries=60, within=timedelta(minutes=10))
"""A code has 75 secret bits: this is for the hub's own rest."""


def may_try_code(request: Request, hub: Hub) -> None:
    """Counts a code that was typed; raises `TooManyTries` if that was too many from where the visitor is."""
    with hub.database.transaction() as connection:
        limits.count_all(connection, [(_FROM_NETWORK, address_of(request))])


@router.get("/gift-card")
def balance_page(request: Request, hub: TheHub) -> Response:
    return render(request, hub, "gift-card", card=None, is_unknown=False)


@router.post("/gift-card")
def look_at_card(
    request: Request, hub: TheHub, csrf: Annotated[str, Form()], code: Annotated[str, Form(max_length=100)]
) -> Response:
    """Shows what is left on the card of a code."""
    must_be_ours(request, csrf)
    may_try_code(request, hub)
    with hub.database.reading() as connection:
        found = standing_of(connection, code)
    if found is None:
        return render(request, hub, "gift-card", 404, card=None, is_unknown=True)
    card = {"name": masked(found.last4), "left": str(found.left), "is_blocked": found.is_blocked}
    answer = render(request, hub, "gift-card", card=card, is_unknown=False)
    answer.headers["Cache-Control"] = "no-store"
    return answer
