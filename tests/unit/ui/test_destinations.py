"""Every destination has a page and a screen, and no page knows another."""

import ast
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from boxoffice.till.ui import flow
from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow import destinations, payment_places, shift_places
from boxoffice.till.ui.flow.destinations import PLACES
from boxoffice.till.ui.flow.kiosk_places import KIOSK_PLACES
from boxoffice.till.ui.flow.making import page_class
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.screens.loading import screen_class

_KINDS = [
    each
    for module in (destinations, payment_places, shift_places)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Destination) and each.__module__ == module.__name__
]
_FLOW = Path(flow.__file__).parent
_SHARED = {
    "readers": {"settings"},
    "reader": {"kiosk_pay"},
    "phone": {"kiosk_pay"},
    "answer": {"kiosk_answer"},
    "unknown": {"kiosk_answer"},
}
"""The reader's rows stand on two pages; a payment at a kiosk is a till's, with other words and less to press."""


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_each_destination_leads_to_a_page_and_its_screen(kind: type[Destination]) -> None:
    bare = object.__new__(kind)

    assert page_class(bare).__name__.endswith("Page")
    assert screen_class(PLACES[kind].screen).__name__.endswith("Screen")


@pytest.mark.parametrize("kind", KIOSK_PLACES, ids=lambda kind: kind.__name__)
def test_each_destination_of_a_kiosk_has_a_page_of_its_own_there(kind: type[Destination]) -> None:
    page = page_class(object.__new__(kind), is_kiosk=True)

    assert issubclass(page, BasePage)
    assert page.__module__.rpartition(".")[2].startswith("kiosk_")
    assert screen_class(KIOSK_PLACES[kind].screen).__name__ in {"KioskScreen", "OverScreen"}


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_a_destination_is_a_value_that_nobody_can_change(kind: type[Destination]) -> None:
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # what dataclasses keep of themselves
    assert all(field.name != "session" for field in fields(kind))


def test_no_page_is_imported_by_another() -> None:
    pages = {place.page.split(".")[0] for place in (*PLACES.values(), *KIOSK_PLACES.values())}
    importers = {
        (path.stem, name)
        for path in sorted(_FLOW.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("boxoffice.till.ui.flow.")
        for name in [(node.module or "").rsplit(".", 1)[1]]
        if name in pages and path.stem not in _SHARED.get(name, set())
    }

    assert not importers
