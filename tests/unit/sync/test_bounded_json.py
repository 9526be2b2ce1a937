"""JSON from outside: what is deep, large or can't be stored is refused as a value, and never breaks what reads it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bounded_json import DEEPEST, BadJson, nesting, read

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(PLAIN)
def test_what_is_within_bounds_is_read_as_it_was_written(value: Any) -> None:
    assert read(json.dumps(value), 1_000_000) == value


@given(PLAIN, st.booleans())
def test_the_depth_is_counted_right(value: Any, is_ascii: bool) -> None:
    assert nesting(json.dumps(value, ensure_ascii=is_ascii).encode()) == depth_of(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        found = read(body, 1000)
    except BadJson:
        return
    assert found == json.loads(body)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', ' [ "\\"]" , '])
@pytest.mark.parametrize("depth", [DEEPEST + 1, 1000, 100_000])
def test_what_is_deep_is_refused(opening: str, depth: int) -> None:
    with pytest.raises(BadJson):
        read(opening * depth, 10_000_000)


@pytest.mark.parametrize(
    "body",
    [
        "NaN",
        "[-Infinity]",
        "1e999",
        '"\\u0000"',
        '{"\\u0000": 1}',
        '["\\ud800"]',
        "9" * 5000,
        "",
        "{",
        b"\xff",
        b'"\xed\xa0\x80"',
    ],
)
def test_what_no_database_takes_is_refused(body: str | bytes) -> None:
    with pytest.raises(BadJson):
        read(body, 10_000)


def test_what_is_large_is_refused() -> None:
    with pytest.raises(BadJson, match="larger"):
        read(json.dumps("x" * 100), 101)
