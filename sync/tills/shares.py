"""How much of each pool a till may hold, and what it is told of what is left."""

from sqlalchemy import Connection

from boxoffice.core.facts import instant_text
from boxoffice.core.ids import PoolId
from boxoffice.core.leasing import Demand, most_in_stock, most_on_lease
from boxoffice.core.wire.leases import PoolLeft
from sync.config import Settings
from sync.store import pools


def limit_of(settings: Settings, demand: Demand) -> int:
    """Returns how many units of a pool a till may hold to sell from."""
    return settings.lease_units or most_on_lease(demand)


def share_of(settings: Settings, demand: Demand) -> int:
    """Returns how many it should hold: no more than it sells soon, also where it may hold more."""
    return min(limit_of(settings, demand), most_on_lease(demand))


def stock_of(settings: Settings, demand: Demand) -> int:
    """Returns how many it may hold if its network is bad."""
    return max(settings.lease_stock_units or most_in_stock(demand), share_of(settings, demand))


def pools_for(settings: Settings, connection: Connection, event_id: str, device_id: str) -> tuple[PoolLeft, ...]:
    """Returns what is left of each pool, as a till should tell it."""
    rows = pools.left(connection, event_id, device_id)
    stand = pools.demand(connection, device_id, event_id)
    # Worth the look only where nothing else is to be had.
    is_short = any(row.held and not row.left for row in rows)
    free_at = pools.free_at(connection, event_id) if is_short else {}
    return tuple(
        PoolLeft(
            pool_id=row.pool_id,
            capacity=row.capacity,
            left=row.left,
            elsewhere=max(0, row.elsewhere),
            held=row.held,
            retry_at=instant_text(free_at[PoolId(row.pool_id)]) if PoolId(row.pool_id) in free_at else None,
            share=share_of(settings, stand[row.pool_id].demand),
            stock=stock_of(settings, stand[row.pool_id].demand),
        )
        for row in rows
    )
