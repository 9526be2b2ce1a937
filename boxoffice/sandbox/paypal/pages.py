"""PayPal's own page, where a payer approves or cancels an order; and the buttons of the control page."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.actions import do
from boxoffice.sandbox.paypal.amounts import Amount, amount_of
from boxoffice.sandbox.paypal.errors import PayPalError
from boxoffice.sandbox.paypal.merchant import Merchant, find
from boxoffice.sandbox.paypal.orders import OrderStatus
from boxoffice.sandbox.rendering import Page, render

_NEXT: Final = ("decline_next", "pending_next")


def paypal_page_routes(merchant: Merchant) -> list[Route]:
    async def page(request: Request) -> Response:
        return _show(find(merchant.orders, request.query_params.get("token", "")), "")

    async def decide(request: Request) -> Response:
        order = find(merchant.orders, request.query_params.get("token", ""))
        form = await _form(request)
        try:
            landing = do(merchant, order, form.get("do", ""))
            if form.get("next") in _NEXT:
                do(merchant, order, form["next"])
        except PayPalError as error:
            return _show(order, str(error))
        return _show(order, "") if landing is None else RedirectResponse(landing, 303)

    async def act(request: Request) -> Response:
        do(merchant, find(merchant.orders, request.path_params["id"]), (await _form(request)).get("do", ""))
        return RedirectResponse("/control", 303)

    return [
        Route("/checkoutnow", _guarded(page)),
        Route("/checkoutnow", _guarded(decide), methods=["POST"]),
        Route("/paypal/orders/{id}", _guarded(act), methods=["POST"]),
    ]


def orders_shown(merchant: Merchant) -> list[Document]:
    """Returns the last orders as the control page shows them, newest first, with what can be done to each."""
    return [_order_shown(merchant, each) for each in list(merchant.orders.values())[-20:][::-1]]


def _order_shown(merchant: Merchant, order: Document) -> Document:
    capture = merchant.captures.get(order["_capture"] or "")
    return {
        "id": order["id"],
        "at": order["create_time"],
        "amount": amount_of(order["purchase_units"][0]).words(),
        "status": order["status"],
        "capture": None if capture is None else capture["status"],
        "next": "" if capture else order["_outcome"].value,
        "actions": _possible(order, capture),
    }


def _possible(order: Document, capture: Document | None) -> tuple[str, ...]:
    if capture is None:
        return _NEXT if order["status"] == OrderStatus.APPROVED.value else ("approve", *_NEXT)
    return ("complete", "deny") if capture["status"] == "PENDING" else ("dispute",)


def _show(order: Document, problem: str) -> Response:
    unit = order["purchase_units"][0]
    return render(
        "paypal.html",
        status=422 if problem else 200,
        order=order,
        context=order["_context"],
        unit=unit,
        total=amount_of(unit).words(),
        items=[(each, _price(each)) for each in unit.get("items", [])],
        problem=problem,
    )


def _price(item: Document) -> str:
    each = amount_of(item["unit_amount"])
    return Amount(each.minor * int(item["quantity"]), each.currency).words()


async def _form(request: Request) -> dict[str, str]:
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _guarded(page: Page) -> Page:
    """Turns what can't be found or done into a page that says so."""

    async def answered(request: Request) -> Response:
        try:
            return await page(request)
        except PayPalError as error:
            return render("message.html", error.status, title="This can’t be done", message=str(error))

    return answered
