"""What sales reports are counted from, kept beside the facts, and the views that organizers keep.

Nothing is moved: the first look counts all orders of before. A dispute notes the change of its order, as a refund does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0108"
down_revision = "0097"
branch_labels = None
depends_on = None

_KINDS = "'sale', 'gift_card', 'free', 'beyond', 'payment', 'refund', 'dispute', 'void'"
_TEXTS = ("product_id", "name", "option")
_AMOUNTS = ("full_price", "discount", "tax", "paid")


def upgrade() -> None:
    op.create_table(
        "sales_entries",
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in _TEXTS),
        sa.Column("is_ticket", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("quantity", sa.Integer, nullable=False, server_default="0"),
        sa.Column(
            "orders", sa.Integer, nullable=False, server_default="0", comment="1 of the first that an order sold"
        ),
        *(sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in _AMOUNTS),
        sa.Column("tender", sa.Text, nullable=False, server_default=""),
        sa.Column(
            "tenders", sa.Text, nullable=False, comment="all that its order was paid with, each between spaces"
        ),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("staff_id", sa.Text, nullable=False, server_default=""),
        sa.CheckConstraint("side IN ('things', 'money')", name="ck_sales_entries_side"),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="ck_sales_entries_kind"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_sales_entries_order_id_orders"),
        sa.PrimaryKeyConstraint("order_id", "n", name="pk_sales_entries"),
    )
    op.create_index("ix_sales_entries_event_at", "sales_entries", ["event_id", "at"])
    op.create_table(
        "sales_read",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column(
            "until", sa.BigInteger, nullable=False, comment="the transaction before which all changes are counted"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_sales_read"),
    )
    op.create_table(
        "report_views",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("organizer_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False, comment="the page's own query"),
        sa.Column("language", sa.Text, nullable=False, server_default="en"),
        sa.Column("is_mailed", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizers.id"], name="fk_report_views_organizer_id_organizers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_views"),
        sa.UniqueConstraint("organizer_id", "name", name="uq_report_views_organizer_id_name"),
    )
    op.create_table(
        "view_mails",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("view_id", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default="queued"),
        sa.Column("message_id", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('queued', 'sent', 'failed')", name="ck_view_mails_status"),
        sa.ForeignKeyConstraint(
            ["view_id"], ["report_views.id"], name="fk_view_mails_view_id_report_views", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_view_mails"),
        sa.UniqueConstraint("view_id", "day", name="uq_view_mails_view_id_day"),
    )
    op.create_index("ix_view_mails_view_id", "view_mails", ["view_id"])
    op.execute("""
        CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON disputes
        FOR EACH ROW EXECUTE FUNCTION note_change_by_refunds()
    """)
