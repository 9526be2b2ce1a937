"""What each organizer's account may do; those that there are may do all, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizers", sa.Column("role", sa.Text, nullable=False, server_default="admin"))
    op.create_check_constraint("ck_organizers_role", "organizers", "role IN ('viewer', 'finance', 'admin')")
