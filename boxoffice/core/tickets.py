"""Ticket tokens: what a ticket's QR holds, verified with nothing but the event's public key.

A token is, in base 45 (RFC 9285, so that a QR packs it as alphanumeric): version (1 byte), the first 8 bytes of the
SHA-256 of the event's id, ticket id (16), first valid day (days since 2000-01-01, 2), a bit for each of the 32 days
from it (4), length and text of the product id, the issuing device's public key (32), the event key's signature over
that device (64), and the device's signature over all before it (64).

A party's code stands for several tickets: version (1), the event (8), the number of kinds of tickets (1), each as above
with its days and product; the number of tickets (1), each by its id (16) and its kind (1); and the same end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import EventId, ProductId, TicketId
from boxoffice.core.training import TRAINING_EVENT

_VERSION: Final = 1
_PARTY: Final = 2
MOST_IN_PARTY: Final = 30
"""With more tickets in it, a code on paper is too fine for the cameras of gates."""
_DAY_ZERO: Final = date(2000, 1, 1)
_BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_HEAD: Final = 1 + 8 + 16 + 2 + 4 + 1
_TAIL: Final = 32 + 64 + 64


class BadToken(BoxofficeError):
    """Not a ticket of this event: damaged, forged, or of something else."""


class OtherEvent(BadToken):
    """Built as a ticket is, and of another event: whose, and whether it is a true one, can't be told here."""


class TrainingTicket(OtherEvent):
    """Built as a ticket is, in a training: it lets nobody in, whoever has signed it."""


@dataclass(frozen=True, slots=True)
class TicketClaims:
    """What a ticket says. `days` are in order; none means any day."""

    event_id: EventId
    ticket_id: TicketId
    product_id: ProductId
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Issuer:
    """A device that may issue tickets of an event: its key, and the event key's signature over it (`certify`)."""

    key: Ed25519PrivateKey
    certificate: bytes


def certify(event_id: EventId, device: Ed25519PublicKey, event_key: Ed25519PrivateKey) -> bytes:
    """Returns the event key's word that this device may issue the event's tickets."""
    return event_key.sign(_certified(event_id, device.public_bytes_raw()))


def encode_token(claims: TicketClaims, issuer: Issuer) -> str:
    """Returns the token, signed by the issuer.

    Raises:
        ValueError: if the days span more than 32 days, or the product's name is longer than 255 bytes.
    """
    body = (
        bytes([_VERSION])
        + _event_hash(claims.event_id)
        + UUID(claims.ticket_id).bytes
        + _kind(claims)
        + issuer.key.public_key().public_bytes_raw()
        + issuer.certificate
    )
    return to_base45(body + issuer.key.sign(body))


def decode_token(token: str, event_id: EventId, event_key: Ed25519PublicKey) -> TicketClaims:
    """Returns what the ticket says, once every byte of it is proved.

    Raises:
        BadToken: if anything at all is wrong with it.
    """
    raw = from_base45(token)
    if len(raw) < _HEAD + _TAIL or raw[0] != _VERSION or len(raw) != _HEAD + raw[_HEAD - 1] + _TAIL:
        raise BadToken("not a ticket")
    _must_be_of(raw, event_id)
    _prove(raw, event_id, event_key)
    try:
        product = raw[_HEAD:-_TAIL].decode()
    except ValueError as error:
        raise BadToken("not our ticket") from error
    days = _days(raw[25:31])
    return TicketClaims(event_id, TicketId(str(UUID(bytes=raw[9:25]))), ProductId(product), days)


def encode_party(claims: Sequence[TicketClaims], issuer: Issuer) -> str:
    """Returns one code for several tickets of an event, signed by the issuer.

    Raises:
        ValueError: for none or too many, or as `encode_token`.
    """
    if not 1 <= len(claims) <= MOST_IN_PARTY:
        raise ValueError(f"a party's code stands for 1 to {MOST_IN_PARTY} tickets")
    kinds = list(dict.fromkeys(_kind(each) for each in claims))
    body = (
        bytes([_PARTY])
        + _event_hash(claims[0].event_id)
        + bytes([len(kinds)])
        + b"".join(kinds)
        + bytes([len(claims)])
        + b"".join(UUID(each.ticket_id).bytes + bytes([kinds.index(_kind(each))]) for each in claims)
        + issuer.key.public_key().public_bytes_raw()
        + issuer.certificate
    )
    return to_base45(body + issuer.key.sign(body))


