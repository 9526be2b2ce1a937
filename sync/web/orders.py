"""Orders for organizers: found by whatever the customer knows, and seen whole."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import Connection, Row, select
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from boxoffice.core.email_addresses import BadAddress, Wrong, read_email
from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_line
from boxoffice.documents.languages import Language, language
from sync.api.access import TheHub
from sync.services.hub import Hub
from sync.services.mails import letter_for
from sync.services.order_search import MOST, find_orders
from sync.services.organizers import Organizer
from sync.services.shop.access import renew
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.mails import queue_mail
from sync.web.order_view import PAID, TONES, order_view
from sync.web.order_words import CHANNEL_WORDS, STATE_WORDS
from sync.web.pages import MAIL_POLICY, render
from sync.web.signed_in import Finance, Viewer, must_be_ours
from sync.web.times import when, zone_note

router: Final = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=300)]


@router.get("/orders")
def orders_page(hub: TheHub, organizer: Viewer, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    words, speaks = read_line(q), language(organizer.language)
    with hub.database.transaction() as connection:
        found = find_orders(connection, words)
    return render(
        "orders.html",
        organizer=organizer,
        here="orders",
        q=words,
        orders=[_row(row, speaks) for row in found.orders],
        is_all=found.is_all,
        most=MOST,
        zone=zone_note((row.timezone for row in found.orders), speaks) if found.orders else "",
    )


@router.get("/orders/{order_id}")
def order_page(hub: TheHub, organizer: Viewer, order_id: str) -> Response:
    return show_order(hub, organizer, order_id)


@router.post("/orders/{order_id}/mail")
def mail_again(hub: TheHub, organizer: Finance, order_id: str, csrf: Text, email: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        address = read_email(email)
    except BadAddress as error:
        words = "Please give an e-mail address." if error.wrong is Wrong.EMPTY else error.wrong.value
        return show_order(hub, organizer, order_id, words, 422)
    with hub.database.transaction() as connection:
        is_paid = _status(connection, order_id) in PAID
        if is_paid:
            queue_mail(connection, order_id, address, by=str(organizer.id))
    if not is_paid:
        words = "Nothing was sent: this order is not paid, so there is no receipt and no ticket to send."
        return show_order(hub, organizer, order_id, words, 409)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/orders/{order_id}/renew-link")
def renew_link(hub: TheHub, organizer: Finance, order_id: str, csrf: Text) -> Response:
    """Ends the buyer's links, such as one that was passed on, and mails the new one to the order's own address."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        mine = (t.orders.c.id == order_id, t.orders.c.channel == "web", t.orders.c.status.in_(PAID))
        row = connection.execute(select(t.orders.c.customer_email).where(*mine)).one_or_none()
        if row is not None:
            renew(connection, order_id, str(organizer.id))
            if row.customer_email:
                queue_mail(connection, order_id, row.customer_email, by=str(organizer.id))
    if row is None:
        words = "Nothing was renewed: only a paid order from the web has a link to its tickets."
        return show_order(hub, organizer, order_id, words, 409)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.get("/orders/{order_id}/preview")
def preview(
    hub: TheHub,
    _: Viewer,
    order_id: str,
    form: Literal["html", "text"] = "html",
    language: Literal["en", "es"] | None = None,
) -> Response:
    """Shows the mail of an order as its customer would get it now, but for the link: that opens the tickets."""
    with hub.database.transaction() as connection:
        if _status(connection, order_id) not in PAID:
            raise HTTPException(404, "There is no such order, or nothing is paid that a mail could tell of.")
        letter = letter_for(hub, connection, order_id, language, is_for_buyer=False)
    if form == "text":
        return PlainTextResponse(f"{letter.subject}\n\n{letter.text}")
    return HTMLResponse(letter.html, headers={"Content-Security-Policy": MAIL_POLICY})


def show_order(
    hub: Hub, organizer: Organizer, order_id: str, error: str = "", status: int = 200, wish: BaseModel | None = None
) -> Response:
    """Returns an order's page; `wish` is the refund that was typed and can't be given so."""
    with hub.database.transaction() as connection:
        view = order_view(connection, order_id)
    if view is None:
        raise HTTPException(404, "There is no such order.")
    values: dict[str, Any] = {"organizer": organizer, "here": "orders", "order": view, "error": error, "wish": wish}
    return render("order.html", status, refund_id=new_id(), **values)


def _status(connection: Connection, order_id: str) -> str | None:
    return connection.execute(select(t.orders.c.status).where(t.orders.c.id == order_id)).scalar_one_or_none()


def _row(row: Row[Any], speaks: Language) -> dict[str, str]:
    return {
        "id": row.id,
        "number": row.order_number,
        "at": when(row.created_at, row.timezone, speaks),
        "who": row.customer_name or row.customer_email or "—",
        "channel": speaks.say(CHANNEL_WORDS.get(row.channel, row.channel)),
        "status": speaks.say(STATE_WORDS.get(row.status, row.status)),
        "tone": TONES.get(row.status, "warn"),
        "total": str(Money(row.total_amount, Currency(row.currency))),
    }
