"""Organizers are invited by mail: a link, good once and for a week, by which they choose their own password.

Looking at a link does nothing: mail programs look at links by themselves. Where the hub sends no mail, who invites gets
the link to hand over, this once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from boxoffice.documents.languages import language
from boxoffice.documents.notice import link_html
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers.accounts import Status, account_of, read_account_name, write_event_roles
from sync.organizers.organizers import no_password, set_password
from sync.organizers.roles import Role
from sync.organizers.sessions import Seen, SignedIn, Way, hashed, open_session
from sync.ports import Mail, MailSender
from sync.store import tables as t
from sync.store.queue import defer

LASTS: Final = timedelta(days=7)
_i: Final = t.invitations.c
_o: Final = t.organizers.c


class InvitationOver(BoxofficeError):
    """The link was used, is too old, was followed by a newer one, or is not one of ours."""

    def __init__(self) -> None:
        super().__init__(later("This link was used already, or it is too old. Ask who invited you for a new one."))


@dataclass(frozen=True, slots=True)
class Invited:
    """Who a link is for."""

    organizer_id: int
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class New:
    """Whom to invite, and what they may do."""

    email: str
    name: str = ""
    role: Role = Role.VIEWER
    at_events: Mapping[str, Role] | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Invitations:
    """The use cases of inviting organizers."""

    hub: Hub
    provider: MailSender | None

    @property
    def are_mailed(self) -> bool:
        return self.provider is not None

    def invite(self, connection: Connection, new: New, by: str) -> tuple[int, str]:
        """Makes an account that nobody can sign in to yet; returns its number, and the link if nobody is mailed.

        Raises:
            BadInput: if something can't be used, or the address has an account.
        """
        address, name = read_email(new.email).lower(), read_account_name(new.name)
        row = {"email": address, "name": name, "role": Role.NONE.value, "status": Status.INVITED.value}
        added = upsert(t.organizers).values(**row, password_hash=no_password())
        made = added.on_conflict_do_nothing(index_elements=["email"]).returning(_o.id)
        organizer_id = connection.execute(made).scalar_one_or_none()
        if organizer_id is None:
            raise BadInput([FieldError("email", later("has an account already"))])
        note_change(self.hub, connection, Subject.ORGANIZER, str(organizer_id), "invited", by, after=new.role.value)
        connection.execute(update(t.organizers).where(_o.id == organizer_id).values(role=new.role.value))
        write_event_roles(self.hub, connection, organizer_id, new.at_events or {}, by, {})
        return organizer_id, self._link(connection, organizer_id, new.language)

    def again(self, connection: Connection, organizer_id: int, spoken: str, by: str) -> str:
        """Invites somebody anew, who has not come yet or who had ended; the link before ends.

        Raises:
            BadInput: if there is no such account, or it signs in already.
        """
        account = account_of(connection, organizer_id)
        if account.status is Status.ACTIVE:
            raise BadInput([FieldError("email", later("signs in already"))])
        values = {"status": Status.INVITED.value}
        connection.execute(update(t.organizers).where(_o.id == organizer_id).values(**values))
        note_change(self.hub, connection, Subject.ORGANIZER, str(organizer_id), "invited", by, after=account.role.value)
        return self._link(connection, organizer_id, spoken)

    def send(self, organizer_id: int) -> None:
        """Makes the link and mails it; it is made here, so that no job and no log ever holds it.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        if self.provider is None:
            return
        with self.hub.database.transaction() as connection:
            token = _make(connection, organizer_id)
            invited = None if token is None else _invited(connection, token)
        if token is not None and invited is not None:
            self.provider.send(_mail(invited, f"{self.hub.public_url}/join/{token}"))

    def look(self, token: str) -> Invited:
        """Returns who a link is for, and changes nothing.

        Raises:
            InvitationOver: if it is for nobody (any more).
        """
        with self.hub.database.transaction() as connection:
            found = _invited(connection, token)
        if found is None:
            raise InvitationOver
        return found

    def accept(self, token: str, name: str, password: str, seen: Seen) -> SignedIn:
        """Sets the password that somebody has chosen, ends the link, and signs them in.

        Raises:
            InvitationOver: if it is for nobody (any more).
            BadInput: if the password is too short; the link stays good.
        """
        with self.hub.database.transaction() as connection:
            found = _invited(connection, token)
            gone = delete(t.invitations).where(*_good(token)).returning(_i.organizer_id)
            if found is None or connection.execute(gone).one_or_none() is None:
                raise InvitationOver
            values = {"status": Status.ACTIVE.value, "name": read_account_name(name)}
            connection.execute(update(t.organizers).where(_o.id == found.organizer_id).values(**values))
            set_password(connection, found.organizer_id, password)
            by = str(found.organizer_id)
            note_change(self.hub, connection, Subject.ORGANIZER, by, "joined", by)
            return open_session(self.hub, connection, found.organizer_id, Way.INVITATION, seen)

    def _link(self, connection: Connection, organizer_id: int, spoken: str) -> str:
        row = {"token_hash": None, "language": spoken, "expires_at": func.now() + LASTS}
        new = upsert(t.invitations).values(organizer_id=organizer_id, **row)
        connection.execute(new.on_conflict_do_update(index_elements=["organizer_id"], set_=row))
        if self.are_mailed:
            defer(connection, "send_invitation", {"organizer_id": organizer_id})
            return ""
        return f"{self.hub.public_url}/join/{_make(connection, organizer_id)}"


def _make(connection: Connection, organizer_id: int) -> str | None:
    token = token_hex(16)
    connection.execute(delete(t.invitations).where(_i.expires_at < func.now()))
    mine = update(t.invitations).where(_i.organizer_id == organizer_id).values(token_hash=hashed(token))
    return token if connection.execute(mine).rowcount else None


def _invited(connection: Connection, token: str) -> Invited | None:
    query = select(_o.id.label("organizer_id"), _o.email, _o.name, _i.language).join(
        t.invitations, _i.organizer_id == _o.id
    )
    row = connection.execute(query.where(*_good(token), _o.status == Status.INVITED.value)).one_or_none()
    return None if row is None else Invited(**row._asdict())


def _good(token: str) -> tuple[Any, ...]:
    return (_i.token_hash == hashed(token), _i.expires_at > func.now())


def _mail(invited: Invited, link: str) -> Mail:
    speaks = language(invited.language)
    subject = speaks.say("You are invited to the box office")
    words = speaks.say("Somebody who runs the box office wants you to help. Open this link within a week:")
    rest = speaks.say("You choose your own password there. If you know nothing of this, there is nothing to do.")
    html = link_html(speaks.say("Box office"), subject, words, link, rest, speaks.code)
    return Mail(invited.email, subject, f"{words}\n\n{link}\n\n{rest}\n", html, {}, {"invitation": "link"})
