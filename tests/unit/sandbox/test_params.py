"""Reading parameters: typed values, or Stripe's error about the first that is wrong."""

from typing import Any

import pytest

from boxoffice.sandbox.errors import StripeError
from boxoffice.sandbox.form import decode
from boxoffice.sandbox.params import Flag, Group, Keyed, Many, OneOf, Text, Whole, read, shape

LINE = Group({"name": Text(5), "amount": Whole(least=1, most=10)}, frozenset({"amount"}))
TAKES = shape(
    ("count",),
    "hooks",
    count=Whole(),
    lines=Many(LINE),
    metadata=Keyed(),
    note=Text(),
    on=Flag(),
    word=OneOf(("one", "two", "three")),
)


def test_values_get_their_types() -> None:
    form = "count=-2&lines[0][amount]=3&lines[0][name]=Ada&metadata[0]=x&note=&on=true&word=two&hooks[a]=b&expand[]=c"

    assert read(TAKES, decode(form)) == {
        "count": -2,
        "lines": [{"amount": 3, "name": "Ada"}],
        "metadata": {"0": "x"},
        "note": None,
        "on": True,
        "word": "two",
        "hooks": {"a": "b"},
        "expand": ["c"],
    }


@pytest.mark.parametrize(
    ("form", "param", "code"),
    [
        ("", "count", "parameter_missing"),
        ("count=1&colour=red", "colour", "parameter_unknown"),
        ("count=1.5", "count", "parameter_invalid_integer"),
        ("count=", "count", "parameter_invalid_empty"),
        ("count[]=1", "count", None),
        ("count=1&lines=x", "lines", None),
        ("count=1&lines[]=x", "lines[0]", None),
        ("count=1&lines[0][name]=Ada", "lines[0][amount]", "parameter_missing"),
        ("count=1&lines[0][amount]=0", "lines[0][amount]", "parameter_invalid_integer"),
        ("count=1&lines[0][amount]=11", "lines[0][amount]", "parameter_invalid_integer"),
        ("count=1&lines[0][amount]=1&lines[0][name]=Adelaide", "lines[0][name]", None),
        ("count=1&lines[0][amount]=1&lines[0][x]=1", "lines[0][x]", "parameter_unknown"),
        ("count=1&metadata=x", "metadata", None),
        ("count=1&metadata[a][b]=x", "metadata[a]", None),
        ("count=1&on=yes", "on", None),
        ("count=1&word=four", "word", None),
    ],
)
def test_the_first_wrong_parameter_is_named(form: str, param: str, code: str | None) -> None:
    with pytest.raises(StripeError) as refused:
        read(TAKES, decode(form))

    assert (refused.value.status, refused.value.error["param"]) == (400, param)
    assert refused.value.error.get("code") == code


@pytest.mark.parametrize(
    "metadata",
    [{f"k{n}": "v" for n in range(51)}, {"k" * 41: "v"}, {"k": "v" * 501}],
)
def test_metadata_has_bounds(metadata: dict[str, Any]) -> None:
    with pytest.raises(StripeError):
        read(Keyed(), metadata, "metadata")


def test_words_are_listed_as_stripe_lists_them() -> None:
    with pytest.raises(StripeError, match="must be one of one, two, or three"):
        read(TAKES, decode("count=1&word=four"))
