"""What SendGrid takes as a mail, and what it refuses with which words."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from boxoffice.sandbox.errors import Document

_ADDRESS: Final = re.compile(r"(?!\.)(?!.*\.\.)[!-;=?A-~]+(?<!\.)@(?!-)[A-Za-z0-9.-]+\.[A-Za-z0-9-]+(?<!-)")
_MOST_PERSONALIZATIONS: Final = 1000
_MOST_CATEGORIES: Final = 10
_MOST_CUSTOM_ARGS_BYTES: Final = 10_000
_KNOWN: Final = frozenset(
    {"personalizations", "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id"}
    | {"headers", "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings"}
    | {"tracking_settings", "sections"}
)
_NO_FROM: Final = (
    "The from object must be provided for every email send. It is an object that requires the email parameter, but "
    "may also contain a name parameter."
)
_NO_PERSONALIZATION: Final = (
    "The personalizations field is required and must have at least one personalization, and at most 1,000."
)
_NO_TO: Final = (
    "The to array is required for all personalization objects, and must have at least one email object with a valid "
    "email address."
)
_TWICE: Final = "Each email address in the personalization block should be unique between to, cc, and bcc."
_NO_SUBJECT: Final = (
    "The subject is required. You can get around this requirement if you use a template with a subject defined or if "
    "every personalization has a subject defined."
)
_NO_CONTENT: Final = (
    "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined "
    "content block."
)
_EMPTY_CONTENT: Final = "The content value must be a string at least one character in length."
_ORDER: Final = "If present, text/plain and text/html may only be provided once, text/plain first."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would be sent: one for each personalization of a request."""

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    custom_args: Mapping[str, str]
    categories: tuple[str, ...] = ()
    sender_name: str = ""
    reply_to: str | None = None
    template_id: str | None = None
    template_data: Mapping[str, Any] = field(default_factory=dict)


class BadMail(Exception):
    """What is wrong with a mail, where."""

    def __init__(self, message: str, field: str | None, status: int = 400) -> None:
        super().__init__(message)
        self.field = field
        self.status = status


def read_mails(body: Document) -> list[Mail]:
    """Returns the mails that a request asks for.

    Raises:
        BadMail: for the first thing that SendGrid would refuse.
    """
    for name in body:
        if name not in _KNOWN:
            raise BadMail(f"Additional property {name} is not allowed", name)
    to_each = body.get("personalizations")
    if not isinstance(to_each, list) or not 1 <= len(to_each) <= _MOST_PERSONALIZATIONS:
        raise BadMail(_NO_PERSONALIZATION, "personalizations")
    sender = _address(body.get("from"), "from", _NO_FROM)
    text, html = _content(body)
    files = tuple(_attachment(each, place) for place, each in enumerate(body.get("attachments") or []))
    return [
        Mail(
            sender=sender,
            to=_recipients(each, place),
            subject=_subject(body, each, place),
            text=text,
            html=html,
            attachments=files,
            custom_args=_custom_args(body, each),
            categories=_categories(body),
            sender_name=str(body["from"].get("name") or ""),
            reply_to=_address(body["reply_to"], "reply_to") if body.get("reply_to") else None,
            template_id=body.get("template_id"),
            template_data=_template_data(body, each, place),
        )
        for place, each in enumerate(to_each)
    ]


def is_only_checked(body: Document) -> bool:
    """Returns whether a request is in SendGrid's own sandbox mode: checked, and never sent."""
    settings = body.get("mail_settings") or {}
    return bool((settings.get("sandbox_mode") or {}).get("enable"))


def _recipients(each: Any, place: int) -> tuple[str, ...]:
    at = f"personalizations.{place}"
    to = each.get("to") if isinstance(each, dict) else None
    if not isinstance(to, list) or not to:
        raise BadMail(_NO_TO, f"{at}.to")
    found = [_address(one, f"{at}.to.{index}.email") for index, one in enumerate(to)]
    if len({address.lower() for address in found}) < len(found):
        raise BadMail(_TWICE, at)
    return tuple(found)


def _subject(body: Document, each: Document, place: int) -> str:
    subject = each.get("subject") or body.get("subject")
    if subject or body.get("template_id"):
        return str(subject or "")
    raise BadMail(_NO_SUBJECT, "subject" if place == 0 else f"personalizations.{place}.subject")


def _content(body: Document) -> tuple[str, str]:
    parts = body.get("content") or []
    if not parts and not body.get("template_id"):
        raise BadMail(_NO_CONTENT, "content")
    found: dict[str, str] = {}
    for place, part in enumerate(parts):
        if not isinstance(part, dict) or not part.get("value"):
            raise BadMail(_EMPTY_CONTENT, f"content.{place}.value")
        if part.get("type") in found or (part.get("type") == "text/plain" and found):
            raise BadMail(_ORDER, "content")
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
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadMail("The attachment content must be base64 encoded.", f"{at}.content") from error
    if raw.get("content_id") and raw.get("disposition") != "inline":
        raise BadMail("The attachment content_id is only allowed with the inline disposition.", f"{at}.content_id")
    return Attachment(str(raw["filename"]), str(raw.get("type") or "application/octet-stream"), content)


def _categories(body: Document) -> tuple[str, ...]:
    found = body.get("categories") or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise BadMail("The categories must be an array of strings.", "categories")
    if len(found) > _MOST_CATEGORIES:
        raise BadMail("The categories array must not contain more than 10 items.", "categories")
    return tuple(found)


def _template_data(body: Document, each: Document, place: int) -> Mapping[str, Any]:
    data = each.get("dynamic_template_data") or {}
    if not isinstance(data, dict):
        raise BadMail("The dynamic_template_data must be an object.", f"personalizations.{place}.dynamic_template_data")
    if data and not str(body.get("template_id") or "").startswith("d-"):
        raise BadMail("dynamic_template_data can only be used with a dynamic template.", "template_id")
    return data


def _address(raw: Any, at: str, if_missing: str = "The email parameter is required.") -> str:
    email = raw.get("email") if isinstance(raw, dict) else None
    if email is None:
        raise BadMail(if_missing, at)
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
