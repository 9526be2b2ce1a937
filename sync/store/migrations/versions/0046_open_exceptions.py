"""What is open is looked for by every till: it must not cost more with all that was ever decided."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_exceptions_open", "exceptions", ["kind"], postgresql_where=sa.text("status = 'open'"))
