"""Keeps till and hub in step: pushes facts, pulls what changed elsewhere, refills leases, hands over mails."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.facts import Fact
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.wire import (
    ContactMessage,
    EventBody,
    FactMessage,
    FeedAnswer,
    LeaseRequest,
    MailRequest,
    PoolLeft,
    PushAnswer,
    PushRequest,
)
from boxoffice.services.desk import Desk
from boxoffice.services.link import Link
from boxoffice.services.ports import HubRefused
from boxoffice.services.stripe_key import KeyedTerminal
from boxoffice.store import facts as fact_store
from boxoffice.store import leases, settings
from boxoffice.store.journal import take_hub_fact

BATCH: Final = 200
LEASE_UNITS: Final = 40
"""What a till keeps of each pool to sell without asking; small pools give a tenth."""

MAIL_LOOKS: Final = 60
MAILS_AT_ONCE: Final = 2
_ON_THEIR_WAY: Final = """
    SELECT id, order_id, email FROM outbox_mails WHERE is_sent = 1 AND status IN ('queued', 'sent') AND looks < ?
    ORDER BY looks, id DESC LIMIT ?
"""
_LOOKED: Final = "UPDATE outbox_mails SET is_sent = 1, status = ?, looks = looks + 1 WHERE id = ?"
_POOL_SEEN: Final = """
    INSERT INTO pools_seen (event_id, pool_id, capacity, "left") VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET capacity = excluded.capacity, "left" = excluded."left"
"""
_EVENT: Final = """
    INSERT INTO events (id, revision, body) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body
