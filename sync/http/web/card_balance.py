"""What is left on a gift card, for whoever has its code: it is typed into a form, and stands in no address."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from boxoffice.core.gift_cards import masked
from sync.http.access import TheHub, address_of
from sync.http.web.forms import must_be_ours
from sync.http.web.shop_pages import render
from sync.payments.gift_cards import standing_of
from sync.store import limits

router: Final = APIRouter(include_in_schema=False)
_FROM_NETWORK: Final = limits.Limit("gift card balance", tries=60, within=timedelta(minutes=10))
"""A code has 75 secret bits: this is for the hub's own rest."""


@router.get("/gift-card")
def balance_page(request: Request, hub: TheHub) -> Response:
    return render(request, hub, "gift-card", card=None, is_unknown=False)


@router.post("/gift-card")
def look_at_card(
    request: Request, hub: TheHub, csrf: Annotated[str, Form()], code: Annotated[str, Form(max_length=100)]
) -> Response:
    """Shows what is left on the card of a code."""
    must_be_ours(request, csrf)
    with hub.database.transaction() as connection:
        limits.count_all(connection, [(_FROM_NETWORK, address_of(request))])
        found = standing_of(connection, code)
    if found is None:
        return render(request, hub, "gift-card", 404, card=None, is_unknown=True)
    card = {"name": masked(found.last4), "left": str(found.left), "is_blocked": found.is_blocked}
    answer = render(request, hub, "gift-card", card=card, is_unknown=False)
    answer.headers["Cache-Control"] = "no-store"
    return answer
