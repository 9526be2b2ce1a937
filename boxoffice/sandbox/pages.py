"""Pages for people: the hosted payment page, the reader simulator, the control page and the outbox."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from boxoffice.resources import resource_path
from boxoffice.sandbox import checkout, control, hosted
from boxoffice.sandbox.account import sent
from boxoffice.sandbox.cards import CARDS, DECLINES
from boxoffice.sandbox.errors import Document, StripeError
from boxoffice.sandbox.faults import WORDS, BadRule
from boxoffice.sandbox.mail import Attachment, OutMail
from boxoffice.sandbox.world import World

_SYMBOLS: Final = {"usd": "$", "cad": "CA$", "aud": "A$", "eur": "€", "gbp": "£"}
_FONTS: Final = ("bebas-neue", "open-sans-400", "open-sans-600", "open-sans-700")
_SUCCESS_WAIT_S: Final = 10.0
_SAFE_MAIL: Final = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}

Page = Callable[[Request], Awaitable[Response]]


def money(minor: int, currency: str) -> str:
    """Returns an amount for people."""
    symbol = _SYMBOLS.get(currency)
    if symbol is None:
        return f"{minor / 100:,.2f} {currency.upper()}"
    return f"{'−' if minor < 0 else ''}{symbol}{abs(minor) // 100:,}.{abs(minor) % 100:02}"


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _environment() -> Environment:
    loader = FileSystemLoader(resource_path("templates", "sandbox"))
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    found.filters.update(money=money, moment=moment)
    return found


_templates: Final = _environment()


def _render(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(name).render(**values), status)


def routes(world: World) -> list[Route]:
    """Returns every page."""
    return [*_hosted(world), *_people(world), *_outbox(world), *_files()]


def _hosted(world: World) -> list[Route]:
    account = world.account

    def find(request: Request) -> Document:
        checkout.expire_due(account)
        return account.get("checkout.session", request.path_params["id"], "session")

    def show(session: Document, typed: hosted.Typed, result: hosted.Result) -> Response:
        if session["status"] != "open":
            return _render("ended.html", session=session, landing=hosted.landing(session))
        lines = checkout.line_items(session)
        problems = dict(result.problems or {})
        return _render("pay.html", session=session, lines=lines, typed=typed, problems=problems)

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
            return _render("authenticate.html", session=session, typed=typed)
        if result.event is None:
            return show(session, typed, result)
        # As Stripe does: the shop hears of the payment before the customer arrives there.
        await world.deliveries.first_tried(result.event, _SUCCESS_WAIT_S)
        return RedirectResponse(hosted.landing(session), 303)

    async def state(request: Request) -> Response:
        session = find(request)
        return JSONResponse({"status": session["status"], "left_s": session["expires_at"] - account.now()})

    return [
        Route("/c/pay/{id}", _guarded(page)),
        Route("/c/pay/{id}", _guarded(pay), methods=["POST"]),
        Route("/c/pay/{id}/state", _guarded(state)),
    ]


_NOT_AUTHENTICATED: Final = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)


def _people(world: World) -> list[Route]:
    account = world.account

    async def index(_request: Request) -> Response:
        kinds = ("payment_intent", "checkout.session", "refund", "event")
        counts = {kind: len(account.all(kind)) for kind in kinds} | {"mail": len(world.outbox.mails)}
        return _render("index.html", base_url=account.base_url, counts=counts, cards=list(CARDS.values()))

    async def readers(_request: Request) -> Response:
        return _render("readers.html", readers=[_reader_view(world, each) for each in account.all("terminal.reader")])

    async def reader_state(_request: Request) -> Response:
        return _render(
            "reader-list.html", readers=[_reader_view(world, each) for each in account.all("terminal.reader")]
        )

    async def act(request: Request) -> Response:
        reader = account.get("terminal.reader", request.path_params["id"], "reader")
        async with request.form() as form:
            order = {name: value for name, value in form.items() if isinstance(value, str) and value}
        control.do(account, reader, order)
        return RedirectResponse("/readers", 303)

    async def controls(request: Request) -> Response:
        problem = ""
        if request.method == "POST":
            problem = await _change_faults(world, request)
            if not problem:
                return RedirectResponse("/control", 303)
        return _render(
            "control.html",
            400 if problem else 200,
            rules=world.faults.view(),
            kinds={fault.value: words for fault, words in WORDS.items()},
            problem=problem,
            asked=list(world.stripe.asked)[-30:][::-1],
            deliveries=list(world.deliveries.log)[-30:][::-1],
            endpoints=[sent(each) for each in account.all("webhook_endpoint")],
        )

    return [
        Route("/", index),
        Route("/readers", readers),
        Route("/readers/state", reader_state),
        Route("/readers/{id}", _guarded(act), methods=["POST"]),
        Route("/control", controls, methods=["GET", "POST"]),
    ]


async def _change_faults(world: World, request: Request) -> str:
    """Does what the control page's form asks; returns what is wrong with it."""
    async with request.form() as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
    if given.get("do") == "clear":
        world.faults.clear()
        return ""
    if given.get("do") == "reset":
        world.reset(keep_webhooks=True)
        return ""
    try:
        times = int(given["times"]) if given.get("times") else None
        delay_s = float(given.get("delay_s") or 0)
        world.faults.add({**given, "times": times, "delay_s": delay_s})
    except (BadRule, ValueError) as error:
        return str(error)
    return ""


