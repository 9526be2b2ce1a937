"""Typed codes: ten letters by which a seller takes an offer as paid whose code can't be scanned.

A signature is too long to type, so this is proved by a secret that only the till and the hub can work out, each from
its own private key and the other's public one (X25519 on the keys that they sign with). Who holds the phone has
neither. It proves nothing to anybody else, and to the hub nothing at all: a till could have made it. The hub goes by
its own books.
"""

import re
from hashlib import sha256, sha512
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from boxoffice.core.ids import EventId, OrderId, TenderId, base32
from boxoffice.core.money import Money

DIGITS: Final = 10
"""Of five bits each: with `MOST_WRONG` tries, one guess in 10^14 is right."""
MOST_WRONG: Final = 10
"""So many wrong codes are looked at for one payment; then its code is scanned, or asked for at the hub."""
_P: Final = 2**255 - 19
_WORD: Final = b"boxoffice typed\0"
_SAME: Final = str.maketrans("OIL", "011")
_CODE: Final = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{DIGITS}}}")


def plain(typed: str) -> str:
    """Returns what was typed as a code has it: capitals, no spaces or dashes, and no letter taken for a digit."""
    return re.sub(r"[\s\-–—_.]", "", typed.upper()).translate(_SAME)


def is_typed_code(text: str) -> bool:
    """Returns whether this is a typed code in its plain form, right or wrong."""
    return _CODE.fullmatch(text) is not None


def shown(code: str) -> str:
    """Returns a code, or its beginning, as it stands under the picture: in two groups."""
    return "-".join(filter(None, (code[:5], code[5:])))


def typed_code(
    order_id: OrderId,
    tender_id: TenderId,
    amount: Money,
    event_id: EventId,
    own: Ed25519PrivateKey,
    theirs: Ed25519PublicKey,
) -> str:
    """Returns the code of a payment: the same at the till, with the event's key, and at the hub, with the till's."""
    told = UUID(order_id).bytes + UUID(tender_id).bytes + f"{amount.currency.code} {amount.minor}".encode()
    mac = hmac_digest(_shared(event_id, own, theirs), _WORD + told, "sha256")
    return base32(int.from_bytes(mac) >> (256 - 5 * DIGITS), DIGITS)


def is_same(typed: str, code: str) -> bool:
    """Returns whether a plain typed code is this one, in the same time whatever is wrong with it."""
    return compare_digest(typed.encode(), code.encode())


def _shared(event_id: EventId, own: Ed25519PrivateKey, theirs: Ed25519PublicKey) -> bytes:
    scalar = sha512(own.private_bytes_raw()).digest()[:32]  # what RFC 8032 signs with; X25519 clamps it the same way
    secret = X25519PrivateKey.from_private_bytes(scalar).exchange(_on_curve25519(theirs))
    return HKDF(SHA256(), 32, None, _WORD + sha256(event_id.encode()).digest()).derive(secret)


def _on_curve25519(key: Ed25519PublicKey) -> X25519PublicKey:
    """Returns the same point as X25519 writes it: u = (1 + y) / (1 - y) (RFC 7748, 4.1)."""
    y = int.from_bytes(key.public_bytes_raw(), "little") & (1 << 255) - 1
    u = (1 + y) * pow(1 - y, -1, _P) % _P
    return X25519PublicKey.from_public_bytes(u.to_bytes(32, "little"))
