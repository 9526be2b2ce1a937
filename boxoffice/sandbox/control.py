"""The sandbox's own JSON: what a test or a load driver does in the place of a person, a card and bad luck."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox import checkout, hosted, readers
from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.cards import CARDS
from boxoffice.sandbox.charges import Presented
from boxoffice.sandbox.errors import Document, StripeError, invalid
from boxoffice.sandbox.event_calls import new_endpoint
from boxoffice.sandbox.faults import BadRule
from boxoffice.sandbox.world import World

_AUTO: Final = ("approve", "decline", "off")
_SUCCESS_WAIT_S: Final = 10.0

Endpoint = Callable[[Request], Awaitable[Response]]


def do(account: Account, reader: Document, order: Mapping[str, Any]) -> None:
    """Does to a reader what a person at it would.

    Raises:
        StripeError: 400, for what can't be done to it now.
    """
    handling: readers.Handling = reader["_handling"]
    if "auto" in order:
        if order["auto"] not in _AUTO:
            raise invalid(f"auto must be one of {', '.join(_AUTO)}", "auto")
        handling.auto = order["auto"]
        handling.delay_s = float(order.get("delay_s", handling.delay_s))
    match order.get("do"):
        case None:
            return
        case "present":
            number, slow_s = str(order.get("card") or readers.DEFAULT_CARD), float(order.get("authorise_s") or 0)
            if slow_s:
                readers.present_slowly(account, reader, number, slow_s)
            else:
                readers.present(account, reader, number, int(order.get("tip") or 0))
        case "decline":
            reason = str(order.get("decline_code") or "generic_decline")
            readers.present(account, reader, decline=readers.refusing(reason))
        case "cancel":
            readers.cancel_by_customer(account, reader)
        case "connection_error":
            readers.lose_connection(account, reader, is_paid=bool(order.get("paid", True)))
        case "die":
            readers.die(account, reader, is_paid=bool(order.get("paid", False)))
        case "offline" | "online" as word:
            readers.set_online(account, reader, is_online=word == "online")
        case "busy" | "free" as word:
            handling.is_busy = word == "busy"
        case "timeout":
            handling.next_command = "timeout_received" if order.get("received") else "timeout"
        case other:
            raise invalid(f"A reader can't `{other}`.", "do")


def reader_view(reader: Document) -> Document:
    """Returns a reader with how it behaves."""
    handling: readers.Handling = reader["_handling"]
    return {**sent(reader), "handling": asdict(handling)}


def routes(world: World) -> list[Route]:
    """Returns the control paths."""
    account = world.account

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            world.faults.clear()
        elif request.method == "POST":
            body = await _json_of(request)
            rules = body.get("rules") if isinstance(body, dict) else body
            if rules is None:
                world.faults.add(body)
            else:
                world.faults.replace(rules)
        return JSONResponse({"rules": world.faults.view()})

    async def reader(request: Request) -> Response:
        found = account.get("terminal.reader", request.path_params["id"], "reader")
        if request.method == "POST":
            do(account, found, await _json_of(request))
        return JSONResponse(reader_view(found))

    async def all_readers(request: Request) -> Response:
        found = account.all("terminal.reader")
        if request.method == "POST":
            order = await _json_of(request)
            for each in found:
                do(account, each, order)
        return JSONResponse({"readers": [reader_view(each) for each in found]})

    async def pay(request: Request) -> Response:
        session = account.get("checkout.session", request.path_params["id"], "session")
        body = await _json_of(request)
        if body.get("delayed_s"):
            return _pay_later(account, session, body)
        typed = hosted.Typed(
            email=str(body.get("email", "")),
            number=str(body.get("card") or readers.DEFAULT_CARD),
            expiry=str(body.get("expiry") or "12/34"),
            cvc=str(body.get("cvc") or "123"),
            name=str(body.get("name", "")),
        )
        result = hosted.pay(account, session, typed, is_authenticated=True)
        if body.get("wait") and result.event is not None:
            await world.deliveries.first_tried(result.event, _SUCCESS_WAIT_S)
        return JSONResponse(_paid_view(session, result), 200 if result.event else 402)

    async def expire(request: Request) -> Response:
        session = account.get("checkout.session", request.path_params["id"], "session")
        if session["status"] == "open":
            session["expires_at"] = account.now()
        checkout.expire_due(account)
        return JSONResponse(sent(session))

    async def webhooks(request: Request) -> Response:
        if request.method == "POST":
            body = await _json_of(request)
            events = body.get("enabled_events") or ["*"]
            endpoint = new_endpoint(account, str(body.get("url", "")), events, body.get("secret"))
            return JSONResponse({**sent(endpoint), "secret": endpoint["_secret"]})
        return JSONResponse({"deliveries": [asdict(each) for each in world.deliveries.log]})

    async def resend(request: Request) -> Response:
        world.deliveries.send_again(account.get("event", request.path_params["id"]))
        return JSONResponse({"sent": True})

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            account.clock_ahead_s += float((await _json_of(request)).get("advance_s", 0))
            checkout.expire_due(account)
        return JSONResponse({"now": account.now(), "ahead_s": account.clock_ahead_s})

    async def requests(_request: Request) -> Response:
        return JSONResponse({"requests": [asdict(each) for each in world.stripe.asked]})

    async def reset(request: Request) -> Response:
        body = await _json_of(request)
        world.reset(keep_webhooks=bool(body.get("keep_webhooks")))
        return JSONResponse({"reset": True})

    both = ["GET", "POST"]
    return [
        Route("/control/faults", _guarded(faults), methods=[*both, "DELETE"]),
        Route("/control/readers", _guarded(all_readers), methods=both),
        Route("/control/readers/{id}", _guarded(reader), methods=both),
        Route("/control/checkout_sessions/{id}/pay", _guarded(pay), methods=["POST"]),
        Route("/control/checkout_sessions/{id}/expire", _guarded(expire), methods=["POST"]),
        Route("/control/webhooks", _guarded(webhooks), methods=both),
        Route("/control/events/{id}/resend", _guarded(resend), methods=["POST"]),
        Route("/control/clock", _guarded(clock), methods=both),
        Route("/control/requests", _guarded(requests)),
        Route("/control/reset", _guarded(reset), methods=["POST"]),
    ]


def _pay_later(account: Account, session: Document, body: Mapping[str, Any]) -> Response:
    card = CARDS.get(str(body.get("card") or readers.DEFAULT_CARD))
    if card is None:
        raise invalid("This is no test card.", "card")
    try:
        checkout.pay_later(account, session, Presented(card), float(body["delayed_s"]))
    except checkout.SessionEnded:
        return JSONResponse(_paid_view(session, hosted.Result(is_ended=True)), 402)
    return JSONResponse({"paid": False, "status": session["status"], "redirect": hosted.landing(session)})


def _paid_view(session: Document, result: hosted.Result) -> Document:
    if result.event is not None:
        return {"paid": True, "status": session["status"], "redirect": hosted.landing(session)}
    problems = {"session": f"This session is {session['status']}."} if result.is_ended else result.problems
    return {"paid": False, "status": session["status"], "problems": dict(problems or {})}


async def _json_of(request: Request) -> Any:
    raw = await request.body()
    return json.loads(raw) if raw.strip() else {}


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Turns what can't be done into an answer that says so."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except StripeError as error:
            return JSONResponse({"error": str(error)}, error.status)
        except (BadRule, ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return guarded
