"""In which transaction an order was changed last: tills take what others sold in this order, each order once.

Triggers keep it, so that it is right whoever writes, the version before among them. Orders of before have none: they
come first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0045"
branch_labels = None
depends_on = None

_OF_PAYMENT = "(SELECT order_id FROM payments WHERE id = NEW.payment_id)"


def upgrade() -> None:
    op.add_column("orders", sa.Column("changed_in", sa.BigInteger, server_default="0", nullable=False))
    op.create_index("ix_orders_changed", "orders", ["event_id", "changed_in", "id"])
    op.execute("""
        CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_in := pg_current_xact_id()::text::bigint;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER note_change BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note_change()
    """)
    for table, order in (("payments", "NEW.order_id"), ("tickets", "NEW.order_id"), ("refunds", _OF_PAYMENT)):
        op.execute(f"""
            CREATE FUNCTION note_change_by_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE orders SET changed_in = 0 -- the trigger there says in which
                WHERE id = {order} AND changed_in <> pg_current_xact_id()::text::bigint;
                RETURN NULL;
            END $$
        """)
        op.execute(f"""
            CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION note_change_by_{table}()
        """)
