"""The journal of papers: what was printed and saved, and what of it is a copy.

A paper is noted before the printer has it and once it is through. One that failed was never handed out, so the next is
no copy; one whose end nobody noted, because the program was killed meanwhile, may have been.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import OrderId

_HANDED_OUT: Final = "SELECT count(*) FROM papers WHERE order_id = ? AND kind = ? AND outcome <> 'failed'"
_BEGIN: Final = """
    INSERT INTO papers (id, order_id, kind, way, copy, begun_at, outcome) VALUES (?, ?, ?, ?, ?, ?, 'begun')
"""


def begin(connection: Connection, paper_id: str, order_id: OrderId, kind: str, way: str, at: datetime) -> int:
    """Notes that a paper is about to be handed out; returns which copy it is, 0 for the first one."""
    copy = connection.exec_driver_sql(_HANDED_OUT, (order_id, kind)).scalar_one()
    connection.exec_driver_sql(_BEGIN, (paper_id, order_id, kind, way, copy, at.isoformat()))
    return int(copy)


def end(connection: Connection, paper_id: str, *, is_done: bool) -> None:
    """Notes whether it came out."""
    outcome = "done" if is_done else "failed"
    connection.exec_driver_sql("UPDATE papers SET outcome = ? WHERE id = ?", (outcome, paper_id))
