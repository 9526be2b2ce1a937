"""Facts: what they say can't be changed, and where they stand can't either."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.facts import (
    BrokenFact,
    Fact,
    Head,
    canonical,
    check_fact,
    check_link,
    head_after,
    instant_text,
    payload_text,
    read_payload,
)
from boxoffice.core.payloads.orders import OrderStateChanged
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentFailed
from boxoffice.core.wire.message import FactMessage
from tests.unit.core.builders import DEVICE_KEY, EVENT_KEY, TILL, chain

PAYLOAD = OrderStateChanged(order_id="o", start="pending", to="processing", why="paid é")


def two() -> tuple[Fact, Fact]:
    first, second = chain([PAYLOAD, PAYLOAD])
    return first, second


def test_a_fact_survives_the_wire_unchanged() -> None:
    fact, _ = two()

    again = FactMessage.model_validate_json(FactMessage.of(fact).model_dump_json()).fact()

    assert again == fact
    check_fact(again, DEVICE_KEY.public_key())
    assert json.loads(payload_text(fact)) == fact.payload
    assert read_payload(fact) == PAYLOAD


@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"order_id": "other"}},
        {"seq": 7},
        {"epoch": 2},
        {"kind": FactKind.CASH_MOVED},
        {"staff_id": "someone"},
        {"event_id": None},
        {"device_id": "other"},
        {"prev_hash": "f" * 64},
        {"id": "other"},
        {"hash": "0" * 64},
    ],
)
def test_no_field_can_be_changed_unseen(change: dict[str, object]) -> None:
    fact = replace(two()[0], **change)  # type: ignore[arg-type]

    with pytest.raises(BrokenFact, match="hash"):
        check_fact(fact, DEVICE_KEY.public_key())


@given(st.integers(0, 511))
def test_a_signature_with_a_bit_flipped_is_refused(bit: int) -> None:
    fact = two()[0]
    flipped = bytearray(bytes.fromhex(fact.signature))
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(BrokenFact, match="signature"):
        check_fact(replace(fact, signature=flipped.hex()), DEVICE_KEY.public_key())


def test_another_devices_signature_is_refused() -> None:
    with pytest.raises(BrokenFact, match="signature"):
        check_fact(two()[0], EVENT_KEY.public_key())


def test_a_chain_has_no_gaps_and_no_branches() -> None:
    first, second = two()

    check_link(first, Head(TILL))
    check_link(second, head_after(first))
    with pytest.raises(BrokenFact, match="does not follow number"):
        check_link(second, Head(TILL))
    with pytest.raises(BrokenFact, match="of its chain"):
        check_link(replace(second, prev_hash="a" * 64), head_after(first))


def test_a_newer_tills_extra_words_are_read_over() -> None:
    raw = {"order_id": "o", "tender_id": "t", "tender": "cash", "amount": 1, "currency": "USD"}

    payload = PaymentFailed.model_validate({**raw, "code": "c", "message": "m", "from_the_future": 1})

    assert payload.to_json().keys() >= raw.keys()
    assert "from_the_future" not in payload.to_json()


def test_every_kind_of_fact_has_a_payload() -> None:
    assert set(PAYLOADS) == set(FactKind)
    assert all(issubclass(payload, Payload) for payload in PAYLOADS.values())


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.text('":,[]{}\\-.eE0123456789', max_size=24),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_is_written_the_same_in_every_year(at: datetime) -> None:
    try:
        utc = at.astimezone(UTC)
    except OverflowError:
        return

    assert instant_text(at) == utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


@given(_json)
def test_the_canonical_form_is_that_of_the_standard(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)  # type: ignore[arg-type]  # any JSON
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical(value)
    else:
        assert canonical(value) == expected
