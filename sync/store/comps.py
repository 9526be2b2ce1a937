"""How many tickets an order gives away, in SQL: the house pays for them, or their lines are free (`core/comps.py`)."""

from typing import Final

from boxoffice.core.tenders import THE_HOUSE

COMPS_OF: Final = f"""
    coalesce((
        SELECT least(CASE WHEN house.paid > 0 AND o.total_amount > 0
                          THEN sold.tickets * least(house.paid, o.total_amount) / o.total_amount ELSE sold.free END,
                     (SELECT count(*) FROM tickets valid WHERE valid.order_id = o.id AND valid.status = 'valid'))
        FROM (
            SELECT coalesce(sum(paid.amount), 0)::bigint AS paid FROM payments paid
            WHERE paid.order_id = o.id AND paid.tender = '{THE_HOUSE.value}' AND paid.status = 'captured'
        ) house CROSS JOIN (
            SELECT coalesce(sum((each.line ->> 'quantity')::bigint), 0)::bigint AS tickets,
                   coalesce(sum((each.line ->> 'quantity')::bigint) FILTER (
                       WHERE each.line -> 'reductions' @> '[{{"kind": "comp"}}]'), 0)::bigint AS free
            FROM facts f, jsonb_array_elements(f.payload -> 'lines') AS each (line)
            WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'order_placed' AND f.is_applied
              AND each.line ->> 'kind' = 'ticket'
        ) sold
    ), 0)::int"""  # noqa: S608  # of a constant
"""Of the order `o`. A ticket that is void is given to nobody."""
HAS_FREE_LINE: Final = """kind = 'order_placed' AND payload @> '{"lines": [{"reductions": [{"kind": "comp"}]}]}'"""
"""What a fact says that gives a line away: there is an index of these."""
