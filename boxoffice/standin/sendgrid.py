"""SendGrid's mail API: takes mails into an outbox that a person can look at."""

import base64
import binascii
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

MAX_BYTES: Final = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail to one or more people."""

    id: str
    at: str
    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    custom_args: dict[str, str] = field(default_factory=dict)


class Outbox:
    """The mails that were taken, newest last."""

    def __init__(self) -> None:
        self._mails: list[SentMail] = []
        self._lock = threading.Lock()

    def all(self) -> list[SentMail]:
        with self._lock:
            return list(self._mails)

    def find(self, mail_id: str) -> SentMail | None:
        return next((mail for mail in self.all() if mail.id == mail_id), None)

    def clear(self) -> None:
        with self._lock:
            self._mails.clear()

    def take(self, authorization: str, body: bytes) -> tuple[int, dict[str, Any] | None, str]:
        """Returns status, error body and message id of `POST /v3/mail/send`."""
        if not authorization.startswith("Bearer SG."):
            return 401, _errors(("The provided authorization grant is invalid, expired, or revoked", None)), ""
        if len(body) > MAX_BYTES:
            return 413, _errors(("The JSON payload you have included in your request is too large.", None)), ""
        try:
            mail = json.loads(body)
        except ValueError:
            return 400, _errors(("Bad Request", None)), ""
        problems = _problems(mail)
        if problems:
            return 400, _errors(*problems), ""
        message_id = uuid4().hex[:22]
        with self._lock:
            self._mails += [_sent(mail, part, f"{message_id}-{i}") for i, part in enumerate(mail["personalizations"])]
        return 202, None, message_id


def _errors(*problems: tuple[str, str | None]) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": where, "help": None} for message, where in problems]}


def _problems(mail: Any) -> list[tuple[str, str | None]]:
    if not isinstance(mail, dict):
        return [("Bad Request", None)]
    found: list[tuple[str, str | None]] = []
    people = mail.get("personalizations")
    if not isinstance(people, list) or not people:
        found.append(
            ("The personalizations field is required and must have at least one personalization.", "personalizations")
        )
    else:
        for i, part in enumerate(people):
            if not part.get("to") or any("@" not in each.get("email", "") for each in part["to"]):
                found.append(("Does not contain a valid address.", f"personalizations.{i}.to"))
    if "@" not in (mail.get("from") or {}).get("email", ""):
        found.append(("The from object must be provided for every email send.", "from.email"))
    if not mail.get("subject") and not mail.get("template_id"):
        found.append(("The subject is required.", "subject"))
    if not mail.get("content") and not mail.get("template_id"):
        found.append(("Unless a valid template_id is provided, the content parameter is required.", "content"))
    for i, each in enumerate(mail.get("attachments") or []):
        if not _decoded(each.get("content", "")) or not each.get("filename"):
            found.append(("The attachment content must be base64 encoded.", f"attachments.{i}.content"))
    return found


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _sent(mail: dict[str, Any], part: dict[str, Any], id_: str) -> SentMail:
    bodies = {each["type"]: each["value"] for each in mail.get("content") or []}
    return SentMail(
        id=id_,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        to=tuple(each["email"] for each in part["to"]),
        sender=mail["from"]["email"],
        subject=part.get("subject") or mail.get("subject") or "",
        text=bodies.get("text/plain", ""),
        html=bodies.get("text/html", ""),
        attachments=tuple(
            Attachment(each["filename"], each.get("type", "application/octet-stream"), _decoded(each["content"]))
            for each in mail.get("attachments") or []
        ),
        custom_args={**(mail.get("custom_args") or {}), **(part.get("custom_args") or {})},
    )
