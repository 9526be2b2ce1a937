"""Names for things: UUIDv7 for what is made, slugs for what is set up, and order numbers that people can read."""

from hashlib import sha256
from typing import Final, NewType
from uuid import UUID

EventId = NewType("EventId", str)
PoolId = NewType("PoolId", str)
ProductId = NewType("ProductId", str)
TaxRateId = NewType("TaxRateId", str)
PlaceId = NewType("PlaceId", str)
PriceKindId = NewType("PriceKindId", str)
DeviceId = NewType("DeviceId", str)
StaffId = NewType("StaffId", str)
FactId = NewType("FactId", str)
OrderId = NewType("OrderId", str)
TenderId = NewType("TenderId", str)
TicketId = NewType("TicketId", str)
RefundId = NewType("RefundId", str)
ContactId = NewType("ContactId", str)

# Crockford's base 32: no I, L, O or U, so that a number read out loud comes back right.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SCRAMBLE: Final = 20_011  # odd, so that multiplying is a bijection modulo a power of two


def uuid7(unix_ms: int, random: bytes) -> str:
    """Returns a UUIDv7 (RFC 9562) from a time in milliseconds and 10 random bytes."""
    if len(random) != 10:
        raise ValueError("a UUIDv7 takes 10 random bytes")
    value = (unix_ms & (1 << 48) - 1) << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def part_id(whole: str, part: int) -> str:
    """Returns the id of a part of something: the same whoever works it out, and however often."""
    digest = sha256(f"{whole} {part}".encode()).digest()
    return uuid7(int.from_bytes(digest[:6]), digest[6:16])


def base32(value: int, digits: int) -> str:
    """Returns `value` in Crockford's base 32 with at least `digits` digits."""
    out = ""
    while value or len(out) < digits:
        value, digit = divmod(value, 32)
        out = _ALPHABET[digit] + out
    return out


def device_code(counter: int) -> str:
    """Returns the three letters (or more, after 32,768) that open every order number of one device."""
    return _scrambled(counter)


def order_number(code: str, counter: int) -> str:
    """Returns a number such as `7K2-F4Q`: unique without asking, since each device counts under its own code."""
    return f"{code}-{_scrambled(counter)}"


def _scrambled(counter: int) -> str:
    """Spreads neighbours apart, so that a number misheard by one letter is rarely another order."""
    digits = 3
    while counter >= 32**digits:
        digits += 1
    space = 32**digits
    return base32(counter * _SCRAMBLE % space, digits)
