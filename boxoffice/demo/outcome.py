"""What a headless demo came to, counted in the hub's own tables and proved by both verifies."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub
from sync.store.database import Database


@dataclass(frozen=True, slots=True)
class Outcome:
    """Amounts are minor units. `oversold` counts units over capacity; `verify` is "ok", or what is wrong first.

    `sold_out` counts how often a customer had to take something else.
    """

    orders: int
    by_status: Mapping[str, int]
    by_tender: Mapping[str, int]
    tickets_issued: int
    revenue_minor: int
    currency: str
    oversold: int
    unbalanced_facts: int
    unknown_payments: int
    exceptions: int
    receipt_pdfs: int
    ticket_pdfs: int
    seconds: float
    orders_per_second: float
    verify: str
    sold_out: int = 0

    @property
    def is_good(self) -> bool:
        return self.verify == "ok" and not (self.oversold or self.unbalanced_facts)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")


def count_up(
    database: Database, tills: Sequence[Till], documents: Path, seconds: float, currency: str, sold_out: int
) -> Outcome:
    """Returns what was sold."""
    with database.transaction() as connection:
        orders = _one(connection, "SELECT count(*) FROM orders")
        return Outcome(
            orders=orders,
            by_status=_pairs(connection, "SELECT status, count(*) FROM orders GROUP BY 1 ORDER BY 1"),
            by_tender=_pairs(
                connection, "SELECT tender, count(*) FROM payments WHERE status = 'captured' GROUP BY 1 ORDER BY 1"
            ),
            tickets_issued=_one(connection, "SELECT count(*) FROM tickets"),
            revenue_minor=_one(
                connection, "SELECT coalesce(sum(total_amount), 0) FROM orders WHERE status = 'completed'"
            ),
            currency=currency,
            oversold=_one(connection, "SELECT coalesce(sum(greatest(sold - capacity, 0)), 0) FROM pools")
            + _one(connection, "SELECT count(*) FROM exceptions WHERE kind = 'over_capacity'"),
            unbalanced_facts=_one(
                connection,
                "SELECT count(*) FROM (SELECT 1 FROM ledger_postings GROUP BY fact_id, currency "
                "HAVING sum(amount) <> 0) unbalanced",
            ),
            unknown_payments=_one(connection, "SELECT count(*) FROM payments WHERE status IN ('started', 'unknown')"),
            exceptions=_one(connection, "SELECT count(*) FROM exceptions WHERE status = 'open'"),
            receipt_pdfs=len(list(documents.glob("* receipt.pdf"))),
            ticket_pdfs=len(list(documents.glob("* tickets.pdf"))),
            seconds=round(seconds, 3),
            orders_per_second=round(orders / seconds, 2) if seconds else 0.0,
            verify=verdict(database, tills),
            sold_out=sold_out,
        )


def verdict(database: Database, tills: Sequence[Till]) -> str:
    """Returns "ok", or the first thing that hub or tills found wrong."""
    problem = verify_hub(database).problem
    if problem is not None:
        return f"hub: {problem}"
    for till in tills:
        found = verify_till(till.store, till.public_key).problem
        if found is not None:
            return f"{till.device_name}: {found}"
    return "ok"


def _one(connection: Connection, query: str) -> int:
    value: Any = connection.execute(text(query)).scalar_one()
    return int(value)


def _pairs(connection: Connection, query: str) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(text(query))}
