"""Who works at the tills: what facts say of them, their names, and what they sign in with."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("discount_limit", sa.BigInteger, nullable=False),
        sa.Column("badge", sa.BigInteger, nullable=False),
        sa.Column("has_badge", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.CheckConstraint("role IN ('steward', 'seller', 'supervisor', 'organizer')", name="ck_staff_role"),
        sa.CheckConstraint("status IN ('active', 'ended')", name="ck_staff_status"),
    )
    op.create_table(
        "staff_credentials",
        sa.Column("staff_id", sa.Text, sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("pin", sa.Text, server_default="", nullable=False),
        sa.Column("pin_digits", sa.Integer, server_default="0", nullable=False),
        sa.Column("pin_set_at", sa.DateTime(timezone=True)),
        sa.Column("badge_set_at", sa.DateTime(timezone=True)),
    )
    of_staff = sa.text("(payload ->> 'staff_id')")
    op.create_index("ix_facts_of_staff", "facts", [of_staff], postgresql_where=sa.text("kind = 'staff_changed'"))
