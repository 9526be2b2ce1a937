"""Which grants a till's facts rest on: whoever writes one says the generation of the lease that it takes from.

Hub and till hear of grants, reclaims, sales and returns in different orders, and must count alike all the same.
"""

from collections.abc import Mapping

from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload


def resting_on(payload: Payload, generations: Mapping[str, int]) -> Payload:
    """Returns what a till is about to write, with the generations of its leases by pool, where it takes from them."""
    match payload:
        case OrderPlaced(source="lease"):
            mine = {pool: generations.get(pool, 0) for pool in payload.units}
            return payload.model_copy(update={"generations": mine})
        case LeaseReturned():
            return payload.model_copy(update={"generation": generations.get(payload.pool_id, 0)})
        case _:
            return payload


def takes_from_lease(payload: Payload) -> bool:
    """Returns whether `resting_on` has anything to say of it."""
    match payload:
        case LeaseReturned() | OrderPlaced(source="lease"):
            return True
        case _:
            return False
