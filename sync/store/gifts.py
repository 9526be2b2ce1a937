"""For whom gift cards of web orders are, each with the mail that brings its code."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.queue import defer
from sync.store.rows import value_of

_g = t.gifts.c


@dataclass(frozen=True, slots=True)
class Gift:
    """`email` and `send_at` are None for one that goes to who bought it, and as soon as it is paid."""

    card_id: str
    order_id: str
    email: str | None = None
    name: str = ""
    sender: str = ""
    words: str = ""
    send_at: datetime | None = None
    mail_id: str | None = None


def gifts_of(connection: Connection, order_id: str) -> Sequence[Gift]:
    """Returns what was said of the gift cards of an order."""
    rows = connection.execute(select(t.gifts).where(_g.order_id == order_id).order_by(_g.card_id))
    return [value_of(Gift, row) for row in rows]


def locked(connection: Connection, card_id: str) -> Gift | None:
    """Returns what was said of a gift card, which nobody else changes until the transaction ends."""
    row = connection.execute(select(t.gifts).where(_g.card_id == card_id).with_for_update()).one_or_none()
    return None if row is None else value_of(Gift, row)


def say(connection: Connection, gift: Gift) -> None:
    """Keeps what was said of a gift card, in place of what was said before; its mail stays as it is."""
    said = {name: value for name, value in asdict(gift).items() if name != "mail_id"}
    connection.execute(insert(t.gifts).values(said).on_conflict_do_update(index_elements=["card_id"], set_=said))


def queue_all(connection: Connection, order_id: str, card_ids: Sequence[str]) -> None:
    """Has the codes of an order's gift cards mailed, each when it is wanted; called once, as the order is paid."""
    rows = [{"card_id": card_id, "order_id": order_id} for card_id in card_ids]
    connection.execute(insert(t.gifts).values(rows).on_conflict_do_nothing())
    for gift in gifts_of(connection, order_id):
        defer(connection, "send_gift", {"card_id": gift.card_id}, at=gift.send_at)


def queue_mail(connection: Connection, gift: Gift, email: str, by: str | None = None) -> None:
    """Queues the mail that brings the code of a gift card which the caller has locked."""
    mail_id = new_id()
    row = {"id": mail_id, "order_id": gift.order_id, "email": email, "kind": "gift_card", "by": by}
    connection.execute(insert(t.mails).values(**row, card_id=gift.card_id))
    connection.execute(update(t.gifts).where(_g.card_id == gift.card_id).values(mail_id=mail_id))
    # A task of its own: a hub of the version before would send a receipt for it.
    defer(connection, "send_gift_mail", {"mail_id": mail_id})


@dataclass(frozen=True, slots=True)
class GiftAt:
    """A gift card of an order as it stands: `mail_status` and `sent_at` are its newest mail's."""

    card_id: str
    order_id: str
    last4: str
    currency: str
    status: str
    issued: int
    spent: int
    email: str | None
    name: str
    send_at: datetime | None
    mail_status: str | None
    mail_to: str | None
    sent_at: datetime | None


def standing(connection: Connection, order_id: str) -> Sequence[GiftAt]:
    """Returns the gift cards of a paid web order as they stand."""
    c, m = t.stored_values.c, t.mails.c
    columns = (_g.card_id, _g.order_id, c.last4, c.currency, c.status, c.issued, c.spent, _g.email, _g.name, _g.send_at)
    mail = (m.status.label("mail_status"), m.email.label("mail_to"), m.sent_at)
    query = select(*columns, *mail).join(t.stored_values, c.id == _g.card_id).outerjoin(t.mails, m.id == _g.mail_id)
    rows = connection.execute(query.where(_g.order_id == order_id).order_by(_g.card_id))
    return [value_of(GiftAt, row) for row in rows]
