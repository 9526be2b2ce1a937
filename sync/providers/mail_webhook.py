"""The proof of SendGrid's event webhook: ECDSA on P-256 over the time and the body."""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from boxoffice.core.errors import BadInput, FieldError

_SIGNATURE: Final = "x-twilio-email-event-webhook-signature"
_TIME: Final = "x-twilio-email-event-webhook-timestamp"
_TOLERANCE_S: Final = 24 * 3600
"""SendGrid sends again for a day, with the time of the first try."""


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
