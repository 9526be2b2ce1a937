"""The recipes name files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RECIPES = ROOT / "docs" / "extending.md"
_NAMED = re.compile(r"`((?:boxoffice|sync|resources|tests|docs|tools)/[^`\s]*)`")


def named() -> list[str]:
    return _NAMED.findall(RECIPES.read_text())


@pytest.mark.parametrize("path", sorted(set(named())))
def test_a_file_that_a_recipe_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("recipe", "most"),
    [
        ("A tender that the till takes", 6),
        ("A new kind of fact with state and money", 5),
        ("A new screen", 4),
        ("A new message between till and hub", 6),
        ("A new provider event", 2),
    ],
)
def test_a_recipe_has_no_more_steps_than_it_says(recipe: str, most: int) -> None:
    section = RECIPES.read_text().split(f"## {recipe}\n")[1].split("\n## ")[0]

    assert 1 <= len(re.findall(r"^\d+\. ", section, re.MULTILINE)) <= most
