"""What people did at tills is found by who did it, and by who approved it."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None

BY = "coalesce(staff_id, payload ->> 'asked_by')"
APPROVED = "payload ->> 'approved_by'"


def upgrade() -> None:
    op.create_index(
        "ix_facts_by_whom", "facts", [sa.text(f"({BY})"), "position"], postgresql_where=sa.text(f"({BY}) IS NOT NULL")
    )
    op.create_index(
        "ix_facts_approved",
        "facts",
        [sa.text(f"({APPROVED})"), "position"],
        postgresql_where=sa.text(f"({APPROVED}) IS NOT NULL"),
    )
