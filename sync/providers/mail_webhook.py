"""SendGrid's event webhook: its proof, ECDSA on P-256 over the time and the body, and what it tells of mails."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from boxoffice.core.errors import BadInput, FieldError
from sync.ports import MailEvent
from sync.providers.documents import value_in
from sync.store.mails import MailStatus
from sync.store.payment_events import Document

_SIGNATURE: Final = "x-twilio-email-event-webhook-signature"
_TIME: Final = "x-twilio-email-event-webhook-timestamp"
_TOLERANCE_S: Final = 24 * 3600
"""SendGrid sends again for a day, with the time of the first try."""
_STATUSES: Final[Mapping[str, MailStatus]] = {
    "delivered": MailStatus.DELIVERED,
    "bounce": MailStatus.BOUNCED,
    "dropped": MailStatus.BOUNCED,
    "deferred": MailStatus.SENT,
    "processed": MailStatus.SENT,
}


class MailWebhook:
    """Tells SendGrid's events from forged ones, by the key of its settings page (base64 of the DER)."""

    def __init__(self, public_key: str) -> None:
        try:
            key = load_der_public_key(base64.b64decode(public_key, validate=True))
        except (ValueError, binascii.Error) as error:
            raise BadInput([FieldError("SENDGRID_WEBHOOK_KEY", "is not a key as SendGrid shows it")]) from error
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise BadInput([FieldError("SENDGRID_WEBHOOK_KEY", "is not an ECDSA key")])
        self._key = key

    def is_genuine(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Returns whether SendGrid signed this body within the last day."""
        at = headers.get(_TIME, "")
        try:
            signature = base64.b64decode(headers.get(_SIGNATURE, ""), validate=True)
            self._key.verify(signature, at.encode() + body, ec.ECDSA(hashes.SHA256()))
            return abs(now - int(at)) <= _TOLERANCE_S
        except (InvalidSignature, ValueError, binascii.Error):
            return False

    def read(self, document: Document) -> Sequence[MailEvent] | None:
        """Returns what is told of mails of ours; None for what are no events."""
        if not isinstance(document, list) or not all(isinstance(each, Mapping) for each in document):
            return None
        return [event for each in document for event in _read(each)]


def _read(event: Mapping[str, object]) -> Iterator[MailEvent]:
    """Yields what an event tells; nothing, if it is of no mail of ours, or of something that we do not ask for."""
    status, mail_id = _STATUSES.get(str(value_in(event, "event"))), value_in(event, "mail_id")
    if status is None or not isinstance(mail_id, str) or "\0" in mail_id:
        return
    why = str(value_in(event, "reason") or value_in(event, "response") or "")[:1000].replace("\0", "")
    is_notice = bool(value_in(event, "notice_id"))
    yield MailEvent(mail_id, status, is_notice, why if status is MailStatus.BOUNCED else None)
