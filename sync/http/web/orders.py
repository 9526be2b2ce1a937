"""Orders for organizers: found by whatever the customer knows, and seen whole."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from boxoffice.core.email_addresses import BadAddress, Wrong, read_email
from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_line
from boxoffice.documents.languages import Language, language, later
from sync.http.access import TheHub
from sync.http.web.order_view import TONES, order_view
from sync.http.web.order_words import CHANNEL_WORDS, STATE_WORDS
from sync.http.web.pages import MAIL_POLICY, render
from sync.http.web.signed_in import Finance, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.ledger.hub import Hub
from sync.mail.gift_mails import send_gift_again
from sync.mail.mails import compose_mail
from sync.mail.sent_again import PAID, send_new_link, send_to
from sync.orders.order_details import order_status
from sync.organizers.organizers import Organizer
from sync.store.chain import new_id
from sync.store.order_search import MOST, FoundOrder, find_orders

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
        words = later("Please give an e-mail address.") if error.wrong is Wrong.EMPTY else error.wrong.value
        return show_order(hub, organizer, order_id, language(organizer.language).say(words), 422)
    with hub.database.transaction() as connection:
        is_sent = send_to(connection, order_id, address, str(organizer.id))
    if not is_sent:
        words = later("Nothing was sent: this order is not paid, so there is no receipt and no ticket to send.")
        return show_order(hub, organizer, order_id, language(organizer.language).say(words), 409)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/orders/{order_id}/gift-card")
def gift_card_again(hub: TheHub, organizer: Finance, order_id: str, csrf: Text, card: Text) -> Response:
    """Mails the code of a gift card once more, or now, to whom it is for."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        is_sent = send_gift_again(connection, order_id, card, str(organizer.id))
    if not is_sent:
        words = later("Nothing was sent: the card is blocked or given back, or nobody's address is known.")
        return show_order(hub, organizer, order_id, language(organizer.language).say(words), 409)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/orders/{order_id}/renew-link")
def renew_link(hub: TheHub, organizer: Finance, order_id: str, csrf: Text) -> Response:
    """Ends the buyer's links, such as one that was passed on, and mails the new one to the order's own address."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        is_renewed = send_new_link(connection, order_id, str(organizer.id))
    if not is_renewed:
        words = later("Nothing was renewed: only a paid order from the web has a link to its tickets.")
        return show_order(hub, organizer, order_id, language(organizer.language).say(words), 409)
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
        if order_status(connection, order_id) not in PAID:
            raise HTTPException(404, "There is no such order, or nothing is paid that a mail could tell of.")
        letter = compose_mail(hub, connection, order_id, language, is_for_buyer=False)
    if form == "text":
        return PlainTextResponse(f"{letter.subject}\n\n{letter.text}")
    return HTMLResponse(letter.html, headers={"Content-Security-Policy": MAIL_POLICY})


def show_order(
    hub: Hub, organizer: Organizer, order_id: str, error: str = "", status: int = 200, wish: BaseModel | None = None
) -> Response:
    """Returns an order's page with an error in the reader's language; `wish` is the refund that can't be given so."""
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        view = order_view(connection, order_id, speaks)
    if view is None:
        raise HTTPException(404, "There is no such order.")
    values: dict[str, Any] = {"organizer": organizer, "here": f"orders/{order_id}", "order": view, "wish": wish}
    return render("order.html", status, refund_id=new_id(), error=error, **values)


def _row(row: FoundOrder, speaks: Language) -> dict[str, str]:
    return {
        "id": row.id,
        "number": row.order_number,
        "at": when(row.created_at, row.timezone, speaks),
        "who": row.customer_name or row.customer_email or "—",
        "channel": speaks.say(CHANNEL_WORDS[row.channel.value]),
        "status": speaks.say(STATE_WORDS[row.status.value]),
        "tone": TONES.get(row.status.value, "warn"),
        "total": str(Money(row.total_amount, Currency(row.currency))),
    }
