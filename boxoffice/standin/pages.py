"""Pages for people: the hosted payment page, the readers, the mails and the faults."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from boxoffice.resources import resource_path
from boxoffice.standin.account import Json
from boxoffice.standin.cards import card_of, message_of
from boxoffice.standin.checkout import line_items, pay_session
from boxoffice.standin.control import act_on_reader
from boxoffice.standin.errors import StripeError
from boxoffice.standin.faults import KINDS, Faults, Rule
from boxoffice.standin.operations import Stand
from boxoffice.standin.sendgrid import Outbox
from boxoffice.standin.webhooks import Webhooks

_REDIRECT_WAIT_S: Final = 10.0
"""Stripe waits so long for our webhook before it sends the buyer on (Stripe, “Fulfill orders”)."""
_TONES: Final = {"succeeded": "ok", "canceled": "danger"}
_MATCHES: Final = (
    "POST /v1/payment_intents",
    "POST /v1/terminal/readers",
    "GET /v1/terminal/readers",
    "GET /v1/payment_intents",
    "POST /v1/checkout/sessions",
    "GET /v1/checkout/sessions",
    "POST /v3/mail/send",
    "webhook",
)
_FONTS: Final = ("bebas-neue", "open-sans-400", "open-sans-600")


@dataclass(frozen=True)
class Pages:
    """Rendered with every value escaped."""

    stand: Stand
    faults: Faults
    webhooks: Webhooks
    outbox: Outbox

    def routes(self) -> list[Route]:
        return [
            Route("/", self.index),
            Route("/c/pay/{session}", self.pay_page),
            Route("/c/pay/{session}", self.pay, methods=["POST"]),
            Route("/readers", self.readers),
            Route("/readers/{reader}", self.act, methods=["POST"]),
            Route("/control", self.control, methods=["GET", "POST"]),
            Route("/outbox", self.mails),
            Route("/outbox/{mail}", self.mail),
            Route("/outbox/{mail}/html", self.mail_html),
            Route("/outbox/{mail}/{index:int}", self.attachment),
            Route("/static/sandbox.css", self.style),
            Route("/static/fonts/{name}.woff2", self.font),
        ]

    @cached_property
    def _templates(self) -> Environment:
        folder = resource_path("templates", "sandbox")
        return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)

    def _page(self, name: str, title: str, status: int = 200, **values: Any) -> HTMLResponse:
        shared = {"title": title, "nav": True, "narrow": False, "refresh_s": None}
        return HTMLResponse(self._templates.get_template(name).render({**shared, **values}), status)

    async def index(self, _request: Request) -> Response:
        with self.stand.account.lock:
            intents = [
                {**intent, "money": _money(intent), "tone": _TONES.get(intent["status"], "wait")}
                for intent in self.stand.account.all("payment_intent")[:12]
            ]
        return self._page(
            "index.html",
            "Start",
            base_url=self.stand.base_url,
            mails=len(self.outbox.all()),
            intents=intents,
            deliveries=self.webhooks.deliveries[:-13:-1],
        )

    async def pay_page(self, request: Request) -> Response:
        return self._pay_page(request.path_params["session"])

    async def pay(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        session_id = request.path_params["session"]
        card = card_of(form.get("cardNumber", ""))
        if card is None:
            return self._pay_page(session_id, "That is not one of the test cards.", form.get("email", ""))
        try:
            with self.stand.account.lock:
                session = self.stand.account.get("checkout.session", session_id)
                is_paid = pay_session(
                    self.stand.account, session, card, form.get("email", ""), form.get("billingName", "")
                )
        except StripeError:
            return self._pay_page(session_id)
        if not is_paid:
            return self._pay_page(session_id, message_of(card), form.get("email", ""))
        await run_in_threadpool(self.webhooks.wait_for, session_id, "checkout.session.completed", _REDIRECT_WAIT_S)
        url = (session["success_url"] or "/").replace("{CHECKOUT_SESSION_ID}", session_id)
        return RedirectResponse(url, 303)

    def _pay_page(self, session_id: str, problem: str = "", email: str = "") -> Response:
        account = self.stand.account
        with account.lock:
            session = account.find("checkout.session", session_id)
            if session is None:
                return self._ended("There is no such payment", "Check the link.", 404)
            if session["status"] == "complete":
                return self._ended("Paid", "This payment is done.")
            if session["status"] == "expired" or session["expires_at"] <= account.now():
                return self._ended("This page has expired", "Nothing was charged. Ask for a new code.")
            lines = [
                {"name": line["description"], "amount": _money({**line, "amount": line["amount_total"]})}
                for line in line_items(account, session_id)
            ]
        return self._page(
            "pay.html",
            "Pay",
            nav=False,
            narrow=True,
            is_open=True,
            total=_money({"amount": session["amount_total"], "currency": session["currency"]}),
            lines=lines,
            problem=problem,
            email=email or session["customer_email"] or "",
            cancel_url=session["cancel_url"],
        )

    def _ended(self, heading: str, words: str, status: int = 200) -> Response:
        return self._page(
            "pay.html", heading, status, nav=False, narrow=True, is_open=False, heading=heading, words=words
        )

    async def readers(self, _request: Request) -> Response:
        with self.stand.account.lock:
            readers = [self._reader(reader) for reader in reversed(self.stand.account.all("terminal.reader"))]
        return self._page("readers.html", "Card readers", refresh_s=2, readers=readers)

    def _reader(self, reader: Json) -> dict[str, Any]:
        behaviour = self.stand.readers.behaviour(reader["id"])
        action = reader["action"] or {}
        is_waiting = action.get("status") == "in_progress"
        intent = self.stand.account.find(
            "payment_intent", (action.get("process_payment_intent") or {}).get("payment_intent", "")
        )
        state, tone = "Ready", "ok"
        if behaviour.is_offline:
            state, tone = "Offline", "danger"
        elif is_waiting:
            state, tone = "Waiting for a card", "wait"
        elif action.get("status") == "failed":
            state, tone = action["failure_message"], "danger"
        return {
            "id": reader["id"],
            "label": reader["label"],
            "state": state,
            "tone": tone,
            "amount": _money(intent) if intent and is_waiting else "",
            "is_waiting": is_waiting,
            "is_offline": behaviour.is_offline,
            "is_busy": behaviour.is_busy,
            "auto": behaviour.auto,
        }

    async def act(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        with self.stand.account.lock:
            reader = self.stand.account.find("terminal.reader", request.path_params["reader"])
            if reader is not None:
                with suppress(StripeError):  # the payment ended while the person looked at the page
                    act_on_reader(self.stand, reader, form)
        return RedirectResponse("/readers", 303)

    async def control(self, request: Request) -> Response:
        problem = ""
        if request.method == "POST":
            form = {name: str(value) for name, value in (await request.form()).items()}
            kept = [] if "clear" in form else [Rule(**rule) for rule in self.faults.all()]
            try:
                if "kind" in form:
                    kept.append(Rule(form["match"], form["kind"], int(form["times"]), float(form["delay_s"])))
                self.faults.set(kept)
            except (ValueError, KeyError) as error:
                problem = str(error)
        return self._page(
            "control.html", "Faults", kinds=KINDS, matches=_MATCHES, rules=self.faults.all(), problem=problem
        )

    async def mails(self, _request: Request) -> Response:
        return self._page("outbox.html", "Mails", mails=list(reversed(self.outbox.all())))

    async def mail(self, request: Request) -> Response:
        mail = self.outbox.find(request.path_params["mail"])
        return Response(status_code=404) if mail is None else self._page("mail.html", mail.subject, mail=mail)

    async def mail_html(self, request: Request) -> Response:
        mail = self.outbox.find(request.path_params["mail"])
        if mail is None:
            return Response(status_code=404)
        return HTMLResponse(mail.html, headers={"Content-Security-Policy": "sandbox"})

    async def attachment(self, request: Request) -> Response:
        mail = self.outbox.find(request.path_params["mail"])
        index = request.path_params["index"]
        if mail is None or index >= len(mail.attachments):
            return Response(status_code=404)
        each = mail.attachments[index]
        headers = {
            "Content-Disposition": f'attachment; filename="{each.filename}"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(each.content, headers=headers, media_type=each.type)

    async def style(self, _request: Request) -> Response:
        return FileResponse(resource_path("styles", "sandbox.css"))

    async def font(self, request: Request) -> Response:
        name = request.path_params["name"]
        return FileResponse(resource_path("fonts", f"{name}.woff2")) if name in _FONTS else Response(status_code=404)


def _money(thing: Json) -> str:
    currency = thing["currency"].upper()
    symbol = "$" if currency == "USD" else f"{currency} "
    return f"{symbol}{thing['amount'] / 100:,.2f}"
