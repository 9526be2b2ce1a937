"""The gate on real widgets: codes come as a scanner types them, and each answer is told by word, shape and sound."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.doors import Doors, Zone
from boxoffice.core.ids import ProductId
from boxoffice.core.staff import StaffRole
from boxoffice.till.ui.flow.gate_words import Sound
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.integration.till.kit import cart

F2, F4, F5, F8 = (getattr(Qt.Key, f"Key_F{n}") for n in (2, 4, 5, 8))
FESTIVAL = Zone("festival", "Festival", ("Main door", "Side door"), capacity=600)


def sold(till: FakeTill, product: str = "friday-pass", count: int = 1) -> list[str]:
    """Returns the codes of tickets that this till has sold."""
    with till.context.store.reading() as connection:
        before = _tokens(connection)
    till.sell_for_cash(cart((product, count)), usd("9000"))
    with till.context.store.reading() as connection:
        return [each for each in _tokens(connection) if each not in before]


def _tokens(connection: object) -> list[str]:
    query = """
        SELECT json_extract(value, '$.token') FROM facts, json_each(payload, '$.tickets')
        WHERE kind = 'tickets_issued' ORDER BY position, key
    """
    return [row[0] for row in connection.exec_driver_sql(query)]  # type: ignore[attr-defined]


def with_doors(till: FakeTill, *zones: Zone, **said: object) -> None:
    doors = Doors(zones or (FESTIVAL,), **said)  # type: ignore[arg-type]
    till.catalogue = replace(till.catalogue, doors=doors)


@pytest.fixture
def heard() -> list[Sound]:
    return []


@pytest.fixture
def gate(open_door: OpenDoor, till: FakeTill, heard: list[Sound]) -> Iterator[Door]:
    with_doors(till, looks={ProductId("student-pass"): "Student card, with a photo"})
    door = open_door()
    door.window.flow.session.play = heard.append
    door.press(F4)
    door.at("CheckInPage")
    door.sees("Scan the next code")
    yield door


def test_a_good_ticket_comes_in_with_a_word_a_sound_and_a_count(
    gate: Door, till: FakeTill, heard: list[Sound]
) -> None:
    (code,) = sold(till)

    gate.scan(code)

    gate.sees("Come in")
    gate.sees("Friday Day Pass")
    assert heard == [Sound.GOOD]
    gate.qtbot.waitUntil(lambda: till.gate.now().inside == 1)
