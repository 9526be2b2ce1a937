"""What tills call about payments by phone and mails."""

from typing import Final

from fastapi import APIRouter, Request

from boxoffice.core.wire import CheckoutAnswer, CheckoutRequest, MailAnswer, MailRequest
from sync.api.access import KnownTill, TheTill, TrustedTill
from sync.services.checkouts import Checkouts
from sync.services.mails import Mailer

router: Final = APIRouter(prefix="/api/till", tags=["till"])


def _checkouts(request: Request) -> Checkouts:
    found = request.app.state.checkouts
    assert isinstance(found, Checkouts)  # noqa: S101  # `build` put it there
    return found


def _mailer(request: Request) -> Mailer:
    found = request.app.state.mailer
    assert isinstance(found, Mailer)  # noqa: S101  # `build` put it there
    return found


@router.post("/checkouts")
def open_checkout(request: Request, body: CheckoutRequest, till: TrustedTill) -> CheckoutAnswer:
    return _checkouts(request).open(till, body)


@router.get("/checkouts/{tender_id}")
def look_at_checkout(request: Request, tender_id: str, till: KnownTill) -> CheckoutAnswer:
    return _checkouts(request).look(till, tender_id)


@router.post("/checkouts/{tender_id}/cancel")
def cancel_checkout(request: Request, tender_id: str, till: KnownTill) -> CheckoutAnswer:
    return _checkouts(request).cancel(till, tender_id)


@router.post("/checkouts/{tender_id}/extend")
def extend_checkout(request: Request, tender_id: str, till: TheTill) -> CheckoutAnswer:
    return _checkouts(request).extend(till, tender_id)


@router.post("/mails")
def send_mail(request: Request, body: MailRequest, till: KnownTill) -> MailAnswer:
    return _mailer(request).queue(till, body)


@router.get("/mails/{mail_id}")
def look_at_mail(request: Request, mail_id: str, till: TheTill) -> MailAnswer:
    return _mailer(request).look(till, mail_id)
