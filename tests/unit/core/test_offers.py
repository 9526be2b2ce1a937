"""Offers and paid codes: what goes in comes out, and no changed, cut or foreign code passes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import DeviceId, EventId, OrderId, ProductId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.offers import (
    MOST_LINES,
    BadOffer,
    BadPaidCode,
    Offer,
    OfferLine,
    PaidCode,
    check_offer,
    decode_paid,
    encode_offer,
    encode_paid,
    event_digest,
    is_paid_code,
    product_digest,
    read_offer,
    shown_lines,
)
from boxoffice.core.tickets import from_base45, to_base45
from boxoffice.documents.qr import qr_matrix

EVENT = EventId("boulder-fest-2026")
TILL, OTHER, HUB = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
USD = Currency("USD")

ids = st.uuids().map(str)
lines = st.builds(
    OfferLine,
    product=st.text(min_size=1, max_size=30).map(lambda name: product_digest(ProductId(name))),
    quantity=st.integers(1, 1_000),
    total=st.integers(0, 10**10),
)
offers = st.builds(
    Offer,
    event=st.just(event_digest(EVENT)),
    device_id=ids.map(DeviceId),
    order_id=ids.map(OrderId),
    tender_id=ids.map(TenderId),
    order_number=st.text(max_size=20),
    made_at=st.integers(0, 2**32 - 1).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    amount=st.integers(1, 10**12).map(lambda minor: Money(minor, USD)),
    revision=st.integers(1, 10**6),
    lines=st.lists(lines, max_size=MOST_LINES).map(tuple),
)
paid_codes = st.builds(
    PaidCode,
    order_id=ids.map(OrderId),
    tender_id=ids.map(TenderId),
    amount=st.integers(1, 10**12).map(lambda minor: Money(minor, USD)),
    reference=st.text(max_size=60),
)


@given(offers)
def test_an_offer_says_what_its_till_has_signed(offer: Offer) -> None:
    text = encode_offer(offer, TILL)
    check_offer(text, TILL.public_key())
    assert read_offer(text) == offer
    assert read_offer(text.lower()) == offer
    with pytest.raises(BadOffer):
        check_offer(text, OTHER.public_key())


@given(offers, st.data())
def test_a_changed_or_cut_offer_is_none(offer: Offer, data: st.DataObject) -> None:
    text = encode_offer(offer, TILL)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").filter(lambda new: new != text[place]))
    for changed in (text[:place] + letter + text[place + 1 :], text[:place], text + "A"):
        with pytest.raises(BadOffer):
            check_offer(changed, TILL.public_key())


@given(st.text(max_size=300))
def test_what_is_no_code_is_told_as_none(text: str) -> None:
    with pytest.raises(BadOffer):
        check_offer(text, TILL.public_key())
    with pytest.raises(BadPaidCode):
        decode_paid(text, EVENT, HUB.public_key())


@given(paid_codes)
def test_a_paid_code_says_what_its_hub_has_signed(paid: PaidCode) -> None:
    text = encode_paid(paid, EVENT, HUB)
    assert is_paid_code(text)
    assert decode_paid(text, EVENT, HUB.public_key()) == paid
    for event, key in ((EventId("another"), HUB), (EVENT, OTHER)):
        with pytest.raises(BadPaidCode):
            decode_paid(text, event, key.public_key())


@given(paid_codes, st.data())
def test_a_changed_or_cut_paid_code_is_none(paid: PaidCode, data: st.DataObject) -> None:
    raw = from_base45(encode_paid(paid, EVENT, HUB))
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    for each in (bytes(changed), raw[: data.draw(st.integers(0, len(raw) - 1))], raw + b"\0"):
        with pytest.raises(BadPaidCode):
            decode_paid(to_base45(each), EVENT, HUB.public_key())


@given(st.lists(lines, max_size=60))
def test_lines_beyond_what_fits_are_one_and_add_up(all_lines: list[OfferLine]) -> None:
    shown = shown_lines(all_lines)
    assert len(shown) <= MOST_LINES
    assert sum(line.total for line in shown) == sum(line.total for line in all_lines)
    assert sum(line.quantity for line in shown) == sum(line.quantity for line in all_lines)


def test_a_full_offer_is_coarse_enough_for_a_phone_at_arms_length() -> None:
    """At 400 pixels on the till's screen a module of the largest offer is 5 pixels, over 1 mm."""
    line = OfferLine(product_digest(ProductId("full-pass")), 10, 150_000)
    zero = str(UUID(int=0))
    offer = Offer(
        event_digest(EVENT),
        DeviceId(zero),
        OrderId(zero),
        TenderId(zero),
        "A7-000123",
        datetime(2026, 5, 15, 21, tzinfo=UTC),
        Money(1_800_000, USD),
        12,
        (line,) * MOST_LINES,
    )
    address = f"HTTPS://TICKETS.EXAMPLE.ORG/O/{encode_offer(offer, TILL)}"
    assert qr_matrix(address).size <= 81
