"""Ids: ordered by time, and order numbers that no two devices share."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import device_code, order_number, uuid7
from boxoffice.core.payments import plain_words


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_a_uuid7_is_one_and_keeps_its_time(ms: int, random: bytes) -> None:
    value = UUID(uuid7(ms, random))

    assert (value.version, value.variant, value.int >> 80) == (7, "specified in RFC 4122", ms)


def test_a_uuid7_takes_ten_random_bytes() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        uuid7(0, b"")


def test_order_numbers_never_repeat() -> None:
    numbers = {order_number(code, n) for code in ("7K2", "7K3") for n in range(40_000)}

    assert len(numbers) == 80_000
    assert order_number("7K2", 1) == "7K2-KHB"


def test_device_codes_never_repeat() -> None:
    assert len({device_code(n) for n in range(40_000)}) == 40_000


def test_a_code_that_nobody_knows_is_told_in_plain_words() -> None:
    assert plain_words("xyz") == "The payment was declined."
    assert "insufficient" in plain_words("insufficient_funds")
