"""What the pages' templates hold."""

from collections import Counter
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from boxoffice.resources import resource_path

FOLDER = resource_path("templates")
PAGES = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


@pytest.mark.parametrize("page", sorted(FOLDER.rglob("*.html")), ids=lambda page: str(page.relative_to(FOLDER)))
def test_no_word_of_a_table_has_two_meanings(page: Path) -> None:
    """The later one would win, and say something else."""
    tables = PAGES.parse(page.read_text("utf-8")).find_all(nodes.Dict)
    words = (Counter(pair.key.as_const() for pair in table.items) for table in tables)

    assert [word for each in words for word, times in each.items() if times > 1] == []