def _reader_view(world: World, reader: Document) -> Document:
    action = reader["action"]
    view: Document = {**control.reader_view(reader), "intent": None}
    if action is not None and action["type"] == "process_payment_intent":
        intent = world.account.find(action["process_payment_intent"]["payment_intent"])
        view["intent"] = None if intent is None else sent(intent)
    return view | {"declines": sorted(DECLINES)}


def _outbox(world: World) -> list[Route]:
    def find(request: Request) -> OutMail:
        mail = world.outbox.find(request.path_params["id"])
        if mail is None:
            raise StripeError(404, "No such mail.")
        return mail

    async def outbox(_request: Request) -> Response:
        return _render("outbox.html", mails=world.outbox.mails[::-1])

    async def one(request: Request) -> Response:
        return _render("mail.html", mail=find(request))

    async def html(request: Request) -> Response:
        return HTMLResponse(find(request).html, headers=_SAFE_MAIL)

    async def attachment(request: Request) -> Response:
        files = find(request).attachments
        place = int(request.path_params["place"])
        if place >= len(files):
            raise StripeError(404, "No such attachment.")
        return _download(files[place])

    async def as_json(_request: Request) -> Response:
        return JSONResponse({"mails": [_mail_view(mail) for mail in world.outbox.mails]})

    return [
        Route("/outbox", outbox),
        Route("/outbox.json", as_json),
        Route("/outbox/{id}", _guarded(one)),
        Route("/outbox/{id}/html", _guarded(html)),
        Route("/outbox/{id}/attachments/{place:int}", _guarded(attachment)),
    ]


def _mail_view(mail: OutMail) -> Document:
    return {
        "id": mail.id,
        "at": mail.at,
        "from": mail.sender,
        "to": list(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "custom_args": dict(mail.custom_args),
        "attachments": [
            {
                "filename": each.name,
                "type": each.type,
                "size_bytes": len(each.content),
                "url": f"/outbox/{mail.id}/attachments/{place}",
            }
            for place, each in enumerate(mail.attachments)
        ],
    }


def _download(file: Attachment) -> Response:
    name = file.name.encode("ascii", "replace").decode().replace('"', "'")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(file.content, media_type=file.type, headers=headers)


def _files() -> list[Route]:
    async def style(_request: Request) -> Response:
        return FileResponse(resource_path("styles", "sandbox.css"), media_type="text/css")

    async def font(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FONTS:
            return Response(status_code=404)
        return FileResponse(resource_path("fonts", f"{name}.woff2"), media_type="font/woff2")

    return [Route("/static/sandbox.css", style), Route("/static/{name}.woff2", font)]


def _guarded(page: Page) -> Page:
    """Turns what can't be found or done into a page that says so."""

    async def guarded(request: Request) -> Response:
        try:
            return await page(request)
        except StripeError as error:
            return _render("message.html", error.status, title="This can’t be done", message=str(error))

    return guarded
