"""The short link behind a payment's QR: on to the payment, another way to pay, or a plain word on how it ended."""

import contextlib
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from boxoffice.core.charging import CantBeCharged
from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.money import Currency, Money
from boxoffice.documents.languages import later
from sync.api.access import TheHub
from sync.services.checkouts import Checkouts, PaymentRefused, UnknownCheckout
from sync.services.given_back import GivenBack
from sync.services.hub import Hub
from sync.services.pay_links import PayLink, follow
from sync.services.ports import Refused
from sync.services.provider_states import PROVIDER_NAMES, provider_of
from sync.services.settling import HELD, LIVE
from sync.services.switches import Stopped
from sync.store import tables as t
from sync.web.languages import language_of
from sync.web.payment_pages import payment_pages
from sync.web.security import with_forms_to
from sync.web.shop_pages import event_heading, render

router: Final = APIRouter(include_in_schema=False)
WAYS: Final[Mapping[str, str]] = {"stripe": later("Card, Apple Pay or Google Pay"), "paypal": "PayPal"}


_UNKNOWN: Final = "There is no such code. Check the link, or scan the code again."


@router.get("/p/{code}")
def pay(request: Request, code: str, hub: TheHub) -> Response:
    link = follow(hub, code, is_opening=True)
    if link is None:
        raise UnknownCheckout(_UNKNOWN)
    if link.status in LIVE and link.status != HELD and link.url is not None:
        return RedirectResponse(link.url, 303, {"Cache-Control": "no-store"})
    return _ended(request, link)


@router.post("/p/{code}/pay")
def pay_by(request: Request, code: str, way: Annotated[str, Form(max_length=20)]) -> Response:
    """Goes on to the chosen provider, ending the payment at the other one first."""
    if way not in WAYS:
        raise UnknownCheckout(_UNKNOWN)
    try:
        _checkouts(request).switch(code, way)
    except PaymentRefused:
        return RedirectResponse(f"/p/{code}", 303, {"Cache-Control": "no-store"})
    except (CantBeCharged, TryAgainLater, Refused, Stopped):
        return _ways(request, code, later("This way to pay is not there just now. Nothing was charged."), 503)
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
        raise UnknownCheckout(_UNKNOWN)
    if was_asked and link.provider == "paypal" and link.status in ("open", "opened"):
        return _ways(request, code, later("PayPal did not take the payment. Nothing was charged."))
    return _ended(request, link)


@router.get("/p/{code}/back")
def back(request: Request, code: str) -> Response:
    return _ways(request, code)


def _ways(request: Request, code: str, says: str | None = None, status: int = 200) -> Response:
    """Returns a page with the ways to pay, if there is still something to pay."""
    hub: Hub = request.app.state.hub
    link = follow(hub, code, is_opening=False)
    if link is None:
        raise UnknownCheckout(_UNKNOWN)
    if link.status not in LIVE or link.status == HELD:
        return _ended(request, link)
    say, amount, taking = (
        language_of(request).say,
        Money(link.amount, Currency(link.currency)),
        _checkouts(request).taking,
    )
    values = {
        "amount": str(amount),
        "number": link.order_number,
        "code": code,
        "ways": [way for way in WAYS if way != "paypal" or taking.takes(way, amount)],
        "words": {way: say(words) for way, words in WAYS.items()},
        "says": says and say(says),
    }
    heading = event_heading(request, hub, link.event_id)
    page = render(request, hub, "ways", status, heading=heading, path=f"/p/{code}/back", is_alone=True, **values)
    return with_forms_to(page, payment_pages(hub.settings))


def _checkouts(request: Request) -> Checkouts:
    found = request.app.state.checkouts
    assert isinstance(found, Checkouts)  # noqa: S101  # `build` put it there
    return found


def _ended(request: Request, link: PayLink) -> Response:
    """Returns a page that says in a few words how a payment ended, under the name of its event."""
    say = language_of(request).say
    amount = Money(link.amount, Currency(link.currency))
    values: dict[str, Any] = {"is_good": False, "refresh_s": None}
    if link.status == "paid" and link.back is GivenBack.ALL:
        back_again = (
            say("{amount} of order {number} was paid and has been given back.")
            if link.has_tickets
            else say("{amount} of order {number} was paid and has been given back: its tickets are void.")
        )
        values["title"] = say("Given back")
        values["lines"] = [back_again.format(amount=amount, number=link.order_number)]
    elif link.status == "paid" and link.back is GivenBack.WAITS:
        paid = say("{amount} paid. Order {number}.").format(amount=amount, number=link.order_number)
        values["title"] = say("Your refund is on its way")
        values["lines"] = [paid, say("A refund of this order is on its way.")]
    elif link.status == "paid":
        paid = say("{amount} paid. Order {number}.").format(amount=amount, number=link.order_number)
        values |= {"title": say("Paid. See you there."), "is_good": True}
        values["lines"] = [paid, say("The seller has your tickets and your receipt.")]
    elif link.status == HELD:
        where = PROVIDER_NAMES[provider_of(link.provider)]
        held = say("{where} holds your payment of {amount}. That may take some days. Order {number} is kept.")
        values["title"] = say("Your payment is on its way")
        values["lines"] = [
            held.format(where=where, amount=amount, number=link.order_number),
            say("Please don't pay again. Tell the seller."),
        ]
    elif link.status in LIVE:
        values |= {"title": say("One moment"), "refresh_s": 2}
        values["lines"] = [say("We are asking whether the payment went through. This page shows it by itself.")]
    else:
        values["title"] = say("This code has ended")
        values["lines"] = [say("Nothing was charged. Ask the seller for a new one.")]
    hub: Hub = request.app.state.hub
    return render(request, hub, "word", heading=event_heading(request, hub, link.event_id), is_alone=True, **values)
