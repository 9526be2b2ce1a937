"""Mails to all customers of an event, such as that a day is cancelled: written, looked at, confirmed, sent, stopped.

Each address gets a notice once, however many orders it has and however often sending is stopped and taken up again.
Only a process that dies between handing a mail over and writing it down sends that one mail twice: of a notice that
someone must know, twice is better than never.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, text, update

from boxoffice.core.closed_sets import listed
from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.languages import later
from boxoffice.core.orders import HELD
from boxoffice.core.reading import read_line, read_note
from boxoffice.core.texts import Texts
from boxoffice.documents.notice import Notice, notice_html, notice_text
from sync.config import not_set_up
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.ports import Mail, MailRefused, MailSender
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.notices import KeptNotice, NoticeMail, NoticeStatus, find, next_mail
from sync.store.queue import defer

_MOST_SUBJECT: Final = 150
_MOST_WORDS: Final = 5_000
_AT_ONCE: Final = 50
"""Mails that one job sends before other jobs get their turn."""
_n: Final = t.notices.c
_m: Final = t.notice_mails.c
# Who holds something that is paid; an address that has bought in two languages gets the newest one's.
_AFFECTED: Final = f"""
    SELECT DISTINCT ON (lower(o.customer_email))
           lower(o.customer_email) AS email, coalesce(h.language, 'en') AS language
    FROM orders o LEFT JOIN holds h ON h.order_id = o.id
    WHERE o.event_id = :event AND (
              o.status IN ({listed(HELD)}) OR o.status = 'refunded' AND EXISTS (
                  SELECT FROM tickets k WHERE k.order_id = o.id AND k.status = 'valid')
          ) AND o.customer_email LIKE '%@%'
    ORDER BY lower(o.customer_email), o.created_at DESC
"""  # noqa: S608  # of the words of a closed set
_COUNT: Final = text(f"SELECT count(*) FROM ({_AFFECTED}) AS affected")  # noqa: S608  # joined of two constants
_FILL: Final = text(f"""
    INSERT INTO notice_mails (id, notice_id, email, language)
    SELECT gen_random_uuid(), :notice, email, language FROM ({_AFFECTED}) AS affected ON CONFLICT DO NOTHING
