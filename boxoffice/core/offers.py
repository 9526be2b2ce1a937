"""Offers: an order that a till with no network signs into a QR, and the hub's signed word that it was paid.

An offer is a path of the hub's, in base 32 (RFC 4648, no padding: letters that any address takes and that a QR packs
as alphanumeric). Its bytes: version (1), the first 8 bytes of the SHA-256 of the event's id, device id (16), order id
(16), tender id (16), seconds since 2020-01-01 UTC (4), currency (3), and in LEB128 the amount in minor units, the
revision of the catalogue and the number of lines; of each line the first 4 bytes of the SHA-256 of its product's id,
its quantity and its total (LEB128); length and text of the order's number; and the device's signature over all before
it (64).

A paid code is in base 45, as tickets are, and can't be taken for one: version (1), order id (16), tender id (16),
currency (3), amount (LEB128), length and text of the tender's name and of the provider's reference, and the event key's
signature (64).
"""

from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import DeviceId, EventId, OrderId, ProductId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.tenders import TenderKind
from boxoffice.core.tickets import BadToken, from_base45, to_base45

MOST_LINES: Final = 12
"""So many are told apart, and the others are one line: the code stays as coarse as a phone reads at arm's length."""
_OFFER_VERSION: Final = 1
_PAID_VERSION: Final = 0x50
_DAY_ZERO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_SIGNATURE: Final = 64
_OTHERS: Final = bytes(4)
_OFFER_WORD: Final = b"boxoffice offer\0"
_PAID_WORD: Final = b"boxoffice paid\0"


class BadOffer(BoxofficeError):
    """Not an offer of one of our tills: damaged, forged, or of something else."""


class BadPaidCode(BoxofficeError):
    """Not the hub's word that something was paid."""


@dataclass(frozen=True, slots=True)
class OfferLine:
    """So many of a product, which is named by a digest; `product` is empty for all that found no room of its own."""

    product: bytes
    quantity: int
    total: int

    def is_of(self, product_id: ProductId) -> bool:
        return self.product == product_digest(product_id)


@dataclass(frozen=True, slots=True)
class Offer:
    """One payment of an order, asked for by a till that the hub has not heard of it from."""

    event: bytes
    device_id: DeviceId
    order_id: OrderId
    tender_id: TenderId
    order_number: str
    made_at: datetime
    amount: Money
    revision: int
    lines: tuple[OfferLine, ...]

    def is_of(self, event_id: EventId) -> bool:
        return self.event == event_digest(event_id)


@dataclass(frozen=True, slots=True)
class PaidCode:
    """The hub's word that an offer was paid. `reference` is the provider's name of the payment."""

    order_id: OrderId
    tender_id: TenderId
    amount: Money
    reference: str
    tender: TenderKind = TenderKind.CHECKOUT


def event_digest(event_id: EventId) -> bytes:
    return sha256(event_id.encode()).digest()[:8]


def product_digest(product_id: ProductId) -> bytes:
    return sha256(product_id.encode()).digest()[:4]


def shown_lines(lines: Sequence[OfferLine]) -> tuple[OfferLine, ...]:
    """Returns the lines as an offer holds them: those beyond `MOST_LINES` are one."""
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    rest = lines[MOST_LINES - 1 :]
    others = OfferLine(_OTHERS, sum(line.quantity for line in rest), sum(line.total for line in rest))
    return (*lines[: MOST_LINES - 1], others)


def encode_offer(offer: Offer, key: Ed25519PrivateKey) -> str:
    """Returns the offer as the end of an address, signed by its till.

    Raises:
        ValueError: if an amount, a quantity or a time is below zero, or the order's number is longer than 255 bytes.
    """
    number = offer.order_number.encode()
    seconds = int((offer.made_at - _DAY_ZERO).total_seconds())
    if len(number) > 255 or not 0 <= seconds < 2**32:
        raise ValueError("an offer holds 255 bytes of number, and times from 2020 on")
    body = (
        bytes([_OFFER_VERSION])
        + offer.event
        + UUID(offer.device_id).bytes
        + UUID(offer.order_id).bytes
        + UUID(offer.tender_id).bytes
        + seconds.to_bytes(4)
        + offer.amount.currency.code.encode()
        + _varints(offer.amount.minor, offer.revision, len(offer.lines))
        + b"".join(line.product + _varints(line.quantity, line.total) for line in offer.lines)
        + bytes([len(number)])
        + number
    )
    return b32encode(body + key.sign(_OFFER_WORD + body)).decode().rstrip("=")


