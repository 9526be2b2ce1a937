"""An import inside a function says what it spares; without a reason, imports stand at the top."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BARE = re.compile(r"# noqa: [A-Z0-9, ]*PLC0415[A-Z0-9, ]*(?!\s*# \S)$", re.MULTILINE)


def test_every_import_inside_a_function_has_its_reason_beside_it() -> None:
    paths = [each for package in ("boxoffice", "sync") for each in (ROOT / package).rglob("*.py")]

    assert [path.relative_to(ROOT).as_posix() for path in paths if _BARE.search(path.read_text())] == []


@pytest.mark.parametrize("text", ["    import qrcode  # noqa: PLC0415", "    import qrcode  # noqa: F401, PLC0415"])
def test_a_bare_one_is_found(text: str) -> None:
    assert _BARE.search(text)
