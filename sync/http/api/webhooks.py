"""The providers' webhooks: signature over the raw body, stored, answered."""

import time
from collections.abc import Mapping
from typing import Any, Final

import stripe
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from boxoffice.core.errors import BoxofficeError
from sync.bounded_json import BadJson, read
from sync.config import not_set_up
from sync.http.middleware.body_limit import LIMITS_BYTES
from sync.http.problem_details import answer
from sync.http.services import TheServices
from sync.ledger.hub import Hub
from sync.mail.mail_events import take_mail_events
from sync.payments.paypal_events import PROVIDER as PAYPAL
from sync.payments.signed_events import NotKept, event_in
from sync.payments.webhooks import PROVIDER as STRIPE
from sync.payments.webhooks import store_events
from sync.ports import ProviderEvent

router: Final = APIRouter(tags=["webhooks"])
TOLERANCE_S: Final = 300


def _body(schema: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Returns how a body that is read raw is described: FastAPI can't know."""
    return {
        "requestBody": {"required": True, "description": about, "content": {"application/json": {"schema": schema}}}
    }


_STRIPE_BODY: Final = _body({"type": "object"}, "An event; `Stripe-Signature` is over these very bytes")
_PAYPAL_BODY: Final = _body({"type": "object"}, "An event; its `PAYPAL-TRANSMISSION-…` headers prove it")
_MAIL_BODY: Final = _body({"type": "array", "items": {"type": "object"}}, "Events, signed as a whole")


class BadSignature(BoxofficeError):
    """The body is not Stripe's, or not of now."""


@router.post("/api/webhooks/stripe", openapi_extra=_STRIPE_BODY)
async def stripe_webhook(request: Request, services: TheServices) -> JSONResponse:
    hub = services.hub
    if hub.settings.lacks("Stripe webhooks"):
        raise not_set_up(hub.settings, "Stripe webhooks")
    body = await request.body()
    try:
        event = read_event(body, request.headers.get("stripe-signature"), _secret(hub), time.time())
    except (BadSignature, NotKept) as error:
        return answer(400, str(error))
    await services.arrivals.store(event)
    return JSONResponse({"received": True})


@router.post("/api/webhooks/sendgrid", openapi_extra=_MAIL_BODY)
async def sendgrid_webhook(request: Request, services: TheServices) -> JSONResponse:
    hub, proof = services.hub, services.mail_proof
    if proof is None:
        raise not_set_up(hub.settings, "mail events")
    body = await request.body()
    if not proof.is_genuine(request.headers, body, time.time()):
        return answer(400, "The signature is not SendGrid's.")
    events = _mail_events(body)
    if events is None:
        return answer(400, "The signature is right, but this is no list of events.")
    await run_in_threadpool(take_mail_events, hub, events)
    return JSONResponse({"received": True})


def _mail_events(body: bytes) -> list[dict[str, Any]] | None:
    try:
        events = read(body, LIMITS_BYTES["/api/webhooks/sendgrid"])
    except BadJson:
        return None
    return events if isinstance(events, list) and all(isinstance(event, dict) for event in events) else None


@router.post("/api/webhooks/paypal", openapi_extra=_PAYPAL_BODY)
async def paypal_webhook(request: Request, services: TheServices) -> JSONResponse:
    hub, paypal = services.hub, services.paypal
    if paypal is None:
        raise not_set_up(hub.settings, "PayPal")
    body = await request.body()
    if not await services.proofs.is_genuine(paypal, request.headers, body):
        return answer(400, "The signature is not PayPal's.")
    try:
        event = event_in(body, LIMITS_BYTES["/api/webhooks/paypal"], PAYPAL)
    except NotKept as error:
        return answer(400, str(error))
    await run_in_threadpool(store_events, hub, [event], PAYPAL)
    return JSONResponse({"received": True})


def read_event(body: bytes, header: str | None, secret: str, now: float) -> ProviderEvent:
    """Returns the event, if Stripe signed it within the last five minutes.

    Raises:
        BadSignature: if it did not.
        NotKept: if it did, and what it signed can't be kept.
    """
    try:
        stripe.WebhookSignature.verify_header(body, header, secret)
        # The SDK looks only for times that are too old; one from the future is as wrong. It takes the first of two.
        (signed_at,) = (int(part[2:]) for part in (header or "").split(",") if part.startswith("t="))
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise BadSignature("The signature is not Stripe's.") from error
    if abs(now - signed_at) > TOLERANCE_S:
        raise BadSignature("The signature is too old, or from the future.")
    return event_in(body, LIMITS_BYTES["/api/webhooks/stripe"], STRIPE)


def _secret(hub: Hub) -> str:
    return hub.settings.secret("Stripe webhooks", "stripe_webhook_secret")