def _kind(claims: TicketClaims) -> bytes:
    product, first = claims.product_id.encode(), min(claims.days, default=_DAY_ZERO)
    if len(product) > 255 or any((day - first).days > 31 for day in claims.days):
        raise ValueError("a token holds 32 days and 255 bytes of product id at most")
    bits = sum(1 << (day - first).days for day in claims.days)
    return (first - _DAY_ZERO).days.to_bytes(2) + bits.to_bytes(4) + bytes([len(product)]) + product


def decode_party(token: str, event_id: EventId, event_key: Ed25519PublicKey) -> tuple[TicketClaims, ...]:
    """Returns what a party's code says, once every byte of it is proved.

    Raises:
        BadToken: if anything at all is wrong with it.
    """
    raw = from_base45(token)
    if len(raw) < _HEAD + _TAIL or raw[0] != _PARTY:
        raise BadToken("not a party's code")
    _must_be_of(raw, event_id)
    _prove(raw, event_id, event_key)
    try:
        return tuple(_party(raw[9:-_TAIL], event_id))
    except (IndexError, ValueError) as error:
        raise BadToken("not a party's code") from error


def _party(told: bytes, event_id: EventId) -> Iterator[TicketClaims]:
    at, kinds = 1, list[tuple[ProductId, tuple[date, ...]]]()
    for _ in range(told[0]):
        size = told[at + 6]
        kinds.append((ProductId(told[at + 7 : at + 7 + size].decode()), _days(told[at : at + 6])))
        at += 7 + size
    count, at = told[at], at + 1
    if len(told) != at + 17 * count or not count:
        raise ValueError("a party's code has another length")
    for place in range(at, len(told), 17):
        product, days = kinds[told[place + 16]]
        yield TicketClaims(event_id, TicketId(str(UUID(bytes=told[place : place + 16]))), product, days)


def _days(told: bytes) -> tuple[date, ...]:
    first, bits = _DAY_ZERO + timedelta(days=int.from_bytes(told[:2])), int.from_bytes(told[2:6])
    return tuple(first + timedelta(days=i) for i in range(32) if bits >> i & 1)


def _must_be_of(raw: bytes, event_id: EventId) -> None:
    if raw[1:9] == _event_hash(event_id):
        return
    if raw[1:9] == _event_hash(TRAINING_EVENT):
        raise TrainingTicket("a training ticket")
    raise OtherEvent("a ticket of another event")


def _prove(raw: bytes, event_id: EventId, event_key: Ed25519PublicKey) -> None:
    device, certificate, signature = raw[-_TAIL:-128], raw[-128:-64], raw[-64:]
    try:
        event_key.verify(certificate, _certified(event_id, device))
        Ed25519PublicKey.from_public_bytes(device).verify(signature, raw[:-64])
    except (InvalidSignature, ValueError) as error:
        raise BadToken("not our ticket") from error


def _event_hash(event_id: EventId) -> bytes:
    return sha256(event_id.encode()).digest()[:8]


def _certified(event_id: EventId, device: bytes) -> bytes:
    return b"boxoffice issuer\0" + sha256(event_id.encode()).digest() + device


def to_base45(data: bytes) -> str:
    """Returns RFC 9285 base 45."""
    out = []
    for i in range(0, len(data) - 1, 2):
        rest, low = divmod(data[i] << 8 | data[i + 1], 45)
        high, middle = divmod(rest, 45)
        out += [_BASE45[low], _BASE45[middle], _BASE45[high]]
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        out += [_BASE45[low], _BASE45[high]]
    return "".join(out)


def from_base45(text: str) -> bytes:
    """Returns the bytes of RFC 9285 base 45.

    Raises:
        BadToken: if it is not base 45, or not the one way to write these bytes.
    """
    digits = [_BASE45.find(letter) for letter in text]
    if -1 in digits or len(text) % 3 == 1:
        raise BadToken("not base 45")
    out = bytearray()
    for i in range(0, len(digits), 3):
        group = digits[i : i + 3]
        value, size = sum(digit * 45**place for place, digit in enumerate(group)), len(group) - 1
        if value >= 256**size:
            raise BadToken("not base 45")
        out += value.to_bytes(size)
    return bytes(out)
