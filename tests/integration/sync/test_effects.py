"""What facts do: Postgres, the till's file and memory carry the same lives out alike, and nobody is left untold."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boxoffice.core.books import Books
from boxoffice.core.columns import Field, fields_of
from boxoffice.core.effect_kinds import Announcement, FeedKind
from boxoffice.core.effects import EFFECTS
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.ids import DeviceId
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.rows import KEPT, Keeping, TicketRow
from boxoffice.till.store import projections
from boxoffice.till.store.database import Store, open_store
from boxoffice.till.store.journal import Journal
from sync.ledger.verify import verdict_on
from sync.store import ledger
from sync.store.chain import draft_now, new_id
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.integration.sync.crossing import back_here, back_there, gone_twice_untold, pay_mixed, swap_here
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.world import World
from tests.integration.till.kit import KEY_HEX

POOLS, PRODUCTS = ("friday", "saturday", "sunday"), ("friday-pass", "full-pass", "sunday-pass")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(Path(tmp_path_factory.mktemp("till")) / "till.db", KEY_HEX)
    yield store
    store.close()


class _Undone(Exception):
    """Ends the till's transaction without a trace; the hub's ends with its connection."""


@pytest.fixture(scope="module")
def door(hub: Stand) -> Door:
    return hub.door()


@contextmanager
def world_of(hub: Stand, door: Door, file: Store) -> Iterator[World]:
    """Returns hub and till as they are at first; whatever happens to both is undone."""
    device = hub.device(door)
    journal = Journal(DeviceId(device.id), door.key, lambda: datetime.now(UTC), new_id)
    with hub.database.engine.connect() as there, suppress(_Undone), file.transaction() as here:
        yield World(hub.hub, door, device, journal, there, here)
        raise _Undone


_any = st.integers(0, 9)
ACTIVE_OR_ENDED = st.sampled_from(["active", "ended"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.sampled_from(POOLS), st.sampled_from([1, 5, 20, 400])),
        st.tuples(st.just("give_back"), st.sampled_from(POOLS), st.integers(1, 9)),
        st.tuples(st.just("reclaim")),
        st.tuples(st.sampled_from(["at_door", "on_web"]), st.sampled_from(PRODUCTS), st.sampled_from([1, 2, 7, 300])),
        st.tuples(st.sampled_from(["pay", "pay_by_phone", "fail", "revive"]), _any),
        st.tuples(st.sampled_from(["refund", "refund_at_provider"]), _any, st.integers(1, 20_000)),
        st.tuples(st.sampled_from(["pend", "succeed", "fail_refund"]), _any),
        st.tuples(st.sampled_from(["dispute", "lose", "win"]), _any),
        st.tuples(st.just("pay_again"), _any, st.sampled_from([0, 0, 250])),
        st.tuples(st.just("pay_closed"), _any, st.just(0)),
        st.tuples(st.sampled_from(["open_shift", "close_shift"]), st.sampled_from([0, 20_000, 24_500])),
        st.tuples(
            st.just("work_shift"),
            st.sampled_from(["count", "look", "open_drawer", "hand_over", "hand_over_counted", "drop", "carry"]),
            st.sampled_from([0, 9_900, 20_000]),
        ),
        st.tuples(st.sampled_from(["begin_payment", "void", "leave_unknown", "end_payment"]), _any),
        st.tuples(
            st.sampled_from(["move_cash", "pay_fee", "pay_offer", "pay_out"]),
            st.sampled_from([1, 5_000, -3_000, -3_001]),
        ),
        st.tuples(st.just("revise"), st.sampled_from([5, 40, -3, -400])),
        st.tuples(st.sampled_from(["change_office", "erase_contacts", "answer_dispute"]), st.integers(0, 3)),
        st.tuples(st.sampled_from(["decide_stray", "file_return"]), st.integers(0, 3)),
        st.tuples(st.just("staff"), st.integers(1, 2), st.sampled_from(["seller", "supervisor"]), ACTIVE_OR_ENDED),
        st.tuples(st.just("scan"), _any, st.sampled_from(["in", "in", "out", "again", "undo"])),
        st.tuples(st.just("sell_card"), st.sampled_from([500, 5_000, 50_000]), st.booleans()),
        st.tuples(st.sampled_from(["lease_card", "block_card", "write_card_off", "cash_out"]), _any),
        st.tuples(st.just("return_card"), _any, st.sampled_from([100, 50_000])),
        st.tuples(st.sampled_from(["recall_card", "take_card_back"]), _any, st.booleans()),
        st.tuples(st.sampled_from(["pay_by_card", "give_up_card"]), _any, _any),
        st.tuples(st.just("worry"), st.sampled_from(["It is silent.", "It is silent again."])),
        st.tuples(st.just("decide"), st.sampled_from(["seen", "over_by_itself"])),
        st.tuples(st.sampled_from(["sync", "send", "hear_answers", "update"])),
    ),
    max_size=30,
)


def act(world: World, step: tuple[Any, ...]) -> None:
    """Does one step, if there is anything to do it with."""
    name, rest = step[0], step[1:]
    plain: Mapping[str, Callable[..., object]] = {
        "grant": world.grant,
        "give_back": world.give_back,
        "reclaim": world.reclaim,
        "at_door": world.place_at_door,
        "on_web": world.place_on_web,
        "revise": world.revise,
        "staff": world.change_staff,
        "open_shift": world.open_shift,
        "work_shift": world.work_shift,
        "close_shift": world.close_shift,
        "scan": world.scan,
        "sell_card": lambda amount, by_phone: world.sell_card(amount, by_phone=by_phone),
        "lease_card": world.lease_card,
        "return_card": world.return_card,
        "recall_card": lambda which, for_good: world.recall_card(which, for_good=for_good),
        "block_card": world.block_card,
        "write_card_off": world.write_card_off,
        "cash_out": world.cash_out,
        "take_card_back": lambda which, is_ours: world.take_card_back(which, is_ours=is_ours),
        "worry": world.worry,
        "decide": world.decide,
        "sync": world.sync,
        "send": world.send,
        "hear_answers": world.hear_answers,
        "move_cash": world.move_cash,
        "pay_fee": world.pay_fee,
        "change_office": world.change_office,
        "erase_contacts": world.erase_contacts,
        "decide_stray": world.decide_stray,
        "file_return": world.file_return,
        "answer_dispute": world.answer_dispute,
        "pay_offer": world.pay_offer,
        "pay_out": world.pay_out,
        "update": world.update,
    }
    if name in plain:
        plain[name](*rest)
    elif name in _OF_REFUNDS:
        refunds = [
            each for each in world.memory_hub.books.refunds.values() if each.status.value in _OF_REFUNDS[name][1]
        ]
        if refunds:
            world.end_refund(refunds[rest[0] % len(refunds)].id, _OF_REFUNDS[name][0])
    elif name in _OF_TENDERS:
        do, statuses_before = _OF_TENDERS[name]
        payments = world.memory_hub.books.payments
        live = [each for each in world.tenders if payments[each].status.value in statuses_before]
        if live:
            do(world, live[rest[0] % len(live)])
    else:
        do, status = _OF_ORDERS[name]
        books = [world.memory_hub.books, world.memory_till.books]
        statuses = {key: row.status.value for each in books for key, row in each.orders.items()}
        orders = [placed for key, placed in world.placed.items() if statuses[key] == status]
        if orders:
            do(world, orders[rest[0] % len(orders)], *rest[1:])


def cross(world: World, step: tuple[Any, ...]) -> None:
    """Does one step with the order that was placed last."""
    name, rest = step[0], step[1:]
    placed = list(world.placed.values())[-1] if world.placed else None
    acts: Mapping[str, Callable[..., None]] = {
        "pay_mixed": pay_mixed,
        "here": back_here,
        "there": back_there,
        "swap": swap_here,
    }
    if name in acts and placed is not None:
        acts[name](world, placed, *rest)
    else:
        act(world, step)


_OF_ORDERS: Mapping[str, tuple[Callable[..., object], str]] = {
    "pay": (lambda world, order: world.pay(order, by_phone=False), "processing"),
    "pay_by_phone": (lambda world, order: world.pay(order, by_phone=True), "processing"),
    "pay_again": (lambda world, order, more: world.pay_again(order, more), "completed"),
    "pay_closed": (lambda world, order, more: world.pay_again(order, more), "failed"),
    "fail": (lambda world, order: world.fail(order), "processing"),
    "revive": (lambda world, order: world.revive(order), "failed"),
    "refund": (lambda world, order, amount: world.refund(order, amount, is_made=False), "completed"),
    "refund_at_provider": (lambda world, order, amount: world.refund(order, amount, is_made=True), "completed"),
    "begin_payment": (lambda world, order: world.begin_payment(order), "processing"),
    "void": (lambda world, order: world.void(order), "completed"),
    "void_here": (lambda world, order: world.void_here(order), "completed"),
    "transfer": (lambda world, order: world.transfer(order), "completed"),
    "pay_by_card": (lambda world, order, which: world.pay_by_card(order, which), "processing"),
    "give_up_card": (lambda world, order, which: world.give_up_card(order), "processing"),
    "collect": (lambda world, order: world.collect(order), "completed"),
    "dispute": (lambda world, order: world.dispute(order, "open"), "completed"),
    "lose": (lambda world, order: world.dispute(order, "lost"), "completed"),
    "win": (lambda world, order: world.dispute(order, "won"), "completed"),
}
_OF_TENDERS: Mapping[str, tuple[Callable[..., object], tuple[str, ...]]] = {
    "leave_unknown": (lambda world, tender: world.leave_unknown(tender), ("started",)),
    "end_payment": (lambda world, tender: world.end_payment(tender), ("started", "unknown")),
}
_OF_REFUNDS: Mapping[str, tuple[type[Any], tuple[str, ...]]] = {
    "pend": (RefundPending, ("requested",)),
    "succeed": (RefundSucceeded, ("requested", "pending")),
    "fail_refund": (RefundFailed, ("requested", "pending", "succeeded")),
}


_GRANTED = [*(("grant", pool, 20) for pool in POOLS), ("sync",)]
_SOLD = [*_GRANTED, ("at_door", "friday-pass", 7), ("pay_by_phone", 0)]
_BOUGHT = [("on_web", "full-pass", 2), ("pay", 0)]

_BEGUN = [*_GRANTED, ("at_door", "friday-pass", 2), ("begin_payment", 0), ("leave_unknown", 0), ("end_payment", 0)]
_MONEY = [
    ("move_cash", 5_000),
    ("move_cash", -3_000),
    ("pay_fee", 5_000),
    ("pay_offer", 5_000),
    ("pay_offer", -3_000),
    ("pay_offer", -3_001),
    ("pay_out", 5_000),
]
_SHIFT = [
    ("open_shift", 20_000),
    ("work_shift", "open_drawer", 0),
    ("work_shift", "look", 1),
    ("work_shift", "hand_over_counted", 20_000),
    ("work_shift", "count", 19_900),
]
_SCANS = [("scan", 0, "in"), ("scan", 0, "in"), ("scan", 9, "in"), ("scan", 0, "out"), ("scan", 1, "undo")]
_CARD_SOLD = [*_GRANTED, ("sell_card", 5_000, False), ("sync",), ("at_door", "friday-pass", 2)]
_CARDS = [
    *_CARD_SOLD,
    ("pay_by_card", 0, 0),
    ("sell_card", 50_000, False),
    ("recall_card", 0, False),
    ("return_card", 0, 100),
    ("cash_out", 0),
    ("recall_card", 0, True),
    ("lease_card", 1),
    ("recall_card", 0, True),
    ("take_card_back", 1, False),
    ("block_card", 0),
]
_CARD_OVERSPENT = [
    ("sell_card", 50_000, False),
    ("sync",),
    ("at_door", "friday-pass", 1),
    ("recall_card", -1, True),
    ("take_card_back", -1, False),
    ("pay_by_card", -1, -1),
    ("sync",),
    ("write_card_off", -1),
]
_EVERY_KIND = [
    *_SCANS,
    ("staff", 1, "seller", "active"),
    ("change_office", 30),
    ("erase_contacts", 0),
    ("decide_stray", 500),
    ("file_return", 500),
    ("answer_dispute", 0),
    *_SHIFT,
    *_BEGUN,
    ("pay", 0),
    ("void", 0),
    ("transfer", 0),
    ("void_here", 0),
    ("collect", 0),
    *_MONEY,
    ("close_shift", 24_500),
    *_BOUGHT,
    ("refund", 1, 5_000),
    ("pend", 0),
    ("succeed", 0),
    ("fail_refund", 0),
    ("dispute", 1),
    ("give_back", "friday", 3),
    ("revise", 5),
    ("worry", "It is silent."),
    ("decide", "seen"),
    ("reclaim",),
    *_CARDS,
    *_CARD_OVERSPENT,
]


@settings(max_examples=examples(20))
@given(steps=STEPS)
@example(steps=_EVERY_KIND)
@example(steps=[*_SOLD, *_SCANS, ("void", 0), ("scan", 0, "in"), ("sync",), ("scan", 0, "undo")])
@example(steps=[*_BEGUN, ("begin_payment", 0), ("pay", 0), ("end_payment", 0), ("void", 0), ("void", 0)])
@example(steps=[*_GRANTED, ("reclaim",), ("grant", "friday", 5), ("hear_answers",), ("give_back", "friday", 3)])
@example(steps=[*_GRANTED, ("give_back", "friday", 3), ("reclaim",), ("grant", "friday", 5), ("sync",)])
@example(steps=[*_GRANTED, ("grant", "friday", 5), ("reclaim",), ("grant", "friday", 9), ("hear_answers",)])
@example(steps=[*_GRANTED, ("at_door", "friday-pass", 7), ("reclaim",), ("sync",), ("fail", 0)])
@example(steps=[*_GRANTED, ("at_door", "friday-pass", 7), ("reclaim",), ("pay", 0)])
@example(steps=[*_GRANTED, ("at_door", "friday-pass", 7), ("reclaim",), ("on_web", "friday-pass", 300), ("pay", 0)])
@example(steps=[*_GRANTED, ("at_door", "full-pass", 2), ("fail", 0), ("revive", 0), ("pay_by_phone", 0)])
@example(steps=[*_GRANTED, ("reclaim",), ("give_back", "friday", 3), ("grant", "friday", 5), ("sync",)])
@example(steps=[*_SOLD, ("refund", 0, 5_000), ("pend", 0), ("succeed", 0), ("fail_refund", 0), ("refund", 0, 99_999)])
@example(steps=[*_SOLD, ("dispute", 0), ("win", 0), ("lose", 0)])
@example(steps=[*_BOUGHT, ("refund", 0, 5_000), ("refund_at_provider", 0, 300), ("dispute", 0), ("lose", 0)])
@example(steps=[("on_web", "friday-pass", 7), ("fail", 0), ("grant", "friday", 400), ("revive", 0), ("sync",)])
@example(steps=[*_BOUGHT, ("pay_again", 0, 0), ("pay_again", 0, 250), ("dispute", 0), ("win", 0), ("lose", 0)])
@example(steps=[*_BOUGHT, ("lose", 0), ("win", 0), ("dispute", 0), ("win", 0)])
@example(steps=[("on_web", "friday-pass", 2), ("fail", 0), ("pay_closed", 0, 0), ("pay_closed", 0, 0)])
@example(steps=[("revise", 40), ("on_web", "full-pass", 2), ("revise", -3), ("revise", -400), ("sync",)])
@example(
    steps=[
        *_GRANTED,
        ("open_shift", 20_000),
        ("at_door", "friday-pass", 2),
        ("pay", 0),
        ("work_shift", "drop", 9_900),
        ("work_shift", "hand_over_counted", 9_900),
        ("work_shift", "count", 9_900),
        ("close_shift", 9_900),
        ("open_shift", 0),
        ("close_shift", 24_500),
    ]
)
@example(steps=[*_CARD_SOLD, ("recall_card", 0, True), ("pay_by_card", 0, 0), ("sync",), ("pay", 0)])
@example(
    steps=[
        *_CARD_SOLD,
        ("recall_card", 0, True),
        ("take_card_back", 0, False),
        ("pay_by_card", 0, 0),
        ("sync",),
        ("give_up_card", 0, 0),
    ]
)
@example(steps=[*_CARD_SOLD, ("pay_by_card", 0, 0), ("give_up_card", 0, 0), ("sync",), ("lease_card", 0)])
@example(steps=[("sell_card", 5_000, True), ("lease_card", 0), ("sync",), ("take_card_back", 0, True)])
@example(steps=[("worry", "It is silent."), ("worry", "It is silent again."), ("decide", "seen"), ("decide", "seen")])
def test_each_carries_out_the_same(hub: Stand, door: Door, file: Store, steps: list[tuple[Any, ...]]) -> None:
    with world_of(hub, door, file) as world:
        for step in steps:
            act(world, step)
            world.look()
        world.sync()
        world.look()
        world.look_at_the_till()
        assert verdict_on(world.there).problem is None


_PAID = {
    "in cash": (("at_door", "full-pass", 2), ("pay", 0)),
    "by a gift card": (("sell_card", 5_000, False), ("at_door", "friday-pass", 2), ("pay_by_card", 0, 0), ("pay", 0)),
    "in cash and by card": (("at_door", "full-pass", 2), ("pay_mixed", 60)),
    "by card": (("at_door", "full-pass", 1), ("pay_mixed", 0)),
}
_HOW = st.sampled_from([0, 1, 2, 500, 3_001])
CROSSING = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["here", "there"]), _HOW),
        st.tuples(st.sampled_from(["swap", "send", "sync", "hear_answers"])),
        st.tuples(st.sampled_from(["succeed", "fail_refund"]), st.integers(0, 2)),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=examples(20))
@given(how=st.sampled_from(sorted(_PAID)), steps=CROSSING)
@example(how="in cash", steps=[("here", 0), ("there", 0)])
@example(how="in cash", steps=[("here", 1), ("there", 0), ("send",), ("there", 500)])
@example(how="in cash", steps=[("swap",), ("there", 0), ("here", 500)])
@example(how="in cash", steps=[("swap",), ("swap",)])
@example(how="by a gift card", steps=[("here", 0), ("there", 0)])
@example(how="by a gift card", steps=[("there", 2), ("here", 1), ("there", 1)])
@example(how="in cash and by card", steps=[("here", 500), ("there", 0), ("send",), ("succeed", 0)])
@example(how="in cash and by card", steps=[("swap",), ("there", 0), ("fail_refund", 0), ("send",), ("there", 0)])
@example(how="by card", steps=[("swap",), ("there", 0), ("send",), ("fail_refund", 0)])
def test_what_till_and_hub_give_back_ends_alike_whoever_is_heard_first(
    hub: Stand, door: Door, file: Store, how: str, steps: list[tuple[Any, ...]]
) -> None:
    with world_of(hub, door, file) as world:
        for step in [*_GRANTED, *_PAID[how]]:
            cross(world, step)
        world.sync()
        for step in steps:
            cross(world, step)
            world.look()
        world.sync()
        world.sync()
        world.look()
        world.look_at_the_till()
        assert gone_twice_untold(world) == []
        assert verdict_on(world.there).problem is None


@settings(max_examples=examples(8))
@given(before=STEPS, after=STEPS)
@example(before=[*_GRANTED, ("reclaim",), ("give_back", "friday", 3)], after=[("sync",), ("grant", "friday", 5)])
@example(
    before=[*_GRANTED, ("reclaim",), ("sync",), ("grant", "friday", 5)],
    after=[("at_door", "friday-pass", 2), ("reclaim",), ("pay", 0), ("grant", "friday", 5)],
)
def test_what_the_version_before_wrote_of_leases_is_carried_out_as_it_was(
    hub: Stand, door: Door, file: Store, before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> None:
    with world_of(hub, door, file) as world:
        world.begin_with_the_version_before()
        for step in (*before, ("update",), *after):
            act(world, step)
            world.look()
        world.sync()
        world.look()
        world.look_at_the_till()
        assert verdict_on(world.there).problem is None


@pytest.mark.parametrize("kind", [kind for kind in FactKind if "order_id" in PAYLOADS[kind].model_fields])
def test_whatever_another_writes_about_a_tills_order_is_told_to_it(
    hub: Stand, door: Door, file: Store, kind: FactKind
) -> None:
    if kind in (FactKind.ORDER_PLACED, FactKind.EXCEPTION_RAISED):
        return
    tells = EFFECTS[kind][1]
    with world_of(hub, door, file) as world:
        world.grant("friday", 5)
        world.sync()
        world.place_at_door("friday-pass", 1)
        world.sync()
        (order,) = world.memory_hub.books.orders.values()
        (fact,) = hub.hub.chain.unsealed([draft_now(_about(kind, order.id), EVENT)])

        told = list(tells(world.memory_hub.books, fact, _about(kind, order.id)))

    assert told == [Announcement(FeedKind.FACT, EVENT, world.device.id, fact.id)]


def test_a_row_of_no_order_is_found_by_what_facts_name_it(
    hub: Stand, door: Door, file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = (Keeping(TicketRow, "tickets", "ticket", named="ticket_id"),)
    monkeypatch.setattr(ledger, "KEPT", named)
    monkeypatch.setattr(projections, "KEPT", named)
    with world_of(hub, door, file) as world:
        for step in [*_GRANTED, ("at_door", "friday-pass", 1), ("pay", 0), ("sync",)]:
            act(world, step)
        (ticket,) = world.memory_hub.books.tickets.values()
        voided = TicketVoided(ticket_id=ticket.id, order_id="of-nobody")
        (fact,) = hub.hub.chain.unsealed([draft_now(voided, EVENT)])

        at_hub = ledger.with_named(world.there, Books(), [fact])
        at_till = projections.books_before(world.here, [fact])

    assert at_hub.tickets == at_till.tickets == {ticket.id: ticket}


def test_whatever_changes_of_a_row_is_kept_by_both(hub: Stand, door: Door, file: Store) -> None:
    lived = [
        *_SOLD,
        ("refund", 0, 500),
        ("dispute", 0),
        ("staff", 1, "seller", "active"),
        *_SHIFT,
        ("scan", 0, "in"),
        ("sync",),
    ]
    lived += [("sell_card", 5_000, False), ("return_card", 0, 100), ("sync",)]
    with world_of(hub, door, file) as world:
        for step in lived:
            act(world, step)
        here, there = world.memory_till.books, world.memory_hub.books
        at_hub, at_till = _with_other_words(there), _with_other_words(here)

        ledger.write_books(world.there, there, at_hub, [])
        projections.write_books(world.here, here, at_till, [])

        assert all(getattr(here, kept.table) and getattr(there, kept.table) for kept in KEPT)
        world.look_at_rows(at_hub, at_till)


def _with_other_words(books: Books) -> Books:
    """Returns the books with another word in each field of each row, but for what names it or another."""
    after = books.copy()
    for kept in KEPT:
        for row in getattr(books, kept.table).values():
            fields = [each for each in fields_of(kept.row) if each.name != "id" and each.refers_to is None]
            after.put(replace(row, **{each.name: _other(each, getattr(row, each.name)) for each in fields}))
    return after


def _other(field: Field, word: Any) -> Any:
    """Returns another word that the column may hold, whether there is one now or not."""
    others: Mapping[type, Callable[[], Any]] = {
        bool: lambda: not word,
        int: lambda: (word or 0) + 1,
        datetime: lambda: (word or datetime.now(UTC).replace(microsecond=0)) + timedelta(days=1),
        str: lambda: f"other {word}",
    }
    if issubclass(field.type, Enum):
        return next(each for each in field.type if each is not word)
    return others[field.type]()


def _about(kind: FactKind, order_id: str) -> Any:
    return PAYLOADS[kind].model_construct(order_id=order_id)


def test_every_kind_that_has_a_payload_is_carried_out_by_each(hub: Stand, door: Door, file: Store) -> None:
    with world_of(hub, door, file) as world:
        for step in _EVERY_KIND:
            act(world, step)
        world.look()

        assert set(PAYLOADS) - world.written == set()


def test_every_kind_says_what_it_does() -> None:
    assert set(EFFECTS) == set(FactKind)
