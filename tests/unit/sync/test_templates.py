"""What the pages' templates hold."""

import re
from collections import Counter
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from boxoffice.resources import resource_path
from sync.http.web.pages import SPOKEN

FOLDER = resource_path("templates")
PAGES = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


@pytest.mark.parametrize("page", sorted(FOLDER.rglob("*.html")), ids=lambda page: str(page.relative_to(FOLDER)))
def test_no_word_of_a_table_has_two_meanings(page: Path) -> None:
    """The later one would win, and say something else."""
    tables = PAGES.parse(page.read_text("utf-8")).find_all(nodes.Dict)
    words = (Counter(pair.key.as_const() for pair in table.items) for table in tables)

    assert [word for each in words for word, times in each.items() if times > 1] == []


_SAID = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_READ_OUT = re.compile(r"""\b(?:aria-label|placeholder|title|alt|value)="([^"]*)\"""")
_NO_WORDS = re.compile(r"<(style|script|svg)\b.*?</\1>|&[a-z]+;", re.DOTALL)
_NAMES = {"CSV", "PayPal", "Box", "Office", "hub"}
"""What is called so in every language."""


def words_in(page: Path) -> list[str]:
    """Returns the words that a template has of its own, which nobody could translate."""
    bare = _NO_WORDS.sub(" ", _SAID.sub(" ", page.read_text("utf-8")))
    read_out = [text for text in _READ_OUT.findall(bare) if not text.isascii() or " " in text.strip()]
    shown = re.sub(r"<[^>]*>", " ", bare)
    return [word for word in re.findall(r"[^\W\d_]{2,}", " ".join([shown, *read_out])) if word not in _NAMES]


@pytest.mark.parametrize("name", sorted({*SPOKEN, "page.html", "till-places.html"}))
def test_a_page_that_speaks_every_language_has_no_word_of_its_own(name: str) -> None:
    assert words_in(FOLDER / name) == []


@pytest.mark.parametrize("page", sorted((FOLDER / "shop").glob("*.html")), ids=lambda page: page.name)
def test_the_shop_has_no_word_of_its_own(page: Path) -> None:
    assert words_in(page) == []


def test_a_word_that_nobody_could_translate_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<p>{{ _("Tills") }} Stripe</p><input placeholder="Your key">', "utf-8")

    assert words_in(page) == ["Stripe", "Your", "key"]
