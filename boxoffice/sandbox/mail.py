"""SendGrid's `/v3/mail/send`: takes a mail as SendGrid does, and keeps it in an outbox instead of sending it."""

import base64
import binascii
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from boxoffice.sandbox.errors import Document

MOST_BYTES: Final = 30 * 1024 * 1024
_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+\.?[^@\s<>]+")
_MOST_PERSONALIZATIONS: Final = 1000
_MOST_CUSTOM_ARGS_BYTES: Final = 10_000
_HELP: Final = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
_KNOWN: Final = frozenset(
    [
        "personalizations",
        "from",
        "reply_to",
        "reply_to_list",
        "subject",
        "content",
        "attachments",
        "template_id",
        "headers",
        "categories",
        "custom_args",
        "send_at",
        "batch_id",
        "asm",
        "ip_pool_name",
        "mail_settings",
        "tracking_settings",
        "sections",
    ]
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutMail:
    """A mail that was accepted: one for each personalization."""

    id: str
    at: float
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    custom_args: Mapping[str, str]


class BadMail(Exception):
    """What is wrong with a mail, where."""

    def __init__(self, message: str, field: str | None, status: int = 400) -> None:
        super().__init__(message)
        self.field = field
        self.status = status

    def answer(self) -> Response:
        said = {"message": str(self), "field": self.field, "help": _HELP + (self.field or "general")}
        return JSONResponse({"errors": [said]}, self.status)


class Outbox:
    """The mails that were accepted, oldest first."""

    def __init__(self) -> None:
        self.mails: list[OutMail] = []

    async def send(self, request: Request) -> Response:
        """Answers `POST /v3/mail/send`: 202 and nothing else, or what is wrong."""
        try:
            body = await _body(request)
            mails = read_mails(body)
        except BadMail as error:
            return error.answer()
        if not _is_only_checked(body):
            self.mails.extend(mails)
        return Response(None, 202, {"X-Message-Id": mails[0].id})

    def find(self, id: str) -> OutMail | None:
        return next((mail for mail in self.mails if mail.id == id), None)


async def _body(request: Request) -> Document:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.startswith("SG."):
        raise BadMail("The provided authorization grant is invalid, expired, or revoked", None, 401)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadMail("Content-Type should be application/json.", None, 415)
    raw = await request.body()
    if len(raw) > MOST_BYTES:
        raise BadMail("The mail must not be larger than 30 MB.", None, 413)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise BadMail("Bad Request", None) from error
    if not isinstance(body, dict):
        raise BadMail("Bad Request", None)
    return body


def read_mails(body: Document) -> list[OutMail]:
    """Returns the mails that a request asks for.

    Raises:
        BadMail: for the first thing that SendGrid would refuse.
    """
    for name in body:
        if name not in _KNOWN:
            raise BadMail(f"Additional property {name} is not allowed", name)
    to_each = body.get("personalizations")
    if not isinstance(to_each, list) or not 1 <= len(to_each) <= _MOST_PERSONALIZATIONS:
        raise BadMail(
            "The personalizations field is required and must have at least one personalization.", "personalizations"
        )
    sender = _address(body.get("from"), "from")
    text, html = _content(body)
    files = tuple(_attachment(each, place) for place, each in enumerate(body.get("attachments") or []))
    mail_id = secrets.token_urlsafe(16)
    return [
        OutMail(
            mail_id if place == 0 else f"{mail_id}-{place}",
            time.time(),
            sender,
            _recipients(each, place),
            _subject(body, each, place),
            text,
            html,
            files,
            _custom_args(body, each),
        )
        for place, each in enumerate(to_each)
    ]


def _recipients(each: Any, place: int) -> tuple[str, ...]:
    at = f"personalizations.{place}.to"
    to = each.get("to") if isinstance(each, dict) else None
    if not isinstance(to, list) or not to:
        raise BadMail(
            "The to array is required for all personalization objects, and must have at least one email object with a valid email address.",
            at,
        )
    found = [_address(one, f"{at}.{index}.email") for index, one in enumerate(to)]
    if len({address.lower() for address in found}) < len(found):
        raise BadMail(
            "Each email address in the personalization block should be unique between to, cc, and bcc.",
            f"personalizations.{place}",
        )
    return tuple(found)


def _subject(body: Document, each: Document, place: int) -> str:
    subject = each.get("subject") or body.get("subject")
    if subject or body.get("template_id"):
        return str(subject or "")
    raise BadMail(
        "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.",
        "subject" if place == 0 else f"personalizations.{place}.subject",
    )


def _content(body: Document) -> tuple[str, str]:
    parts = body.get("content") or []
    if not parts and not body.get("template_id"):
        raise BadMail(
            "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block.",
            "content",
        )
    found: dict[str, str] = {}
    for place, part in enumerate(parts):
        if not isinstance(part, dict) or not part.get("value"):
            raise BadMail(
                "The content value must be a string at least one character in length.", f"content.{place}.value"
            )
        if part.get("type") == "text/plain" and "text/html" in found:
            raise BadMail(
                "If present, text/plain and text/html may only be provided once, text/plain first.", "content"
            )
        found[str(part.get("type"))] = str(part["value"])
    return found.get("text/plain", ""), found.get("text/html", "")


def _attachment(raw: Any, place: int) -> Attachment:
    at = f"attachments.{place}"
    if not isinstance(raw, dict) or not raw.get("content"):
        raise BadMail("The attachment content is required.", f"{at}.content")
    if not raw.get("filename"):
        raise BadMail("The attachment filename is required.", f"{at}.filename")
    try:
        content = base64.b64decode(raw["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMail("The attachment content must be base64 encoded.", f"{at}.content") from error
    if raw.get("content_id") and raw.get("disposition") != "inline":
        raise BadMail("The attachment content_id is only allowed with the inline disposition.", f"{at}.content_id")
    return Attachment(str(raw["filename"]), str(raw.get("type") or "application/octet-stream"), content)


def _address(raw: Any, at: str) -> str:
    email = raw.get("email") if isinstance(raw, dict) else None
    if email is None:
        raise BadMail(
            "The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter."
            if at == "from"
            else "The email parameter is required.",
            at,
        )
    if not isinstance(email, str) or not _ADDRESS.fullmatch(email):
        raise BadMail("Does not contain a valid address.", at)
    return email


def _custom_args(body: Document, each: Document) -> dict[str, str]:
    merged = {**(body.get("custom_args") or {}), **(each.get("custom_args") or {})}
    if any(not isinstance(value, str) for value in merged.values()):
        raise BadMail("The custom_args values must be strings.", "custom_args")
    if len(json.dumps(merged).encode()) > _MOST_CUSTOM_ARGS_BYTES:
        raise BadMail("The custom_args must not be larger than 10,000 bytes.", "custom_args")
    return merged


def _is_only_checked(body: Document) -> bool:
    settings = body.get("mail_settings") or {}
    return bool((settings.get("sandbox_mode") or {}).get("enable"))
