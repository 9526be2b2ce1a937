"""Keeps till and hub in step: pushes facts, pulls what changed elsewhere, refills leases, hands over mails."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, TypeVar

from boxoffice.core.facts import Fact, Head
from boxoffice.core.wire.feed import FeedAnswer
from boxoffice.core.wire.leases import LeaseRequest
from boxoffice.core.wire.mails import MailRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pairing import EventBody
from boxoffice.core.wire.protocol import GENERATION
from boxoffice.core.wire.pushes import ContactMessage, PushAnswer, PushRequest
from boxoffice.till.store import events_kept, leases, notes, people, pools_seen, settings
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store.journal import take_hub_fact
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.help_calls import HelpCalls
from boxoffice.till.usecases.hub_problems import ProblemsOfTheHub
from boxoffice.till.usecases.hub_time import HubTime
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.mending import Mending
from boxoffice.till.usecases.parking import Parking
from boxoffice.till.usecases.ports import HubBusy, HubRefused
from boxoffice.till.usecases.returns import Returns
from boxoffice.till.usecases.shares import Shares
from boxoffice.till.usecases.signing_in import SigningIn
from boxoffice.till.usecases.sold_elsewhere import SoldElsewhere
from boxoffice.till.usecases.stripe_key import KeyedTerminal
from boxoffice.till.usecases.telling_again import TellingAgain

T = TypeVar("T")

BATCH: Final = 200
"""How many facts go at once, at most."""
LEAST: Final = 25
_BATCH_S: Final = 1.0
"""A batch should take no longer: others wait for their turn."""
_NOTE: Final = "note:"
MAIL_LOOKS: Final = 60
MAILS_AT_ONCE: Final = 2


def batch_after(size: int, took_s: float) -> int:
    """Returns how many facts to send at once after so many took so long."""
    return max(LEAST, size // 2) if took_s > _BATCH_S else min(BATCH, size * 2 if took_s < _BATCH_S / 4 else size)


class Sync:
    """One at a time; calling it again is harmless."""

    def __init__(
        self,
        context: TillContext,
        link: Link,
        terminal: KeyedTerminal,
        mending: Mending,
        *,
        takes_places: bool = True,
    ) -> None:
        self.context = context
        self.takes_places = takes_places
        self.link = link
        self.hub_time = HubTime(context.store, context.clock)
        self.shares = Shares(context)
        self.returns = Returns(context, self.shares)
        self.terminal = terminal
        self.mending = mending
        self.telling_again = TellingAgain(context, link)
        self.problems = ProblemsOfTheHub(context, link)
        self.signing_in = SigningIn(context, link)
        self.elsewhere = SoldElsewhere(context, link)
        self.parking = Parking(context, link)
        self.help_calls = HelpCalls(context, link)
        self.synced_at: datetime | None = None
        self._looked_at: str | None = None
        self._batch = BATCH
        self._push_again_at = 0.0
        self._one_at_a_time = threading.RLock()

    def everything(self) -> bool:
        """Pushes, pulls and refills; returns whether the catalogue at hand was revised.

        Raises:
            Unreachable: if the hub does not answer; what was done until then stands.
            HubRefused: if the hub will not take it.
            ChainIsShort: if this till lacks facts of its own: nothing is sent or taken before they are back.
        """
        with self._one_at_a_time:
            self.mending.compare()
            self.telling_again.if_due()
            self._push_unless_busy()
            is_revised = self.pull()
            if self.telling_again.if_due():
                self._push_unless_busy()
            is_back = self.returns.look()
            if not self.takes_places:
                is_back = self.returns.everything() or is_back
            if is_back:
                self._push_unless_busy()
            self.refill()
            self.send_mails()
            self.look_at_mails()
            self.synced_at = self.context.clock.now()
        return is_revised

    def hand_back(self) -> None:
        """Sends all facts, and gives back what this till could still sell; without the hub it keeps it.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: if the hub will not take it.
        """
        with self._one_at_a_time:
            self.push()
            if self.returns.everything():
                self.push()
            self.shares.keep_stock(is_stocked=False)

    def push(self) -> None:
        """Sends all facts that the hub has not acknowledged, in order.

        Raises:
            Unreachable: if the hub does not answer.
            HubBusy: if it has asked to be left alone for a while; what it took stands.
            HubRefused: if it will not take it.
        """
        with self._one_at_a_time:
            while self._push_batch():
                pass

    def _push_unless_busy(self) -> None:
        """The same where all else may go on, should the hub have too much to do for it."""
        with suppress(HubBusy):
            self.push()

    def pull(self) -> bool:
        """Takes what changed elsewhere; returns whether the catalogue at hand was revised."""
        event_id = self.context.event.catalogue.id if self.context.has_event else None
        is_revised, more = False, True
        with self._one_at_a_time:
            while more:
                answer = self._next_page(event_id)
                if any(entry.kind == "event" and entry.event_id == event_id for entry in answer.entries):
                    is_revised = self._revise(str(event_id)) or is_revised
                self._take(answer)
                more = answer.more
            self.signing_in.compare(answer.staff_tag)  # after the facts about them
            if event_id is not None and event_id != self._looked_at:
                # What is on disk may be from a hub, or for a till, of a version that said less of an event.
                is_revised = self._revise(event_id) or is_revised
                self._looked_at = event_id
        return is_revised

    def refill(self) -> None:
        """Asks for more of each pool that runs low here."""
        if self.context.has_event and self.takes_places:
            low = self.shares.running_low()
            wanted = {str(pool): units for pool, units in low.items() if not self.returns.is_resting(pool)}
            if wanted:
                self.ask_lease(wanted, for_outage=self.shares.is_stocked)

    def stock_up(self) -> None:
        """Asks for as much as may be kept here for a bad network, and keeps so much from now on.

        Raises:
            Unreachable: if the hub does not answer; nothing was changed.
            HubRefused: if it will not do it.
        """
        wanted = {str(pool): units for pool, units in self.shares.up_to_stock().items()}
        if wanted:
            self.ask_lease(wanted, for_outage=True)
        self.shares.keep_stock(is_stocked=True)

    def ask_lease(self, wanted: Mapping[str, int], *, whole: bool = False, for_outage: bool = False) -> None:
        """Asks for so many more units now; gets what there is, or with `whole` all of them or none.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: 409, if there is less than all.
        """
        self.lease_for(wanted, lambda: None, whole=whole, for_outage=for_outage)

    def lease_for(
        self, wanted: Mapping[str, int], use: Callable[[], T], *, whole: bool = True, for_outage: bool = False
    ) -> T:
        """Returns what `use` returns: it has what was granted before that can be given back.

        While the hub asks others for it, this till gives back what it is asked for itself: of two that wait for each
        other, one would else never get what it needs.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: 409, if there is less than all.
        """
        event_id = self.context.event.catalogue.id
        with self.context.store.reading() as connection:
            generations = leases.generations_of(connection, event_id)
        request = LeaseRequest(
            request_id=self.context.new_id(),
            event_id=event_id,
            wanted=dict(wanted),
            whole=whole,
            for_outage=for_outage,
            generations={pool: generations[pool] for pool in wanted if generations.get(pool)},
        )
        answer = self.link.call(lambda hub: hub.lease(request))
        with self.returns.lock:
            self.take_facts(answer.granted)
            with self.context.store.transaction() as connection:
                pools_seen.note(connection, request.event_id, answer.pools)
            return use()

    def take_facts(self, messages: Sequence[FactMessage]) -> None:
        """Takes facts of the hub, each once."""
        if messages:
            with self.context.store.transaction() as connection:
                for message in messages:
                    take_hub_fact(connection, message.fact())

    def take_event(self, event_id: str) -> EventBody:
        """Gets an event from the hub and keeps it."""
        body = self.link.call(lambda hub: hub.event(event_id))
        with self.context.store.transaction() as connection:
            events_kept.keep(connection, event_id, body)
        return body

    def send_mails(self) -> None:
        """Hands over the mails that wait; one that the hub refuses for good does not stop the others."""
        with self.context.store.reading() as connection:
            waiting = people.unsent_mails(connection)
        for mail in waiting:
            self._send_mail(mail)

    def look_at_mails(self) -> None:
        """Asks what became of mails that are on their way: a few each time, and each for some minutes."""
        with self.context.store.reading() as connection:
            mails = people.mails_on_their_way(connection, MAIL_LOOKS, MAILS_AT_ONCE)
        for mail in mails:
            self._send_mail(mail)

    def unsent_count(self) -> int:
        """Returns how many facts the hub has not acknowledged."""
        with self.context.store.reading() as connection:
            return fact_store.count_unacknowledged(connection)

    def _push_batch(self) -> bool:
        """Sends the next facts; returns whether there may be more."""
        clock = self.context.clock
        left_alone_s = self._push_again_at - clock.monotonic()
        if left_alone_s > 0:
            raise HubBusy("The hub is busy.", left_alone_s)
        answers = self.returns.take_answers()  # before the facts, which are then those of what was given
        facts, contacts = self._unsent()
        if not facts and not contacts and not answers:
            return False
        request = PushRequest(facts=tuple(map(FactMessage.of, facts)), contacts=contacts, recalls=answers)
        unsent = self.unsent_count()
        began = clock.monotonic()
        try:
            answer = self.link.call(lambda hub: hub.push(request, unsent))
        except HubBusy as busy:
            self._push_again_at = clock.monotonic() + busy.retry_after_s
            self._batch = max(LEAST, self._batch // 2)
            raise
        is_full = len(facts) == self._batch
        if is_full:
            self._batch = batch_after(self._batch, clock.monotonic() - began)
        is_more = self._acknowledge(answer, contacts, is_full=is_full)
        if answer.is_revoked:
            self.link.hear_revoked()
        return is_more

    def _next_page(self, event_id: str | None) -> FeedAnswer:
        with self.context.store.reading() as connection:
            # What this till could not read before it was updated was left out for it: it is read again from the start.
            is_read = settings.get(connection, "feed_generation") == str(GENERATION)
            cursor = int(settings.get(connection, "feed_cursor") or 0) if is_read else 0
        unsent = self.unsent_count()
        answer = self.link.call(lambda hub: hub.feed(cursor, event_id, unsent, self.terminal.key_id))
        self.link.note_time(answer.hub_time)
        if answer.head is not None:
            self.mending.hear(answer.head)
        self.returns.recalls = answer.recalls
        if answer.stripe_key_id not in ("", self.terminal.key_id):
            self._take_key()
        self.problems.compare(answer.problems_tag)
        self.elsewhere.hear(answer.orders_tag)
        self.parking.compare(answer.parked_tag)
        self.help_calls.hear(answer.calls)
        return answer

    def _take_key(self) -> None:
        """Takes the Stripe key that an organizer has set; the next request of the feed says that it is here."""
        key = self.link.call(lambda hub: hub.key()).stripe_key
        if key is not None:
            self.terminal.take(key)

    def _send_mail(self, request: MailRequest) -> None:
        """Hands a mail over; asked again, the hub sends nothing twice and says where it stands."""
        try:
            status = self.link.call(lambda hub: hub.send_mail(request)).status
        except HubRefused as error:
            if error.status != 422:
                raise
            status = "failed"
        with self.context.store.transaction() as connection:
            people.note_looked(connection, request.mail_id, status)

    def _unsent(self) -> tuple[list[Fact], tuple[ContactMessage, ...]]:
        """Returns what to send next: people's details only after all facts, as the hub must know their orders."""
        with self.context.store.reading() as connection:
            facts = fact_store.own_after(connection, fact_store.acknowledged_position(connection), self._batch)
            contacts = people.unsent_contacts(connection, 0 if len(facts) == self._batch else BATCH)
            noted = notes.unsent(connection) if len(facts) < self._batch else []
        told = (ContactMessage(contact_id=f"{_NOTE}{order}", order_id=order, note=note) for order, note in noted)
        return facts, (*contacts, *told)

    def _acknowledge(self, answer: PushAnswer, contacts: Sequence[ContactMessage], *, is_full: bool) -> bool:
        """Notes what the hub has; returns whether there may be more to send."""
        device = self.context.device.id
        with self.context.store.transaction() as connection:
            before = fact_store.acknowledged_position(connection)
            position = fact_store.position_of(connection, device, answer.epoch, answer.acknowledged_seq)
            settings.put(connection, "acked_position", str(position))
            people.note_sent(connection, [each for each in contacts if each.note is None])
            notes.note_sent(connection, [(each.order_id, each.note) for each in contacts if each.note is not None])
        self.mending.note(Head(device, answer.epoch, answer.acknowledged_seq, answer.acknowledged_hash))
        return (position > before and is_full) or len(contacts) == BATCH

    def _take(self, answer: FeedAnswer) -> None:
        with self.context.store.transaction() as connection:
            for entry in answer.entries:
                if entry.fact is not None:
                    take_hub_fact(connection, entry.fact.fact())
                if entry.event_id is not None:
                    pools_seen.note(connection, entry.event_id, entry.pools)
            settings.put(connection, "feed_cursor", str(answer.cursor))
            settings.put(connection, "feed_generation", str(GENERATION))
            self.hub_time.hear(connection, answer.hub_time)

    def _revise(self, event_id: str) -> bool:
        before = self.context.event.catalogue
        return self.context.take_event(self.take_event(event_id)).catalogue != before
