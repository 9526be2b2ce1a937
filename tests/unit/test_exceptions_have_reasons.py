"""A line that is let off a rule of the linter says why, beside it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BARE = re.compile(r"# noqa(?!: [A-Z0-9, ]*[A-Z0-9]  # \S).*$", re.MULTILINE)


def test_whatever_is_let_off_a_rule_has_its_reason_beside_it() -> None:
    paths = [each for package in ("boxoffice", "sync", "tools") for each in (ROOT / package).rglob("*.py")]

    assert [path.relative_to(ROOT).as_posix() for path in paths if _BARE.search(path.read_text())] == []


@pytest.mark.parametrize(
    "text", ["    import qrcode  # noqa: PLC0415", "    import qrcode  # noqa: F401, PLC0415", "work()  # noqa"]
)
def test_a_bare_one_is_found(text: str) -> None:
    assert _BARE.search(text)


def test_one_with_its_reason_is_not() -> None:
    assert not _BARE.search("    import qrcode  # noqa: F401, PLC0415  # 0.1 s: few tills have one")
