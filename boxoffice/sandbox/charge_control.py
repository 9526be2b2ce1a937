"""Control calls about money that was taken: refunds made in the dashboard, disputes, and refunds that end late."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox import disputes, refunds
from boxoffice.sandbox.account import Account, sent
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
        match (await json_of(request)).get("do"):
            case "succeed":
                refunds.succeed(account, found)
            case "fail":
                refunds.fail(account, found)
            case _:
                raise invalid("do must be one of: succeed, fail", "do")
        return JSONResponse(sent(found))

    return [
        control_route("charges/{id}/refund", refund, ["POST"]),
        control_route("charges/{id}/dispute", dispute, ["POST"]),
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
    if what == "open":
        return disputes.open_dispute(account, charge, body.get("reason") or "fraudulent", body.get("amount"))
    if what not in ("won", "lost"):
        raise invalid("do must be one of: open, won, lost", "do")
    found = disputes.open_of(account, charge)
    if found is None:
        raise invalid(f"Charge {charge['id']} is under no dispute.", "charge")
    disputes.close(account, found, is_won=what == "won")
    return found
