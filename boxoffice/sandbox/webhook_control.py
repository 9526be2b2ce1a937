"""Control calls about webhooks: who listens to which provider, what was sent, and what to send again."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.account import sent
from boxoffice.sandbox.control_calls import control_route, json_of
from boxoffice.sandbox.errors import Document, invalid
from boxoffice.sandbox.event_calls import new_endpoint
from boxoffice.sandbox.mail_listeners import new_listener
from boxoffice.sandbox.world import World


def webhook_control_routes(world: World) -> list[Route]:
    register = {"stripe": _stripe, "paypal": _paypal, "sendgrid": _sendgrid}

    async def webhooks(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"deliveries": [asdict(each) for each in world.deliveries.log]})
        body = await json_of(request)
        provider = body.get("provider", "stripe")
        if provider not in register:
            raise invalid(f"provider must be one of: {', '.join(register)}", "provider")
        endpoint = register[provider](world, str(body.get("url", "")), body.get("enabled_events") or ["*"], body)
        return JSONResponse({**endpoint, "provider": provider})

    async def resend(request: Request) -> Response:
        event_id = request.path_params["id"]
        if event_id in world.paypal.merchant.events:
            world.paypal.webhooks.send_again(world.paypal.merchant.events[event_id])
        elif not world.mail_events.send_again(event_id):
            world.webhooks.send_again(world.account.get("event", event_id))
        return JSONResponse({"sent": True})

    return [
        control_route("webhooks", webhooks, ["GET", "POST"]),
        control_route("events/{id}/resend", resend, ["POST"]),
    ]


def _stripe(world: World, url: str, events: list[str], body: dict[str, Any]) -> Document:
    endpoint = new_endpoint(world.account, url, events, body.get("secret"))
    return {**sent(endpoint), "secret": endpoint["_secret"]}


def _paypal(world: World, url: str, events: list[str], body: dict[str, Any]) -> Document:
    webhooks = world.paypal.webhooks
    return {**webhooks.register(url, events, body.get("id")), "cert_url": webhooks.certificate_url}


def _sendgrid(world: World, url: str, events: list[str], _body: dict[str, Any]) -> Document:
    listener = new_listener(url, events)
    world.mail_events.listeners[listener.id] = listener
    return {"id": listener.id, "url": url, "enabled_events": events, "public_key": listener.public_key}
