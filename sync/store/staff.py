"""What stands beside the facts about staff: names, and what PINs are held to. Written here and nowhere else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.columns import row_of
from boxoffice.core.rows import StaffRow
from boxoffice.core.staff import StaffStatus
from sync.store import tables as t

_s: Final = t.metadata.tables["staff"]
_c: Final = t.staff_credentials
_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('staff credentials', 0))")


@dataclass(frozen=True, slots=True)
class KeptStaff:
    """Somebody as they are kept. `pin` is a verifier, empty for none."""

    row: StaffRow
    name: str
    pin: str = field(default="", repr=False)
    pin_digits: int = 0
    pin_set_at: datetime | None = None
    badge_set_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        return self.row.status is StaffStatus.ACTIVE


def read_all(connection: Connection) -> Sequence[KeptStaff]:
    """Returns everybody who works here, and those who did after them, by name."""
    query = select(_s, _c).outerjoin(_c, _c.c.staff_id == _s.c.id).order_by(_s.c.status, func.lower(_s.c.name), _s.c.id)
    return [_kept(row) for row in connection.execute(query).mappings()]


def read_one(connection: Connection, staff_id: str) -> KeptStaff | None:
    """Returns somebody, whom nobody else changes until the transaction ends; None if there is nobody of this id."""
    one = select(_s.c.id).where(_s.c.id == staff_id).with_for_update()
    if connection.execute(one).first() is None:
        return None
    query = select(_s, _c).outerjoin(_c, _c.c.staff_id == _s.c.id).where(_s.c.id == staff_id)
    return _kept(connection.execute(query).mappings().one())


def names_of_staff(connection: Connection, ids: Iterable[str | None]) -> dict[str, str]:
    """Returns the names of those of these ids who are known."""
    wanted = sorted({each for each in ids if each})
    rows = connection.execute(select(_s.c.id, _s.c.name).where(_s.c.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def keep_alone(connection: Connection) -> None:
    """Lets nobody else set a PIN until the transaction ends: two at once would not see that they chose the same."""
    connection.execute(_ALONE)


def set_name(connection: Connection, staff_id: str, name: str) -> None:
    connection.execute(update(_s).where(_s.c.id == staff_id).values(name=name))


def set_pin(connection: Connection, staff_id: str, verifier: str, digits: int) -> None:
    """Keeps what a PIN is held to, in place of the one before."""
    row = {"pin": verifier, "pin_digits": digits, "pin_set_at": func.now()}
    new = insert(_c).values(staff_id=staff_id, **row)
    connection.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_=row))


def note_badge(connection: Connection, staff_id: str) -> None:
    """Notes when the badge that somebody has now was given."""
    new = insert(_c).values(staff_id=staff_id, badge_set_at=func.now())
    connection.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_={"badge_set_at": func.now()}))


def _kept(row: RowMapping) -> KeptStaff:
    return KeptStaff(
        row=row_of(StaffRow, row),
        name=row["name"],
        pin=row["pin"] or "",
        pin_digits=row["pin_digits"] or 0,
        pin_set_at=row["pin_set_at"],
        badge_set_at=row["badge_set_at"],
    )
