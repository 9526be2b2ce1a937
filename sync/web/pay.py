"""The short link behind a payment's QR: on to the payment, another way to pay, or a plain word on how it ended."""

import contextlib
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.money import Currency, Money
from sync.api.access import TheHub
from sync.services.checkouts import Checkouts, UnknownCheckout
from sync.services.hub import Hub
from sync.services.pay_links import PayLink, follow
from sync.services.provider_states import PROVIDER_NAMES
from sync.services.settling import HELD, LIVE
from sync.services.switches import Stopped
from sync.store import tables as t
from sync.web.pages import message, render
from sync.web.payment_pages import payment_pages
from sync.web.security import with_forms_to

router: Final = APIRouter(include_in_schema=False)
WAYS: Final[Mapping[str, str]] = {"stripe": "Card, Apple Pay or Google Pay", "paypal": "PayPal"}


@router.get("/p/{code}")
def pay(code: str, hub: TheHub) -> Response:
    link = follow(hub, code, is_opening=True)
    if link is None:
        return _unknown()
    if link.status in LIVE and link.status != HELD and link.url is not None:
        return RedirectResponse(link.url, 303, {"Cache-Control": "no-store"})
    return _ended(link)


@router.post("/p/{code}/pay")
def pay_by(request: Request, code: str, way: Annotated[str, Form(max_length=20)]) -> Response:
    """Goes on to the chosen provider, ending the payment at the other one first."""
    if way not in WAYS:
        return _unknown()
    try:
        _checkouts(request).switch(code, way)
    except UnknownCheckout:
        return _unknown()
    except (TryAgainLater, Stopped):
        return _ways(request, code, "This way to pay is not there just now. Nothing was charged.", 503)
    return RedirectResponse(f"/p/{code}", 303, {"Cache-Control": "no-store"})


@router.get("/p/{code}/done")
def done(request: Request, code: str, hub: TheHub) -> Response:
    """Where the provider sends the customer; being here proves nothing, so the provider is asked."""
    with hub.database.transaction() as connection:
        query = select(t.checkouts.c.session_id, t.checkouts.c.status).where(t.checkouts.c.code == code.upper())
        row = connection.execute(query).one_or_none()
    was_asked = False
    if row is not None and row.session_id is not None and row.status in LIVE:
        with contextlib.suppress(OperationFailed):  # the webhook and the jobs go on trying
            _checkouts(request).settle_session(row.session_id)
            was_asked = True
    link = follow(hub, code, is_opening=False)
    if link is None:
        return _unknown()
    if was_asked and link.provider == "paypal" and link.status in ("open", "opened"):
        return _ways(request, code, "PayPal did not take the payment. Nothing was charged.")
    return _ended(link)


@router.get("/p/{code}/back")
def back(request: Request, code: str) -> Response:
    return _ways(request, code)


def _ways(request: Request, code: str, says: str | None = None, status: int = 200) -> Response:
    """Returns a page with the ways to pay, if there is still something to pay."""
    hub: Hub = request.app.state.hub
    link = follow(hub, code, is_opening=False)
    if link is None:
        return _unknown()
    if link.status not in LIVE or link.status == HELD:
        return _ended(link)
    amount = Money(link.amount, Currency(link.currency))
    ways = [way for way in WAYS if way != "paypal" or request.app.state.paypal is not None]
    page = render(
        "ways-to-pay.html", status, amount=amount, number=link.order_number, code=code, ways=ways, words=WAYS, says=says
    )
    return with_forms_to(page, payment_pages(hub.settings))


def _checkouts(request: Request) -> Checkouts:
    found = request.app.state.checkouts
    assert isinstance(found, Checkouts)  # noqa: S101  # `build` put it there
    return found


def _ended(link: PayLink) -> Response:
    amount = Money(link.amount, Currency(link.currency))
    if link.status == "paid":
        lines = (f"{amount} paid. Order {link.order_number}.", "The seller has your tickets and your receipt.")
        return message("Paid. See you there.", *lines, is_good=True)
    if link.status == HELD:
        where = PROVIDER_NAMES["paypal" if link.provider == "paypal" else "stripe"]
        held = f"{where} holds your payment of {amount}. That may take some days. Order {link.order_number} is kept."
        return message("Your payment is on its way", held, "Please don't pay again. Tell the seller.")
    if link.status in LIVE:
        return message("One moment", "We are asking whether the payment went through.", refresh_s=2)
    return message("This code has ended", "Nothing was charged. Ask the seller for a new one.")


def _unknown() -> Response:
    return message("There is no such code", "Check the link, or scan the code again.", status=404)
