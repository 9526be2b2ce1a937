"""Counts what this till has given away, by the facts of its orders."""

from typing import Final

from sqlalchemy import Connection

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.comps import comps_in
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.tenders import THE_HOUSE

_GIVING: Final = f"""
    SELECT f.payload, f.staff_id,
           coalesce((SELECT sum(p.amount) FROM payments p
                     WHERE p.order_id = f.order_id AND p.tender = '{THE_HOUSE.value}' AND p.status = 'captured'), 0),
           (SELECT count(*) FROM tickets t WHERE t.order_id = f.order_id AND t.status = 'valid')
    FROM facts f
    WHERE f.kind = 'order_placed' AND f.event_id = ? AND (
        f.order_id IN (SELECT order_id FROM payments WHERE tender = '{THE_HOUSE.value}')
        OR instr(f.payload, '"kind":"comp"') > 0)
"""  # noqa: S608  # of a constant


def own_comps(connection: Connection, event_id: str, staff_id: str | None) -> CompsGiven:
    """Returns how many tickets this till has given away at an event: all, and those of one person."""
    total = mine = 0
    for payload, by, paid, valid in connection.exec_driver_sql(_GIVING, (event_id,)):
        given = min(comps_in(OrderPlaced.model_validate_json(payload), paid), valid)
        total += given
        mine += given if by == staff_id else 0
    return CompsGiven(total, mine)
