"""Lives of the database: one that was restored, or copied, begins a new one, and has lost what it does not know of.

Until every till at work has told what it knows, and the providers what was paid, such a life is not healed: nothing is
sold or leased that somebody may have already.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, text, update

from boxoffice.core.errors import TryAgainLater
from sync.store import tables as t
from sync.store.chain import new_id

SPARE_ORDERS: Final = 10_000
"""So many numbers of web orders are left out: nobody knows how many were given after what was restored."""
_l: Final = t.hub_lives.c
_d: Final = t.devices.c
# The cluster, its timeline (a new one after each point-in-time recovery or promotion) and the database in it.
_DATABASE: Final = text("""
    SELECT (SELECT system_identifier FROM pg_control_system()) || '/' ||
           (SELECT timeline_id FROM pg_control_checkpoint()) || '/' || oid
    FROM pg_database WHERE datname = current_database()
""")
# Of another cluster, whose transactions had other numbers: what waits in the feed would be passed over.
_RENUMBER: Final = text("""
    UPDATE feed SET xid = pg_current_xact_id()::text::bigint
    WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
""")
_RENUMBER_ORDERS: Final = text("""
    UPDATE orders SET changed_in = 0 -- a trigger says in which
    WHERE changed_in >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
""")
_SPARE: Final = text("SELECT setval('web_orders', nextval('web_orders') + :spare)")
_LINE: Final = 7_204_115
"""An advisory lock: one process at a time looks which life it is."""


class NotHealed(TryAgainLater):
    """The database was restored, and not everybody has told yet what they know."""

    def __init__(self) -> None:
        super().__init__(
            "The hub was restored, and still asks its tills what has happened since.",
            "Nothing is sold or given back twice: tills go on with the places that they have.",
            "Try again in a minute.",
        )


@dataclass(frozen=True, slots=True)
class Life:
    """`lost_after` is when the newest of what was restored came; `is_healed` whether all is known again."""

    id: str
    why: str
    lost_after: datetime | None
    began_at: datetime
    asked_providers_at: datetime | None
    is_healed: bool


def look(connection: Connection) -> Life:
    """Returns the life that the database is in: a new one, if this is not where the last one was.

    The first life has nothing to heal.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:line)"), {"line": _LINE})
    here = str(connection.execute(_DATABASE).scalar_one())
    newest = select(_l.database).order_by(_l.number.desc()).limit(1)
    known = connection.scalar(newest)
    if known is None:
        connection.execute(insert(t.hub_lives).values(id=new_id(), database=here, why="", healed_at=func.now()))
    elif known != here:
        begin(connection, "its database was restored, or moved")
    return now(connection)


def begin(connection: Connection, why: str) -> None:
    """Begins a life that is to be healed, of a database that has lost what came after its newest fact."""
    lost_after = select(func.max(t.facts.c.received_at)).scalar_subquery()
    here = str(connection.execute(_DATABASE).scalar_one())
    connection.execute(insert(t.hub_lives).values(id=new_id(), database=here, why=why, lost_after=lost_after))
    connection.execute(_RENUMBER)
    connection.execute(_RENUMBER_ORDERS)
    connection.execute(_SPARE, {"spare": SPARE_ORDERS})


def now(connection: Connection) -> Life:
    """Returns the life of now."""
    columns = (_l.id, _l.why, _l.lost_after, _l.began_at, _l.asked_providers_at, _l.healed_at)
    row = connection.execute(select(*columns).order_by(_l.number.desc()).limit(1)).one()
    return Life(row.id, row.why, row.lost_after, row.began_at, row.asked_providers_at, row.healed_at is not None)


def is_healed(connection: Connection) -> bool:
    """Returns whether all is known: if not, what is free may have been sold."""
    return connection.execute(select(_l.id).where(_l.healed_at.is_(None)).limit(1)).first() is None


def must_be_healed(connection: Connection) -> None:
    """Does nothing if all is known.

    Raises:
        NotHealed: if what seems to be free, or not given back, may not be so.
    """
    if not is_healed(connection):
        raise NotHealed


def is_silent() -> ColumnElement[bool]:
    """Returns whether a till has still to tell what it knows, as a column of its device."""
    return and_(*_silent()).label("is_silent")


def waited_for(connection: Connection) -> list[str]:
    """Returns the names of the tills at work that have still to tell what they know."""
    return list(connection.scalars(select(_d.name).where(*_silent()).order_by(_d.name)))


def note_heard(connection: Connection, device_id: str, life_id: str) -> None:
    """Notes that a till has told all that it knows, in this life."""
    connection.execute(update(t.devices).where(_d.id == device_id).values(heard_in_life=life_id))


def note_asked(connection: Connection, life_id: str) -> None:
    """Notes that the providers have told all that was paid."""
    connection.execute(update(t.hub_lives).where(_l.id == life_id).values(asked_providers_at=func.now()))


def note_healed(connection: Connection, by: str) -> None:
    """Notes that all is known, or that somebody goes on without the rest."""
    connection.execute(update(t.hub_lives).where(_l.healed_at.is_(None)).values(healed_at=func.now(), healed_by=by))


def _silent() -> tuple[ColumnElement[bool], ...]:
    """Returns the conditions of a till at work that has not been heard of in a life that is not healed."""
    open_ = select(_l.id).where(_l.healed_at.is_(None)).order_by(_l.number.desc()).limit(1).scalar_subquery()
    began = select(func.max(_l.began_at)).where(_l.healed_at.is_(None)).scalar_subquery()
    told = _d.heard_in_life.is_distinct_from(open_)
    return (_d.kind == "till", _d.status != "revoked", open_.is_not(None), told, _d.created_at < began)
