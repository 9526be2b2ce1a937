"""How a draft will look before it is published: in the shop, on the till and on the ticket; nothing is on sale."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response

from boxoffice.core.catalogue import FREE_AMOUNTS, Catalogue, Product, ProductKind
from boxoffice.core.ids import PoolId
from boxoffice.core.languages import later
from boxoffice.core.orders import Channel
from boxoffice.core.sale_times import off_sale
from boxoffice.core.tariffs import Asked
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import language
from boxoffice.documents.model import Ticket
from boxoffice.documents.qr import qr_svg
from boxoffice.documents.tickets import tickets_pdf
from sync.editing import drafts, publishing
from sync.editing.drafts import NoSuchEvent
from sync.http.access import TheHub
from sync.http.web import shop_pages
from sync.http.web.baskets import Basket
from sync.http.web.languages import language_of
from sync.http.web.pages import render
from sync.http.web.shop_views import bounds_of, card_bounds_of, groups_of, heading_of, summary_of
from sync.http.web.signed_in import Viewer
from sync.inventory.on_sale import OnSale
from sync.ledger.hub import Hub
from sync.store.chain import utc_now
from sync.store.event_list import PoolNow, pools_now

router: Final = APIRouter(include_in_schema=False)
_LETTERS: Final = "QWERASDFZXCV"
_COLUMNS: Final = 4
_NUMBER: Final = "PREVIEW"
_MOST_TICKETS: Final = 12
_SHOWN: Final = later("Show this code at the door. It lets in one person, once each day.")


def _draft(hub: Hub, event_id: str) -> tuple[Mapping[str, Any], Mapping[str, PoolNow]]:
    with hub.database.transaction() as connection:
        try:
            file, draft = drafts.standing(connection, event_id)
            if draft is not None:
                file = publishing.look(connection, event_id).file
        except NoSuchEvent as error:
            raise HTTPException(404, "There is no such event.") from error
        return file, {pool.id: pool for pool in pools_now(connection, event_id)}


@router.get("/events/{event_id}/preview/shop")
def shop_preview(request: Request, hub: TheHub, organizer: Viewer, event_id: str) -> Response:
    """Shows the draft as the shop would, with nothing that can be bought."""
    file, pools = _draft(hub, event_id)
    catalogue, _ = publishing.checked(file)
    if catalogue is None:
        return _not_yet(organizer, event_id, file, "shop")
    speaks = language_of(request)
    shown = catalogue
    free = {PoolId(each.id): _left(each.capacity, pools.get(each.id)) for each in shown.counted}
    now = utc_now()
    left = {product.id: n for product in shown.products if (n := product.left(free)) is not None}
    sale = OnSale(shown, left, free, now, closed=off_sale(shown, now))
    texts, basket = Texts(shown, speaks.code), Basket()
    groups = [
        replace(group, products=tuple(replace(row, can_add=False) for row in group.products))
        for group in groups_of(sale, basket, texts, speaks)
    ]
    return shop_pages.render(
        request,
        hub,
        "tickets",
        heading=heading_of(shown, speaks),
        groups=groups,
        summary=summary_of(None, basket, "", texts),
        attempt="",
        quote="",
        card_bounds=card_bounds_of(shown.currency),
        says=None,
        at=None,
        at_promo=(),
        bounds=bounds_of(shown.currency),
        short=[],
        off_sale=[],
        minutes=f"{hub.settings.checkout_minutes:g}",
        symbol=shown.currency.symbol,
        stopped=None,
        shop=f"/events/{event_id}/preview/shop",
        event_id="",
        has_others=False,
        preview=f"/events/{event_id}/publish",
    )


def _left(capacity: int, pool: PoolNow | None) -> int:
    return capacity if pool is None else max(0, capacity - pool.sold - pool.held)


@router.get("/events/{event_id}/preview/till")
def till_preview(hub: TheHub, organizer: Viewer, event_id: str) -> Response:
    """Shows the tiles that a till would have, in their order."""
    file, pools = _draft(hub, event_id)
    catalogue, _ = publishing.checked(file)
    if catalogue is None:
        return _not_yet(organizer, event_id, file, "till")
    free = {PoolId(each.id): _left(each.capacity, pools.get(each.id)) for each in catalogue.counted}
    sold_here = [each for each in catalogue.products if each.shelf.is_offered(Channel.DOOR)]
    shelves = {name: [each for each in sold_here if each.category == name] for name in _categories(sold_here)}
    rows = [ceil(len(shelf) / _COLUMNS) for shelf in shelves.values()]
    starts = [sum(rows[:i]) * _COLUMNS if sum(rows) * _COLUMNS <= len(_LETTERS) else 0 for i in range(len(rows))]
    tiles = [
        (name, [_tile(catalogue, each, free, _LETTERS[start + i : start + i + 1]) for i, each in enumerate(shelf)])
        for (name, shelf), start in zip(shelves.items(), starts, strict=True)
    ]
    speaks = language(organizer.language)
    return render(
        "event-preview.html",
        organizer=organizer,
        here=f"events/{event_id}/preview/till",
        event={"id": event_id, "name": catalogue.name},
        tab="till",
        shelves=tiles,
        hidden=[each.name for each in catalogue.products if each not in sold_here],
        ticket=None,
        is_ready=True,
        speaks=speaks.code,
    )


def _categories(products: Iterable[Product]) -> list[str]:
    return list(dict.fromkeys(product.category for product in products))


def _tile(catalogue: Catalogue, product: Product, free: Mapping[PoolId, int], letter: str) -> dict[str, Any]:
    asked = Asked(Channel.DOOR, utc_now(), catalogue.zone)
    price = None if product.tariff is None else product.tariff.pick(asked)
    left = product.left(free)
    return {
        "name": product.name,
        "letter": letter,
        "price": "" if price is None else str(price),
        "is_free": product.kind in FREE_AMOUNTS and price is None,
        "left": left,
        "options": ", ".join(product.options),
        "colour": product.shelf.colour,
        "code": product.shelf.code,
    }


@router.get("/events/{event_id}/preview/ticket")
def ticket_preview(hub: TheHub, organizer: Viewer, event_id: str) -> Response:
    """Shows what a ticket would say."""
    file, _ = _draft(hub, event_id)
    catalogue, _ = publishing.checked(file)
    if catalogue is None or not (tickets := _tickets(catalogue, organizer.language)):
        return _not_yet(organizer, event_id, file, "ticket")
    # The picture is drawn from our own text, by our own code: it is markup that can be trusted.
    qr = Markup(qr_svg(_NUMBER))  # noqa: S704  # drawn by us, of our own text
    return render(
        "event-preview.html",
        organizer=organizer,
        here=f"events/{event_id}/preview/ticket",
        event={"id": event_id, "name": catalogue.name},
        tab="ticket",
        shelves=[],
        hidden=[],
        ticket={"pdf": f"/events/{event_id}/preview/ticket.pdf", "pages": tickets, "qr": qr},
        is_ready=True,
        speaks=organizer.language,
    )


@router.get("/events/{event_id}/preview/ticket.pdf")
def ticket_pdf(hub: TheHub, organizer: Viewer, event_id: str) -> Response:
    """Returns a page for each kind of ticket, with a code that no till takes."""
    file, _ = _draft(hub, event_id)
    catalogue, _ = publishing.checked(file)
    if catalogue is None or not (tickets := _tickets(catalogue, organizer.language)):
        raise HTTPException(404, "There is no ticket to show yet.")
    return Response(tickets_pdf(tickets), media_type="application/pdf")


def _tickets(catalogue: Catalogue, code: str) -> list[Ticket]:
    """Returns a ticket of each kind that the event sells, in a language."""
    speaks, texts = language(code), Texts(catalogue, code)
    own = catalogue.papers.in_language(code).ticket
    return [
        Ticket(
            event_name=(texts.event_name,),
            event_dates=speaks.days(catalogue.days),
            venue=(catalogue.venue, catalogue.address, catalogue.city),
            product_name=texts.name_of(product.id, product.name),
            days=tuple(speaks.short_day(day) for day in product.days or catalogue.days),
            order_number=_NUMBER,
            position=speaks.say("{i} of {n}").format(i=1, n=1),
            token=_NUMBER,
            small_print=tuple(each for each in (own, speaks.say(_SHOWN)) if each),
            language=code,
            is_training=True,
        )
        for product in catalogue.products
        if product.kind is ProductKind.TICKET
    ][:_MOST_TICKETS]


def _not_yet(organizer: Any, event_id: str, file: Mapping[str, Any], tab: str) -> Response:
    return render(
        "event-preview.html",
        organizer=organizer,
        here=f"events/{event_id}/preview/{tab}",
        event={"id": event_id, "name": file.get("event", {}).get("name", event_id)},
        tab=tab,
        shelves=[],
        hidden=[],
        ticket=None,
        is_ready=False,
        speaks=organizer.language,
    )
