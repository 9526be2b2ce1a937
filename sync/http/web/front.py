"""The page before the shops: all events that are on sale, each with its own."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from sync.http.web.languages import language_of
from sync.http.web.shop_pages import render, shop_path
from sync.http.web.shop_views import heading_of
from sync.inventory.on_sale import events_on_sale
from sync.ledger.hub import Hub


def front(request: Request, hub: Hub) -> Response:
    """Returns the list of what is on sale; where that is one event, or none, it leads straight to the shop."""
    with hub.database.reading() as connection:
        events = events_on_sale(hub, connection)
    if len(events) < 2:  # a list of one is none
        return RedirectResponse("/tickets", 303)
    speaks = language_of(request)
    shops = [(shop_path(each.id), heading_of(each, speaks)) for each in events]
    return render(request, hub, "front", shops=shops, heading=None, shop="/")
