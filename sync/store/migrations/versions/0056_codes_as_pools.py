"""Uses of limited codes are counted in pools, as places are.

What was used before stays counted in `promo_uses`, and is let go by the orders that are marked here alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "holds", sa.Column("is_promo_counted", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.execute("UPDATE holds SET is_promo_counted = true WHERE promo IS NOT NULL")
    op.execute("""
        INSERT INTO pools (event_id, id, name, capacity, available)
        SELECT DISTINCT ON (f.event_id, promo ->> 'code')
               f.event_id, 'code:' || (promo ->> 'code'), promo ->> 'code',
               (promo ->> 'limit')::int, (promo ->> 'limit')::int
        FROM facts f CROSS JOIN LATERAL jsonb_path_query(f.payload, '$.event.promos[*]') AS promo
        WHERE f.kind = 'catalogue_revised' AND f.is_applied AND promo ->> 'limit' IS NOT NULL
        ORDER BY f.event_id, promo ->> 'code', f.position DESC
        ON CONFLICT DO NOTHING
    """)
