"""Pages for people: the start, the reader simulator and the control page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.account import sent
from boxoffice.sandbox.cards import CARDS, DECLINES
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.faults import WORDS, BadRule
from boxoffice.sandbox.paypal.pages import orders_shown
from boxoffice.sandbox.reader_orders import do, reader_view
from boxoffice.sandbox.rendering import guarded, render
from boxoffice.sandbox.world import World


def people_routes(world: World) -> list[Route]:
    account = world.account

    async def index(_request: Request) -> Response:
        kinds = ("payment_intent", "checkout.session", "refund", "event")
        counts = {kind: len(account.all(kind)) for kind in kinds} | {"mail": len(world.outbox.mails)}
        counts["paypal_order"] = len(world.paypal.merchant.orders)
        return render("index.html", base_url=account.base_url, counts=counts, cards=list(CARDS.values()))

    async def readers(_request: Request) -> Response:
        return render("readers.html", readers=[_reader_view(world, each) for each in account.all("terminal.reader")])

    async def reader_state(_request: Request) -> Response:
        return render(
            "reader-list.html", readers=[_reader_view(world, each) for each in account.all("terminal.reader")]
        )

    async def act(request: Request) -> Response:
        reader = account.get("terminal.reader", request.path_params["id"], "reader")
        async with request.form() as form:
            order = {name: value for name, value in form.items() if isinstance(value, str) and value}
        do(account, reader, order)
        return RedirectResponse("/readers", 303)

    async def controls(request: Request) -> Response:
        problem = ""
        if request.method == "POST":
            problem = await _change_faults(world, request)
            if not problem:
                return RedirectResponse("/control", 303)
        return render(
            "control.html",
            400 if problem else 200,
            rules=world.faults.view(),
            kinds={fault.value: words for fault, words in WORDS.items()},
            problem=problem,
            asked=list(world.calls.calls)[-30:][::-1],
            deliveries=list(world.deliveries.log)[-30:][::-1],
            endpoints=_listeners(world),
            paypal_orders=orders_shown(world.paypal.merchant),
        )

    return [
        Route("/", index),
        Route("/readers", readers),
        Route("/readers/state", reader_state),
        Route("/readers/{id}", guarded(act), methods=["POST"]),
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
        world.faults.add({**given, "times": times, "delay_s": delay_s, "code": given.get("code") or None})
    except (BadRule, ValueError) as error:
        return str(error)
    return ""


def _listeners(world: World) -> list[Document]:
    """Returns who hears the webhooks of which provider."""
    stripe: list[Document] = [
        {"provider": "Stripe", "url": each["url"], "events": each["enabled_events"]}
        for each in world.account.all("webhook_endpoint")
    ]
    paypal: list[Document] = [
        {"provider": "PayPal", "url": each["url"], "events": [event["name"] for event in each["event_types"]]}
        for each in world.paypal.webhooks.endpoints.values()
    ]
    sendgrid: list[Document] = [
        {"provider": "SendGrid", "url": each.url, "events": each.events}
        for each in world.mail_events.listeners.values()
    ]
    return stripe + paypal + sendgrid


def _reader_view(world: World, reader: Document) -> Document:
    action = reader["action"]
    view: Document = {**reader_view(reader), "intent": None}
    if action is not None and action["type"] == "process_payment_intent":
        intent = world.account.find(action["process_payment_intent"]["payment_intent"])
        view["intent"] = None if intent is None else sent(intent)
    return view | {"declines": sorted(DECLINES)}
