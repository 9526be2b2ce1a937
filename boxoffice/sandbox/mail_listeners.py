"""Endpoints of SendGrid's event webhook, each with a key that signs for it (ECDSA on P-256, with SHA-256)."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from boxoffice.sandbox.account import new_id
from boxoffice.sandbox.errors import invalid


@dataclass(frozen=True, slots=True)
class MailListener:
    """An endpoint, the types of events that it hears, and its key."""

    id: str
    url: str
    events: tuple[str, ...]
    key: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> str:
        """The key to verify with, as SendGrid's settings page shows it: base64 of its DER."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(self.key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()

    def hears(self, event: str) -> bool:
        return any(fnmatchcase(event, name) for name in self.events)

    def sign(self, body: bytes, at: int, *, is_forged: bool) -> Mapping[str, str]:
        """Returns the headers of a body."""
        signed = (b"forged" if is_forged else b"") + str(at).encode() + body
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "SendGrid Event API",
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": str(at),
        }


def new_listener(url: str, events: Sequence[str]) -> MailListener:
    """Returns an endpoint with a key of its own.

    Raises:
        StripeError: 400, for an address that is none.
    """
    if not url.startswith(("http://", "https://")):
        raise invalid("A webhook needs an address that begins with http:// or https://.", "url")
    return MailListener(new_id("sgwh"), url, tuple(events), ec.generate_private_key(ec.SECP256R1()))
