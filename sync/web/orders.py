"""Orders for organizers: found by whatever the customer knows, seen whole, and refunded."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, HTTPException, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, select
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from boxoffice.core.books import Books, PaymentRow
from boxoffice.core.errors import BadInput
from boxoffice.core.money import Currency, Money, allocate, parse_money
from boxoffice.core.payloads import OrderPlaced
from sync.api.access import TheHub
from sync.services.hub import Hub
from sync.services.mails import letter_for, queue_mail
from sync.services.order_search import MOST, find_orders
from sync.services.organizers import Organizer
from sync.services.refunds import TENDERS, NewOrderRefund, Refunds, refundable
from sync.store import tables as t
from sync.store.chain import new_id, read_facts
from sync.store.ledger import load_books
from sync.web.pages import MAIL_POLICY, render
from sync.web.signed_in import Finance, Viewer, must_be_ours
from sync.web.times import when, zone_note
from sync.web.views import TENDER_NAMES

router: Final = APIRouter(include_in_schema=False)
_STORY: Final = {
    "order_placed": "Placed",
    "order_state_changed": "Order",
    "payment_started": "Payment begun",
    "payment_captured": "Paid",
    "payment_failed": "Not paid",
    "payment_unknown": "Payment unknown",
    "tickets_issued": "Tickets issued",
    "ticket_voided": "Ticket voided",
    "refund_requested": "Refund asked for",
    "refund_succeeded": "Refunded",
    "refund_failed": "Refund failed",
    "exception_raised": "Problem",
}

_PAID: Final = ("completed", "partially_refunded", "refunded")

Text = Annotated[str, Form(max_length=300)]


@router.get("/orders")
def orders_page(hub: TheHub, organizer: Viewer, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    words = " ".join(q.replace("\0", "").split())
    with hub.database.transaction() as connection:
        found = find_orders(connection, words)
    return render(
        "orders.html",
        organizer=organizer,
        here="orders",
        q=words,
        orders=[_row(row) for row in found.orders],
        is_all=found.is_all,
        most=MOST,
        zone=zone_note(row.timezone for row in found.orders) if found.orders else "",
    )


@router.get("/orders/{order_id}")
def order_page(hub: TheHub, organizer: Viewer, order_id: str) -> Response:
    return _order_page(hub, organizer, order_id)


class RefundForm(BaseModel):
    """`refund_id` is the form's own, so that pressing twice is one refund; `amount` is as a person types it."""

    csrf: str = Field(max_length=100)
    refund_id: str = Field(min_length=1, max_length=64)
    payment: str = Field(max_length=64)
    what: Literal["all", "tickets", "amount"]
    amount: str = Field(default="", max_length=20)
    why: str = Field(default="", max_length=200)
    tickets: list[str] = Field(default=[], max_length=1000)


@router.post("/orders/{order_id}/refund")
def refund(
    request: Request, hub: TheHub, organizer: Finance, order_id: str, form: Annotated[RefundForm, Form()]
) -> Response:
    """Gives back all of a payment, the chosen tickets' part of it, or an amount."""
    must_be_ours(organizer, form.csrf)
    with hub.database.transaction() as connection:
        books = load_books(connection, [order_id])
    payment = books.payments.get(form.payment)
    if payment is None:
        raise HTTPException(404, "There is no such payment.")
    try:
        tickets, minor = _chosen(hub, books, payment, form)
        new = NewOrderRefund(form.refund_id, order_id, payment.id, minor, tickets, form.why)
        _refunds(request).request(new)
    except BadInput as error:
        return _order_page(hub, organizer, order_id, "; ".join(problem.message for problem in error.problems), 422)
    return RedirectResponse(f"/orders/{order_id}", 303)


def _chosen(hub: Hub, books: Books, payment: PaymentRow, form: RefundForm) -> tuple[list[str], int]:
    """Returns the tickets to void and the amount to give back, in minor units."""
    valid = [ticket.id for ticket in books.tickets.values() if ticket.status == "valid"]
    if form.what == "all":
        return valid, refundable(books, payment)
    if form.what == "amount":
        return [], parse_money(form.amount, Currency(payment.currency)).minor
    lines, placed = _ticket_lines(hub, payment.order_id), books.placed[payment.order_id]
    tickets = [ticket for ticket in form.tickets if ticket in valid]
    return tickets, min(sum(_worth(placed, lines, ticket) for ticket in tickets), refundable(books, payment))


@router.post("/orders/{order_id}/mail")
def mail_again(hub: TheHub, organizer: Finance, order_id: str, csrf: Text, email: Text) -> Response:
    must_be_ours(organizer, csrf)
    address = email.strip()
    if "@" not in address.strip("@") or any(letter.isspace() or letter == "\0" for letter in address):
        return _order_page(hub, organizer, order_id, "This is not an e-mail address.", 422)
    with hub.database.transaction() as connection:
        if connection.execute(select(t.orders.c.id).where(t.orders.c.id == order_id)).first() is None:
            raise HTTPException(404, "There is no such order.")
        queue_mail(connection, order_id, address)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.get("/orders/{order_id}/preview")
def preview(
    hub: TheHub,
    _: Viewer,
    order_id: str,
    form: Literal["html", "text"] = "html",
    language: Literal["en", "es"] | None = None,
) -> Response:
    """Shows the mail of an order as its customer would get it now."""
    with hub.database.transaction() as connection:
        status = connection.execute(select(t.orders.c.status).where(t.orders.c.id == order_id)).scalar_one_or_none()
        if status not in _PAID:
            raise HTTPException(404, "There is no such order, or nothing is paid that a mail could tell of.")
        letter = letter_for(hub, connection, order_id, language)
    if form == "text":
        return PlainTextResponse(f"{letter.subject}\n\n{letter.text}")
    return HTMLResponse(letter.html, headers={"Content-Security-Policy": MAIL_POLICY})


