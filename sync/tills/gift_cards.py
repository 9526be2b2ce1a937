"""Leases what is on a gift card to the till where it is shown; what another till has of it, is asked back."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, func, or_, select

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.gift_cards import CardCode, read_card_code
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.stored_value import ValueLeased, ValueRecalled
from boxoffice.core.value_rows import CardStatus, StoredValueRow, ValueLeaseRow
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk, CardHolder
from sync.ledger.hub import Hub
from sync.ledger.intake import lock_device
from sync.payments.switches import must_be_whole
from sync.store import stored_values
from sync.store import tables as t
from sync.store.chain import new_id, read_facts
from sync.store.tills import Device

_SHOP: Final = "the web shop"
THERE: Final = timedelta(seconds=60)
"""A till that was heard of within so long can be asked."""


class NoSuchCard(BoxofficeError):
    """No card has this code."""

    def __init__(self) -> None:
        super().__init__("No gift card has this code.")


def ask_for_card(hub: Hub, device: Device, ask: CardAsk) -> CardAnswer:
    """Returns how a card stands, after all that is free of it was leased to the till, if it wants it.

    Raises:
        NoSuchCard: if no card has this code.
    """
    code = read_card_code(ask.code)
    if code is None:
        raise NoSuchCard
    return hub.database.run(lambda connection: _ask(hub, connection, device, code, is_wanted=ask.wanted))


def _ask(hub: Hub, connection: Connection, device: Device, code: CardCode, *, is_wanted: bool) -> CardAnswer:
    lock_device(connection, device.id)
    card = stored_values.kept(connection, code.hash)
    if card is None:
        raise NoSuchCard
    leases = stored_values.at_tills(connection, card.id)
    if is_wanted and card.status is CardStatus.ACTIVE:
        must_be_whole(connection)  # what seems to be free may be spent
        written = [*_recalled(leases, device), *_leased(card, device)]
        if written:
            hub.write(connection, written, card.event_id)
            card = stored_values.kept(connection, code.hash) or card
    return CardAnswer(
        card_id=card.id,
        last4=card.last4,
        currency=card.currency,
        is_blocked=card.status is CardStatus.BLOCKED,
        issued=card.issued,
        balance=card.balance,
        free=card.free,
        told=_told(connection, card.id, device),
        elsewhere=(*_holders(connection, leases, device), *_in_the_shop(connection, card.id)),
    )


def _leased(card: StoredValueRow, device: Device) -> list[Payload]:
    if card.free <= 0:
        return []
    return [
        ValueLeased(
            grant_id=new_id(),
            card_id=card.id,
            to_device=device.id,
            amount=card.free,
            currency=card.currency,
            code_hash=card.code_hash,
            last4=card.last4,
        )
    ]


def _recalled(leases: list[ValueLeaseRow], device: Device) -> list[Payload]:
    others = (each for each in leases if each.device_id != device.id and each.left and not each.is_recalled)
    return [ValueRecalled(grant_id=each.id, card_id=each.card_id, from_device=each.device_id) for each in others]


def _told(connection: Connection, card_id: str, device: Device) -> tuple[FactMessage, ...]:
    """Returns the hub's facts about the till's leases of a card, in the order in which they were written."""
    f = t.facts.c
    mine = or_(f.payload["to_device"].astext == device.id, f.payload["from_device"].astext == device.id)
    kinds = [each.value for each in (FactKind.VALUE_LEASED, FactKind.VALUE_RECALLED, FactKind.VALUE_RECLAIMED)]
    about = (f.kind.in_(kinds), f.payload["card_id"].astext == card_id, mine)
    found = read_facts(connection, select(t.facts).where(*about).order_by(f.position))
    return tuple(FactMessage.of(fact) for fact in found)


def _in_the_shop(connection: Connection, card_id: str) -> list[CardHolder]:
    kept = stored_values.kept_for_orders(connection, card_id)
    return [CardHolder(till=_SHOP, amount=kept, is_there=False, is_shop=True)] if kept else []


def _holders(connection: Connection, leases: list[ValueLeaseRow], device: Device) -> list[CardHolder]:
    others = [each for each in leases if each.device_id != device.id and each.left]
    if not others:
        return []
    d = t.devices.c
    seen = (d.last_seen_at.is_not(None)) & (d.last_seen_at > func.now() - THERE)
    query = select(d.id, d.name, func.coalesce(seen, False).label("is_there"))  # SQL's own
    rows = {row.id: row for row in connection.execute(query.where(d.id.in_([each.device_id for each in others])))}
    return [
        CardHolder(till=rows[each.device_id].name, amount=each.left, is_there=rows[each.device_id].is_there)
        for each in others
    ]
