"""What a test or a load driver does in the place of a payer and of PayPal's reviewers."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.control_calls import control_route, json_of
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal import captures, orders, refunds
from boxoffice.sandbox.paypal.actions import do
from boxoffice.sandbox.paypal.errors import PayPalError
from boxoffice.sandbox.paypal.merchant import Merchant, find, shown

_REFUND_ENDS: Final = {"complete": "COMPLETED", "fail": "FAILED", "cancel": "CANCELLED"}


def paypal_control_routes(merchant: Merchant) -> list[Route]:
    async def every(_request: Request) -> Response:
        return JSONResponse({"orders": [order_view(merchant, each) for each in merchant.orders.values()]})

    async def one(request: Request) -> Response:
        order = find(merchant.orders, request.path_params["id"])
        redirect = None
        if request.method == "POST":
            redirect = do(merchant, order, str((await json_of(request)).get("do")))
        return JSONResponse({**order_view(merchant, order), "redirect": redirect})

    async def refund(request: Request) -> Response:
        found = find(merchant.refunds, request.path_params["id"])
        what = str((await json_of(request)).get("do"))
        if what not in _REFUND_ENDS:
            raise PayPalError(400, "INVALID_REQUEST", f"do must be one of: {', '.join(_REFUND_ENDS)}")
        refunds.end(merchant, found, _REFUND_ENDS[what])
        return JSONResponse(shown(found))

    async def balance(_request: Request) -> Response:
        return JSONResponse(captures.balance_of(merchant))

    return [
        control_route("paypal/balance", balance, ["GET"]),
        control_route("paypal/refunds/{id}", refund, ["POST"]),
        control_route("paypal/orders", every, ["GET"]),
        control_route("paypal/orders/{id}", one, ["GET", "POST"]),
    ]


def order_view(merchant: Merchant, order: Document) -> Document:
    """Returns an order as PayPal shows it, with what only the sandbox knows of it."""
    capture = merchant.captures.get(order["_capture"] or "")
    return {
        **orders.view(merchant, order),
        "approve_url": merchant.base_url + orders.payer_path(order),
        "next_capture": order["_outcome"].value,
        "capture": None if capture is None else {"id": capture["id"], "status": capture["status"]},
    }