"""


class Sync:
    """One at a time; calling it again is harmless."""

    def __init__(self, desk: Desk, link: Link, terminal: KeyedTerminal) -> None:
        self.desk = desk
        self.link = link
        self.terminal = terminal
        self.synced_at: datetime | None = None
        self._one_at_a_time = threading.RLock()

    def everything(self) -> bool:
        """Pushes, pulls and refills; returns whether the catalogue at hand was revised.

        Raises:
            Unreachable: if the hub does not answer; what was done until then stands.
            HubRefused: if the hub will not take it.
        """
        with self._one_at_a_time:
            self.push()
            is_revised = self.pull()
            self.refill()
            self.send_mails()
            self.look_at_mails()
            self.synced_at = self.desk.clock.now()
        return is_revised

    def push(self) -> None:
        """Sends all facts that the hub has not acknowledged, in order."""
        with self._one_at_a_time:
            while self._push_batch():
                pass

    def pull(self) -> bool:
        """Takes what changed elsewhere; returns whether the catalogue at hand was revised."""
        event_id = self.desk.event.catalogue.id if self.desk.has_event else None
        is_revised, more = False, True
        with self._one_at_a_time:
            while more:
                answer = self._next_page(event_id)
                if any(entry.kind == "event" and entry.event_id == event_id for entry in answer.entries):
                    is_revised = self._revise(str(event_id)) or is_revised
                self._take(answer)
                more = answer.more
        return is_revised

    def refill(self) -> None:
        """Asks for more of each pool that runs low here."""
        if not self.desk.has_event:
            return
        with self.desk.store.reading() as connection:
            counts = leases.counts_of(connection, self.desk.event.catalogue.id)
            left = self._left_overall(connection)
        wanted = {}
        for pool in self.desk.event.catalogue.pools:
            share = usual_share(pool.capacity)
            here = counts.get(pool.id, LeaseCount()).left
            missing = min(share - here, left.get(pool.id, share))
            if here <= share // 2 and missing > 0:
                wanted[str(pool.id)] = missing
        if wanted:
            self.ask_lease(wanted)

    def ask_lease(self, wanted: Mapping[str, int], *, whole: bool = False) -> None:
        """Asks for so many more units now; gets what there is, or with `whole` all of them or none.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: 409, if there is less than all.
        """
        request = LeaseRequest(
            request_id=self.desk.new_id(), event_id=self.desk.event.catalogue.id, wanted=dict(wanted), whole=whole
        )
        answer = self.link.call(lambda hub: hub.lease(request))
        self.take_facts(answer.granted)

    def take_facts(self, messages: Sequence[FactMessage]) -> None:
        """Takes facts of the hub, each once."""
        if messages:
            with self.desk.store.transaction() as connection:
                for message in messages:
                    take_hub_fact(connection, message.fact())

    def take_event(self, event_id: str) -> EventBody:
        """Gets an event from the hub and keeps it."""
        body = self.link.call(lambda hub: hub.event(event_id))
        with self.desk.store.transaction() as connection:
            connection.exec_driver_sql(_EVENT, (event_id, body.revision, body.model_dump_json()))
        return body

    def send_mails(self) -> None:
        """Hands over the mails that wait; one that the hub refuses for good does not stop the others."""
        with self.desk.store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT id, order_id, email FROM outbox_mails WHERE is_sent = 0").all()
        for mail_id, order_id, email in rows:
            self._send_mail(MailRequest(mail_id=mail_id, order_id=order_id, email=email))

    def look_at_mails(self) -> None:
        """Asks what became of mails that are on their way: a few each time, and each for some minutes."""
        with self.desk.store.reading() as connection:
            rows = connection.exec_driver_sql(_ON_THEIR_WAY, (MAIL_LOOKS, MAILS_AT_ONCE)).all()
        for mail_id, order_id, email in rows:
            self._send_mail(MailRequest(mail_id=mail_id, order_id=order_id, email=email))

    def unsent_count(self) -> int:
        """Returns how many facts the hub has not acknowledged."""
        with self.desk.store.reading() as connection:
            return fact_store.count_after(connection, acknowledged_position(connection))

    def _push_batch(self) -> bool:
        """Sends the next facts; returns whether there may be more."""
        facts, contacts = self._unsent()
        if not facts and not contacts:
            return False
        request = PushRequest(facts=tuple(FactMessage.of(fact) for fact in facts), contacts=contacts)
        unsent = self.unsent_count()
        answer = self.link.call(lambda hub: hub.push(request, unsent))
        is_more = self._acknowledge(answer, facts, contacts)
        if answer.is_revoked:
            self.link.hear_revoked()
        return is_more

    def _next_page(self, event_id: str | None) -> FeedAnswer:
        with self.desk.store.reading() as connection:
            cursor = int(settings.get(connection, "feed_cursor") or 0)
        unsent = self.unsent_count()
        answer = self.link.call(lambda hub: hub.feed(cursor, event_id, unsent, self.terminal.key_id))
        self.link.note_time(answer.hub_time)
        if answer.stripe_key_id not in ("", self.terminal.key_id):
            self._take_key()
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
        with self.desk.store.transaction() as connection:
            connection.exec_driver_sql(_LOOKED, (status, request.mail_id))

    def _unsent(self) -> tuple[list[Fact], tuple[ContactMessage, ...]]:
        with self.desk.store.reading() as connection:
            facts = fact_store.own_after(connection, acknowledged_position(connection), BATCH)
            rows = connection.exec_driver_sql(
                "SELECT id, order_id, email, name, phone FROM contacts WHERE is_sent = 0 LIMIT ?", (BATCH,)
            )
            contacts = tuple(
                ContactMessage(contact_id=row[0], order_id=row[1], email=row[2], name=row[3], phone=row[4])
                for row in rows
            )
        return facts, contacts

    def _acknowledge(self, answer: PushAnswer, facts: Sequence[Fact], contacts: Sequence[ContactMessage]) -> bool:
        """Notes what the hub has; returns whether there may be more to send."""
        device = self.desk.device.id
        with self.desk.store.transaction() as connection:
            before = acknowledged_position(connection)
            position = fact_store.position_of(connection, device, answer.epoch, answer.acknowledged_seq)
            settings.put(connection, "acked_position", str(position))
            for contact in contacts:
                connection.exec_driver_sql("UPDATE contacts SET is_sent = 1 WHERE id = ?", (contact.contact_id,))
        return position > before and len(facts) == BATCH

    def _take(self, answer: FeedAnswer) -> None:
        with self.desk.store.transaction() as connection:
            for entry in answer.entries:
                if entry.fact is not None:
                    take_hub_fact(connection, entry.fact.fact())
                if entry.event_id is not None:
                    _note_pools(connection, entry.event_id, entry.pools)
            settings.put(connection, "feed_cursor", str(answer.cursor))

    def _revise(self, event_id: str) -> bool:
        body = self.take_event(event_id)
        if body.revision == self.desk.event.catalogue.revision:
            return False
        self.desk.take_event(body)
        return True

    def _left_overall(self, connection: Connection) -> dict[PoolId, int]:
        """Returns what the hub said is left of each pool, what lies on leases included."""
        rows = connection.exec_driver_sql(
            'SELECT pool_id, "left" FROM pools_seen WHERE event_id = ?', (self.desk.event.catalogue.id,)
        )
        return {PoolId(row[0]): row[1] for row in rows}


def usual_share(capacity: int) -> int:
    """Returns how many units of a pool a till keeps to sell without asking."""
    return min(LEASE_UNITS, max(1, capacity // 10))


def _note_pools(connection: Connection, event_id: str, pools: Sequence[PoolLeft]) -> None:
    rows = [(event_id, pool.pool_id, pool.capacity, pool.left) for pool in pools]
    if rows:
        connection.exec_driver_sql(_POOL_SEEN, rows)


def acknowledged_position(connection: Connection) -> int:
    """Returns where the newest of this till's facts stands that the hub has."""
    return int(settings.get(connection, "acked_position") or 0)
