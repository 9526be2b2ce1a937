"""Deliberate bugs in the use cases of till and hub themselves: the full tier must catch them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Connection, text

from boxoffice.core.effect_kinds import Task
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.inventory import PoolMove
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import Declined
from boxoffice.core.sales import changed
from boxoffice.core.wire.feed import FeedAnswer
from boxoffice.core.wire.pushes import PushAnswer, PushRequest
from boxoffice.till.store import database as till_database
from boxoffice.till.store import facts as till_facts
from boxoffice.till.store import leases as till_leases
from boxoffice.till.store import settings as till_settings
from boxoffice.till.usecases import reader_payment
from boxoffice.till.usecases.recovery import Recovery
from boxoffice.till.usecases.returns import Returns
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import OpenTender, Tenders
from sync.ledger import intake
from sync.ledger.hub import Hub
from sync.payments.checkouts import Checkouts, _never_paid
from sync.payments.refunds import Refunds
from sync.shop import orders as shop_orders
from sync.store import moves, tasks
from sync.store.tills import Device
from sync.tills import leases
from sync.tills.pushing import take_push
from tests.simulation import line, runs
from tests.simulation.mutation import Mutation
from tests.simulation.mutations import _untold
from tests.simulation.options import Fault, Rule
from tests.simulation.provider import SimRefunds
from tests.simulation.runs import Tier
from tests.simulation.stage import Image
from tests.simulation.stage import copied as copied_from


def _declined_when_unknown(patch: pytest.MonkeyPatch) -> None:
    def mark(self: Tenders, tender: OpenTender, reason: str) -> None:
        self.end(tender, Declined("network", reason))

    patch.setattr(Tenders, "mark_unknown", mark)


def _reference_not_written(patch: pytest.MonkeyPatch) -> None:
    """A payment's name at Stripe is not on disk when its reader begins."""

    def sent(_self: Tenders, tender: OpenTender, reference: str) -> OpenTender:
        return replace(tender, reference=reference)

    patch.setattr(Tenders, "sent", sent)


def _cancel_is_believed(patch: pytest.MonkeyPatch) -> None:
    """A payment that was to end counts as ended, whatever Stripe says of it."""
    patch.setattr(reader_payment, "decide_ended", lambda _intent, code: Declined(code, "It was ended."))


def _orphans_let_go_at_once(patch: pytest.MonkeyPatch) -> None:
    """After a crash, orders are given up whose payment may still come."""

    def give_up(self: Recovery) -> None:
        selling = self._selling
        for order_id in self._left_behind:
            with selling.context.store.transaction() as connection:
                move = changed(order_id, OrderState.PROCESSING, OrderState.FAILED, "given up")
                selling.context.write(connection, [move])
        self._left_behind = ()

    patch.setattr(Recovery, "give_up_orphans", give_up)


def _cursor_in_a_transaction_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """A till that dies between the two misses what it was told."""
    true = Sync._take

    def take(self: Sync, answer: FeedAnswer) -> None:
        with self.context.store.transaction() as connection:
            till_settings.put(connection, "feed_cursor", str(answer.cursor))
        true(self, answer)

    patch.setattr(Sync, "_take", take)


def _hub_facts_again(patch: pytest.MonkeyPatch) -> None:
    """What the hub tells twice is done twice."""
    true = till_facts.add_hub

    def add(connection: Connection, fact: Any, *, is_applied: bool) -> bool:
        true(connection, fact, is_applied=is_applied)
        return True

    patch.setattr(till_facts, "add_hub", add)


def _acknowledged_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """The hub answers a push, and then its transaction fails."""
    true = take_push

    def take(hub: Hub, device: Device, push: PushRequest) -> PushAnswer:
        if push.facts and len(push.facts) % 3 == 0:
            last = push.facts[-1]
            return PushAnswer(epoch=last.epoch, acknowledged_seq=last.seq, acknowledged_hash=last.hash)
        return true(hub, device, push)

    patch.setattr(line, "take_push", take)


def _all_counts_as_acknowledged(patch: pytest.MonkeyPatch) -> None:
    """A till takes the answer to a push for one to all that it has written since."""
    patch.setattr(till_facts, "position_of", lambda connection, *_: till_facts.newest_position(connection))


def _numbers_not_looked_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intake, "_known_hashes", lambda *_: {})


def _refund_sent_anew(patch: pytest.MonkeyPatch) -> None:
    """A refund that may have been made is asked for with another key, and nobody looks first."""
    count = iter(range(1_000_000))
    patch.setattr(Refunds, "_key", lambda _self, refund_id, _row: f"refund-{refund_id}-{next(count)}")
    patch.setattr(SimRefunds, "find", lambda *_: None)


def _page_not_ended(patch: pytest.MonkeyPatch) -> None:
    """Places are given back while their page can still be paid."""
    patch.setattr(Checkouts, "_ended_at_provider", lambda _self, _found, session_id: _never_paid(session_id))


def _recall_skipped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Returns, "_heed", lambda *_: False)


def _refund_job_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tasks, "_BEGIN", {**tasks._BEGIN, Task.SEND_REFUND: lambda *_: None})


def _lease_without_a_look(patch: pytest.MonkeyPatch) -> None:
    """The hub leases more than there is, and no CHECK stops it."""
    _without_checks(patch, "pools")
    statement = str(moves._POOLS[PoolMove.GRANT])
    patch.setitem(moves._POOLS, PoolMove.GRANT, text(statement.replace("AND p.available >= w.units", "")))

    def got(hub: Hub, connection: Connection, device: Device, request: Any, _claim: int | None) -> Any:
        grants = [leases._granted(device, pool, units, 0) for pool, units in sorted(request.wanted.items())]
        facts = hub.write(connection, grants, request.event_id)
        return leases._answer(hub, connection, device, request, list(facts))

    patch.setattr(leases, "_grant", got)


