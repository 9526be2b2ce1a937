"""A circle of imports is found, wherever in a module its imports stand."""

from itertools import count, pairwise
from pathlib import Path

import pytest

from tools.import_circles import PACKAGES, circle_in

_NAMES = count()
_AT_TOP = "from {package} import {other}"
_IN_A_FUNCTION = "def late():\n    from {package} import {other}\n    return {other}"
_FOR_TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {package}.{other} import X"


def _package(folder: Path, monkeypatch: pytest.MonkeyPatch, imports: dict[str, tuple[str, str]]) -> str:
    """Writes a package whose modules import each other; returns its name."""
    package = f"planted_{next(_NAMES)}"
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text("")
    for module, (other, how) in imports.items():
        text = how.format(package=package, other=other) if other else ""
        (folder / package / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    return package


@pytest.mark.parametrize("way_back", [_AT_TOP, _IN_A_FUNCTION, _FOR_TYPES])
def test_a_planted_circle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way_back: str) -> None:
    imports = {"a": ("b", _AT_TOP), "b": ("c", _IN_A_FUNCTION), "c": ("a", way_back)}
    package = _package(tmp_path, monkeypatch, imports)

    circle = circle_in([package])

    assert circle[0] == circle[-1]
    assert {module.removeprefix(f"{package}.") for module in circle} == {"a", "b", "c"}
    for importer, imported in pairwise(circle):
        assert imports[importer[-1]][0] == imported[-1]


def test_imports_that_lead_one_way_are_no_circle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path, monkeypatch, {"a": ("b", _AT_TOP), "b": ("c", _IN_A_FUNCTION), "c": ("", "")})

    assert circle_in([package]) == ()


def test_neither_program_has_a_circle() -> None:
    assert circle_in(PACKAGES) == ()
