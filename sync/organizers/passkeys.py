"""Passkeys: signing in with what a device or a key in the pocket holds. Nothing that is kept here opens anything.

A passkey asks its owner for a finger, a face or a PIN, so that it proves who they are twice, and needs no password.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import Connection, delete, func, insert, select, update
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from boxoffice.core.reading import read_line
from sync.bounded_json import read
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers import steps
from sync.organizers.second_factors import drop_idle_codes
from sync.organizers.steps import Purpose
from sync.store import limits
from sync.store import tables as t

_NAME: Final = "Box Office"
_LONGEST_NAME: Final = 40
_p: Final = t.passkeys.c
_o: Final = t.organizers.c
_MOST_BYTES: Final = 20_000
_NETWORK: Final = limits.Limit("passkey network", tries=200, within=timedelta(minutes=10))
_MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises on what no browser sends: it trusts the shape of what it reads."""


class NoPasskey(BoxofficeError):
    """The passkey is none of an account that may sign in, or what it says does not hold."""

    def __init__(self) -> None:
        super().__init__(later("This passkey lets nobody in here. Sign in with your password."))


@dataclass(frozen=True, slots=True)
class Passkey:
    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The use cases of passkeys at one hub. They are good at its public address alone."""

    hub: Hub

    @property
    def are_there(self) -> bool:
        """Whether browsers make passkeys for this hub: it needs a name, and https unless it is this machine's."""
        is_safe = self._origin.startswith("https://") or self._host == "localhost"
        return is_safe and not _is_number(self._host)

    @property
    def _host(self) -> str:
        return urlsplit(self.hub.public_url).hostname or ""

    @property
    def _origin(self) -> str:
        url = urlsplit(self.hub.public_url)
        return f"{url.scheme}://{url.netloc}".lower()

    def count_try(self, connection: Connection, address: str) -> None:
        """Counts one try to sign in with a passkey, of one network.

        Raises:
            limits.TooManyTries: after too many.
        """
        limits.count(connection, _NETWORK, address)

    def of(self, connection: Connection, organizer_id: int) -> Sequence[Passkey]:
        """Returns the passkeys of an account, the oldest first."""
        query = select(_p.id, _p.name, _p.created_at, _p.last_used_at).where(_p.organizer_id == organizer_id)
        return [Passkey(**row) for row in connection.execute(query.order_by(_p.created_at, _p.id)).mappings()]

    def to_add(self, connection: Connection, organizer_id: int, email: str) -> str:
        """Returns what a browser needs to make a passkey for an account, as JSON."""
        challenge = steps.begin(connection, Purpose.NEW_PASSKEY, organizer_id)
        options = webauthn.generate_registration_options(
            rp_id=self._host,
            rp_name=_NAME,
            user_name=email,
            user_id=self.hub.sealer.sign("passkey user", str(organizer_id)).encode(),
            challenge=base64url_to_bytes(challenge),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=self._described(connection, organizer_id),
        )
        return options_to_json(options)

    def add(self, connection: Connection, organizer_id: int, said: str, name: str) -> None:
        """Keeps a passkey that a browser has made.

        Raises:
            steps.StepOver: if it was not asked for, or too long ago.
            NoPasskey: if what it says does not hold.
        """
        credential, challenge = _read(said)
        if steps.take(connection, Purpose.NEW_PASSKEY, challenge) != organizer_id:
            raise NoPasskey
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise NoPasskey from error
        row = {
            "id": bytes_to_base64url(made.credential_id),
            "organizer_id": organizer_id,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "name": read_line(name)[:_LONGEST_NAME].strip(),
        }
        connection.execute(insert(t.passkeys).values(row))
        note_change(self.hub, connection, Subject.ORGANIZER, str(organizer_id), "passkey", str(organizer_id))

    def remove(self, connection: Connection, organizer_id: int, passkey_id: str) -> None:
        """Lets a passkey of an account open nothing any more."""
        gone = delete(t.passkeys).where(_p.id == passkey_id, _p.organizer_id == organizer_id)
        if connection.execute(gone).rowcount:
            note_change(self.hub, connection, Subject.ORGANIZER, str(organizer_id), "passkey_off", str(organizer_id))
            drop_idle_codes(connection, organizer_id)

    def to_sign_in(self, connection: Connection, organizer_id: int | None = None) -> str:
        """Returns what a browser needs to ask for a passkey, of one account or of any, as JSON."""
        challenge = steps.begin(connection, Purpose.PASSKEY_IN, organizer_id)
        options = webauthn.generate_authentication_options(
            rp_id=self._host,
            challenge=base64url_to_bytes(challenge),
            allow_credentials=[] if organizer_id is None else self._described(connection, organizer_id),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def whose(self, connection: Connection, said: str) -> int:
        """Returns whose passkey has answered, and keeps that it was used. What was asked is over, right or wrong.

        Raises:
            steps.StepOver: if nobody asked it, or too long ago.
            NoPasskey: if it is nobody's, or what it says does not hold.
        """
        credential, challenge = _read(said)
        with self.hub.database.transaction() as alone:  # or a wrong answer would leave the question open
            asked = steps.take(alone, Purpose.PASSKEY_IN, challenge)
        mine = (
            select(_p.id, _p.organizer_id, _p.public_key, _p.sign_count)
            .join(t.organizers, _o.id == _p.organizer_id)
            .where(_p.id == str(credential.get("id")), _o.status == "active")
            .with_for_update(of=t.passkeys)
        )
        row = connection.execute(mine).one_or_none()
        if row is None or asked not in (None, row.organizer_id):
            raise NoPasskey
        try:
            proved = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise NoPasskey from error
        used = {"sign_count": proved.new_sign_count, "last_used_at": func.now()}
        connection.execute(update(t.passkeys).where(_p.id == row.id).values(**used))
        return int(row.organizer_id)

    def _described(self, connection: Connection, organizer_id: int) -> list[PublicKeyCredentialDescriptor]:
        known = self.of(connection, organizer_id)
        return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known]


def _read(said: str) -> tuple[dict[str, Any], str]:
    """Returns what a browser said, and which challenge it answers.

    Raises:
        NoPasskey: if it can't be read.
    """
    try:
        found = read(said, _MOST_BYTES)
        client = parse_client_data_json(base64url_to_bytes(found["response"]["clientDataJSON"]))
    except _MALFORMED as error:
        raise NoPasskey from error
    return found, bytes_to_base64url(client.challenge)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
