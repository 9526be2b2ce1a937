"""The sandbox's own JSON: what a test or a load driver does in the place of a person, a card and bad luck."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox import attempts, checkout, hosted, payouts, readers
from boxoffice.sandbox.account import sent
from boxoffice.sandbox.cards import CARDS, DECLINES
from boxoffice.sandbox.charges import Presented
from boxoffice.sandbox.control_calls import Endpoint, control_route, json_of
from boxoffice.sandbox.errors import Document, invalid
from boxoffice.sandbox.reader_orders import do, reader_view
from boxoffice.sandbox.world import World

SUCCESS_WAIT_S: Final = 10.0
"""How long Checkout waits for the shop to take the event, before the customer goes there."""


class Control:
    """Every control path; each answers in JSON, and says in `error` what can't be done."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._account = world.account

    def routes(self) -> list[Route]:
        """Returns the paths."""
        both = ["GET", "POST"]
        table: tuple[tuple[str, Endpoint, list[str]], ...] = (
            ("faults", self.faults, [*both, "DELETE"]),
            ("readers", self.all_readers, both),
            ("readers/{id}", self.reader, both),
            ("checkout_sessions/{id}/pay", self.pay, ["POST"]),
            ("checkout_sessions/{id}/arrive", self.arrive, ["POST"]),
            ("checkout_sessions/{id}/expire", self.expire, ["POST"]),
            ("payment_intents/{id}/authenticate", self.authenticate, ["POST"]),
            ("payouts", self.pay_out, ["POST"]),
            ("payouts/{id}", self.end_payout, ["POST"]),
            ("clock", self.clock, both),
            ("requests", self.requests, ["GET"]),
            ("reset", self.reset, ["POST"]),
        )
        return [control_route(path, endpoint, methods) for path, endpoint, methods in table]

    async def faults(self, request: Request) -> Response:
        faults = self._world.faults
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            body = await json_of(request)
            rules = body.get("rules") if isinstance(body, dict) else body
            if rules is None:
                faults.add(body)
            else:
                faults.replace(rules)
        return JSONResponse({"rules": faults.view()})

    async def all_readers(self, request: Request) -> Response:
        found = self._account.all("terminal.reader")
        if request.method == "POST":
            order = await json_of(request)
            for each in found:
                do(self._account, each, order)
        return JSONResponse({"readers": [reader_view(each) for each in found]})

    async def reader(self, request: Request) -> Response:
        found = self._account.get("terminal.reader", request.path_params["id"], "reader")
        if request.method == "POST":
            do(self._account, found, await json_of(request))
        return JSONResponse(reader_view(found))

    async def pay(self, request: Request) -> Response:
        session = self._session(request)
        body = await json_of(request)
        if body.get("delayed_s") or body.get("delayed"):
            return self._pay_later(session, body)
        result = hosted.pay(self._account, session, _typed(body), is_authenticated=True)
        if body.get("wait") and result.event is not None:
            await self._world.deliveries.first_tried(result.event["id"], SUCCESS_WAIT_S)
        return JSONResponse(_paid_view(session, result), 200 if result.event else 402)

    async def arrive(self, request: Request) -> Response:
        session = self._session(request)
        what = (await json_of(request)).get("do", "succeed")
        if what not in ("succeed", "fail"):
            raise invalid("do must be one of: succeed, fail", "do")
        checkout.arrive(self._account, session, DECLINES["generic_decline"] if what == "fail" else None)
        return JSONResponse(sent(session))

    async def expire(self, request: Request) -> Response:
        session = self._session(request)
        if session["status"] == "open":
            session["expires_at"] = self._account.now()
        checkout.expire_due(self._account)
        return JSONResponse(sent(session))

    async def authenticate(self, request: Request) -> Response:
        intent = self._account.get("payment_intent", request.path_params["id"])
        what = (await json_of(request)).get("do", "pass")
        if what not in ("pass", "fail"):
            raise invalid("do must be one of: pass, fail", "do")
        attempts.authenticate(self._account, intent, is_passed=what == "pass")
        return JSONResponse(sent(intent))

    async def pay_out(self, request: Request) -> Response:
        asked = await json_of(request)
        currency, amount = asked.get("currency", "usd"), asked.get("amount")
        if amount is None:
            return JSONResponse(sent(payouts.pay_out(self._account, currency)))
        is_instant = asked.get("method") == "instant"
        made = payouts.pay_by_hand(self._account, currency, int(amount), is_instant=is_instant)
        return JSONResponse(sent(made))

    async def end_payout(self, request: Request) -> Response:
        payout = self._account.get("payout", request.path_params["id"])
        what = {"fail": "failed", "cancel": "canceled"}.get(str((await json_of(request)).get("do")))
        if what is None:
            raise invalid("do must be one of: fail, cancel", "do")
        payouts.fail(self._account, payout, what)
        return JSONResponse(sent(payout))

    async def clock(self, request: Request) -> Response:
        if request.method == "POST":
            self._account.clock_ahead_s += float((await json_of(request)).get("advance_s", 0))
            checkout.expire_due(self._account)
        return JSONResponse({"now": self._account.now(), "ahead_s": self._account.clock_ahead_s})

    async def requests(self, _request: Request) -> Response:
        return JSONResponse({"requests": [asdict(each) for each in self._world.calls.calls]})

    async def reset(self, request: Request) -> Response:
        body = await json_of(request)
        self._world.reset(keep_webhooks=bool(body.get("keep_webhooks")))
        return JSONResponse({"reset": True})

    def _session(self, request: Request) -> Document:
        return self._account.get("checkout.session", request.path_params["id"], "session")

    def _pay_later(self, session: Document, body: Mapping[str, Any]) -> Response:
        card = CARDS.get(str(body.get("card") or readers.DEFAULT_CARD))
        if card is None:
            raise invalid("This is no test card.", "card")
        try:
            after_s = body.get("delayed_s")
            checkout.pay_later(self._account, session, Presented(card), None if after_s is None else float(after_s))
        except checkout.SessionEnded:
            return JSONResponse(_paid_view(session, hosted.Result(is_ended=True)), 402)
        return JSONResponse({"paid": False, "status": session["status"], "redirect": hosted.landing(session)})


def _typed(body: Mapping[str, Any]) -> hosted.Typed:
    return hosted.Typed(
        email=str(body.get("email", "")),
        number=str(body.get("card") or readers.DEFAULT_CARD),
        expiry=str(body.get("expiry") or "12/34"),
        cvc=str(body.get("cvc") or "123"),
        name=str(body.get("name", "")),
    )


def _paid_view(session: Document, result: hosted.Result) -> Document:
    if result.event is not None:
        return {"paid": True, "status": session["status"], "redirect": hosted.landing(session)}
    problems = {"session": f"This session is {session['status']}."} if result.is_ended else result.problems
    return {"paid": False, "status": session["status"], "problems": dict(problems or {})}
