"""What facts about leases say: units of a pool that one till may sell by itself."""

from typing import Annotated

from pydantic import Field

from boxoffice.core.payloads.payload import Payload

Generation = Annotated[int, Field(ge=0, lt=2**31 - 1)]
"""Of a lease: how often its till's units of a pool had been reclaimed. Facts of earlier versions do not say it."""


class LeaseGranted(Payload):
    """The hub moved `units` of the pool to the till `to_device`."""

    lease_id: str
    pool_id: str
    to_device: str
    units: int
    generation: Generation | None = None


class LeaseReturned(Payload):
    pool_id: str
    units: int
    generation: Generation | None = None


class LeaseReclaimed(Payload):
    """`by` is the organizer who took the units back, by number.

    It takes all that is left of what was granted in this `generation` and in those before, and ends them.
    """

    pool_id: str
    from_device: str
    units: int
    generation: Generation | None = None
    why: str = ""
    by: str = ""
