"""What a test or a person may do to the stand-in from outside: pay, present cards, set faults, register webhooks."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.standin.account import Json
from boxoffice.standin.cards import card_of
from boxoffice.standin.checkout import pay_session
from boxoffice.standin.errors import StripeError
from boxoffice.standin.faults import Faults, Rule
from boxoffice.standin.operations import Stand
from boxoffice.standin.sendgrid import Outbox
from boxoffice.standin.terminal import DECLINED_CARD
from boxoffice.standin.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Control:
    """JSON in, JSON out."""

    stand: Stand
    faults: Faults
    webhooks: Webhooks
    outbox: Outbox

    def routes(self) -> list[Route]:
        return [
            Route("/control/webhooks", self.register, methods=["POST"]),
            Route("/control/checkout_sessions/{session}/pay", self.pay, methods=["POST"]),
            Route("/control/readers", self.readers, methods=["GET"]),
            Route("/control/readers/{reader}", self.act_on_reader, methods=["POST"]),
            Route("/control/faults", self.set_faults, methods=["GET", "POST"]),
            Route("/control/reset", self.reset, methods=["POST"]),
            Route("/outbox.json", self.mails, methods=["GET"]),
        ]

    async def register(self, request: Request) -> Response:
        """Registers an endpoint with a secret of the caller's choice."""
        p = await _json(request)
        account = self.stand.account
        with account.lock:
            endpoint = account.add(
                {
                    "id": account.new_id("we_1"),
                    "object": "webhook_endpoint",
                    "created": account.now(),
                    "enabled_events": p.get("enabled_events", ["*"]),
                    "livemode": False,
                    "metadata": {},
                    "status": "enabled",
                    "url": p["url"],
                }
            )
            account.secrets[endpoint["id"]] = p["secret"]
        return JSONResponse(endpoint)

    async def pay(self, request: Request) -> Response:
        """Pays a session as the hosted page does."""
        p = await _json(request)
        card = card_of(p.get("card", ""))
        if card is None:
            return JSONResponse({"error": {"message": "not a test card"}}, 400)
        account = self.stand.account
        try:
            with account.lock:
                session = account.get("checkout.session", request.path_params["session"], "session")
                is_paid = pay_session(account, session, card, p.get("email", ""), p.get("name", ""))
        except StripeError as error:
            return JSONResponse(error.body, error.status)
        return JSONResponse({"paid": is_paid})

    async def readers(self, _request: Request) -> Response:
        with self.stand.account.lock:
            return JSONResponse({"data": self.stand.account.all("terminal.reader")})

    async def act_on_reader(self, request: Request) -> Response:
        p = await _json(request)
        try:
            with self.stand.account.lock:
                reader = self.stand.account.get("terminal.reader", request.path_params["reader"], "reader")
                act_on_reader(self.stand, reader, p)
        except StripeError as error:
            return JSONResponse(error.body, error.status)
        return JSONResponse(reader)

    async def set_faults(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self.faults.set([Rule(**each) for each in await _json(request)])
            except (ValueError, TypeError) as error:
                return JSONResponse({"error": {"message": str(error)}}, 400)
        return JSONResponse(self.faults.all())

    async def reset(self, _request: Request) -> Response:
        from boxoffice.standin.server import add_readers

        self.stand.account.reset()
        self.outbox.clear()
        self.faults.set([])
        add_readers(self.stand)
        return JSONResponse({"reset": True})

    async def mails(self, _request: Request) -> Response:
        mails = [
            {
                "id": mail.id,
                "at": mail.at,
                "to": mail.to,
                "subject": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "custom_args": mail.custom_args,
                "attachments": [
                    {"filename": each.filename, "type": each.type, "size_bytes": len(each.content)}
                    for each in mail.attachments
                ],
            }
            for mail in await run_in_threadpool(self.outbox.all)
        ]
        return JSONResponse(mails)


def act_on_reader(stand: Stand, reader: Json, p: Json) -> None:
    """Does what a person would do at a reader.

    Args:
        stand: the stand-in.
        reader: Stripe's reader object.
        p: `do` is present, decline, cancel, offline, online, busy, free or timeout; `card` may name a test card;
            `auto` is off, approve, decline or cancel, after `delay_s`.

    Raises:
        StripeError: if the reader does not wait for a card.
    """
    behaviour = stand.readers.behaviour(reader["id"])
    if "auto" in p:
        behaviour.auto, behaviour.delay_s = p["auto"], float(p.get("delay_s", behaviour.delay_s))
    match p.get("do"):
        case "present":
            stand.readers.present(reader, p.get("card"))
        case "decline":
            stand.readers.present(reader, DECLINED_CARD)
        case "cancel":
            stand.readers.cancel_by_customer(reader)
        case "offline" | "online" as word:
            behaviour.is_offline = word == "offline"
            reader["status"] = word
        case "busy" | "free" as word:
            behaviour.is_busy = word == "busy"
        case "timeout":
            behaviour.timeouts = int(p.get("times", 1))
        case _:
            pass


async def _json(request: Request) -> Any:
    body = await request.body()
    return json.loads(body) if body else {}
