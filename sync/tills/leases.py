"""Grants units of pools to a till, within what one till may hold: they are its own from then on, network or none."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, insert, select

from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.facts import Fact
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.leasing import most_for_a_sale
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest
from boxoffice.core.wire.message import FactMessage
from sync.config import Settings
from sync.inventory.waiting import TooLittle, with_patience
from sync.ledger.hub import Hub
from sync.ledger.intake import lock_device
from sync.payments.switches import must_be_whole
from sync.store import pools
from sync.store import tables as t
from sync.store.chain import facts_by_id, new_id
from sync.store.lives import is_healed
from sync.store.pools import Wanted
from sync.store.tills import Device
from sync.tills.shares import limit_of, pools_for, stock_of

_FORGOTTEN: Final = "The till knows of a reclaim that this hub has forgotten."


class TooManyForOneTill(BoxofficeError):
    """The units are there, but one till may not hold so many at once; `allowed` says how many more it may, by pool."""

    def __init__(self, allowed: Mapping[PoolId, int]) -> None:
        self.allowed = dict(allowed)
        super().__init__("One till may not hold so many places at once. Sell them in parts, one after the other.")


def grant_lease(hub: Hub, device: Device, request: LeaseRequest) -> LeaseAnswer:
    """Returns what the till got: all that it wanted, or what was left for it. The same request gets the same answer.

    For a sale, what is not there is asked back from tills that don't need it, and waited for.

    Raises:
        BadInput: for an event or pools that are not there.
        NotEnoughLeft: if the till wanted all or nothing.
        TooManyForOneTill: if it wanted more for one sale than a till may hold.
    """

    def attempt(claim: int | None) -> LeaseAnswer:
        try:
            return hub.database.run(lambda connection: _grant(hub, connection, device, request, claim))
        except NotEnoughLeft as short:
            raise TooLittle(request.event_id, request.wanted, short) from short

    return with_patience(hub, attempt, device.id)


def _grant(hub: Hub, connection: Connection, device: Device, request: LeaseRequest, claim: int | None) -> LeaseAnswer:
    lock_device(connection, device.id)
    asked = select(t.lease_requests.c.fact_ids).where(
        t.lease_requests.c.device_id == device.id, t.lease_requests.c.request_id == request.request_id
    )
    before = connection.execute(asked).scalar_one_or_none()
    if before is not None:
        return _answer(hub, connection, device, request, facts_by_id(connection, before))
    _check(connection, request)
    if request.whole:
        must_be_whole(connection)
    elif not is_healed(connection):  # what seems to be free may be sold
        return _answer(hub, connection, device, request, [])
    pools.lock(connection, request.event_id, request.wanted)
    stand = pools.demand(connection, device.id, request.event_id, request.wanted, claim)
    if _catch_up(hub, connection, device, request, stand):
        stand = pools.demand(connection, device.id, request.event_id, request.wanted, claim)
    pools.note_rate(connection, device.id, request.event_id, request.wanted)
    allowed = {pool: _allowed(hub.settings, each, request) for pool, each in stand.items()}
    if request.whole:
        _must_be_had(request, stand, allowed)
    got = {pool: min(request.wanted[pool], allowed[pool], stand[pool].available) for pool in sorted(request.wanted)}
    generations = {pool: max(each.generation, request.generations.get(pool, 0)) for pool, each in stand.items()}
    granted = [_granted(device, pool, units, generations[pool]) for pool, units in got.items() if units > 0]
    facts = hub.write(connection, granted, request.event_id)
    row = {"device_id": device.id, "request_id": request.request_id, "fact_ids": [fact.id for fact in facts]}
    connection.execute(insert(t.lease_requests).values(row))
    return _answer(hub, connection, device, request, list(facts))


def _catch_up(
    hub: Hub, connection: Connection, device: Device, request: LeaseRequest, stand: Mapping[str, Wanted]
) -> bool:
    """Ends generations of which the till knows that they have ended, and this hub not: what was left of them is back.

    Returns whether there was anything. A hub forgets what it did after the moment that it was restored to.
    """
    known = request.generations
    ended = [
        LeaseReclaimed(pool_id=pool, from_device=device.id, units=each.mine, generation=known[pool] - 1, why=_FORGOTTEN)
        for pool, each in stand.items()
        if each.mine > 0 and known.get(pool, 0) > each.generation
    ]
    if ended:
        hub.write(connection, ended, request.event_id)
    return bool(ended)


def _answer(hub: Hub, connection: Connection, device: Device, request: LeaseRequest, facts: list[Fact]) -> LeaseAnswer:
    granted = tuple(FactMessage.of(fact) for fact in facts)
    return LeaseAnswer(granted=granted, pools=pools_for(hub.settings, connection, request.event_id, device.id))


def _allowed(settings: Settings, wanted: Wanted, request: LeaseRequest) -> int:
    """Returns how many more units the till may have of a pool: what it has and has not sold counts against it."""
    most = limit_of(settings, wanted.demand)
    if request.for_outage:
        most = max(most, stock_of(settings, wanted.demand))
    if request.whole and not request.for_outage:
        most += settings.lease_sale_units or most_for_a_sale(wanted.demand)
    return max(0, most - wanted.mine)


def _must_be_had(request: LeaseRequest, stand: Mapping[str, Wanted], allowed: Mapping[str, int]) -> None:
    short = {PoolId(pool): each.available for pool, each in stand.items() if each.available < request.wanted[pool]}
    if short:
        raise NotEnoughLeft(short)
    over = {PoolId(pool): units for pool, units in allowed.items() if units < request.wanted[pool]}
    if over:
        raise TooManyForOneTill(over)


def _granted(device: Device, pool: str, units: int, generation: int) -> LeaseGranted:
    return LeaseGranted(lease_id=new_id(), pool_id=pool, to_device=device.id, units=units, generation=generation)


def _check(connection: Connection, request: LeaseRequest) -> None:
    known = set(connection.scalars(select(t.pools.c.id).where(t.pools.c.event_id == request.event_id)))
    if not known:
        raise BadInput([FieldError("event_id", f"there is no event “{request.event_id}”")])
    if not request.wanted:
        raise BadInput([FieldError("wanted", "is empty")])
    unknown = [
        FieldError(f"wanted.{pool}", f"there is no pool “{pool}”") for pool in request.wanted if pool not in known
    ]
    if unknown:
        raise BadInput(unknown)
