"""SendGrid's `/v3/mail/send` over HTTP: mails are accepted as SendGrid accepts them, and kept instead of sent."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.breakage import answered
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.faults import Fault, Faults
from boxoffice.sandbox.mail import BadMail, Mail, is_only_checked, read_mails

PATH: Final = "/v3/mail/send"
MOST_BYTES: Final = 30 * 1024 * 1024
_HELP: Final = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail in the outbox; the mails of one request have its message id in common."""

    id: str
    message_id: str
    at: float
    mail: Mail


class Outbox:
    """The mails that were accepted, oldest first."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.mails: list[Kept] = []
        self.on_accepted: Callable[[Kept], None] = lambda _kept: None

    def find(self, mail_id: str) -> Kept | None:
        return next((kept for kept in self.mails if kept.id == mail_id), None)

    def routes(self) -> list[Route]:
        return [Route(PATH, self.send, methods=["POST"])]

    async def send(self, request: Request) -> Response:
        """Answers 202 and nothing else, or what is wrong."""
        rule = self._faults.take_for_call("POST", PATH)

        async def work() -> Response:
            try:
                return self._keep(await _body(request))
            except BadMail as error:
                return _refused(error)

        return await answered(request, rule, _EARLY, work)

    def _keep(self, body: Document) -> Response:
        mails = read_mails(body)
        mail_id = secrets.token_urlsafe(16)
        if not is_only_checked(body):
            ids = [mail_id, *(f"{mail_id}-{place}" for place in range(1, len(mails)))]
            kept = [Kept(each_id, mail_id, time.time(), mail) for each_id, mail in zip(ids, mails, strict=True)]
            self.mails.extend(kept)
            for each in kept:
                self.on_accepted(each)
        return Response(None, 202, {"X-Message-Id": mail_id})


async def _body(request: Request) -> Document:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.startswith("SG."):
        raise BadMail("The provided authorization grant is invalid, expired, or revoked", None, 401)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadMail("Content-Type should be application/json.", None, 415)
    raw = await request.body()
    if len(raw) > MOST_BYTES:
        raise BadMail("The mail must not be larger than 30 MB.", None, 413)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise BadMail("Bad Request", None) from error
    if not isinstance(body, dict):
        raise BadMail("Bad Request", None)
    return body


def _refused(error: BadMail) -> Response:
    said = {"message": str(error), "field": error.field, "help": _HELP + (error.field or "general")}
    return JSONResponse({"errors": [said]}, error.status)


_EARLY: Final = {
    Fault.ERROR_500: lambda: _refused(BadMail("Internal Server Error", None, 500)),
    Fault.ERROR_503: lambda: _refused(BadMail("Service Unavailable", None, 503)),
    Fault.RATE_LIMIT: lambda: _refused(BadMail("too many requests", None, 429)),
}
