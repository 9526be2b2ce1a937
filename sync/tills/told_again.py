"""What this hub has lost and a till still knows: asked for by id, proved by signature, taken in the till's order."""

from itertools import groupby

from sqlalchemy import Connection, delete, select

from boxoffice.core.facts import Fact
from boxoffice.core.findings import Finding
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.wire.lost import KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pushes import PushAnswer, PushRequest
from sync.ledger.hub import Hub
from sync.ledger.intake import Taken, lock_device, take_facts_in
from sync.ledger.own_facts import apply_own, is_here, is_said_anew, is_so_already, proved
from sync.store import lives
from sync.store import tables as t
from sync.store.tills import Device

_f = t.facts.c


def lacking(hub: Hub, device: Device, request: KnownRequest) -> KnownAnswer:
    """Returns which of the hub's facts that a till knows are not here.

    A till that knows of this very life, and of more than is here, tells that it was restored without a trace: then a
    new life begins, in which all tills are heard.
    """

    def look(connection: Connection) -> KnownAnswer:
        lock_device(connection, device.id)
        life = lives.now(connection)
        if request.is_behind and request.life == life.id and life.is_healed:
            lives.begin(connection, f"{device.name} knows of more than is here")
            life = lives.now(connection)
        here = set(connection.scalars(select(_f.id).where(_f.id.in_(request.facts))))
        return KnownAnswer(life=life.id, lacking=tuple(each for each in request.facts if each not in here))

    return hub.database.run(look)


def take_told(hub: Hub, device: Device, request: TellAgainRequest, follow: Taken) -> PushAnswer:
    """Takes facts in the order in which the till has them, its own and the hub's; returns how far its chain reaches.

    `follow` is done where there was anything new of the till's own.
    """

    def take(connection: Connection) -> PushAnswer:
        lock_device(connection, device.id)
        # What came after a gap comes again, each after what it rests on.
        connection.execute(delete(t.waiting_facts).where(t.waiting_facts.c.device_id == device.id))
        for is_own, told in groupby(request.facts, lambda each: each.device_id == device.id):
            if is_own:
                take_facts_in(hub, connection, device, PushRequest(facts=tuple(told)), follow)
            else:
                for message in told:
                    _take_back(hub, connection, device, message)
        if request.is_all:
            lives.note_heard(connection, device.id, request.life)
        return take_facts_in(hub, connection, device, PushRequest(facts=()), follow)

    return hub.database.run(take)


def _take_back(hub: Hub, connection: Connection, device: Device, message: FactMessage) -> None:
    """Takes a fact of this hub's own again, if it is one and is not here."""
    fact = proved(hub, connection, message)
    if fact is None:
        hub.put_before_a_person(
            connection,
            [Finding("broken_fact", f"A fact of {device.name} was kept aside: the hub has never written it.")],
            device_id=device.id,
        )
        return
    if is_here(connection, fact) or is_said_anew(connection, fact):
        return
    try:
        with connection.begin_nested():
            _apply(hub, connection, device, fact)
    except NotEnoughLeft:
        words = f"{device.name} has {fact.payload['units']} places of a lease that were sold to others meanwhile."
        hub.put_before_a_person(connection, [Finding("fact_does_not_fit", words)], device_id=device.id)


def _apply(hub: Hub, connection: Connection, device: Device, fact: Fact) -> None:
    was_so = is_so_already(connection, fact)
    found = apply_own(connection, fact).findings
    if not was_so:
        hub.put_before_a_person(connection, found, event_id=fact.event_id, device_id=device.id)
