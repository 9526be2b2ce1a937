"""What a till takes back that has lost facts: where its chain ends here, and all that came after a point of it."""

from typing import Final

from sqlalchemy import Connection, and_, or_, select, tuple_

from boxoffice.core.facts import Head
from boxoffice.core.wire.lost import HistoryAnswer
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.protocol import can_read
from boxoffice.core.wire.pushes import ContactMessage, HeadAnswer
from sync.ledger.hub import Hub
from sync.ledger.intake import TWO_WITH_ONE_NUMBER, distrust
from sync.store import lives
from sync.store import tables as t
from sync.store.chain import read_head, stored_in
from sync.store.tills import Device

PAGE: Final = 200
_f: Final = t.facts.c
_o: Final = t.orders.c


def head_of(hub: Hub, device: Device) -> HeadAnswer:
    """Returns the end of the till's newest chain."""
    with hub.database.reading() as connection:
        return head_in(connection, device)


def head_in(connection: Connection, device: Device) -> HeadAnswer:
    """The same, with a connection of the caller's."""
    head = read_head(connection, device.id)
    return HeadAnswer(epoch=head.epoch, seq=head.seq, hash=head.hash, life=lives.now(connection).id)


def history_for(hub: Hub, device: Device, head: Head, after: int, generation: int) -> HistoryAnswer:
    """Returns the next page of what a till lacks whose chain ends at `head`.

    Of the hub's facts it gets all: it can't say which of them it has lost, and takes each once. One whose chain ends
    where the hub has other facts is a copy, and sends nothing any more: this is where the hub hears of it.
    """
    with hub.database.reading() as connection:
        is_known, heard = _is_known(connection, head), read_head(connection, device.id)
    if not is_known:
        if (heard.epoch, heard.seq) >= (head.epoch, head.seq):
            hub.database.run(lambda connection: _name_copy(hub, connection, device))
        return HistoryAnswer(is_known=False)
    with hub.database.reading() as connection:
        own = and_(_f.device_id == device.id, tuple_(_f.epoch, _f.seq) > (head.epoch, head.seq))
        told = _f.id.in_(select(t.feed.c.fact_id).where(t.feed.c.device_id == device.id, t.feed.c.kind == "fact"))
        page = select(t.facts).where(_f.position > after, or_(own, told)).order_by(_f.position).limit(PAGE + 1)
        rows = stored_in(connection, page)
        more = len(rows) > PAGE
        contacts = () if more else _contacts(connection, device.id)
    facts = tuple(FactMessage.of(fact) for _, fact in rows[:PAGE] if can_read(fact.kind, generation))
    cursor = rows[:PAGE][-1][0] if rows else after
    return HistoryAnswer(is_known=True, facts=facts, contacts=contacts, cursor=cursor, more=more)


def _name_copy(hub: Hub, connection: Connection, device: Device) -> None:
    found = list(distrust(connection, device, TWO_WITH_ONE_NUMBER))
    hub.put_before_a_person(connection, found, device_id=device.id)


def _contacts(connection: Connection, device_id: str) -> tuple[ContactMessage, ...]:
    """Returns whom the till's own orders are for, as far as anybody has said and nobody has erased it."""
    rows = connection.execute(
        select(_o.id, _o.customer_email, _o.customer_name, _o.customer_phone)
        .where(
            _o.placed_by == device_id,
            or_(_o.customer_email.is_not(None), _o.customer_name.is_not(None), _o.customer_phone.is_not(None)),
        )
        .order_by(_o.id)
    )
    return tuple(
        ContactMessage(contact_id=row[0], order_id=row[0], email=row[1], name=row[2], phone=row[3]) for row in rows
    )


def _is_known(connection: Connection, head: Head) -> bool:
    if head.seq == 0:
        return True
    mine = (_f.device_id == head.device_id, _f.epoch == head.epoch, _f.seq == head.seq, _f.hash == head.hash)
    return connection.execute(select(_f.id).where(*mine)).first() is not None
