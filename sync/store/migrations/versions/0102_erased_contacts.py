"""Orders of which nobody may know any more who they are for; and facts about configuration, to be found soon."""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None
_WHY = "refers to no row: the order may be one that is to come back"


def upgrade() -> None:
    op.create_table(
        "erased_contacts",
        sa.Column("order_id", sa.Text, nullable=False, comment=_WHY),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("order_id", name="pk_erased_contacts"),
    )
    op.create_index(
        "ix_facts_changes",
        "facts",
        ["position"],
        postgresql_where=sa.text(
            "kind IN ('catalogue_revised', 'contacts_erased', 'gift_card_blocked', 'gift_card_written_off', "
            "'lease_reclaimed', 'office_changed', 'staff_changed', 'value_reclaimed')"
        ),
    )
