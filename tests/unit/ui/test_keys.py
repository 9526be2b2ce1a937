"""Tile keys stand at a place on the keyboard, whatever is printed on them."""

import pytest

from boxoffice.till.ui.keys import TILE_LETTERS, tile_at


@pytest.mark.parametrize(("platform", "native"), [("xcb", 24), ("wayland", 24), ("windows", 0x10), ("cocoa", 12)])
def test_the_key_right_of_tab_is_the_first_tile_on_every_layout(platform: str, native: int) -> None:
    assert tile_at(platform, native, "a") == 0


def test_without_key_places_the_letter_decides() -> None:
    assert [tile_at("offscreen", 0, letter) for letter in TILE_LETTERS.lower()] == list(range(12))


def test_other_keys_are_no_tile() -> None:
    assert tile_at("offscreen", 0, "p") is None
    assert tile_at("xcb", 60, "q") is None
