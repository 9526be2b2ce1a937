"""Carts that wait for their customer: each is with one till, which alone lets go of it, and any may ask for it.

They hold no places and no money: no fact tells of them. Whose a cart is says its row, and each is taken up once: by the
till that has it, or by one that asks for it. A till that answers lets go of it; of one that is closed or cut off, the
hub gives it to whoever asks, and says so when that till is back.
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
_THERE: Final = timedelta(seconds=60)
"""A till that was heard of within so long can be asked."""
_WANTED_LASTS: Final = timedelta(seconds=10)
_KEPT: Final = timedelta(days=2)
_PUT: Final = text("""
    INSERT INTO parked_carts AS p (id, event_id, device_id, body, parked_at)
    SELECT :id, e.id, :device, CAST(:body AS jsonb), :at FROM events e WHERE e.id = :event ON CONFLICT (id) DO NOTHING
""")
_DROP: Final = text("""
    UPDATE parked_carts SET gone_at = coalesce(gone_at, now()), wanted_by = NULL, wanted_at = NULL
    WHERE device_id = :device AND id = ANY(:gone)
""")
_OLD: Final = text("DELETE FROM parked_carts WHERE known_at < now() - CAST(:kept AS interval)")
_HAND: Final = text("""
    UPDATE parked_carts SET device_id = wanted_by, wanted_by = NULL, wanted_at = NULL, handed_at = now()
    WHERE device_id = :device AND id = ANY(:handed) AND wanted_by IS NOT NULL AND gone_at IS NULL
    RETURNING device_id
""")
_ALL: Final = text("""
    SELECT p.id, p.device_id, p.body, d.name, p.handed_at,
           p.wanted_by IS NOT NULL AND p.wanted_at > now() - CAST(:lasts AS interval) AS is_wanted
    FROM parked_carts p JOIN devices d ON d.id = p.device_id
    WHERE p.event_id = :event AND p.gone_at IS NULL ORDER BY p.parked_at, p.id
""")
# It is another one whenever a cart comes, goes, moves or is wanted: tills look when they hear it.
_TAG: Final = text("""
    SELECT coalesce(md5(string_agg(concat_ws(' ', id, device_id, wanted_by, wanted_at), ',' ORDER BY id)), '')
    FROM parked_carts WHERE event_id = :event AND gone_at IS NULL
""")
_WANT: Final = text("""
    UPDATE parked_carts p SET wanted_by = :device, wanted_at = now()
    FROM devices d
    WHERE p.id = :id AND d.id = p.device_id AND p.device_id <> :device AND p.event_id = :event AND p.gone_at IS NULL
      AND p.handed_at IS NULL
      AND (p.wanted_by IS NULL OR p.wanted_by = :device OR p.wanted_at < now() - CAST(:lasts AS interval))
    RETURNING d.id, d.name, d.status,
              coalesce(d.last_seen_at > now() - CAST(:there AS interval), false) AS is_there
""")
_WHOSE: Final = text("""
    SELECT p.device_id, p.body, p.wanted_by, p.gone_at, p.handed_at, d.name
    FROM parked_carts p JOIN devices d ON d.id = p.device_id
    WHERE p.id = :id
""")
# What a till was given it has taken up, until it says that it waits there: nobody else is given that.
_PARKED_THERE: Final = text("""
    UPDATE parked_carts SET handed_at = NULL
    WHERE device_id = :device AND id = ANY(:have) AND handed_at IS NOT NULL
""")
_OTHERS: Final = text("SELECT id FROM parked_carts WHERE id = ANY(:have) AND device_id <> :device")
_TAKE_OWN: Final = text("""
    UPDATE parked_carts SET gone_at = coalesce(gone_at, now()), wanted_by = NULL, wanted_at = NULL
    WHERE id = :id AND device_id = :device RETURNING body
