"""Who works here as this till knows it: rows by the hub's facts, names and credentials as the hub told them last.

What a PIN is held to is read in one place, for whoever checks it, and told to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import StaffId
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.wire.staff import StaffAnswer
from boxoffice.till.store import settings

_TAG: Final = "staff_tag"
_ACTIVE: Final = """
    SELECT s.id, s.name, s.role, s.language, s.discount_limit, coalesce(c.pin, ''), coalesce(c.pin_digits, 0),
        coalesce(c.badge, '')
    FROM staff s LEFT JOIN staff_credentials c ON c.id = s.id WHERE s.status = 'active'
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Somebody who may sign in, and what a PIN and a badge are held to; empty for none."""

    person: Person
    pin: str = field(repr=False)
    pin_digits: int
    badge: str = field(repr=False)

    @property
    def can_sign_in(self) -> bool:
        return bool(self.pin or self.badge)


@dataclass(frozen=True, slots=True)
class Tries:
    """How many wrong PINs came in a row, and how long nobody may try again after the last of them."""

    wrong: int = 0
    wait_s: int = 0


def tag(connection: Connection) -> str:
    """Returns the tag of what is kept; empty before the hub has told anything."""
    return settings.get(connection, _TAG) or ""


def keep(connection: Connection, answer: StaffAnswer) -> None:
    """Keeps what the hub has told, in place of all before.

    A new PIN ends the wait that wrong ones have earned. Of people whose facts have not come yet the names are missing:
    the tag is then not kept, and they are asked for again.
    """
    pins = connection.exec_driver_sql("SELECT id, pin FROM staff_credentials")
    before: dict[str, str] = {row.id: row.pin for row in pins}
    connection.exec_driver_sql("DELETE FROM staff_credentials")
    is_whole = True
    for each in answer.people:
        named = connection.exec_driver_sql("UPDATE staff SET name = ? WHERE id = ?", (each.name, each.id))
        is_whole = is_whole and named.rowcount == 1
        row = (each.id, each.pin, each.pin_digits, each.badge)
        connection.exec_driver_sql("INSERT INTO staff_credentials VALUES (?, ?, ?, ?)", row)
        if before.get(each.id) != each.pin:
            forget_tries(connection, each.id)
    settings.put(connection, _TAG, answer.tag if is_whole else "")


def active(connection: Connection) -> Sequence[Credentials]:
    """Returns who may work here, by name."""
    rows = connection.exec_driver_sql(f"{_ACTIVE} ORDER BY lower(s.name), s.id")
    return [_credentials(row) for row in rows]


def one_active(connection: Connection, staff_id: str) -> Credentials | None:
    """Returns somebody who may work here; None for who may not any more, or never could."""
    row = connection.exec_driver_sql(f"{_ACTIVE} AND s.id = ?", (staff_id,)).one_or_none()
    return None if row is None else _credentials(row)


def with_badge(connection: Connection, badge: str) -> Credentials | None:
    """Returns whose badge it is; None for one that is no longer good, or never was."""
    row = connection.exec_driver_sql(f"{_ACTIVE} AND c.badge = ?", (badge,)).one_or_none()
    return None if row is None else _credentials(row)


def name_of(connection: Connection, staff_id: str | None) -> str:
    """Returns what somebody is called, also who has ended; empty for nobody."""
    found = connection.exec_driver_sql("SELECT name FROM staff WHERE id = ?", (staff_id,)).scalar_one_or_none()
    return found or ""


def tries(connection: Connection, who: str) -> Tries:
    row = connection.exec_driver_sql("SELECT wrong, wait_s FROM sign_in_tries WHERE who = ?", (who,)).one_or_none()
    return Tries() if row is None else Tries(*row)


def note_tries(connection: Connection, who: str, now: Tries) -> None:
    row = (who, now.wrong, now.wait_s)
    connection.exec_driver_sql("INSERT OR REPLACE INTO sign_in_tries (who, wrong, wait_s) VALUES (?, ?, ?)", row)


def forget_tries(connection: Connection, who: str) -> None:
    connection.exec_driver_sql("DELETE FROM sign_in_tries WHERE who = ?", (who,))


def _credentials(row: Sequence[object]) -> Credentials:
    id_, name, role, language, limit, pin, digits, badge = row
    person = Person(StaffId(str(id_)), str(name), StaffRole(role), str(language), int(str(limit)))
    return Credentials(person, str(pin), int(str(digits)), str(badge))
