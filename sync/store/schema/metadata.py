"""What all tables of the hub have in common."""

from typing import Final

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    func,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def now_by_default(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def optional_time(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))
