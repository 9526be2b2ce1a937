"""Grants units of pools to a till: they are its own from then on, with or without a network."""

from sqlalchemy import Connection, insert, select

from boxoffice.core.errors import BadInput, Problem
from boxoffice.core.facts import Fact
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.payloads import LeaseGranted
from boxoffice.core.wire import FactMessage, LeaseAnswer, LeaseRequest
from sync.services.hub import Hub
from sync.services.intake import Device, lock_device
from sync.store import feed, pools
from sync.store import tables as t
from sync.store.chain import facts_by_id, new_id


def grant_lease(hub: Hub, device: Device, request: LeaseRequest) -> LeaseAnswer:
    """Returns what the till got: all that it wanted, or what was left. The same request gets the same answer.

    Raises:
        BadInput: for an event or pools that are not there.
        NotEnoughLeft: if the till wanted all or nothing.
    """
    facts = hub.database.run(lambda connection: _grant(hub, connection, device, request))
    return LeaseAnswer(granted=tuple(FactMessage.of(fact) for fact in facts))


def _grant(hub: Hub, connection: Connection, device: Device, request: LeaseRequest) -> list[Fact]:
    lock_device(connection, device.id)
    asked = select(t.lease_requests.c.fact_ids).where(
        t.lease_requests.c.device_id == device.id, t.lease_requests.c.request_id == request.request_id
    )
    before = connection.execute(asked).scalar_one_or_none()
    if before is not None:
        return facts_by_id(connection, before)
    _check(connection, request)
    if request.whole:
        _check_left(connection, request)
    got = pools.grant(connection, device.id, request.event_id, request.wanted)
    facts = hub.write(connection, [_granted(device, pool, units) for pool, units in got.items()], request.event_id)
    for fact in facts:
        feed.add(connection, "fact", request.event_id, device.id, fact.id)
    row = {"device_id": device.id, "request_id": request.request_id, "fact_ids": [fact.id for fact in facts]}
    connection.execute(insert(t.lease_requests).values(row))
    return list(facts)


def _granted(device: Device, pool: str, units: int) -> LeaseGranted:
    return LeaseGranted(lease_id=new_id(), pool_id=pool, to_device=device.id, units=units)


def _check(connection: Connection, request: LeaseRequest) -> None:
    known = set(connection.scalars(select(t.pools.c.id).where(t.pools.c.event_id == request.event_id)))
    if not known:
        raise BadInput([Problem("event_id", f"there is no event “{request.event_id}”")])
    if not request.wanted:
        raise BadInput([Problem("wanted", "is empty")])
    unknown = [Problem(f"wanted.{pool}", f"there is no pool “{pool}”") for pool in request.wanted if pool not in known]
    if unknown:
        raise BadInput(unknown)


def _check_left(connection: Connection, request: LeaseRequest) -> None:
    available = pools.lock(connection, request.event_id, request.wanted)
    short = {PoolId(pool): left for pool, left in available.items() if left < request.wanted[pool]}
    if short:
        raise NotEnoughLeft(short)
