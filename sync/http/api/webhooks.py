"""The providers' webhooks: signature over the raw body, stored, answered."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from sync.bounded_json import BadJson, read
from sync.config import not_set_up
from sync.http.middleware.body_limit import LIMITS_BYTES
from sync.http.problem_details import answer
from sync.http.services import TheServices
from sync.mail.mail_events import take_mail_events
from sync.payments.provider_events import EventReader
from sync.payments.webhooks import store_events
from sync.ports import MailEvent, MailProof, NotKept, ProviderEvent
from sync.store.payment_events import Document

router: Final = APIRouter(tags=["webhooks"])


def _body(schema: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Returns how a body that is read raw is described: FastAPI can't know."""
    return {
        "requestBody": {"required": True, "description": about, "content": {"application/json": {"schema": schema}}}
    }


_STRIPE_BODY: Final = _body({"type": "object"}, "An event; `Stripe-Signature` is over these very bytes")
_PAYPAL_BODY: Final = _body({"type": "object"}, "An event; its `PAYPAL-TRANSMISSION-…` headers prove it")
_MAIL_BODY: Final = _body({"type": "array", "items": {"type": "object"}}, "Events, signed as a whole")


@router.post("/api/webhooks/stripe", openapi_extra=_STRIPE_BODY)
async def stripe_webhook(request: Request, services: TheServices) -> JSONResponse:
    hub, proof = services.hub, services.stripe_proof
    if proof is None:
        raise not_set_up(hub.settings, "Stripe webhooks")
    body = await request.body()
    if not proof.is_genuine(request.headers.get("stripe-signature"), body, time.time()):
        return answer(400, "The signature is not Stripe's, or not of now.")
    try:
        event = read_event(services.readers["stripe"], body)
    except NotKept as error:
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
    events = _mail_events(proof, body)
    if events is None:
        return answer(400, "The signature is right, but this is no list of events.")
    await run_in_threadpool(take_mail_events, hub, events)
    return JSONResponse({"received": True})


def _mail_events(proof: MailProof, body: bytes) -> Sequence[MailEvent] | None:
    try:
        return proof.read(Document(read(body, LIMITS_BYTES["/api/webhooks/sendgrid"])))
    except BadJson:
        return None


@router.post("/api/webhooks/paypal", openapi_extra=_PAYPAL_BODY)
async def paypal_webhook(request: Request, services: TheServices) -> JSONResponse:
    hub, paypal = services.hub, services.paypal
    if paypal is None:
        raise not_set_up(hub.settings, "PayPal")
    body = await request.body()
    if not await services.proofs.is_genuine(paypal, request.headers, body):
        return answer(400, "The signature is not PayPal's.")
    reader = services.readers["paypal"]
    try:
        event = read_event(reader, body)
    except NotKept as error:
        return answer(400, str(error))
    await run_in_threadpool(store_events, hub, reader, [event])
    return JSONResponse({"received": True})


def read_event(reader: EventReader, body: bytes) -> ProviderEvent:
    """Returns the event that a provider has signed.

    Raises:
        NotKept: if it can't be read within bounds, or has no id or no type to be kept by.
    """
    try:
        document = Document(read(body, LIMITS_BYTES[f"/api/webhooks/{reader.provider}"]))
    except BadJson as error:
        raise NotKept(f"the body {error}") from error
    return reader.event(document)
