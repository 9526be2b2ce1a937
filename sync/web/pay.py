"""The short link behind a payment's QR: on to the payment, or a plain word on how it ended."""

import contextlib
from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import OperationFailed
from boxoffice.core.money import Currency, Money
from sync.api.access import TheHub
from sync.services.checkouts import Checkouts, PayLink, follow
from sync.services.settling import LIVE
from sync.store import tables as t
from sync.web.pages import message

router: Final = APIRouter(include_in_schema=False)


@router.get("/p/{code}")
def pay(code: str, hub: TheHub) -> Response:
    link = follow(hub, code, is_opening=True)
    if link is None:
        return _unknown()
    if link.status in LIVE and link.url is not None:
        return RedirectResponse(link.url, 303, {"Cache-Control": "no-store"})
    return _ended(link)


@router.get("/p/{code}/done")
def done(request: Request, code: str, hub: TheHub) -> Response:
    """Where Stripe sends the customer; being here proves nothing, so Stripe is asked."""
    checkouts: Checkouts = request.app.state.checkouts
    with hub.database.transaction() as connection:
        query = select(t.checkouts.c.session_id, t.checkouts.c.status).where(t.checkouts.c.code == code.upper())
        row = connection.execute(query).one_or_none()
    if row is not None and row.session_id is not None and row.status in LIVE:
        with contextlib.suppress(OperationFailed):  # the webhook and the jobs go on trying
            checkouts.settle_session(row.session_id)
    link = follow(hub, code, is_opening=False)
    return _unknown() if link is None else _ended(link)


@router.get("/p/{code}/back")
def back(code: str, hub: TheHub) -> Response:
    link = follow(hub, code, is_opening=False)
    if link is None:
        return _unknown()
    if link.status in LIVE:
        return message("Not paid yet", "You can still pay, or tell the seller.", link=(f"/p/{code}", "Back to payment"))
    return _ended(link)


def _ended(link: PayLink) -> Response:
    amount = Money(link.amount, Currency(link.currency))
    if link.status == "paid":
        lines = (f"{amount} paid. Order {link.order_number}.", "The seller has your tickets and your receipt.")
        return message("Paid. See you there.", *lines, is_good=True)
    if link.status in LIVE:
        return message("One moment", "We are asking whether the payment went through.", refresh_s=2)
    return message("This code has ended", "Nothing was charged. Ask the seller for a new one.")


def _unknown() -> Response:
    return message("There is no such code", "Check the link, or scan the code again.", status=404)
