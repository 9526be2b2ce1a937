"""Carts that wait for their customer: each is with one till, which alone lets go of it, and any may ask for it.

They hold no places and no money: no fact tells of them. A till that answers hands a cart over in a moment; one that
does not keeps it, for it may have been taken up there.
"""

from datetime import timedelta
from time import monotonic
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.errors import OperationFailed
from boxoffice.core.wire.parked import ParkedAnswer, ParkedCart, ParkedElsewhere, ParkedRequest, moment
from sync.ledger.hub import Hub
from sync.store import feed
from sync.store.tills import Device

PATIENCE_S: Final = 4.0
"""How long a till waits for another to let go of a cart; it answers in a few tenths of a second."""
_LOOK_S: Final = 0.2
_WANTED_LASTS: Final = timedelta(seconds=10)
_KEPT: Final = timedelta(days=2)
_PUT: Final = text("""
    INSERT INTO parked_carts AS p (id, event_id, device_id, body, parked_at)
    SELECT :id, e.id, :device, CAST(:body AS jsonb), :at FROM events e WHERE e.id = :event ON CONFLICT (id) DO NOTHING
""")
_DROP: Final = text("DELETE FROM parked_carts WHERE device_id = :device AND id = ANY(:gone)")
_OLD: Final = text("DELETE FROM parked_carts WHERE known_at < now() - CAST(:kept AS interval)")
_HAND: Final = text("""
    UPDATE parked_carts SET device_id = wanted_by, wanted_by = NULL, wanted_at = NULL
    WHERE device_id = :device AND id = ANY(:handed) AND wanted_by IS NOT NULL
    RETURNING device_id
""")
_ALL: Final = text("""
    SELECT p.id, p.device_id, p.body, d.name,
           p.wanted_by IS NOT NULL AND p.wanted_at > now() - CAST(:lasts AS interval) AS is_wanted
    FROM parked_carts p JOIN devices d ON d.id = p.device_id
    WHERE p.event_id = :event ORDER BY p.parked_at, p.id
""")
# It is another one whenever a cart comes, goes, moves or is wanted: tills look when they hear it.
_TAG: Final = text("""
    SELECT coalesce(md5(string_agg(concat_ws(' ', id, device_id, wanted_by, wanted_at), ',' ORDER BY id)), '')
    FROM parked_carts WHERE event_id = :event
""")
_WANT: Final = text("""
    UPDATE parked_carts p SET wanted_by = :device, wanted_at = now()
    FROM devices d
    WHERE p.id = :id AND d.id = p.device_id AND p.device_id <> :device AND p.event_id = :event
      AND (p.wanted_by IS NULL OR p.wanted_by = :device OR p.wanted_at < now() - CAST(:lasts AS interval))
    RETURNING d.id, d.name, d.status
""")
_WHOSE: Final = text("""
    SELECT p.device_id, p.body, p.wanted_by, d.name FROM parked_carts p JOIN devices d ON d.id = p.device_id
    WHERE p.id = :id
""")
_UNWANT: Final = text("""
    UPDATE parked_carts SET wanted_by = NULL, wanted_at = NULL WHERE id = :id AND wanted_by = :device
""")


class NotTakenUp(OperationFailed):
    """Another has taken the cart up, or the till that has it does not let go of it."""


def tag_of_parked(connection: Connection, event_id: str) -> str:
    """Returns what is another one whenever the carts that wait are."""
    return str(connection.execute(_TAG, {"event": event_id}).scalar_one())


def exchange(hub: Hub, device: Device, request: ParkedRequest) -> ParkedAnswer:
    """Takes what a till has to say of its carts, and tells it of all others; said again, nothing changes."""
    answer, is_handed = hub.database.run(lambda connection: _exchange(connection, device, request))
    if is_handed or request.gone:
        hub.returned.ring()
    return answer


def _exchange(connection: Connection, device: Device, request: ParkedRequest) -> tuple[ParkedAnswer, bool]:
    before = tag_of_parked(connection, request.event_id)
    connection.execute(_OLD, {"kept": _KEPT})
    for cart in request.new:
        values = {"id": cart.id, "event": request.event_id, "device": device.id, "at": moment(cart)}
        connection.execute(_PUT, values | {"body": cart.model_dump_json()})
    handed = connection.execute(_HAND, {"device": device.id, "handed": list(request.handed)}).all()
    connection.execute(_DROP, {"device": device.id, "gone": list(request.gone)})
    rows = connection.execute(_ALL, {"event": request.event_id, "lasts": _WANTED_LASTS}).all()
    tag = tag_of_parked(connection, request.event_id)
    if tag != before:
        feed.wake(connection, "feed", request.event_id, None)
    held = {*request.have, *request.gone}
    mine = [row for row in rows if row.device_id == device.id]
    return ParkedAnswer(
        others=tuple(
            ParkedElsewhere(till=row.name, cart=_cart(row.body)) for row in rows if row.device_id != device.id
        ),
        wanted=tuple(row.id for row in mine if row.is_wanted and row.id in request.have),
        yours=tuple(_cart(row.body) for row in mine if row.id not in held),
        tag=tag,
    ), bool(handed)


def take_up(hub: Hub, device: Device, event_id: str, cart_id: str) -> ParkedCart:
    """Returns another till's cart, which is this till's from now on.

    Raises:
        NotTakenUp: if it was taken up elsewhere, somebody else is taking it up, or its till does not answer.
    """
    who = {"id": cart_id, "device": device.id}
    owner = hub.database.run(lambda connection: _want(connection, device, event_id, who))
    until = monotonic() + PATIENCE_S
    while monotonic() < until:
        seen = hub.returned.rings
        found = hub.database.run(lambda connection: connection.execute(_WHOSE, who).one_or_none())
        if found is None or found.device_id == device.id:
            break
        hub.returned.wait(seen, _LOOK_S)
    return hub.database.run(lambda connection: _taken(connection, device, who, owner))


def _want(connection: Connection, device: Device, event_id: str, who: dict[str, str]) -> str:
    """Notes that a till wants a cart, and asks for it; one of a till that was revoked is there to be had."""
    wanted = {"event": event_id, "lasts": _WANTED_LASTS}
    asked = connection.execute(_WANT, who | wanted).one_or_none()
    if asked is None:
        found = connection.execute(_WHOSE, who).one_or_none()
        if found is not None and found.device_id == device.id:
            return str(found.name)
        raise _gone() if found is None else _asked()
    if asked.status != "active":
        connection.execute(_HAND, {"device": asked.id, "handed": [who["id"]]})
    feed.wake(connection, "feed", event_id, asked.id)
    return str(asked.name)


def _taken(connection: Connection, device: Device, who: dict[str, str], owner: str) -> ParkedCart:
    """Returns the cart, if it has come; else nobody wants it any more."""
    connection.execute(_UNWANT, who)
    found = connection.execute(_WHOSE, who).one_or_none()
    if found is None:
        raise _gone()
    if found.device_id == device.id:
        return _cart(found.body)
    if found.name != owner:
        raise _gone()
    raise NotTakenUp(
        f"{owner} does not answer, and this sale is parked there. Take it up there, or ring it up anew.",
        "It is still parked.",
        "",
    )


def _gone() -> NotTakenUp:
    return NotTakenUp("This sale was taken up elsewhere.", "Nothing was changed.", "")


def _asked() -> NotTakenUp:
    return NotTakenUp("Another till is taking this sale up.", "Nothing was changed.", "")


def _cart(body: object) -> ParkedCart:
    return ParkedCart.model_validate(body)
