"""What organizers have set for the whole hub, by name."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t

_s = t.office_settings.c


def setting(connection: Connection, name: str, default: str) -> str:
    """Returns what is set, or the default."""
    found = connection.execute(select(_s.value).where(_s.name == name)).scalar_one_or_none()
    return default if found is None else str(found)


def set_setting(connection: Connection, name: str, value: str) -> None:
    new = insert(t.office_settings).values(name=name, value=value)
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
