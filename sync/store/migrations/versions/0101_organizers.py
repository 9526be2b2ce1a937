"""Organizers who are invited, prove themselves twice, hold passkeys, and see and end their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0098"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("status", sa.Text, nullable=False, server_default="active"),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_begun", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("organizers", column)
    op.create_check_constraint(op.f("ck_organizers_status"), "organizers", "status IN ('invited', 'active', 'ended')")
    op.drop_constraint(op.f("ck_organizers_ck_organizers_role"), "organizers")  # as the naming had it
    roles = "role IN ('none', 'viewer', 'finance', 'admin')"
    op.create_check_constraint(op.f("ck_organizers_role"), "organizers", roles)
    for column in (
        sa.Column("id", sa.Text, nullable=False, server_default=sa.text("gen_random_uuid()::text")),
        sa.Column("last_seen_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("address", sa.Text, nullable=False, server_default=""),
        sa.Column("browser", sa.Text, nullable=False, server_default=""),
        sa.Column("way", sa.Text, nullable=False, server_default="password"),
        sa.Column("is_second", sa.Boolean, nullable=False, server_default=sa.text("false")),
    ):
        op.add_column("sessions", column)
    op.create_unique_constraint("uq_sessions_id", "sessions", ["id"])
    _table("event_roles", ("event_id", sa.Text), sa.Column("role", sa.Text, nullable=False))
    op.create_check_constraint(op.f("ck_event_roles_role"), "event_roles", "role IN ('viewer', 'finance', 'admin')")
    _table("recovery_codes", ("code_hash", sa.Text), sa.Column("used_at", _TIME))
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("organizer_id", sa.BigInteger, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False, server_default=_NOW),
        sa.Column("last_used_at", _TIME),
        _owner("passkeys"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
    )
    op.create_table(
        "sign_in_steps",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("organizer_id", sa.BigInteger),
        sa.Column("expires_at", _TIME, nullable=False),
        _owner("sign_in_steps"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_steps"),
    )
    op.create_table(
        "invitations",
        sa.Column("organizer_id", sa.BigInteger, nullable=False),
        sa.Column("token_hash", sa.Text),
        sa.Column("language", sa.Text, nullable=False, server_default="en"),
        sa.Column("expires_at", _TIME, nullable=False),
        _owner("invitations"),
        sa.PrimaryKeyConstraint("organizer_id", name="pk_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
    )
    op.create_table(
        "office_settings",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_office_settings"),
    )


def _table(name: str, key: tuple[str, type[sa.Text]], *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("organizer_id", sa.BigInteger, nullable=False),
        sa.Column(key[0], key[1], nullable=False),
        *columns,
        _owner(name),
        sa.PrimaryKeyConstraint("organizer_id", key[0], name=f"pk_{name}"),
    )


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organizer_id"], ["organizers.id"], name=f"fk_{table}_organizer_id_organizers", ondelete="CASCADE"
    )