def read_offer(text: str) -> Offer:
    """Returns what an offer says; whether its till says so, `check_offer` tells.

    Raises:
        BadOffer: if it is none.
    """
    read = _Reader(_offer_bytes(text)[:-_SIGNATURE])
    try:
        if read.take(1)[0] != _OFFER_VERSION:
            raise BadOffer("an offer of another version")
        event, device, order, tender = read.take(8), read.uuid(), read.uuid(), read.uuid()
        made_at = _DAY_ZERO + timedelta(seconds=int.from_bytes(read.take(4)))
        currency = Currency(read.take(3).decode("ascii"))
        amount, revision, count = read.varint(), read.varint(), read.varint()
        if count > MOST_LINES:
            raise BadOffer("an offer of too many lines")
        lines = tuple(OfferLine(read.take(4), read.varint(), read.varint()) for _ in range(count))
        number = read.text()
        read.must_be_over()
    except (ValueError, OverflowError) as error:
        raise BadOffer("not an offer") from error
    return Offer(
        event,
        DeviceId(device),
        OrderId(order),
        TenderId(tender),
        number,
        made_at,
        Money(amount, currency),
        revision,
        lines,
    )


def check_offer(text: str, device: Ed25519PublicKey) -> None:
    """Does nothing if the offer is signed by this device.

    Raises:
        BadOffer: if it is not.
    """
    raw = _offer_bytes(text)
    try:
        device.verify(raw[-_SIGNATURE:], _OFFER_WORD + raw[:-_SIGNATURE])
    except InvalidSignature as error:
        raise BadOffer("not signed by the till that it names") from error


def encode_paid(paid: PaidCode, event_id: EventId, event_key: Ed25519PrivateKey) -> str:
    """Returns the code that a phone shows to the till.

    Raises:
        ValueError: if the provider's reference is longer than 255 bytes.
    """
    tender, reference = paid.tender.value.encode(), paid.reference.encode()
    if len(reference) > 255:
        raise ValueError("a paid code holds 255 bytes of reference")
    body = (
        bytes([_PAID_VERSION])
        + UUID(paid.order_id).bytes
        + UUID(paid.tender_id).bytes
        + paid.amount.currency.code.encode()
        + _varints(paid.amount.minor)
        + bytes([len(tender)])
        + tender
        + bytes([len(reference)])
        + reference
    )
    return to_base45(body + event_key.sign(_paid_for(event_id) + body))


def is_paid_code(text: str) -> bool:
    """Returns whether a scan is meant as a paid code, genuine or not."""
    try:
        return from_base45(text)[:1] == bytes([_PAID_VERSION])
    except BadToken:
        return False


def decode_paid(text: str, event_id: EventId, event_key: Ed25519PublicKey) -> PaidCode:
    """Returns what was paid, once every byte of it is proved.

    Raises:
        BadPaidCode: if anything at all is wrong with it.
    """
    try:
        raw = from_base45(text)
    except BadToken as error:
        raise BadPaidCode("not a paid code") from error
    if raw[:1] != bytes([_PAID_VERSION]) or len(raw) <= _SIGNATURE:
        raise BadPaidCode("not a paid code")
    body = raw[:-_SIGNATURE]
    try:
        event_key.verify(raw[-_SIGNATURE:], _paid_for(event_id) + body)
        read = _Reader(body[1:])
        order, tender = read.uuid(), read.uuid()
        currency, minor = Currency(read.take(3).decode("ascii")), read.varint()
        kind, reference = TenderKind(read.text()), read.text()
        read.must_be_over()
    except (InvalidSignature, ValueError) as error:
        raise BadPaidCode("not a code of this event's hub") from error
    return PaidCode(OrderId(order), TenderId(tender), Money(minor, currency), reference, kind)


def _offer_bytes(text: str) -> bytes:
    """Returns the bytes of an offer, of which there is one way to write them."""
    letters = text.upper()
    try:
        raw = b32decode(letters + "=" * (-len(letters) % 8))
    except (Error, ValueError) as error:
        raise BadOffer("not an offer") from error
    if len(raw) <= _SIGNATURE or b32encode(raw).decode().rstrip("=") != letters:
        raise BadOffer("not an offer")
    return raw


def _paid_for(event_id: EventId) -> bytes:
    return _PAID_WORD + sha256(event_id.encode()).digest()


def _varints(*values: int) -> bytes:
    return bytes(byte for value in values for byte in _varint(value))


def _varint(value: int) -> Iterator[int]:
    if value < 0:
        raise ValueError("a code holds no numbers below zero")
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value


@dataclass(slots=True)
class _Reader:
    """Reads what was written, in its order."""

    rest: bytes

    def take(self, size: int) -> bytes:
        taken, self.rest = self.rest[:size], self.rest[size:]
        if len(taken) < size:
            raise ValueError("it is cut off")
        return taken

    def uuid(self) -> str:
        return str(UUID(bytes=self.take(16)))

    def varint(self) -> int:
        """Returns a number of up to 9 bytes, written the shortest way."""
        value, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                if shift > 63 or (byte == 0 and shift > 7):
                    raise ValueError("not a number as a code writes it")
                return value

    def text(self) -> str:
        return self.take(self.take(1)[0]).decode()

    def must_be_over(self) -> None:
        if self.rest:
            raise ValueError("there is more than there should be")
