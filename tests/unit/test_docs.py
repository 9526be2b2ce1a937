"""The documents name only files that are there."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TOP = ("boxoffice/", "sync/", "resources/", "tests/", "tools/", "docs/", "deploy/")


@pytest.mark.parametrize("page", sorted(HOUSE.glob("docs/*.md")), ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = {name for name in re.findall(r"`([\w./-]+\.\w+)`", page.read_text()) if name.startswith((*TOP, "core/"))}
    there = {name for name in named if (HOUSE / name).exists() or (HOUSE / "boxoffice" / name).exists()}

    assert named - there == set()