def _order_page(hub: Hub, organizer: Organizer, order_id: str, error: str = "", status: int = 200) -> Response:
    with hub.database.transaction() as connection:
        view = _view(connection, order_id)
    if view is None:
        raise HTTPException(404, "There is no such order.")
    return render("order.html", status, organizer=organizer, here="orders", order=view, error=error, refund_id=new_id())


def _view(connection: Connection, order_id: str) -> dict[str, Any] | None:
    o, e = t.orders.c, t.events.c
    query = select(t.orders, e.timezone, e.name.label("event")).join(t.events, e.id == o.event_id)
    row = connection.execute(query.where(o.id == order_id)).one_or_none()
    books = load_books(connection, [order_id])
    if row is None or order_id not in books.placed:
        return None
    placed, currency = books.placed[order_id], Currency(row.currency)
    mine = t.facts.c.payload["order_id"].astext == order_id
    facts = read_facts(connection, select(t.facts).where(mine).order_by(t.facts.c.position))
    calls = {call.refund_id: call for call in connection.execute(select(t.refund_calls))}
    mails = connection.execute(select(t.mails).where(t.mails.c.order_id == order_id).order_by(t.mails.c.created_at))
    cards = {
        fact.payload["tender_id"]: fact.payload["card"]["last4"]
        for fact in facts
        if fact.payload.get("card") is not None
    }
    return {
        "id": row.id,
        "number": row.order_number,
        "event": row.event,
        "status": row.status.replace("_", " "),
        "channel": row.channel,
        "has_letter": row.status in _PAID,
        "customer": [each for each in (row.customer_name, row.customer_email, row.customer_phone) if each],
        "email": row.customer_email or "",
        "total": str(Money(row.total_amount, currency)),
        "discount": str(Money(-placed.discount, currency)) if placed.discount else None,
        "lines": [
            (f"{line.quantity} × {line.name}", line.option or line.detail, str(Money(line.subtotal, currency)))
            for line in placed.lines
        ],
        "payments": [
            {
                "id": p.id,
                "name": ("Card" if (row.channel, p.tender) == ("web", "checkout") else TENDER_NAMES[p.tender])
                + (f" •••• {cards[p.id]}" if p.id in cards else ""),
                "amount": str(Money(p.amount, currency)),
                "status": p.status,
                "left": str(Money(refundable(books, p), currency)),
                "can_refund": refundable(books, p) > 0,
                "is_elsewhere": p.status == "captured" and p.tender not in TENDERS,
            }
            for p in books.payments.values()
        ],
        "refunds": [
            {
                "amount": str(Money(r.amount, currency)),
                "status": "pending" if _state(calls, r.id) == "pending" and r.status == "requested" else r.status,
                "error": calls[r.id].last_error if r.id in calls else None,
            }
            for r in books.refunds.values()
        ],
        "tickets": [
            {"id": ticket.id, "name": _name(placed, ticket.product_id), "status": ticket.status}
            for ticket in books.tickets.values()
        ],
        "mails": [
            {"to": mail.email, "status": mail.status, "at": f"{mail.created_at:%Y-%m-%d %H:%M}"} for mail in mails
        ],
        "story": [
            (
                f"{fact.occurred_at:%Y-%m-%d %H:%M:%S}",
                _STORY.get(fact.kind.value, fact.kind.value),
                _detail(fact.payload),
            )
            for fact in facts
        ],
    }


def _state(calls: dict[str, Row[Any]], refund_id: str) -> str:
    return str(calls[refund_id].state) if refund_id in calls else "done"


def _detail(payload: Any) -> str:
    if "to" in payload and "from" in payload:
        why = f", {payload['why']}" if payload.get("why") else ""
        return f"{payload['from']} → {payload['to']}{why}"
    if "amount" in payload:
        words = str(Money(payload["amount"], Currency(payload["currency"])))
        return " · ".join(each for each in (words, payload.get("message"), payload.get("why")) if each)
    return str(payload.get("why") or payload.get("detail") or "")


def _name(placed: OrderPlaced, product_id: str) -> str:
    return next((line.name for line in placed.lines if line.product_id == product_id), product_id)


def _ticket_lines(hub: Hub, order_id: str) -> dict[str, int]:
    """Returns the line of the order that each ticket is from."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == order_id, f.kind == "tickets_issued")
    with hub.database.transaction() as connection:
        issued = connection.scalars(select(f.payload).where(*mine)).all()
    return {ticket["ticket_id"]: ticket["line"] for payload in issued for ticket in payload["tickets"]}


def _worth(placed: OrderPlaced, lines: dict[str, int], ticket_id: str) -> int:
    """Returns the part of its line's price that one ticket stands for; all parts add up to the line."""
    line = lines[ticket_id]
    same = [ticket for ticket, of in lines.items() if of == line]
    return allocate(placed.lines[line].total, [1] * len(same))[same.index(ticket_id)]


def _row(row: Row[Any]) -> dict[str, str]:
    return {
        "id": row.id,
        "number": row.order_number,
        "at": when(row.created_at, row.timezone),
        "who": row.customer_name or row.customer_email or "—",
        "channel": row.channel,
        "status": row.status.replace("_", " "),
        "tone": {"completed": "ok", "failed": "danger"}.get(row.status, "warn"),
        "total": str(Money(row.total_amount, Currency(row.currency))),
    }


def _refunds(request: Request) -> Refunds:
    found = request.app.state.refunds
    assert isinstance(found, Refunds)  # noqa: S101  # `build` put it there
    return found
