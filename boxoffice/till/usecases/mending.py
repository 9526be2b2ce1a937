"""Finds that facts are missing in this till's file, and takes them back: from the hub, then from the backups.

Until it has what others have seen of its chain, or a person goes on without, it sells nothing. What nobody has is
named.
"""

import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from boxoffice.core.effects import Inconsistent
from boxoffice.core.errors import OperationFailed, TillStopped
from boxoffice.core.facts import BrokenFact, Fact, Head
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.wire.pushes import HeadAnswer
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import leases, people, settings
from boxoffice.till.store.backups import Backups
from boxoffice.till.store.database import ChainIsShort
from boxoffice.till.store.journal import take_back
from boxoffice.till.store.orders import orders_placed
from boxoffice.till.usecases import telling_again
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.standing import Incomplete
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, Unreachable

SPARE_ORDERS: Final = 1000
"""So many order numbers are left out where nobody knows how many were given: no customer's number is used twice."""
_NO_SUCH_ROUTE: Final = 404


class HubNotAsked(OperationFailed):
    """Nobody knows yet whether the hub has what is missing."""

    def __init__(self) -> None:
        super().__init__(
            "The hub can't be reached, and may have what is missing.",
            "Nothing was changed, and nothing is sold.",
            "Bring this till into the network, and press it again.",
        )


class TwoCopies(TillStopped):
    """The hub has other facts with this till's numbers: another copy of it has sold."""

    def __init__(self) -> None:
        super().__init__(
            "Another copy of this till has sold under its name.",
            "What each of them sold is saved, here and at the hub.",
            "Ask an organizer to revoke this till, then pair it anew. One copy only may go on.",
        )


