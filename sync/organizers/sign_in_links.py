"""Signing in by a link that is mailed to the organizer: a way in that strangers' wrong passwords can't shut.

A link works once and for an hour. Looking at it does nothing: mail programs look at links by themselves.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.languages import later
from boxoffice.documents.html import mail_page
from sync.ledger.hub import Hub
from sync.organizers.organizers import enter
from sync.organizers.sessions import Seen, SignedIn, Way
from sync.organizers.steps import HalfIn
from sync.ports import Mail, MailSender
from sync.store import limits
from sync.store import tables as t
from sync.store.queue import defer

LASTS: Final = timedelta(hours=1)
_ASKING: Final = limits.Limit("sign-in link", tries=5, within=LASTS)
"""Of one account. When it is used up, the links that came before it still work."""
_NETWORK: Final = limits.Limit("sign-in link network", tries=60, within=LASTS)
_l: Final = t.sign_in_links.c


class LinkOver(BoxofficeError):
    """The link was used, is too old, or is not one of ours."""

    def __init__(self) -> None:
        super().__init__(later("This link was used already, or it is too old. Ask for a new one."))


@dataclass(frozen=True, slots=True)
class SignInLinks:
    """The use cases of signing in by mail."""

    hub: Hub
    provider: MailSender | None

    @property
    def is_there(self) -> bool:
        return self.provider is not None

    def ask(self, email: str, address: str) -> None:
        """Has a link mailed to the account of this address, if there is one: nothing tells whether there is.

        Raises:
            limits.TooManyTries: after too many for this account, or from this network.
        """
        account = email.strip().lower().replace("\0", "")
        with self.hub.database.transaction() as connection:
            limits.count_all(connection, [(_ASKING, account), (_NETWORK, address)])
            o = t.organizers.c
            mine = select(o.id).where(o.email == account, o.status == "active")
            found = connection.execute(mine).scalar_one_or_none()
            if found is not None and self.is_there:
                defer(connection, "send_sign_in_link", {"organizer_id": found})

    def send(self, organizer_id: int) -> None:
        """Makes a link and mails it; it is made here, so that no job and no log ever holds it.

        Raises:
            TryAgainLater: if SendGrid can't be reached.
        """
        if self.provider is None:
            return
        token = token_urlsafe(32)
        with self.hub.database.transaction() as connection:
            o = t.organizers.c
            email = connection.execute(select(o.email).where(o.id == organizer_id)).scalar_one_or_none()
            if email is None:
                return
            connection.execute(delete(t.sign_in_links).where(_l.expires_at < func.now()))
            row = {"token_hash": _hashed(token), "organizer_id": organizer_id, "expires_at": func.now() + LASTS}
            connection.execute(insert(t.sign_in_links).values(row))
        self.provider.send(_mail(email, f"{self.hub.public_url}/sign-in/link/{token}"))

    def look(self, token: str) -> str:
        """Returns whom a link lets in, and changes nothing.

        Raises:
            LinkOver: if it lets nobody in (any more).
        """
        with self.hub.database.reading() as connection:
            o = t.organizers.c
            query = select(o.email).join(t.sign_in_links, _l.organizer_id == o.id)
            good = (_l.token_hash == _hashed(token), _l.expires_at > func.now())
            email = connection.execute(query.where(*good)).scalar_one_or_none()
        if email is None:
            raise LinkOver
        return str(email)

    def use(self, token: str, seen: Seen) -> SignedIn | HalfIn:
        """Returns a new session, or that a second proof is asked for; and ends the link.

        Raises:
            LinkOver: if it lets nobody in (any more).
        """
        with self.hub.database.transaction() as connection:
            organizer_id = _take(connection, token)
            return enter(self.hub, connection, organizer_id, Way.LINK, seen)


def _take(connection: Connection, token: str) -> int:
    good = (_l.token_hash == _hashed(token), _l.expires_at > func.now())
    taken = connection.execute(delete(t.sign_in_links).where(*good).returning(_l.organizer_id)).scalar_one_or_none()
    if taken is None:
        raise LinkOver
    return int(taken)


def _mail(email: str, link: str) -> Mail:
    words = (
        "Somebody asked to sign in to the box office with this address. If it was you, open this link within an hour:"
    )
    rest = "If it was not you, there is nothing to do: nobody gets in without this mail."
    body = f'<tr><td><p>{words}</p><p><a href="{link}">{link}</a></p><p>{rest}</p></td></tr>'
    html = mail_page("Sign in", ("Box office",), "", body)
    return Mail(email, "Sign in to the box office", f"{words}\n\n{link}\n\n{rest}\n", html, {}, {"sign_in": "link"})


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
