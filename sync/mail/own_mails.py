"""Mails to organizers, each a row of a table of its own: sent once, and what became of it stands in the row."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, func, update

from sync.config import not_set_up
from sync.ledger.hub import Hub
from sync.ports import Mail, MailRefused, MailSender

_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class OwnMails:
    """The mails of one table, which has `status`, `message_id`, `last_error` and `sent_at`."""

    hub: Hub
    provider: MailSender | None
    table: Table

    def must_be_set_up(self) -> MailSender:
        """Returns who sends.

        Raises:
            OperationFailed: if this hub sends no mail.
        """
        if self.provider is None:
            raise not_set_up(self.hub.settings, "e-mail")
        return self.provider

    def deliver(self, mail_id: str, mail: Mail) -> None:
        """Sends one, and keeps what became of it.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        try:
            message_id = self.must_be_set_up().send(mail)
        except MailRefused as error:
            self._set(mail_id, {"status": "failed", "last_error": str(error)[:_LONGEST]})
            return
        self._set(mail_id, {"status": "sent", "message_id": message_id, "sent_at": func.now(), "last_error": None})

    def note_failure(self, mail_id: str, error: Exception, *, is_last: bool) -> None:
        """Keeps why it could not be sent; after the last time it is failed."""
        values: dict[str, Any] = {"last_error": f"{type(error).__name__}: {error}"[:_LONGEST]}
        self._set(mail_id, {**values, "status": "failed"} if is_last else values)

    def _set(self, mail_id: str, values: dict[str, Any]) -> None:
        def write(connection: Connection) -> None:
            connection.execute(update(self.table).where(self.table.c.id == mail_id).values(values))

        self.hub.database.run(write)