""")


class NotTakenUp(OperationFailed):
    """Another has taken the cart up."""


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
    connection.execute(_PARKED_THERE, {"device": device.id, "have": list(request.have)})
    rows = connection.execute(_ALL, {"event": request.event_id, "lasts": _WANTED_LASTS}).all()
    tag = tag_of_parked(connection, request.event_id)
    if tag != before:
        feed.wake(connection, "feed", request.event_id, None)
    held = {*request.have, *request.gone}
    mine = [row for row in rows if row.device_id == device.id]
    return ParkedAnswer(
        others=tuple(
            ParkedElsewhere(till=row.name, cart=_cart(row.body))
            for row in rows
            if row.device_id != device.id and not row.handed_at
        ),
        wanted=tuple(row.id for row in mine if row.is_wanted and row.id in request.have),
        yours=tuple(_cart(row.body) for row in mine if row.id not in held),
        taken=tuple(connection.scalars(_OTHERS, {"have": list(request.have), "device": device.id})),
        tag=tag,
    ), bool(handed)


def take_up(hub: Hub, device: Device, event_id: str, cart_id: str) -> ParkedCart:
    """Returns a cart, which is this till's from now on, and nobody else's; one of its own is taken up with that.

    Raises:
        NotTakenUp: if it was taken up elsewhere, or somebody else is taking it up.
    """
    who = {"id": cart_id, "device": device.id}
    own = hub.database.run(lambda connection: _own(connection, event_id, who))
    if own is not None:
        return own
    until = monotonic() + hub.database.run(lambda connection: _want(connection, event_id, who))
    while monotonic() < until:
        seen = hub.returned.rings
        found = hub.database.run(lambda connection: connection.execute(_WHOSE, who).one_or_none())
        if found is None or found.device_id == device.id:
            break
        hub.returned.wait(seen, _LOOK_S)
    return hub.database.run(lambda connection: _taken(connection, event_id, who))


def _own(connection: Connection, event_id: str, who: dict[str, str]) -> ParkedCart | None:
    """Returns a till's own cart, of which it has been said that it is taken up now; None if it is another's."""
    taken = connection.execute(_TAKE_OWN, who).one_or_none()
    if taken is None:
        return None
    feed.wake(connection, "feed", event_id, None)
    return _cart(taken.body)


def _want(connection: Connection, event_id: str, who: dict[str, str]) -> float:
    """Notes that a till wants a cart, and asks for it; returns for how many seconds it is to be waited for."""
    wanted = {"event": event_id, "lasts": _WANTED_LASTS, "there": _THERE}
    asked = connection.execute(_WANT, who | wanted).one_or_none()
    if asked is None:
        found = connection.execute(_WHOSE, who).one_or_none()
        if found is not None and found.device_id == who["device"]:
            return 0.0
        raise _gone() if found is None or found.gone_at or found.handed_at else _asked()
    feed.wake(connection, "feed", event_id, asked.id)
    return PATIENCE_S if asked.status == "active" and asked.is_there else 0.0


def _taken(connection: Connection, event_id: str, who: dict[str, str]) -> ParkedCart:
    """Returns the cart: its till has let go of it, or does not answer, and then it is given all the same."""
    found = connection.execute(_WHOSE, who).one_or_none()
    if found is not None and found.device_id != who["device"] and found.wanted_by == who["device"]:
        connection.execute(_HAND, {"device": found.device_id, "handed": [who["id"]]})
        feed.wake(connection, "feed", event_id, None)
        found = connection.execute(_WHOSE, who).one_or_none()
    if found is None or found.gone_at is not None or found.device_id != who["device"]:
        raise _gone()
    return _cart(found.body)


def _gone() -> NotTakenUp:
    return NotTakenUp("This sale was taken up elsewhere.", "Nothing was changed.", "")


def _asked() -> NotTakenUp:
    return NotTakenUp("Another till is taking this sale up.", "Nothing was changed.", "")


def _cart(body: object) -> ParkedCart:
    return ParkedCart.model_validate(body)
