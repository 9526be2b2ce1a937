"""What the running hub may do in Postgres: no more than it does. Not even it can change a fact or a posting."""

from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from boxoffice.core.errors import BadInput, FieldError
from sync.store.tables import metadata

_NEVER_CHANGED: Final = frozenset({"facts", "ledger_postings", "quarantined_facts"})
_FORGOTTEN: Final = (
    *(
        "attempts",
        "event_drafts",
        "event_roles",
        "feed",
        "help_calls",
        "idempotency_keys",
        "invitations",
        "parked_carts",
        "passkeys",
    ),
    *("pin_links", "pool_claims", "processes", "recovery_codes", "sessions", "sign_in_links", "sign_in_steps"),
    "waiting_facts",
)
"""What may be deleted: none of it is a record of what happened. What a draft became stands in its revision."""
_JOBS: Final = "procrastinate_%"


def grant(connection: Connection, role: str) -> None:
    """Gives a role of Postgres what `serve` needs, and takes from it whatever else it had in this schema.

    Run it as the owner of the tables, after every `migrate`. The owner alone migrates.

    Raises:
        BadInput: if there is no such role, or if it could do everything anyway.
    """
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101  # it is open
    found = raw.execute(
        "SELECT rolsuper OR pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = 'facts'::regclass), 'USAGE')"
        " FROM pg_roles WHERE rolname = %s",
        (role,),
    ).fetchone()
    if found is None or found[0]:
        words = "is no role of this database" if found is None else "owns the tables, or is a superuser"
        raise BadInput([FieldError("role", words)])
    jobs = [row[0] for row in raw.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE %s", (_JOBS,))]
    ours = sorted(metadata.tables)
    rights = (
        ("SELECT, INSERT", ours),
        ("UPDATE", [name for name in ours if name not in _NEVER_CHANGED]),
        ("DELETE", _FORGOTTEN),
        ("SELECT", ["alembic_version"]),
        ("SELECT, INSERT, UPDATE, DELETE", jobs),
    )
    who = sql.Identifier(role)
    raw.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(who))
    raw.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who))
    raw.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))
    for right, tables in rights:
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        raw.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(right), names, who))
