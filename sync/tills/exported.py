"""What a till has saved to a file because it reached no hub: taken as if it had sent it, each once."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.exports import Export
from boxoffice.core.wire.pushes import PushRequest
from sync.ledger.hub import Hub
from sync.mail.till_mails import queue_for_till
from sync.store.tills import Device, till_of_id
from sync.tills.pushing import hear_all, take_push

_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    name: str
    records: int
    aside: int
    mails: int
    is_forged: bool
    """Whether what lies beside the facts is not the till's own word."""

    def __str__(self) -> str:
        aside = f", of which {self.aside} are broken and kept aside" if self.aside else ""
        many = "1 mail is" if self.mails == 1 else f"{self.mails} mails are"
        mails = f" {many} on the way, once." if self.mails else ""
        forged = " Who bought, and which mails they wish, was left out: it is not what the till has written."
        return f"{self.records} records of {self.name} are here now{aside}.{mails}{forged if self.is_forged else ''}"


def read_export(path: Path) -> Export:
    """Returns what is in a till's file.

    Raises:
        BadInput: if it is no such file, or holds the facts of several tills.
    """
    try:
        export = Export.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput([FieldError(str(path), error.strerror or "can't be read")]) from error
    except (ValueError, RecursionError) as error:
        raise BadInput([FieldError(str(path), "is not a file that a till has saved")]) from error
    tills = {fact.device_id for fact in export.facts} | ({export.device_id} - {""})
    if len(tills) != 1:
        raise BadInput([FieldError(str(path), "holds no facts, or those of several tills")])
    return export.model_copy(update={"device_id": tills.pop()})


def take_export(hub: Hub, export: Export) -> Taken:
    """Takes the facts of one till, which its signatures prove, and then who bought and which mails they wish.

    Raises:
        BadInput: if there is no such till at this hub.
    """
    with hub.database.reading() as connection:
        device = till_of_id(connection, export.device_id)
    if device is None:
        raise BadInput([FieldError("the file", "is of a till that was never paired with this hub")])
    aside = 0
    for i in range(0, len(export.facts), _BATCH):
        answer = take_push(hub, device, PushRequest(facts=export.facts[i : i + _BATCH]))
        aside += len(answer.quarantined)
    if device.is_revoked:
        hear_all(hub, device)
    has_people = bool(export.contacts or export.mails)
    is_theirs = export.is_signed_by(Ed25519PublicKey.from_public_bytes(bytes.fromhex(device.public_key)))
    mails = _take_people(hub, device, export) if has_people and is_theirs else 0
    return Taken(device.name, len(export.facts), aside, mails, is_forged=has_people and not is_theirs)


def _take_people(hub: Hub, device: Device, export: Export) -> int:
    """Takes what lies beside the facts; returns how many mails it asks for."""
    take_push(hub, device, PushRequest(facts=(), contacts=export.contacts))
    queued, can_send = 0, not hub.settings.lacks("e-mail")
    for mail in export.mails:
        with hub.database.transaction() as connection, suppress(BadInput):  # of an order that was kept aside
            queue_for_till(connection, device, mail, can_send=can_send)
            queued += 1
    return queued
