"""Links by which people choose their own PIN: mailed to them, good once and for a day. Nobody else ever sees the PIN.

Looking at a link does nothing: mail programs look at links by themselves. The address is forgotten with the link.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.languages import later
from boxoffice.documents.languages import language
from boxoffice.documents.notice import link_html
from sync.config import not_set_up
from sync.ledger.hub import Hub
from sync.ports import Mail, MailSender
from sync.store import limits
from sync.store import tables as t
from sync.store.queue import defer
from sync.store.staff import KeptStaff, read_one
from sync.tills import staff

LASTS: Final = timedelta(days=1)
_TRIES: Final = limits.Limit("pin link", tries=20, within=LASTS)
"""Of one link: it must not serve to find out which PINs others have."""
_BY: Final = "mailed link"
_l: Final = t.pin_links.c


class PinLinkOver(BoxofficeError):
    """The link was used, is too old, was followed by a newer one, or is not one of ours."""

    def __init__(self) -> None:
        super().__init__(later("This link was used already, or it is too old. Ask an organizer for a new one."))


@dataclass(frozen=True, slots=True)
class PinLinks:
    """The use cases of choosing one's own PIN."""

    hub: Hub
    provider: MailSender | None

    @property
    def is_there(self) -> bool:
        return self.provider is not None

    def ask(self, connection: Connection, staff_id: str, email: str, by: str) -> None:
        """Has a link mailed to somebody who works here; it ends the one before. Who asked is in the facts.

        Raises:
            BadInput: if that is no address, or nobody of this id works here.
            OperationFailed: if this hub sends no mail.
        """
        if self.provider is None:
            raise not_set_up(self.hub.settings, "e-mail")
        address = read_email(email)
        staff.note(self.hub, connection, staff_id, "pin_link", by)
        row = {"token_hash": None, "email": address, "expires_at": func.now() + LASTS}
        new = insert(t.pin_links).values(staff_id=staff_id, **row)
        connection.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_=row))
        defer(connection, "send_pin_link", {"staff_id": staff_id})

    def send(self, staff_id: str) -> None:
        """Makes the link and mails it; it is made here, so that no job and no log ever holds it.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        if self.provider is None:
            return
        token = token_hex(16)
        with self.hub.database.transaction() as connection:
            connection.execute(delete(t.pin_links).where(_l.expires_at < func.now()))
            mine = update(t.pin_links).where(_l.staff_id == staff_id).values(token_hash=_hashed(token))
            email = connection.execute(mine.returning(_l.email)).scalar_one_or_none()
            person = read_one(connection, staff_id)
        if email is not None and person is not None and person.is_active:
            self.provider.send(_mail(person, email, f"{self.hub.public_url}/pin/{token}"))

    def look(self, token: str) -> KeptStaff:
        """Returns whose PIN a link is for, and changes nothing.

        Raises:
            PinLinkOver: if it is for nobody's (any more).
        """
        with self.hub.database.transaction() as connection:
            return _person(connection, token)

    def use(self, token: str, pin: str) -> None:
        """Sets the PIN that somebody has chosen, and ends the link. A PIN that can't be had leaves the link as it is.

        Raises:
            PinLinkOver: if it is for nobody's (any more).
            BadInput: if the PIN is weak, or somebody who works here has it.
            TooManyTries: after too many by this link.
        """
        with self.hub.database.transaction() as connection:
            _person(connection, token)
            limits.count(connection, _TRIES, _hashed(token))
        with self.hub.database.transaction() as connection:
            person = _person(connection, token)
            if connection.execute(delete(t.pin_links).where(_good(token)).returning(_l.staff_id)).first() is None:
                raise PinLinkOver
            staff.give_pin(self.hub, connection, person.row.id, _BY, pin)


def _person(connection: Connection, token: str) -> KeptStaff:
    staff_id = connection.execute(select(_l.staff_id).where(_good(token))).scalar_one_or_none()
    person = None if staff_id is None else read_one(connection, staff_id)
    if person is None or not person.is_active:
        raise PinLinkOver
    return person


def _good(token: str) -> Any:
    return (_l.token_hash == _hashed(token)) & (_l.expires_at > func.now())


def _mail(person: KeptStaff, email: str, link: str) -> Mail:
    speaks = language(person.row.language)
    subject = speaks.say("Choose your PIN for the till")
    words = speaks.say("{name}, you work at the door. Open this link within a day and choose your PIN:")
    words = words.format(name=person.name)
    rest = speaks.say("Nobody else sees it. If you don't work there, there is nothing to do.")
    html = link_html(speaks.say("Box office"), subject, words, link, rest, speaks.code)
    return Mail(email, subject, f"{words}\n\n{link}\n\n{rest}\n", html, {}, {"pin": "link"})


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
