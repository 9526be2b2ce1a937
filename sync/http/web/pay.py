"""The short link behind a payment's QR: on to the payment, another way to pay, or a plain word on how it ended."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, assert_never

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.charging import CantBeCharged
from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.documents.languages import later
from sync.http.access import TheHub
from sync.http.middleware.security import with_forms_to
from sync.http.services import services_of
from sync.http.web.languages import language_of
from sync.http.web.payment_pages import payment_pages
from sync.http.web.shop_pages import event_heading, render
from sync.payments.checkouts import PaymentRefused, UnknownCheckout
from sync.payments.pay_links import PayLink, follow
from sync.payments.switches import Stopped
from sync.ports import Refused
from sync.provider_states import PROVIDER_NAMES, provider_of
from sync.store.checkouts import CheckoutStatus, of_code
from sync.store.given_back import GivenBack

router: Final = APIRouter(include_in_schema=False)
WAYS: Final[Mapping[str, str]] = {"stripe": later("Card, Apple Pay or Google Pay"), "paypal": "PayPal"}


_UNKNOWN: Final = "There is no such code. Check the link, or scan the code again."


@router.get("/p/{code}")
def pay(request: Request, code: str, hub: TheHub) -> Response:
    link = follow(hub, code, is_opening=True)
    if link is None:
        raise UnknownCheckout(_UNKNOWN)
    if link.checkout.status.is_unpaid and link.checkout.session_url is not None:
        return RedirectResponse(link.checkout.session_url, 303, {"Cache-Control": "no-store"})
    return _ended(request, link)


@router.post("/p/{code}/pay")
def pay_by(request: Request, code: str, way: Annotated[str, Form(max_length=20)]) -> Response:
    """Goes on to the chosen provider, ending the payment at the other one first."""
    if way not in WAYS:
        raise UnknownCheckout(_UNKNOWN)
    try:
        services_of(request).checkouts.switch(code, way)
    except PaymentRefused:
        return RedirectResponse(f"/p/{code}", 303, {"Cache-Control": "no-store"})
    except (CantBeCharged, TryAgainLater, Refused, Stopped):
        return _ways(request, code, later("This way to pay is not there just now. Nothing was charged."), 503)
    return RedirectResponse(f"/p/{code}", 303, {"Cache-Control": "no-store"})


@router.get("/p/{code}/done")
def done(request: Request, code: str, hub: TheHub) -> Response:
    """Where the provider sends the customer; being here proves nothing, so the provider is asked."""
    with hub.database.reading() as connection:
        found = of_code(connection, code)
    was_asked = False
    if found is not None and found.session_id is not None and found.is_live:
        with contextlib.suppress(OperationFailed):  # the webhook and the jobs go on trying
            services_of(request).checkouts.settle_checkout(found)
            was_asked = True
    link = follow(hub, code, is_opening=False)
    if link is None:
        raise UnknownCheckout(_UNKNOWN)
    if was_asked and link.checkout.provider == "paypal" and link.checkout.status.is_unpaid:
        return _ways(request, code, later("PayPal did not take the payment. Nothing was charged."))
    return _ended(request, link)


@router.get("/p/{code}/back")
def back(request: Request, code: str) -> Response:
    return _ways(request, code)


def _ways(request: Request, code: str, says: str | None = None, status: int = 200) -> Response:
    """Returns a page with the ways to pay, if there is still something to pay."""
    hub = services_of(request).hub
    link = follow(hub, code, is_opening=False)
    if link is None:
        raise UnknownCheckout(_UNKNOWN)
    if not link.checkout.status.is_unpaid:
        return _ended(request, link)
    say, amount, taking = language_of(request).say, link.amount, services_of(request).checkouts.taking
    values = {
        "amount": str(amount),
        "number": link.checkout.order_number,
        "code": code,
        "ways": [way for way in WAYS if way != "paypal" or taking.takes(way, amount)],
        "words": {way: say(words) for way, words in WAYS.items()},
        "says": says and say(says),
    }
    heading = event_heading(request, hub, link.checkout.event_id)
    page = render(request, hub, "ways", status, heading=heading, path=f"/p/{code}/back", is_alone=True, **values)
    return with_forms_to(page, payment_pages(hub.settings))


def _ended(request: Request, link: PayLink) -> Response:
    """Returns a page that says in a few words how a payment ended, under the name of its event."""
    hub = services_of(request).hub
    heading = event_heading(request, hub, link.checkout.event_id)
    values = {"is_good": False, "refresh_s": None, **_words(language_of(request).say, link)}
    return render(request, hub, "word", heading=heading, is_alone=True, **values)


def _words(say: Callable[[str], str], link: PayLink) -> dict[str, Any]:
    match link.checkout.status:
        case CheckoutStatus.PAID:
            return _paid(say, link)
        case CheckoutStatus.HELD:
            where = PROVIDER_NAMES[provider_of(link.checkout.provider)]
            held = say("{where} holds your payment of {amount}. That may take some days. Order {number} is kept.")
            lines = [
                held.format(where=where, amount=link.amount, number=link.checkout.order_number),
                say("Please don't pay again. Tell the seller."),
            ]
            return {"title": say("Your payment is on its way"), "lines": lines}
        case CheckoutStatus.OPEN | CheckoutStatus.OPENED:
            lines = [say("We are asking whether the payment went through. This page shows it by itself.")]
            return {"title": say("One moment"), "refresh_s": 2, "lines": lines}
        case CheckoutStatus.EXPIRED | CheckoutStatus.FAILED:
            lines = [say("Nothing was charged. Ask the seller for a new one.")]
            return {"title": say("This code has ended"), "lines": lines}
        case _:
            assert_never(link.checkout.status)


def _paid(say: Callable[[str], str], link: PayLink) -> dict[str, Any]:
    amount, number = link.amount, link.checkout.order_number
    paid = say("{amount} paid. Order {number}.").format(amount=amount, number=number)
    match link.returned.back:
        case GivenBack.ALL:
            back_again = (
                say("{amount} of order {number} was paid and has been given back.")
                if link.returned.has_tickets
                else say("{amount} of order {number} was paid and has been given back: its tickets are void.")
            )
            return {"title": say("Given back"), "lines": [back_again.format(amount=amount, number=number)]}
        case GivenBack.WAITS:
            lines = [paid, say("A refund of this order is on its way.")]
            return {"title": say("Your refund is on its way"), "lines": lines}
        case GivenBack.NOTHING | GivenBack.PART | GivenBack.FAILED:
            lines = [paid, say("The seller has your tickets and your receipt.")]
            return {"title": say("Paid. See you there."), "is_good": True, "lines": lines}
        case _:
            assert_never(link.returned.back)
