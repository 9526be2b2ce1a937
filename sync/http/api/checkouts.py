"""What tills call about payments by phone and mails."""

from typing import Final

from fastapi import APIRouter

from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from sync.http.access import KnownTill, TheTill, TrustedTill
from sync.http.services import TheServices

router: Final = APIRouter(prefix="/api/till", tags=["till"])


@router.post("/checkouts")
def open_checkout(services: TheServices, body: CheckoutRequest, till: TrustedTill) -> CheckoutAnswer:
    return services.door_checkouts.open(till, body)


@router.get("/checkouts/{tender_id}")
def look_at_checkout(services: TheServices, tender_id: str, till: KnownTill) -> CheckoutAnswer:
    return services.door_checkouts.look(till, tender_id)


@router.post("/checkouts/{tender_id}/cancel")
def cancel_checkout(services: TheServices, tender_id: str, till: KnownTill) -> CheckoutAnswer:
    return services.door_checkouts.cancel(till, tender_id)


@router.post("/checkouts/{tender_id}/extend")
def extend_checkout(services: TheServices, tender_id: str, till: TheTill) -> CheckoutAnswer:
    return services.door_checkouts.extend(till, tender_id)


@router.post("/mails")
def send_mail(services: TheServices, body: MailRequest, till: KnownTill) -> MailAnswer:
    return services.mailer.queue(till, body)


@router.get("/mails/{mail_id}")
def look_at_mail(services: TheServices, mail_id: str, till: TheTill) -> MailAnswer:
    return services.mailer.look(till, mail_id)