""")  # noqa: S608  # as above


class NoSuchNotice(BoxofficeError):
    """There is no such notice."""


class NotConfirmed(BoxofficeError):
    """What was typed is not how many people would get the notice."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What to tell; the Spanish part may be left empty, and everyone gets the first one then."""

    event_id: str
    subject: str
    words: str
    subject_es: str = ""
    words_es: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a notice stands. `affected` is how many addresses it would go to now, or goes to once it is begun."""

    affected: int
    sent: int
    failed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Notices:
    """The use cases of writing to all customers."""

    hub: Hub
    provider: MailSender | None

    def write(self, new: NewNotice, by: str) -> str:
        """Keeps a notice as a draft; returns its id.

        Raises:
            BadInput: with everything that is wrong with it.
        """
        new = replace(
            new,
            subject=read_line(new.subject),
            words=read_note(new.words),
            subject_es=read_line(new.subject_es),
            words_es=read_note(new.words_es),
        )
        problems = [
            *_problems("subject", new.subject, _MOST_SUBJECT, is_needed=True),
            *_problems("words", new.words, _MOST_WORDS, is_needed=True),
            *_problems("subject_es", new.subject_es, _MOST_SUBJECT, is_needed=bool(new.words_es)),
            *_problems("words_es", new.words_es, _MOST_WORDS, is_needed=bool(new.subject_es)),
        ]
        with self.hub.database.transaction() as connection:
            if connection.execute(select(t.events.c.id).where(t.events.c.id == new.event_id)).first() is None:
                problems.append(FieldError("event", "is not known here"))
            if problems:
                raise BadInput(problems)
            notice_id = new_id()
            values = {"event_id": new.event_id, "subject": new.subject, "words": new.words}
            spanish = {"subject_es": new.subject_es, "words_es": new.words_es}
            connection.execute(insert(t.notices).values(id=notice_id, by=by, **values, **spanish))
        return notice_id

    def send_all(self, notice_id: str, typed: str) -> None:
        """Begins to send a draft, or goes on with one that was stopped; pressed twice, it is one sending.

        Raises:
            NoSuchNotice: if there is none.
            NotConfirmed: if `typed` is not how many people get it.
            OperationFailed: if this hub sends no mail.
        """
        if self.provider is None:
            raise not_set_up(self.hub.settings, "e-mail")
        with self.hub.database.transaction() as connection:
            row = notice(connection, notice_id, is_locked=True)
            if row.status in (NoticeStatus.SENDING, NoticeStatus.SENT):
                return
            count = progress(connection, row)
            expected = count.affected if row.status is NoticeStatus.DRAFT else count.waiting
            if typed.strip() != str(expected):
                raise NotConfirmed(later("Type the number of people who get this, to confirm."))
            if row.status is NoticeStatus.DRAFT:
                connection.execute(_FILL, {"notice": notice_id, "event": row.event_id})
            connection.execute(update(t.notices).where(_n.id == notice_id).values(status="sending"))
            defer(connection, "send_notice", {"notice_id": notice_id})

    def stop(self, notice_id: str) -> None:
        """Stops sending before the next mail; whoever got it has got it."""
        with self.hub.database.transaction() as connection:
            mine = update(t.notices).where(_n.id == notice_id, _n.status == "sending")
            connection.execute(mine.values(status="stopped"))

    def work(self, notice_id: str) -> None:
        """Sends the next mails of a notice, and leaves the rest to a job after this one.

        Raises:
            TryAgainLater: if SendGrid can't be reached; those that are sent are not sent again.
        """
        with self.hub.database.transaction() as alone:
            lock = func.pg_try_advisory_xact_lock(func.hashtext(f"notice {notice_id}"))
            if alone.execute(select(lock)).scalar_one():  # else another job is at it, and goes on by itself
                self._work(notice_id)

    def _work(self, notice_id: str) -> None:
        for _ in range(_AT_ONCE):
            with self.hub.database.transaction() as connection:
                row = notice(connection, notice_id)
                if row.status is not NoticeStatus.SENDING:
                    return
                mail = next_mail(connection, notice_id)
                if mail is None:
                    connection.execute(update(t.notices).where(_n.id == notice_id).values(status="sent"))
                    return
                letter = letter_of(self.hub, connection, row, mail.language)
            self._send(mail, letter)
        with self.hub.database.transaction() as connection:
            defer(connection, "send_notice", {"notice_id": notice_id})

    def _send(self, row: NoticeMail, letter: Notice) -> None:
        if self.provider is None:
            raise not_set_up(self.hub.settings, "e-mail")
        reference = {"mail_id": row.id, "notice_id": row.notice_id}
        mail = Mail(
            row.email, letter.subject, notice_text(letter), notice_html(letter), {}, reference, letter.event_name
        )
        values: dict[str, Any] = {"status": "sent", "sent_at": func.now(), "last_error": None}
        try:
            self.provider.send(mail)
        except MailRefused as error:
            values = {"status": "failed", "last_error": str(error)[:1000]}
        with self.hub.database.transaction() as connection:
            connection.execute(update(t.notice_mails).where(_m.id == row.id).values(values))


def letter_of(hub: Hub, connection: Connection, row: KeptNotice, language: str) -> Notice:
    """Returns a notice as one of its readers gets it."""
    event = catalogue_on_sale(hub, connection, row.event_id)
    is_spanish = language == "es" and bool(row.words_es)
    subject, words = (row.subject_es, row.words_es) if is_spanish else (row.subject, row.words)
    speaks = "es" if is_spanish else "en"
    return Notice(Texts(event, speaks).event_name, event.venue, subject, words, speaks)


def notice(connection: Connection, notice_id: str, *, is_locked: bool = False) -> KeptNotice:
    """Returns a notice; locked, it stays as it is until the transaction ends.

    Raises:
        NoSuchNotice: if there is none.
    """
    found = find(connection, notice_id, is_locked=is_locked)
    if found is None:
        raise NoSuchNotice("There is no such notice.")
    return found


def progress(connection: Connection, row: KeptNotice) -> Progress:
    """Returns how far a notice has come."""
    if row.status is NoticeStatus.DRAFT:
        return Progress(connection.execute(_COUNT, {"event": row.event_id}).scalar_one(), 0, 0, 0)
    query = select(_m.status, func.count()).where(_m.notice_id == row.id).group_by(_m.status)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    failed = counts.get("failed", 0) + counts.get("bounced", 0)
    waiting = counts.get("queued", 0)
    return Progress(sum(counts.values()), sum(counts.values()) - failed - waiting, failed, waiting)


def _problems(place: str, words: str, most: int, *, is_needed: bool) -> Sequence[FieldError]:
    if len(words) > most:
        return [FieldError(place, f"must have at most {most} letters")]
    return [FieldError(place, later("is empty"))] if is_needed and not words else []
