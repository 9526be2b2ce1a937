"""The page behind the code of a till with no network: what is paid for, the payment, and the code that proves it."""

import contextlib
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.charging import CantBeCharged
from boxoffice.core.errors import OperationFailed
from boxoffice.core.money import Money
from boxoffice.core.typed_codes import shown
from boxoffice.documents.languages import later
from boxoffice.documents.qr import qr_svg
from sync.http.middleware.security import with_forms_to
from sync.http.services import services_of
from sync.http.web.languages import language_of
from sync.http.web.payment_pages import payment_pages
from sync.http.web.shop_pages import event_heading, render
from sync.payments.offers import OpenedOffer
from sync.payments.switches import Stopped
from sync.store.offers import OfferStatus

router: Final = APIRouter(include_in_schema=False)
_ASKS_AGAIN_S: Final = 2
_ENDS: Final = {OfferStatus.SETTLED: "taken", OfferStatus.RETURNED: "returned"}


@router.get("/O/{text}")
def offer(request: Request, text: str) -> Response:
    return _page(request, text)


@router.post("/O/{text}/pay")
def pay_offer(request: Request, text: str) -> Response:
    """Goes on to the provider's page."""
    offers = services_of(request).checkouts.offers
    try:
        opened = offers.open(text)
        address = offers.page_for(opened, text)
    except CantBeCharged:
        return _page(request, text, later("No card pays such an amount. Nothing was charged. Ask the seller."), 422)
    except Stopped:
        raise
    except OperationFailed:
        return _page(request, text, later("This way to pay is not there just now. Nothing was charged."), 503)
    return RedirectResponse(address or f"/O/{text}", 303, {"Cache-Control": "no-store"})


@router.get("/O/{text}/done")
def offer_done(request: Request, text: str) -> Response:
    """Where the provider sends the customer; being here proves nothing, so the provider is asked."""
    offers = services_of(request).checkouts.offers
    with contextlib.suppress(OperationFailed):  # the webhook and the jobs go on trying
        offers.look(offers.open(text).kept.tender_id)
    return _page(request, text, is_back=True)


def _page(
    request: Request, text: str, says: str | None = None, status: int = 200, *, is_back: bool = False
) -> Response:
    services, say = services_of(request), language_of(request).say
    opened = services.checkouts.offers.open(text)
    values = {
        "amount": str(opened.amount),
        "number": opened.kept.order_number,
        "lines": [(line.name, str(Money(line.amount, opened.amount.currency))) for line in opened.lines],
        "text": text,
        "says": says and say(says),
        "refresh_s": None,
        "has_paypal": services.checkouts.offers.taking.takes("paypal", opened.amount),
        **_state(opened, is_back=is_back),
    }
    heading = event_heading(request, services.hub, opened.kept.event_id)
    page = render(request, services.hub, "offer", status, heading=heading, path=f"/O/{text}", is_alone=True, **values)
    page.headers["Cache-Control"] = "no-store"
    return with_forms_to(page, payment_pages(services.hub.settings))


def _state(opened: OpenedOffer, *, is_back: bool) -> dict[str, Any]:
    """Returns which of its faces the page shows: to pay, one moment, paid, taken by the till, or over."""
    if opened.is_issued_here:
        return {"face": "issued"}
    if opened.paid_code is not None:
        return {
            "face": "paid",
            "qr": qr_svg(opened.paid_code),
            "letters": shown(opened.typed_code or ""),
            "is_taken": opened.kept.status is OfferStatus.SETTLED,
        }
    if opened.kept.status in _ENDS:
        return {"face": _ENDS[opened.kept.status]}
    if opened.kept.status is not OfferStatus.OPEN or opened.kept.closes_at <= opened.kept.now:
        return {"face": "over"}
    if is_back:
        return {"face": "moment", "refresh_s": _ASKS_AGAIN_S}
    return {"face": "pay"}
