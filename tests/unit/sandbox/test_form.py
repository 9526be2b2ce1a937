"""Form decoding, against the official SDK's own encoder."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode  # the encoder that is on the wire; the SDK shows no public one

from boxoffice.sandbox.errors import StripeError
from boxoffice.sandbox.form import Node, decode

NAMES = st.text("abcdefghij_", min_size=1, max_size=6)
VALUES = st.text(max_size=8)
TREES = st.recursive(
    VALUES,
    lambda below: st.lists(below, min_size=1, max_size=3) | st.dictionaries(NAMES, below, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_what_the_sdk_encodes_comes_back_as_it_was(params: dict[str, Node]) -> None:
    encoded = urlencode(list(_api_encode(params)))

    assert decode(encoded) == params


def test_lists_come_with_numbers_or_without() -> None:
    assert decode("expand[]=a&expand[]=b") == decode("expand[0]=a&expand[1]=b") == {"expand": ["a", "b"]}


def test_brackets_may_be_escaped() -> None:
    assert decode("created%5Bgte%5D=5") == {"created": {"gte": "5"}}


def test_an_empty_value_is_kept() -> None:
    assert decode("metadata=&a[b]=") == {"metadata": "", "a": {"b": ""}}


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b]=1&a=2", "[a]=1", "a[b=1", "a]=1", "&".join(["x=1"] * 1001)])
def test_a_form_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(StripeError):
        decode(text)