class Mending:
    """One at a time. `problem` is why the last look came to nothing."""

    def __init__(self, context: TillContext, link: Link, backups: Backups) -> None:
        self.backups = backups
        self.problem = ""
        self.first_look = threading.Event()
        """Set once the hub was asked, whatever came of it."""
        self._context = context
        self._store = context.store
        self._link = link
        self._looked_at: int | None = None
        self._heard: Head | None = None
        self._one_at_a_time = threading.RLock()

    @property
    def is_needed(self) -> bool:
        return self._store.gap is not None

    def check(self) -> None:
        """Does nothing if nothing is missing, as far as is known here.

        Raises:
            ChainIsShort: if something is.
        """
        if self._store.gap is not None:
            raise ChainIsShort(self._store.gap)

    def compare(self) -> None:
        """Compares this till's chain with the hub's, once each time that the line to it was down.

        Raises:
            ChainIsShort: if this one is behind.
            TwoCopies: if the hub has other facts with its numbers.
            Unreachable: if the hub does not answer.
        """
        breaks = self._link.breaks
        if self._looked_at != breaks or self.is_needed:
            try:
                self._look()
            finally:
                self.first_look.set()
            self._looked_at = breaks
        self.check()

    def note(self, head: Head) -> None:
        """Takes the hub's word for how far it has this till's chain. What it has lost is sent again.

        Raises:
            ChainIsShort: if this one is behind.
            TwoCopies: if the hub has other facts with its numbers.
        """
        with self._store.reading() as connection:
            mine = fact_store.own_head(connection, self._context.device.id)
            found = fact_store.hash_at(connection, head)
            position = fact_store.position_of(connection, head.device_id, head.epoch, head.seq)
            has_less = position < fact_store.acknowledged_position(connection)
        self._heard = head
        is_here = head.seq == 0 or found == head.hash
        if is_here and has_less:
            with self._store.transaction() as connection:
                settings.put(connection, "acked_position", str(position))
                settings.put(connection, telling_again.IS_BEHIND, "1")
        if is_here or head.epoch < mine.epoch:
            return
        if found is not None:
            with suppress(Unreachable, HubRefused):  # who asks for what follows on other facts tells that there are two
                self._link.call(lambda hub: hub.history(Head(head.device_id, head.epoch, head.seq, found), 0))
            self._stop_copy()
        self._store.must_reach(head)
        self.check()

    def hear(self, told: HeadAnswer) -> None:
        """The same as it is told with the feed; notes in which life the hub is."""
        self.note(Head(self._context.device.id, told.epoch, told.seq, told.hash))
        if told.life:
            with self._store.reading() as connection:
                known = settings.get(connection, telling_again.LIFE)
            if known != told.life:
                with self._store.transaction() as connection:
                    name = telling_again.LIFE if known is None else telling_again.NEXT_LIFE
                    settings.put(connection, name, told.life)

    def take_back(self) -> None:
        """Takes back what is missing, from whoever has it; `is_needed` says afterwards whether anything still is.

        Raises:
            TwoCopies: if the hub has other facts with this till's numbers.
        """
        with self._one_at_a_time:
            if not self.is_needed:
                return
            self._must_be_alone()
            seen = self._store.seen
            self.problem = ""
            has_asked = self._take_from_hub()
            if self._store.gap is not None and self._store.gap.count:
                self._take_from_backups()
            gap = self._store.gap
            if gap is None or (not gap.count and has_asked):
                self._go_on(is_whole=gap is None and seen is not None and not seen.is_told)

    def go_on_without(self) -> None:
        """Goes on in a new epoch, without what is missing: a person's decision.

        What it may have sold is not sold again: neither its order numbers nor its places. What the hub has is taken
        back first: a till that left it behind would sell again what it had sold and sent.

        Raises:
            TwoCopies: if it is not that something is missing, but that another copy has sold.
            HubNotAsked: if the hub does not answer.
        """
        with self._one_at_a_time:
            self._must_be_alone()
            if not self.is_needed:
                return
            try:
                self._took_from_hub()
            except Unreachable as error:
                raise HubNotAsked from error
            self._go_on(is_whole=False)

    def now(self) -> Incomplete:
        """Returns what is missing; nothing, once all is back."""
        gap, code = self._store.gap, self._context.device.code
        return Incomplete(
            device_name=self._context.device.name,
            missing="" if gap is None else gap.words(code),
            count=0 if gap is None else gap.count,
            is_done=gap is None,
            problem=self.problem,
            printed=() if gap is None else tuple(self._store.lost_papers()),
        )

    def _look(self) -> None:
        with self._store.reading() as connection:
            unsent = fact_store.count_unacknowledged(connection)
        try:
            told = self._link.call(lambda hub: hub.head(unsent))
        except HubRefused as error:
            if error.status == _NO_SUCH_ROUTE:  # of the version before: it says how far it is when facts are sent
                return
            raise
        self.hear(told)

    def _take_from_hub(self) -> bool:
        """Takes what the hub has; returns whether it could be asked."""
        try:
            return self._took_from_hub()
        except Unreachable as error:
            self.problem = error.what_happened
            return False

    def _took_from_hub(self) -> bool:
        """Takes what the hub has; returns whether it gave it, and all of it fits.

        Raises:
            Unreachable: if the hub does not answer.
        """
        try:
            with suppress(ChainIsShort):
                self._look()
            self._take_history()
        except HubRefused as error:
            self.problem = error.what_happened
            return False
        except (BrokenFact, NotEnoughLeft, Inconsistent) as error:
            self.problem = f"What the hub has does not fit to what is here: {error}."
            return False
        return True

    def _take_history(self) -> None:
        head, cursor, more = self._own_head(), 0, True
        while more:
            answer = self._link.call(lambda hub, after=cursor: hub.history(head, after))  # type: ignore[misc]
            if not answer.is_known:
                self._leave_fork(head)
                return
            self._take([message.fact() for message in answer.facts], is_acknowledged=True)
            if answer.contacts:
                with self._store.transaction(mends=True) as connection:
                    people.take_back(connection, answer.contacts)
            cursor, more = answer.cursor, answer.more

    def _leave_fork(self, head: Head) -> None:
        """This till has facts that the hub lacks: that is a fork if the hub has others of this number or later ones."""
        heard = self._heard
        if heard is not None and (heard.epoch, heard.seq) >= (head.epoch, head.seq) and heard != head:
            self._stop_copy()

    def _take_from_backups(self) -> None:
        for backup in self.backups.all():
            try:
                facts = self.backups.facts_of(backup, self._context.device.id)
                self._take(facts, is_acknowledged=False)
            except (OperationFailed, BrokenFact, NotEnoughLeft, Inconsistent, ValueError, KeyError):
                continue  # one that is damaged, or of another till, gives nothing
            if self._store.gap is None:
                return

    def _take(self, facts: Iterable[Fact], *, is_acknowledged: bool) -> None:
        device, key = self._context.device.id, self._context.journal.key.public_key()
        with self._store.transaction(mends=True) as connection:
            back = take_back(connection, device, key, facts)
            if back and is_acknowledged:
                settings.put(connection, "acked_position", str(fact_store.newest_position(connection)))

    def _go_on(self, *, is_whole: bool) -> None:
        seen, heard = self._store.seen, self._heard
        with self._store.transaction(mends=True) as connection:
            mine = fact_store.own_head(connection, self._context.device.id)
            epoch = max(mine.epoch, seen.head.epoch if seen else 1, heard.epoch if heard else 1) + 1
            orders = max(orders_placed(connection), seen.orders if seen else 0)
            fact_store.go_on_in(connection, epoch, orders + (0 if is_whole else SPARE_ORDERS))
            if not is_whole:
                leases.freeze(connection)

    def _must_be_alone(self) -> None:
        with self._store.reading() as connection:
            is_copy = settings.get(connection, fact_store.COPIED_AT) == fact_store.TWO_COPIES
        if is_copy:
            raise TwoCopies

    def _stop_copy(self) -> None:
        """Stops this till for good: which of two copies is the right one, only people know."""
        with self._store.transaction(mends=True) as connection:
            settings.put(connection, fact_store.COPIED_AT, fact_store.TWO_COPIES)
        error = TwoCopies()
        self.problem = f"{error.what_happened} {error.what_to_do}"
        raise error

    def _own_head(self) -> Head:
        with self._store.reading() as connection:
            return fact_store.own_head(connection, self._context.device.id)
