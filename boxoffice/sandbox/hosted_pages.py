"""The hosted page of a Checkout Session, over HTTP."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from boxoffice.sandbox import checkout, hosted
from boxoffice.sandbox.control import SUCCESS_WAIT_S
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.rendering import guarded, render
from boxoffice.sandbox.world import World


def hosted_routes(world: World) -> list[Route]:
    account = world.account

    def find(request: Request) -> Document:
        session = account.get("checkout.session", request.path_params["id"], "session")
        checkout.expire_if_due(account, session)
        return session

    def show(session: Document, typed: hosted.Typed, result: hosted.Result) -> Response:
        if session["status"] != "open":
            return render("ended.html", session=session, landing=hosted.landing(session))
        lines = checkout.line_items(session)
        problems = dict(result.problems or {})
        return render("pay.html", session=session, lines=lines, typed=typed, problems=problems)

    async def page(request: Request) -> Response:
        session = find(request)
        return show(session, hosted.Typed(email=session["customer_email"] or ""), hosted.Result())

    async def pay(request: Request) -> Response:
        session = find(request)
        async with request.form() as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        typed = hosted.Typed.of(given)
        if given.get("authentication") == "fail":
            return show(session, typed, hosted.Result(problems={"card": _NOT_AUTHENTICATED}))
        result = hosted.pay(account, session, typed, is_authenticated=given.get("authentication") == "pass")
        if result.needs_3ds:
            return render("authenticate.html", session=session, typed=typed)
        if result.event is None:
            return show(session, typed, result)
        # As Stripe does: the shop hears of the payment before the customer arrives there.
        await world.deliveries.first_tried(result.event["id"], SUCCESS_WAIT_S)
        return RedirectResponse(hosted.landing(session), 303)

    async def state(request: Request) -> Response:
        session = find(request)
        return JSONResponse({"status": session["status"], "left_s": session["expires_at"] - account.now()})

    return [
        Route("/c/pay/{id}", guarded(page)),
        Route("/c/pay/{id}", guarded(pay), methods=["POST"]),
        Route("/c/pay/{id}/state", guarded(state)),
    ]


_NOT_AUTHENTICATED: Final = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)
