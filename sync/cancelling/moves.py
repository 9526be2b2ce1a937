"""An event goes to other days: tickets stay good for them, and who can't come gets the money back until a day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.cancelling import Due, Scope
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file import catalogue_from, event_file_of
from boxoffice.core.languages import later
from boxoffice.core.moved_events import moved, retold
from sync.cancelling.affected import Affected, affected, dues, scope_of
from sync.cancelling.cancellations import NoSuchCancellation, NotConfirmed, wording
from sync.cancelling.words import Words
from sync.inventory.events import revise
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder, must_open
from sync.payments.cancel_mails import tell_of_cancellation
from sync.store import cancelling as store
from sync.store.cancelling import Cancellation, Kind
from sync.store.chain import utc_now
from sync.store.events import hold_event
from sync.store.queue import defer

_LONGEST: Final = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class MoveWish:
    """Where an event goes: to these days from `first` on, as far apart as they were."""

    event_id: str
    first: date | None
    refund_until: date | None


@dataclass(frozen=True, slots=True)
class MoveLook:
    """What a move would do now; `after` is the event on its new days, None while these can't be."""

    before: Catalogue
    after: Catalogue | None
    affected: Affected
    problems: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a buyer may ask back by the link of their mail: `due` now, or None where it is too late for that."""

    row: Cancellation
    order_id: str
    due: Due | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Moves:
    """The use cases of moving an event, and of asking for the money back because of it."""

    hub: Hub

    def look(self, wish: MoveWish) -> MoveLook:
        """Returns what a move would do; nothing is changed.

        Raises:
            NoSuchCancellation: if there is no such event.
        """
        return self.hub.database.run(lambda connection: _look(connection, wish))

    def move(self, wish: MoveWish, words: Words, typed: str, by: str) -> str:
        """Moves the event with all its tickets, and tells everybody; returns its id. Pressed again, it is the same.

        Raises:
            BadInput: if something is wrong with the words or the days.
            NoSuchCancellation: if there is no such event.
            NotConfirmed: if `typed` is not how many orders it concerns now.
        """
        return self.hub.database.run(lambda connection: self._begin(connection, wish, words.read(), typed, by))

    def _begin(self, connection: Connection, wish: MoveWish, words: Words, typed: str, by: str) -> str:
        store.keep_event(connection, wish.event_id)
        looked = _look(connection, wish)
        known = next((each for each in store.of_event(connection, wish.event_id) if _is_same(each, looked, wish)), None)
        if known is not None:
            return known.id
        if problems := [*words.problems(), *looked.problems]:
            raise BadInput(problems)
        if looked.after is None or typed.strip() != str(looked.affected.orders):
            raise NotConfirmed(later("Type the number of orders, to confirm. It may have changed meanwhile."))
        days = {
            before.isoformat(): after.isoformat()
            for before, after in zip(looked.before.days, looked.after.days, strict=True)
        }
        values: Mapping[str, Any] = {
            "event_id": wish.event_id,
            "kind": Kind.MOVE.value,
            "goods": True,
            "refund_until": wish.refund_until,
            "days": days,
            **wording(words),
            "by": by,
        }
        found = store.add(connection, values)
        revise(self.hub, connection, event_file_of(looked.after))
        for order_id, email in looked.affected.told:
            tell_of_cancellation(connection, found, order_id, email)
        return found

    def may_ask(self, cancellation_id: str, order_id: str, key: str) -> Ask:
        """Returns what the buyer may ask back.

        Raises:
            NoSuchOrder: if the link is not complete, or of another order.
        """
        must_open(self.hub, order_id, key)
        return self.hub.database.run(lambda connection: self._may_ask(connection, cancellation_id, order_id))

    def ask(self, cancellation_id: str, order_id: str, key: str) -> Ask:
        """Has it given back that may be asked for; asked again, nothing happens. Raises as `may_ask`."""
        must_open(self.hub, order_id, key)

        def work(connection: Connection) -> Ask:
            found = self._may_ask(connection, cancellation_id, order_id)
            if found.due is None or found.due.is_nothing or found.is_asked:
                return found
            store.ask(connection, cancellation_id, order_id, "money")
            defer(connection, "cancel_orders", {"cancellation_id": cancellation_id})
            return replace(found, is_asked=True)

        return self.hub.database.run(work)

    def _may_ask(self, connection: Connection, cancellation_id: str, order_id: str) -> Ask:
        row = store.find(connection, cancellation_id, is_locked=True)
        if row is None or row.event_id != store.event_of(connection, order_id):
            raise NoSuchOrder
        event = catalogue_on_sale(self.hub, connection, row.event_id)
        is_asked = bool(store.asked_by(connection, row.id, order_id))
        is_open = row.kind is Kind.EVENT or (
            row.refund_until is not None and event.day_of(utc_now()) <= row.refund_until
        )
        if not is_open:
            return Ask(row, order_id, None, is_asked)
        found = [due for _, _, due in dues(connection, [order_id], scope_of(row, "money"), event)]
        return Ask(row, order_id, found[0] if found else None, is_asked)


def _look(connection: Connection, wish: MoveWish) -> MoveLook:
    stored = hold_event(connection, wish.event_id)
    if stored is None:
        raise NoSuchCancellation
    before = catalogue_from(stored.file, stored.revision)
    found = affected(connection, None, Scope(), before)
    problems = tuple(_problems(before, wish))
    after = None if problems or wish.first is None else moved_to(before, wish.first)
    return MoveLook(before, after, found, problems)


def moved_to(event: Catalogue, first: date) -> Catalogue:
    """Returns the event on other days, with what its gates must know of tickets for the days of before."""
    by = first - min(event.days)
    there = moved(event, by, retold(event.days, by))
    moves = {before: after + by for before, after in event.doors.moves.items()}
    moves |= {day: day + by for day in event.days}
    return replace(there, doors=replace(there.doors, moves=moves))


def _problems(event: Catalogue, wish: MoveWish) -> list[FieldError]:
    if wish.first is None:
        return [FieldError("first", later("Choose the first of the new days."))]
    by = wish.first - min(event.days)
    if abs(by) > _LONGEST:
        return [FieldError("first", later("This is too far away."))]
    known = {*event.days, *event.doors.moves}
    if any(day + by in known for day in event.days):
        words = later("A new day must be none of the days before: a gate could not tell whose ticket is meant.")
        return [FieldError("first", words)]
    if wish.refund_until is None:
        return [FieldError("refund_until", later("Choose until when money can be asked back."))]
    if wish.refund_until < event.day_of(utc_now()):
        return [FieldError("refund_until", later("The last day to ask for money is over already."))]
    return []


def _is_same(row: Cancellation, looked: MoveLook, wish: MoveWish) -> bool:
    """Returns whether this very move was made before: the event is where it leads."""
    if row.kind is not Kind.MOVE or wish.first is None or row.days is None:
        return False
    return {day.isoformat() for day in looked.before.days} == set(row.days.values()) and wish.first == min(
        looked.before.days
    )
