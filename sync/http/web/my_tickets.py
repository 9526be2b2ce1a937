"""The tickets of an order: opened by the signed link of its mail, or by the browser that bought."""

from datetime import timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import language
from boxoffice.documents.model import Ticket
from boxoffice.documents.qr import qr_svg
from boxoffice.documents.tickets import tickets_pdf
from sync.http.access import TheHub, address_of
from sync.http.web import baskets
from sync.http.web.calendar import calendar_of
from sync.http.web.forms import must_be_ours
from sync.http.web.gift_fields import gift_cards_of
from sync.http.web.languages import language_of
from sync.http.web.shop_pages import render
from sync.ledger.hub import Hub
from sync.mail.gift_mails import gift_papers
from sync.mail.paperwork import papers_of
from sync.mail.sent_again import send_all_of
from sync.orders.access import NoSuchOrder, must_open
from sync.shop.belongings import belongings
from sync.shop.web_orders import look
from sync.store import limits
from sync.store.chain import utc_now
from sync.store.database import Transaction
from sync.store.till_orders import TillOrder, find_paid
from sync.store.web_orders import WebOrder

router: Final = APIRouter(include_in_schema=False)
_TO_ONE: Final = limits.Limit("send tickets again", tries=5, within=timedelta(hours=1))
_FROM_NETWORK: Final = limits.Limit("send tickets again from", tries=500, within=timedelta(hours=1))
"""By the address that they go to, and, far more, by the network that all guests of a venue share."""
Text = Annotated[str, Query(max_length=120)]


@router.get("/my-tickets")
def my_tickets(
    request: Request,
    hub: TheHub,
    order: Text = "",
    order_id: Annotated[str, Query(alias="id", max_length=120)] = "",
    key: Text = "",
) -> Response:
    """Returns the tickets of one order, or of all that this browser may see."""
    if order_id or key:
        return _opened(request, hub, order_id, key)
    mine = baskets.orders_of(request, hub)
    with hub.database.transaction() as connection:
        orders = [found for found in _orders(mine, connection) if order in ("", found.number)]
        speaks = language_of(request).code
        shown = [_shown(hub, connection, found, speaks) for found in orders if found.is_paid]
    if not shown and order:
        raise NoSuchOrder
    if not shown:
        is_coming = any(found.is_open for found in orders)
        return render(request, hub, "no-tickets", is_sent=False, is_coming=is_coming)
    return render(request, hub, "my-tickets", orders=shown)


@router.get("/door-tickets")
def door_tickets(
    request: Request, hub: TheHub, order_id: Annotated[str, Query(alias="id", max_length=120)] = "", key: Text = ""
) -> Response:
    """Returns the tickets of an order that was bought at a kiosk: its screen shows the address to one phone."""
    must_open(hub, order_id, key)
    speaks = language_of(request).code
    with hub.database.transaction() as connection:
        found = find_paid(connection, order_id)
        if found is None:
            raise NoSuchOrder
        shown = _shown(hub, connection, found, speaks) | {"is_at_a_till": True}
    return render(request, hub, "my-tickets", orders=[shown])


@router.post("/my-tickets")
def send_again(
    request: Request, hub: TheHub, csrf: Annotated[str, Form()], email: Annotated[str, Form(max_length=1000)]
) -> Response:
    """Mails the tickets of an address to that address. The answer is the same whether there are any."""
    must_be_ours(request, csrf)
    try:
        wanted = read_email(email).lower()
    except BadAddress:  # the answer tells nothing of addresses, not even this
        return render(request, hub, "no-tickets", is_sent=True, is_coming=False)
    with hub.database.transaction() as connection:
        limits.count_all(connection, [(_TO_ONE, wanted), (_FROM_NETWORK, address_of(request))])
        send_all_of(connection, wanted)
    return render(request, hub, "no-tickets", is_sent=True, is_coming=False)


@router.get("/my-tickets/tickets.pdf")
def pdf(request: Request, hub: TheHub, order: Text) -> Response:
    mine = baskets.orders_of(request, hub)
    with hub.database.transaction() as connection:
        found = _one(mine, connection, order)
        _, tickets = papers_of(hub, connection, found.id)
    if not tickets:
        raise NoSuchOrder
    headers = {"Content-Disposition": f'attachment; filename="tickets-{found.number}.pdf"'}
    return Response(tickets_pdf(tickets), media_type="application/pdf", headers=headers)


@router.get("/my-tickets/gift-cards.pdf")
def gift_cards_pdf(request: Request, hub: TheHub, order: Text) -> Response:
    """Returns the gift cards of an order, for who bought them and gives them by hand."""
    mine = baskets.orders_of(request, hub)
    with hub.database.transaction() as connection:
        found = _one(mine, connection, order)
        cards = gift_papers(hub, connection, found.id)
    if not cards:
        raise NoSuchOrder
    headers = {"Content-Disposition": f'attachment; filename="gift-cards-{found.number}.pdf"'}
    return Response(tickets_pdf(cards), media_type="application/pdf", headers=headers)


@router.get("/my-tickets/calendar.ics")
def calendar(request: Request, hub: TheHub, order: Text) -> Response:
    """Returns the days of the order's own tickets, to be added to a calendar."""
    mine = baskets.orders_of(request, hub)
    with hub.database.transaction() as connection:
        found = _one(mine, connection, order)
        has = belongings(hub, connection, found.id, found.language)
    if not has.days:
        raise NoSuchOrder
    say, event = language(found.language).say, has.event
    order_word, tickets = say("Order"), say("Your tickets")
    text = calendar_of(
        has.days,
        order_id=found.id,
        event_name=Texts(event, found.language).event_name,
        where=f"{event.venue}, {event.address}, {event.city}",
        about=f"{order_word} {found.number}. {tickets}: {hub.public_url}/my-tickets",
        zone=event.timezone,
        now=utc_now(),
    )
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


def _opened(request: Request, hub: Hub, order_id: str, key: str) -> Response:
    """Lets the browser that has the mail's link see the order, at an address that tells nothing."""
    must_open(hub, order_id, key)
    with hub.database.transaction() as connection:
        order = look(connection, order_id)
    answer = RedirectResponse(f"/my-tickets?order={order.number}", 303)
    baskets.keep_order(request, answer, hub, order_id)
    return answer


def _orders(mine: list[str], connection: Transaction) -> list[WebOrder]:
    return [look(connection, order_id) for order_id in mine]


def _one(mine: list[str], connection: Transaction, number: str) -> WebOrder:
    for order in _orders(mine, connection):
        if order.number == number and order.is_paid:
            return order
    raise NoSuchOrder


def _shown(hub: Hub, connection: Transaction, order: WebOrder | TillOrder, code: str) -> dict[str, Any]:
    """Returns an order for a page, in the page's language: papers and mails are in the buyer's."""
    _, tickets = papers_of(hub, connection, order.id, code)
    has, speaks = belongings(hub, connection, order.id, code), language(code)
    return {
        "number": order.number,
        "back": order.back.value,
        "is_at_a_till": False,
        "tickets": [_ticket(ticket) for ticket in tickets],
        "cards": gift_cards_of(connection, order.id, ZoneInfo(has.event.timezone), speaks),
        "goods": has.goods,
        "where": f"{has.event.venue}, {has.event.address}, {has.event.city}",
        "map_url": has.event.page.map_url,
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "name": ticket.product_name,
        "days": ticket.days,
        "position": ticket.position,
        "guest": ticket.guest or "",
        # Drawn from our own text, by our own code: markup that can be trusted.
        "qr": Markup(qr_svg(ticket.token)),  # noqa: S704
    }
