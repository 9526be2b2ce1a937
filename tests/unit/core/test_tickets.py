"""Ticket tokens: every ticket reads back, and nothing else passes."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import EventId, ProductId, TicketId
from boxoffice.core.tickets import (
    MOST_IN_PARTY,
    BadToken,
    Issuer,
    OtherEvent,
    TicketClaims,
    TrainingTicket,
    certify,
    decode_party,
    decode_token,
    encode_party,
    encode_token,
    from_base45,
    to_base45,
)
from boxoffice.core.training import TRAINING_EVENT
from tests.unit.core.builders import DAYS, DEVICE_KEY, EVENT, EVENT_KEY, new_id

ISSUER = Issuer(DEVICE_KEY, certify(EVENT, DEVICE_KEY.public_key(), EVENT_KEY))
CLAIMS = TicketClaims(EVENT, TicketId(new_id()), ProductId("full-pass"), DAYS)
TOKEN = encode_token(CLAIMS, ISSUER)
SIZE = len(from_base45(TOKEN))


@given(
    st.uuids(),
    st.text(min_size=1, max_size=40),
    st.sets(st.integers(0, 31)),
    st.dates(date(2020, 1, 1), date(2100, 1, 1)),
)
def test_a_token_says_what_was_put_in(ticket: UUID, product: str, offsets: set[int], first: date) -> None:
    days = tuple(sorted(first + timedelta(days=i) for i in offsets))
    claims = TicketClaims(EVENT, TicketId(str(ticket)), ProductId(product), days)

    assert decode_token(encode_token(claims, ISSUER), EVENT, EVENT_KEY.public_key()) == claims


@given(st.integers(0, SIZE * 8 - 1))
def test_a_token_with_any_bit_flipped_is_refused(bit: int) -> None:
    raw = bytearray(from_base45(TOKEN))
    raw[bit // 8] ^= 1 << bit % 8

    with pytest.raises(BadToken):
        decode_token(to_base45(bytes(raw)), EVENT, EVENT_KEY.public_key())


@given(st.text(max_size=200))
def test_no_text_but_a_token_passes(text: str) -> None:
    with pytest.raises(BadToken):
        decode_token(text, EVENT, EVENT_KEY.public_key())


@given(st.uuids(), st.sampled_from([DEVICE_KEY, Ed25519PrivateKey.generate()]))
def test_a_training_ticket_is_told_apart_whoever_has_signed_it_and_passes_in_a_training_alone(
    ticket: UUID, key: Ed25519PrivateKey
) -> None:
    authority = Ed25519PrivateKey.generate()
    issuer = Issuer(key, certify(TRAINING_EVENT, key.public_key(), authority))
    claims = TicketClaims(TRAINING_EVENT, TicketId(str(ticket)), ProductId("full-pass"), DAYS)
    token = encode_token(claims, issuer)

    with pytest.raises(TrainingTicket):
        decode_token(token, EVENT, EVENT_KEY.public_key())
    with pytest.raises(TrainingTicket):
        decode_token(token, EVENT, authority.public_key())
    assert decode_token(token, TRAINING_EVENT, authority.public_key()) == claims


def test_a_ticket_of_another_event_is_refused() -> None:
    with pytest.raises(BadToken, match="another event"):
        decode_token(TOKEN, EventId("other"), EVENT_KEY.public_key())


def test_a_device_that_the_event_did_not_certify_can_not_issue() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged = encode_token(CLAIMS, Issuer(stranger, ISSUER.certificate))

    with pytest.raises(BadToken, match="not our ticket"):
        decode_token(forged, EVENT, EVENT_KEY.public_key())


@given(st.binary(max_size=99))
def test_base_45_reads_back(data: bytes) -> None:
    assert from_base45(to_base45(data)) == data


@pytest.mark.parametrize(("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"ietf!", "QED8WEX0")])
def test_base_45_is_that_of_rfc_9285(data: bytes, text: str) -> None:
    assert to_base45(data) == text


@pytest.mark.parametrize("text", ["a", "A", ":::", "::", "GGW"])
def test_what_is_not_base_45_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        from_base45(text)


def test_a_ticket_can_not_hold_more_than_it_has_room_for() -> None:
    with pytest.raises(ValueError, match="32 days"):
        encode_token(TicketClaims(EVENT, CLAIMS.ticket_id, ProductId("x" * 256), ()), ISSUER)
    with pytest.raises(ValueError, match="32 days"):
        encode_token(TicketClaims(EVENT, CLAIMS.ticket_id, ProductId("x"), (DAYS[0], date(2027, 1, 1))), ISSUER)


@given(st.integers(1, MOST_IN_PARTY), st.data())
def test_a_partys_code_says_each_of_its_tickets_and_one_wrong_letter_makes_it_none(
    size: int, data: st.DataObject
) -> None:
    event_key, device = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    issuer = Issuer(device, certify(EventId("fest"), device.public_key(), event_key))
    kinds = [(ProductId("full-pass"), ()), (ProductId("friday"), (date(2026, 5, 15),)), (ProductId("ñandú"), ())]
    party = tuple(
        TicketClaims(EventId("fest"), TicketId(str(uuid4())), *data.draw(st.sampled_from(kinds))) for _ in range(size)
    )

    code = encode_party(party, issuer)

    assert decode_party(code, EventId("fest"), event_key.public_key()) == party
    with pytest.raises(OtherEvent):
        decode_party(code, EventId("other"), event_key.public_key())
    with pytest.raises(BadToken):
        decode_token(code, EventId("fest"), event_key.public_key())
    at = data.draw(st.integers(0, len(code) - 1))
    wrong = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
    with pytest.raises(BadToken):
        decode_party(wrong, EventId("fest"), event_key.public_key())
