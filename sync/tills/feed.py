"""The feed: what changed elsewhere since a till last asked."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.orders import MOVES_BACK, PAID_FOR, OrderState, can_move_back
from boxoffice.core.wire.feed import FeedAnswer, FeedEntry
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.protocol import MOVES_BACK_SINCE, can_read
from sync.inventory.recalls import open_recalls
from sync.ledger.hub import Hub
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import facts_by_id
from sync.store.tills import Device
from sync.tills.elsewhere import orders_tag
from sync.tills.help_calls import open_calls
from sync.tills.history import head_in
from sync.tills.parked import tag_of_parked
from sync.tills.problems import problems_of, tag_of
from sync.tills.shares import pools_for
from sync.tills.staff import tag_of_staff
from sync.tills.till_keys import wanted_key

PAGE: Final = 200


def news_for(
    hub: Hub, device: Device, after: int, event_id: str | None, hub_time: str, generation: int = 1
) -> FeedAnswer:
    """Returns the next page of changes for one till; the first page always says how much is left.

    Facts that a till of its `generation` can't read are left out.
    """
    with hub.database.transaction() as connection:
        if feed.is_from_another_life(connection, after):
            after = 0
        changes, more = feed.page(connection, after, event_id, device.id, PAGE)
        facts = {str(fact.id): fact for fact in facts_by_id(connection, [c.fact_id for c in changes if c.fact_id])}
        unread = set() if generation >= MOVES_BACK_SINCE else _moves_of_those_moved_back(connection, facts.values())
        newest = {(c.kind, c.event_id): c for c in changes}
        stale = {"pools", "event"}
        cursor = changes[-1].xid if changes else after
        entries = [
            FeedEntry(
                cursor=change.xid,
                kind=change.kind,
                event_id=change.event_id,
                fact=FactMessage.of(facts[change.fact_id]) if change.fact_id else None,
                pools=pools_for(hub.settings, connection, change.event_id or "", device.id)
                if change.kind == "pools"
                else (),
            )
            for change in changes
            if change.kind not in stale or newest[change.kind, change.event_id] is change
            if change.fact_id is None or can_read(facts[change.fact_id].kind, generation)
            if change.fact_id not in unread
        ]
        if after == 0 and event_id is not None and ("pools", event_id) not in newest:
            left = pools_for(hub.settings, connection, event_id, device.id)
            entries.append(FeedEntry(cursor=cursor, kind="pools", event_id=event_id, pools=left))
        recalls = () if event_id is None else open_recalls(connection, device.id, event_id)
        wanted = wanted_key(hub, connection, device.id)
        head = head_in(connection, device)
        orders = "" if event_id is None else orders_tag(connection, head.life, event_id)
        tag = tag_of(problems_of(hub, connection, device))
        staff_tag = tag_of_staff(connection)
        parked_tag = "" if event_id is None else tag_of_parked(connection, event_id)
        calls = () if event_id is None else open_calls(connection, event_id)
    return FeedAnswer(
        cursor=cursor,
        entries=tuple(entries),
        more=more,
        hub_time=hub_time,
        head=head,
        recalls=recalls,
        stripe_key_id=wanted.id if wanted else "",
        problems_tag=tag,
        staff_tag=staff_tag,
        orders_tag=orders,
        parked_tag=parked_tag,
        calls=calls,
    )


def _moves_of_those_moved_back(connection: Connection, facts: Iterable[Fact]) -> set[str]:
    """Returns, of these facts, the moves of orders that have ever moved back from refunded."""
    moves = {str(fact.id): fact.payload["order_id"] for fact in facts if _is_by_money(fact)}
    f = t.facts.c
    mine = (f.payload["order_id"].astext.in_(set(moves.values())), f.kind == FactKind.ORDER_STATE_CHANGED.value)
    back = f.payload["from"].astext.in_([state.value for state in MOVES_BACK])
    undone = select(f.payload["order_id"].astext, f.payload["from"].astext, f.payload["to"].astext).where(*mine, back)
    found = connection.execute(undone).all() if moves else ()
    orders = {order for order, start, to in found if can_move_back(OrderState(start), OrderState(to))}
    return {fact_id for fact_id, order in moves.items() if order in orders}


def _is_by_money(fact: Fact) -> bool:
    """Returns whether the fact moves a finished order."""
    finished = {state.value for state in PAID_FOR}
    return fact.kind is FactKind.ORDER_STATE_CHANGED and fact.payload["from"] in finished
