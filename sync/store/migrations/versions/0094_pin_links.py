"""Links by which people who work at tills choose their own PIN."""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pin_links",
        sa.Column("staff_id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_pin_links_staff_id_staff"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_pin_links"),
        sa.UniqueConstraint("token_hash", name="uq_pin_links_token_hash"),
    )
