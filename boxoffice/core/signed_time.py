"""The hub's time with its signature: a till compares its clock to it, and decides nothing by it.

It answers one question alone, by what was asked, so that an answer of yesterday is none of today.
"""

from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.facts import instant

_WORD = b"boxoffice time\n"


class NotTheHubsTime(BoxofficeError):
    """Somebody else has said what time it is."""


def sign_time(nonce: str, hub_time: str, event_id: str, event_key: Ed25519PrivateKey) -> str:
    """Returns the signature, in hex, of a time that was asked for by `nonce`."""
    return event_key.sign(_said(nonce, hub_time, event_id)).hex()


def read_time(nonce: str, hub_time: str, signature: str, event_id: str, event_key: Ed25519PublicKey) -> datetime:
    """Returns the time.

    Raises:
        NotTheHubsTime: if it is not signed by the event's key, or answers something else.
    """
    try:
        event_key.verify(bytes.fromhex(signature), _said(nonce, hub_time, event_id))
        return instant(hub_time)
    except (InvalidSignature, ValueError) as error:
        raise NotTheHubsTime("the time is not signed by the hub") from error


def _said(nonce: str, hub_time: str, event_id: str) -> bytes:
    return _WORD + sha256(event_id.encode()).digest() + f"{nonce}\n{hub_time}".encode()
