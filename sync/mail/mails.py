"""Receipt and tickets by e-mail: a row that remembers, and a durable job that sends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.documents.html import receipt_html, receipt_text
from boxoffice.documents.languages import language
from boxoffice.documents.model import Paper, Receipt, Ticket
from boxoffice.documents.receipt import receipt_pdf
from boxoffice.documents.tickets import tickets_pdf
from sync.config import not_set_up
from sync.ledger.hub import Hub
from sync.mail.gift_mails import ComposedGift, compose_gift
from sync.mail.paperwork import papers_of
from sync.mail.till_mails import queue_for_till
from sync.orders.access import nobodys_link, tickets_link
from sync.payments.cancel_mails import compose_cancellation
from sync.payments.payment_words import WORDS, Word, word_for
from sync.payments.refund_mails import ComposedRefundMail, compose_refund_mail
from sync.payments.returned_mails import compose_returned_mail
from sync.ports import Mail, MailRefused, MailSender
from sync.shop.belongings import belongings
from sync.store import tables as t
from sync.store.mails import KeptMail, MailStatus, count_try
from sync.store.tills import Device

_m: Final = t.mails.c


class UnknownMail(BoxofficeError):
    """There is no such mail, or it is another till's."""


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """What an order's customer is sent."""

    receipt: Receipt
    tickets: tuple[Ticket, ...]

    @property
    def subject(self) -> str:
        name = " ".join(self.receipt.event_name)
        if self.tickets:
            return self.receipt.say("Your tickets for {event}").format(event=name)
        return " ".join((self.receipt.say("Receipt"), self.receipt.order_number))

    @property
    def sender(self) -> str:
        return " ".join(self.receipt.event_name)

    @property
    def data(self) -> Mapping[str, Any]:
        """What a template of the organizer's own may show, by the names of the customer's plan and some more."""
        receipt = self.receipt
        return {
            "subject": self.subject,
            "customerName": receipt.customer_name or "",
            "orderId": receipt.order_number,
            "date": receipt.sold_at,
            "items": [
                {"name": line.name, "quantity": line.quantity, "price": line.unit_text, "subtotal": line.amount_text}
                for line in receipt.lines
            ],
            "sums": [{"name": name, "amount": amount} for name, amount in receipt.sums],
            "total": receipt.total_text,
            "afterTotal": [{"name": name, "amount": amount} for name, amount in (*receipt.included, *receipt.ends)],
            "eventName": self.sender,
            "eventDates": receipt.event_dates,
            "venue": ", ".join(receipt.venue),
            "ticketsUrl": receipt.tickets_url or "",
        }

    @property
    def text(self) -> str:
        return receipt_text(self.receipt)

    @property
    def html(self) -> str:
        return receipt_html(self.receipt)

    def attachments(self) -> dict[str, bytes]:
        """Returns the PDFs by their names."""
        number = self.receipt.order_number
        papers = {f"receipt-{number}.pdf": receipt_pdf(self.receipt, Paper.LETTER)}
        return papers | ({f"tickets-{number}.pdf": tickets_pdf(self.tickets)} if self.tickets else {})


def compose_mail(
    hub: Hub, connection: Connection, order_id: str, code: str | None = None, *, is_for_buyer: bool = True
) -> ComposedMail:
    """Returns the mail of an order as it is now, in the buyer's language unless another is named.

    One from the web links to the page of its tickets, if it has any; only the buyer's own opens them.
    """
    receipt, tickets = papers_of(hub, connection, order_id, code)
    channel = connection.execute(select(t.orders.c.channel).where(t.orders.c.id == order_id)).scalar_one()
    if channel == "web" and tickets:
        theirs = is_for_buyer and tickets_link(hub, connection, order_id, receipt.order_number)
        receipt = replace(receipt, tickets_url=theirs or nobodys_link(hub))
    speaks = language(receipt.language)
    days = belongings(hub, connection, order_id, speaks.code).days if tickets else ()
    times = tuple(
        f"{each.name}: {speaks.day(each.day)}, {speaks.hours(each.hours.starts, each.hours.ends)}"
        for each in days
        if each.hours is not None
    )
    return ComposedMail(replace(receipt, ticket_times=times), tickets)


@dataclass(frozen=True, slots=True)
class Mailer:
    """The use cases of mail."""

    hub: Hub
    provider: MailSender | None

    def queue(self, device: Device, request: MailRequest) -> MailAnswer:
        """Returns where the mail stands; the same mail is queued once, however often it is asked for.

        Raises:
            BadInput: if the till's order is not known here.
        """
        if self.provider is None and not device.is_revoked:
            raise not_set_up(self.hub.settings, "e-mail")
        with self.hub.database.transaction() as connection:
            queue_for_till(connection, device, request, can_send=self.provider is not None)
        return self.look(device, request.mail_id)

    def look(self, device: Device, mail_id: str) -> MailAnswer:
        """Returns where the mail stands."""
        with self.hub.database.transaction() as connection:
            mine = select(_m.status).where(_m.id == mail_id, _m.device_id == device.id)
            status = connection.execute(mine).scalar_one_or_none()
        if status is None:
            raise UnknownMail("There is no such mail.")
        return MailAnswer(mail_id=mail_id, status=status)

    def _letter(
        self, connection: Connection, row: KeptMail
    ) -> "ComposedMail | ComposedRefundMail | ComposedGift | Word":
        if row.card_id is not None:
            return compose_gift(self.hub, connection, row.card_id)
        if row.refund_id is not None:
            return compose_refund_mail(self.hub, connection, row.order_id, row.refund_id)
        if row.returned_refund_id is not None:
            return compose_returned_mail(self.hub, connection, row.order_id, row.returned_refund_id)
        if row.cancellation_id is not None:
            return compose_cancellation(self.hub, connection, row.order_id, row.cancellation_id)
        word = WORDS.get(row.kind)
        if word is not None:
            return word_for(self.hub, connection, row.order_id, word)
        return compose_mail(self.hub, connection, row.order_id)

    def send(self, mail_id: str) -> None:
        """Sends the mail, if it was not sent before.

        Raises:
            TryAgainLater: if SendGrid can't be reached.
        """
        if self.provider is None:
            raise not_set_up(self.hub.settings, "e-mail")
        with self.hub.database.transaction() as connection:
            row = count_try(connection, mail_id)
            letter = self._letter(connection, row)
        if row.status is not MailStatus.QUEUED:
            return
        mail = Mail(
            to=row.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            attachments=letter.attachments(),
            reference={"mail_id": mail_id, "order_id": row.order_id},
            sender=letter.sender,
            data=letter.data,
        )
        try:
            message_id = self.provider.send(mail)
        except MailRefused as error:
            self._set(mail_id, {"status": "failed", "last_error": str(error)[:1000]})
            return
        self._set(mail_id, {"status": "sent", "message_id": message_id, "sent_at": func.now(), "last_error": None})

    def note_failure(self, mail_id: str, error: Exception, *, is_last: bool) -> None:
        """Keeps why the mail could not be sent; after the last time it is failed, and says so."""
        values: dict[str, Any] = {"last_error": f"{type(error).__name__}: {error}"[:1000]}
        if is_last:
            values["status"] = "failed"
        self._set(mail_id, values)

    def _set(self, mail_id: str, values: dict[str, Any]) -> None:
        with self.hub.database.transaction() as connection:
            connection.execute(update(t.mails).where(_m.id == mail_id).values(values))
