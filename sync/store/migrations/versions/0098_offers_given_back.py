"""Offers whose money goes back to who paid."""

from alembic import op

revision = "0098"
down_revision = "0107"
branch_labels = None
depends_on = None

_CHECKS = {
    "status": "status IN ('open', 'paid', 'ended', 'settled', 'returned')",
    "reference": "status NOT IN ('paid', 'returned') OR (reference IS NOT NULL AND paid_amount IS NOT NULL)",
}


def upgrade() -> None:
    for name, check in _CHECKS.items():
        op.drop_constraint(f"ck_offers_{name}", "offers")
        # In two steps: checking the old rows at once would lock out a version that runs.
        op.execute(f"ALTER TABLE offers ADD CONSTRAINT ck_offers_{name} CHECK ({check}) NOT VALID")
        op.execute(f"ALTER TABLE offers VALIDATE CONSTRAINT ck_offers_{name}")