def _without_checks(patch: pytest.MonkeyPatch, table: str) -> None:
    true = copied_from

    def copied(postgres_url: str, name: str) -> None:
        true(postgres_url, name)
        with psycopg.connect(Image(postgres_url, name).url, autocommit=True) as connection:
            for check in ("no_oversell", "in_balance"):
                connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{check}".encode())

    patch.setattr(runs, "copied", copied)


def _hold_without_a_look(patch: pytest.MonkeyPatch) -> None:
    """Two buyers hold the last place, and no CHECK stops it."""
    _without_checks(patch, "pools")
    statement = str(moves._POOLS[PoolMove.HOLD])
    patch.setitem(moves._POOLS, PoolMove.HOLD, text(statement.replace("AND p.available >= w.units", "")))
    patch.setattr(shop_orders, "must_be_left", lambda *_: None)


def _till_sells_what_it_lacks(patch: pytest.MonkeyPatch) -> None:
    statement = till_leases._MOVES[PoolMove.HOLD_LEASED]
    patch.setitem(till_leases._MOVES, PoolMove.HOLD_LEASED, statement.replace(f"{till_leases._LEFT} >= :units", "true"))
    true = till_database._prepare

    def prepare(connection: Any, record: object) -> None:
        true(connection, record)
        connection.execute("PRAGMA ignore_check_constraints = ON")

    patch.setattr(till_database, "_prepare", prepare)


# Payments need places: where nearly all is sold, or lies at another till, few are begun.
_CARDS: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.CARD}),
    "faults": frozenset({Fault.TILL_DIES, Fault.PROVIDER_DOWN, Fault.PROVIDER_ANSWER_LOST}),
    "rate": 0.3,
    "tills": 2,
    "capacity": 60,
}
_IMPATIENT: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.CARD}),
    "faults": frozenset({Fault.SLOW}),
    "rate": 0.5,
    "tills": 2,
    "capacity": 60,
}
"""A card is held to the reader while the end of its payment is still under way to Stripe."""
_PHONES: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.PHONE}),
    "faults": frozenset({Fault.TILL_DIES, Fault.REPLY_LOST, Fault.DUPLICATE}),
    "rate": 0.3,
    "tills": 2,
    "capacity": 60,
}
_QUIET: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.PHONE}),
    "faults": frozenset({Fault.SLOW}),
    "rate": 0.5,
    "tills": 1,
    "capacity": 14,
}
_SLOW: Final[Mapping[str, Any]] = {**_QUIET, "rules": frozenset({Rule.CASH, Rule.CARD, Rule.PARK}), "rate": 0.8}
_REFUNDS: Final[Mapping[str, Any]] = {
    "rules": frozenset({Rule.PHONE, Rule.REFUND, Rule.WEB}),
    "faults": frozenset({Fault.PROVIDER_ANSWER_LOST, Fault.REFUND_PENDS}),
    "rate": 0.3,
}
_MANY_REFUNDS: Final[Mapping[str, Any]] = {**_REFUNDS, "tills": 1, "capacity": 60}


def _full(name: str, breaks: str, put_in: Any, focus: Mapping[str, Any] | None = None) -> Mutation:
    return Mutation(name, breaks, put_in, Tier.FULL, 20, 30, focus or {})


FULL: Final[Sequence[Mutation]] = (
    _full(
        "till: unknown is declined", "a charge that nobody answered for is forgotten", _declined_when_unknown, _CARDS
    ),
    _full("till: reference not written", "a charge is lost with its till", _reference_not_written, _CARDS),
    _full("till: cancel is believed", "a card that was faster is forgotten", _cancel_is_believed, _IMPATIENT),
    _full("till: orphans let go at once", "money comes for an order that is gone", _orphans_let_go_at_once, _PHONES),
    _full("till: cursor on its own", "a till misses what it was told", _cursor_in_a_transaction_of_its_own, _PHONES),
    _full("till: hub's facts again", "a lease that is told twice counts twice", _hub_facts_again, _PHONES),
    _full("till: all is acknowledged", "a sale is never sent", _all_counts_as_acknowledged, _SLOW),
    _full(
        "till: recall skipped",
        "a till keeps what it is asked for",
        _recall_skipped,
        {"rules": frozenset({Rule.CASH, Rule.RECALL, Rule.WEB})},
    ),
    _full("till: sells what it lacks", "a till sells what it does not have", _till_sells_what_it_lacks),
    _full("hub: acknowledged before the commit", "the hub forgets a sale", _acknowledged_before_the_commit),
    _full("hub: numbers not looked up", "what comes twice is kept twice", _numbers_not_looked_up, _PHONES),
    _full("hub: refund sent anew", "a refund is made twice", _refund_sent_anew, _MANY_REFUNDS),
    _full("hub: refund never sent", "a refund is asked for and never made", _refund_job_forgotten, _REFUNDS),
    _full("hub: page not ended", "somebody pays for what was given away", _page_not_ended, _QUIET),
    _full("hub: leases without a look", "more is leased than there is", _lease_without_a_look),
    _full("hub: holds without a look", "two people buy the last place", _hold_without_a_look),
    _full(
        "hub: refund not handed on",
        "a till never hears that its customer has the money back",
        _untold(FactKind.REFUND_SUCCEEDED),
        _REFUNDS,
    ),
)
