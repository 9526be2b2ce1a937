"""What orders are found by: who buys and the number, without accents and capitals. Names are read as new ones are."""

import sqlalchemy as sa
from alembic import op

from boxoffice.core.folding import order_is_found_by
from boxoffice.core.reading import read_line

revision = "0032"
down_revision = "0028"
branch_labels = None
depends_on = None

_KNOWN = sa.text("""
    SELECT id, order_number, customer_name, customer_email, customer_phone FROM orders
    WHERE id > :after AND (customer_name IS NOT NULL OR customer_email IS NOT NULL OR customer_phone IS NOT NULL)
    ORDER BY id LIMIT 1000
""")
_KEEP = sa.text("UPDATE orders SET found_by = :found_by, customer_name = :name WHERE id = :id")


def upgrade() -> None:
    op.add_column("orders", sa.Column("found_by", sa.Text))
    connection, after = op.get_bind(), ""
    while rows := connection.execute(_KNOWN, {"after": after}).all():
        connection.execute(_KEEP, [_kept(*row) for row in rows])
        after = rows[-1].id


def _kept(id, number, name, email, phone):
    return {
        "id": id,
        "found_by": order_is_found_by(number, name, email, phone),
        "name": None if name is None else read_line(name),
    }
