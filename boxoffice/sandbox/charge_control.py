"""Control calls about money that was taken: refunds made in the dashboard, disputes, and refunds that end late."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox import disputes, refunds
from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.balance import balance_of
from boxoffice.sandbox.control_calls import control_route, json_of
from boxoffice.sandbox.errors import Document, invalid


def charge_control_routes(account: Account) -> list[Route]:
    async def refund(request: Request) -> Response:
        given = {name: value for name, value in (await json_of(request)).items() if value is not None}
        return JSONResponse(sent(refunds.create(account, {**given, "charge": _charge(account, request)["id"]})))

    async def dispute(request: Request) -> Response:
        body = await json_of(request)
        return JSONResponse(sent(_dispute(account, _charge(account, request), body)))

    async def end_refund(request: Request) -> Response:
        found = account.get("refund", request.path_params["id"])
        end = _REFUND_ENDS.get(str((await json_of(request)).get("do")))
        if end is None:
            raise invalid(f"do must be one of: {', '.join(_REFUND_ENDS)}", "do")
        end(account, found)
        return JSONResponse(sent(found))

    async def how_refunds_pend(request: Request) -> Response:
        seconds = (await json_of(request)).get("pends_s")
        if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0):
            raise invalid("pends_s must be seconds, or null for as long as nobody ends them.", "pends_s")
        account.refund_pends_s = seconds
        return JSONResponse({"pends_s": seconds})

    async def balance(_request: Request) -> Response:
        return JSONResponse(balance_of(account))

    return [
        control_route("balance", balance, ["GET"]),
        control_route("charges/{id}/refund", refund, ["POST"]),
        control_route("charges/{id}/dispute", dispute, ["POST"]),
        control_route("refunds", how_refunds_pend, ["POST"]),
        control_route("refunds/{id}", end_refund, ["POST"]),
    ]


def _charge(account: Account, request: Request) -> Document:
    """Returns a charge by its own id, or by that of its intent."""
    found = request.path_params["id"]
    if found.startswith("pi_"):
        found = account.get("payment_intent", found)["latest_charge"] or found
    return account.get("charge", found)


def _dispute(account: Account, charge: Document, body: dict[str, Any]) -> Document:
    what = body.get("do", "open")
    if what in ("open", "inquire"):
        reason, amount = body.get("reason") or "fraudulent", body.get("amount")
        return disputes.open_dispute(account, charge, reason, amount, is_inquiry=what == "inquire")
    act = _ACTS.get(what)
    if act is None:
        raise invalid(f"do must be one of: open, inquire, {', '.join(_ACTS)}", "do")
    found = disputes.open_of(account, charge) if what != "appeal" else disputes.newest_of(account, charge)
    if found is None:
        raise invalid(f"Charge {charge['id']} is under no dispute.", "charge")
    act(account, found)
    return found


_ACTS: Final[Mapping[str, Callable[[Account, Document], None]]] = {
    "won": partial(disputes.close, is_won=True),
    "lost": partial(disputes.close, is_won=False),
    "answer": disputes.answer,
    "escalate": disputes.escalate,
    "prevent": disputes.prevent,
    "close": disputes.close_inquiry,
    "appeal": disputes.appeal,
}
_REFUND_ENDS: Final[Mapping[str, Callable[[Account, Document], None]]] = {
    "succeed": refunds.succeed,
    "fail": refunds.fail,
    "cancel": refunds.cancel,
    "ask": refunds.ask,
}
