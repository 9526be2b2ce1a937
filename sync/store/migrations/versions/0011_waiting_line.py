"""A waiting line before the shop, and which number in it an order was begun with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lines",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("per_minute", sa.Integer, server_default="0", nullable=False),
        sa.Column("joined", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("next_turn", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("per_minute BETWEEN 0 AND 100000", name="ck_lines_per_minute"),
        sa.PrimaryKeyConstraint("channel", name="pk_lines"),
    )
    op.add_column("holds", sa.Column("line_number", sa.BigInteger))
    op.create_index(
        "ix_holds_line_number", "holds", ["line_number"], postgresql_where=sa.text("line_number IS NOT NULL")
    )
