"""Writes down what organizers change that moves neither money nor places: a fact with who it was."""

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.payloads.office import OfficeChanged, Subject
from sync.ledger.hub import Hub


def note_change(
    hub: Hub,
    connection: Connection,
    subject: Subject,
    subject_id: str,
    what: str,
    by: str,
    *,
    before: str = "",
    after: str = "",
    event_id: str | None = None,
) -> None:
    """Keeps that something was changed. Nothing of a person goes into it: only numbers, ids and our own short words."""
    changed = OfficeChanged(subject=subject, subject_id=subject_id, what=what, before=before, after=after, by=by)
    hub.write(connection, [changed], event_id, Books())
