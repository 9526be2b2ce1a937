"""GA4's Measurement Protocol over HTTP: it takes everything without a word, and counts only what is right."""

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.breakage import answered
from boxoffice.sandbox.call_log import CallLog
from boxoffice.sandbox.control_calls import control_route
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.faults import Fault, Faults
from boxoffice.sandbox.measurement import MOST_BYTES, event_problems, message, request_problems

_REFUSALS: Final = {
    Fault.ERROR_500: lambda: Response(status_code=500),
    Fault.ERROR_503: lambda: Response(status_code=503),
    Fault.RATE_LIMIT: lambda: Response(status_code=429),
}


class Analytics:
    """The events that count, and those that were dropped without the sender hearing of it."""

    def __init__(self, account: Account, faults: Faults, calls: CallLog) -> None:
        self._account = account
        self._faults = faults
        self._calls = calls
        self.events: list[Document] = []
        self.dropped: list[Document] = []

    def clear(self) -> None:
        self.events.clear()
        self.dropped.clear()

    def routes(self) -> list[Route]:
        return [
            Route("/mp/collect", self._collect, methods=["POST"]),
            Route("/debug/mp/collect", self._validate, methods=["POST"]),
            control_route("analytics", self._recorded, ["GET", "DELETE"]),
        ]

    async def _collect(self, request: Request) -> Response:
        async def work() -> Response:
            self._record(request, await request.body())
            return Response(status_code=204)

        rule = self._faults.take_for_call("POST", request.url.path)
        response = await answered(request, rule, _REFUSALS, work)
        self._calls.note(request, new_id("ga", 14), response.status_code, rule, self._account.now())
        return response

    async def _validate(self, request: Request) -> Response:
        """Says what is wrong with a request, and counts nothing; the secret is not looked at."""
        body = _read(await request.body())
        is_strict = isinstance(body, dict) and body.get("validation_behavior") == "ENFORCE_RECOMMENDATIONS"
        problems = request_problems(body, self._account.now_exact(), is_strict=is_strict)
        events = body.get("events") if isinstance(body, dict) else None
        for place, event in enumerate(events if isinstance(events, list) else []):
            problems += event_problems(event, place, is_strict=is_strict)
        return JSONResponse({"validationMessages": problems})

    async def _recorded(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.clear()
        return JSONResponse({"events": self.events, "dropped": self.dropped})

    def _record(self, request: Request, raw: bytes) -> None:
        query, body, now = request.query_params, _read(raw), self._account.now_exact()
        about: Document = {"at": now, "measurement_id": query.get("measurement_id")}
        problems = [
            message(name, f"The query has no {name}.", "VALUE_REQUIRED")
            for name in ("measurement_id", "api_secret")
            if not query.get(name)
        ]
        if len(raw) > MOST_BYTES:
            problems.append(message("", f"A body has at most {MOST_BYTES} bytes.", "EXCEEDED_MAX_ENTITIES"))
        problems += request_problems(body, now)
        if problems:
            self.dropped.append({**about, "body": body, "problems": problems})
            return
        about |= {name: body.get(name) for name in ("client_id", "user_id", "timestamp_micros", "consent")}
        for place, event in enumerate(body["events"]):
            if problems := event_problems(event, place):
                self.dropped.append({**about, "body": event, "problems": problems})
            else:
                self.events.append({**about, "name": event["name"], "params": event.get("params", {})})


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
