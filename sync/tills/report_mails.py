"""A Z report by mail, as PDF, to every organizer: asked for at the till that closed the shift."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.ids import part_id
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.wire.reports import ReportAsk, ReportMailed
from boxoffice.documents.languages import language
from boxoffice.documents.notice import letter_html
from boxoffice.documents.slip_pdf import slip_pdf
from boxoffice.documents.z_report import title_of, z_slip
from sync.ledger.hub import Hub
from sync.mail.own_mails import OwnMails
from sync.ports import Mail, MailSender
from sync.store import tables as t
from sync.store.queue import defer
from sync.store.tills import Device
from sync.tills.shifts import ReportAt, report_at

_r: Final = t.report_mails.c
_s: Final = t.metadata.tables["shifts"].c


@dataclass(frozen=True, slots=True)
class ReportMails:
    """The use cases of it. The hub makes the report itself, from the facts."""

    hub: Hub
    provider: MailSender | None

    def queue(self, device: Device, shift_id: str, ask: ReportAsk) -> ReportMailed:
        """Queues a mail to each organizer, once however often the till asks with one id.

        Raises:
            BadInput: if this till has closed no such shift, as far as the hub has heard.
            OperationFailed: if this hub sends no mail.
        """
        self._mails.must_be_set_up()
        with self.hub.database.transaction() as connection:
            mine = (_s.id == shift_id, _s.device_id == device.id, _s.status == "closed")
            if connection.execute(select(_s.id).where(*mine)).first() is None:
                raise BadInput([FieldError("shift_id", "is of no shift that this till has closed")])
            spoken = ask.language if ask.language in LANGUAGES else "en"
            o = t.organizers.c
            theirs = (o.status == "active", o.role != "none")  # who sees every event
            addresses = connection.scalars(select(o.email).where(*theirs).order_by(o.id)).all()
            for i, address in enumerate(addresses):
                row = {"id": part_id(ask.mail_id, i), "shift_id": shift_id, "email": address, "language": spoken}
                new = insert(t.report_mails).values(row).on_conflict_do_nothing().returning(_r.id)
                if connection.execute(new).first() is not None:
                    defer(connection, "send_report", {"mail_id": row["id"]})
        return ReportMailed(organizers=len(addresses))

    def send(self, mail_id: str) -> None:
        """Sends one, if it was not sent before.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        self._mails.must_be_set_up()
        with self.hub.database.transaction() as connection:
            row = connection.execute(select(t.report_mails).where(_r.id == mail_id)).one()
            found = report_at(connection, row.shift_id, row.language)
        if row.status != "queued" or found is None:
            return
        self._mails.deliver(mail_id, _mail(found, row.email, mail_id, row.language))

    def note_failure(self, mail_id: str, error: Exception, *, is_last: bool) -> None:
        self._mails.note_failure(mail_id, error, is_last=is_last)

    @property
    def _mails(self) -> OwnMails:
        return OwnMails(self.hub, self.provider, t.report_mails)


def _mail(found: ReportAt, address: str, mail_id: str, spoken: str) -> Mail:
    speaks, head = language(spoken), found.head
    title = title_of(head)
    subject = f"{title}, {found.shift.till}"
    words = speaks.say("{event}: the report of a shift that was closed at {till}, as PDF.").format(
        event=head.event_name, till=found.shift.till
    )
    slip = z_slip(head, found.report, (), lambda who: found.names.get(who or "", ""))
    return Mail(
        to=address,
        subject=subject,
        text=f"{subject}\n\n{words}\n",
        html=letter_html(head.event_name, head.venue, subject, words, spoken),
        attachments={f"z-{head.number}-{found.shift.row.id}.pdf": slip_pdf(slip)},
        reference={"report_mail_id": mail_id},
        sender=head.event_name,
    )
