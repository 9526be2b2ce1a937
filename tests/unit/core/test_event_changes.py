"""What two event files say differently, and event files as TOML: carried over, left out and read back the same."""

import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.event_changes import changes, merged, value_at, with_value
from boxoffice.core.event_file import catalogue_from, event_file_of
from boxoffice.core.toml_text import to_toml
from tests.fest import fest

FEST = event_file_of(catalogue_from(fest(), 1))
WORDS = st.text("aé “\\\"'=\n\t#[]☂", min_size=1, max_size=20)
LEAVES = st.one_of(st.integers(0, 10**9), WORDS, st.booleans(), st.lists(WORDS, min_size=1, max_size=3))
PLACES = st.sampled_from(
    [
        ("event", "name"),
        ("event", "days"),
        ("event", "texts", "es", "name"),
        ("page", "description"),
        ("pools", "friday", "capacity"),
        ("pools", "patio", "name"),
        ("products", "full-pass", "price_minor"),
        ("products", "full-pass", "pools", "friday"),
        ("products", "t-shirt", "options"),
        ("products", "cap", "name"),
        ("promos", "DANCE5", "limit"),
        ("promos", "NEW", "percent"),
        ("doors", "zones", "festival", "capacity"),
        ("cash", "round_to"),
    ]
)
EDITS = st.lists(st.tuples(PLACES, st.one_of(st.none(), LEAVES)), max_size=5)


def edited(edits: list[tuple[tuple[str, ...], Any]], base: dict[str, Any] = FEST) -> dict[str, Any]:
    for path, value in edits:
        base = with_value(base, path, value)
    return base


@given(EDITS, EDITS)
def test_a_change_of_one_is_carried_over_to_what_the_other_made_of_it(mine: Any, theirs: Any) -> None:
    one, other = edited(mine), edited(theirs)

    assert changes(merged(FEST, one, FEST), one) == ()
    assert merged(FEST, FEST, other) == other
    both = merged(FEST, one, other)
    assert all(value_at(both, each.path) == each.after for each in changes(FEST, one))


@given(EDITS)
def test_what_is_left_out_again_is_no_change_any_more(edits: Any) -> None:
    file = edited(edits)

    for each in changes(FEST, file):
        file = with_value(file, each.path, each.before)

    assert changes(FEST, file) == ()


def test_another_order_of_products_is_one_change_that_can_be_taken_back() -> None:
    products = FEST["products"]
    file = {**FEST, "products": [products[1], products[0], *products[2:]]}

    (told,) = changes(FEST, file)

    assert told.path == ("products", "@order")
    assert with_value(file, told.path, told.before) == FEST


@given(EDITS)
def test_toml_reads_back_to_the_same(edits: Any) -> None:
    file = edited(edits)

    back = tomllib.loads(to_toml(file))

    assert changes(file, json.loads(json.dumps(back))) == ()


def test_an_event_that_is_written_out_and_loaded_again_is_the_same_event() -> None:
    catalogue = catalogue_from(fest(), 1)

    again = catalogue_from(tomllib.loads(to_toml(event_file_of(catalogue))), 1)

    assert again == catalogue
