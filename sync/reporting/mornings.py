"""Reports by mail, every morning from seven by a clock at the event, until a week after it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.money import Money
from boxoffice.documents.languages import Language, language
from boxoffice.documents.notice import link_html
from sync.ledger.hub import Hub
from sync.mail.own_mails import OwnMails
from sync.ports import Mail, MailSender
from sync.reporting.asked import read_query
from sync.reporting.on_paper import report_pdf
from sync.reporting.sales_report import SalesReport, sales_report
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.queue import defer
from sync.store.reports import ReportEvent, report_events

_FROM: Final = time(7)
_AFTER: Final = timedelta(days=7)
_v: Final = t.report_views.c
_m: Final = t.view_mails.c
_o: Final = t.organizers.c


@dataclass(frozen=True, slots=True)
class Mornings:
    """The use cases of it."""

    hub: Hub
    provider: MailSender | None

    def queue(self, now: datetime) -> int:
        """Queues what is due, each report once a day; returns how many."""
        if self.provider is None:
            return 0
        with self.hub.database.transaction() as connection:
            events = report_events(connection)
            due = [
                (row.id, day)
                for row in connection.execute(select(_v.id, _v.asked).where(_v.is_mailed))
                if (day := _due(events, row.asked, now)) is not None
            ]
            new = 0
            for view_id, day in due:
                row = {"id": new_id(), "view_id": view_id, "day": day}
                made = insert(t.view_mails).values(row).on_conflict_do_nothing().returning(_m.id)
                if connection.execute(made).first() is not None:
                    defer(connection, "send_view", {"mail_id": row["id"]})
                    new += 1
        return new

    def send(self, mail_id: str) -> None:
        """Sends one, if it was not sent before, and its report is still kept.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        self._mails.must_be_set_up()
        with self.hub.database.transaction() as connection:
            row = connection.execute(
                select(_m.status, _v.name, _v.asked, _v.language, _o.email)
                .join(t.report_views, _v.id == _m.view_id)
                .join(t.organizers, _o.id == _v.organizer_id)
                .where(_m.id == mail_id, _o.status == "active", _o.role != "none")  # who sees every event
            ).first()
            if row is None or row.status != "queued":
                return
            report = sales_report(connection, report_events(connection), read_query(row.asked), utc_now())
        if report is None:
            return
        link = f"{self.hub.public_url}/reports?{row.asked}"
        self._mails.deliver(mail_id, _mail(report, row.name, row.email, mail_id, link, language(row.language)))

    def note_failure(self, mail_id: str, error: Exception, *, is_last: bool) -> None:
        self._mails.note_failure(mail_id, error, is_last=is_last)

    @property
    def _mails(self) -> OwnMails:
        return OwnMails(self.hub, self.provider, t.view_mails)


def _due(events: list[ReportEvent], asked: str, now: datetime) -> date | None:
    """Returns the day of which a mail is due, by a clock at the event; None if none is."""
    named = read_query(asked).event
    event = next((each for each in events if each.id == named or not named), None)
    if event is None:
        return None
    there = now.astimezone(ZoneInfo(event.timezone))
    is_over = bool(event.days) and there.date() > event.days[-1] + _AFTER
    return None if there.time() < _FROM or is_over else there.date()


def _mail(report: SalesReport, name: str, address: str, mail_id: str, link: str, speaks: Language) -> Mail:
    found, currency = report.figures, report.event.currency
    subject = f"{name}: {report.event.name}"
    words = speaks.say("{tickets} tickets, {orders} orders, {paid} paid. All of it is in the PDF.").format(
        tickets=f"{found.tickets:,}", orders=f"{found.orders:,}", paid=Money(found.money, currency)
    )
    rest = speaks.say("You get this every morning. It ends a week after the event, or on the page of the report.")
    return Mail(
        to=address,
        subject=subject,
        text=f"{subject}\n\n{words}\n\n{link}\n\n{rest}\n",
        html=link_html(report.event.name, subject, words, link, rest, speaks.code),
        attachments={f"sales-{report.event.id}-{report.at:%Y-%m-%d}.pdf": report_pdf(report, speaks)},
        reference={"view_mail_id": mail_id},
        sender=report.event.name,
    )
