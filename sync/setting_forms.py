"""What each setting that is a text must look like: one table, in which every one of them has a row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Form:
    """`words` say what a value must be. Of a list, each part must be so."""

    is_good: Callable[[str], bool]
    words: str


def _like(pattern: str) -> Callable[[str], bool]:
    """Returns whether a text is of a pattern, which is of printable ASCII whatever it says."""
    found = re.compile(pattern, re.ASCII)
    return lambda text: text.isascii() and text.isprintable() and found.fullmatch(text) is not None


def _is_email(text: str) -> bool:
    try:
        return read_email(text) == text
    except BadInput:
        return False


_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)
_LONGEST_HOST: Final = 253


def is_host(text: str) -> bool:
    """Returns whether a text names a machine: a name with dots or without, or an address by number."""
    try:
        ip_address(text)
    except ValueError:
        labels = text.split(".")
        are_good = len(text) <= _LONGEST_HOST and all(_LABEL.fullmatch(each) for each in labels)
        return are_good and not labels[-1].isdecimal()  # a mistyped number
    return True


def _is_address(text: str, *, has_path: bool) -> bool:
    """Returns whether a text is a web address of a machine, with a port if it has one, and nothing besides."""
    if not text.isascii() or not text.isprintable() or re.search(r"[\s\\?#@*,;'\"]", text):
        return False
    try:
        parts = urlsplit(text)
        is_there = parts.port != 0 and parts.hostname is not None and is_host(parts.hostname)
    except ValueError:
        return False
    return is_there and parts.scheme in ("http", "https") and (has_path or not parts.path)


def is_origin(text: str) -> bool:
    return _is_address(text, has_path=False)


def _is_base(text: str) -> bool:
    return _is_address(text, has_path=True)


_TOKEN: Final = Form(
    _like(r"(?![\"'])[!-~]{1,1000}"),
    "must be plain letters, digits and signs, without blanks or quotes around",
)
_EMAIL: Final = Form(_is_email, "must be an e-mail address")
_BASE: Final = Form(_is_base, "must be an address with a host, and with a port from 1 to 65535 if it has one")
MASTER_KEY: Final = "[0-9a-fA-F]{64}"
FORMS: Final[Mapping[str, Form]] = {
    "hub_public_url": Form(
        is_origin,
        "must be an address such as https://tickets.example.org, without a path, with a port from 1 to 65535 if it "
        "has one",
    ),
    "hub_hosts": Form(
        is_host, "must be names such as tickets.example.org with commas between, without https:// or port"
    ),
    "hub_facts_dir": Form(
        lambda text: text.isprintable() and Path(text).is_absolute(),
        "must be the whole path of a folder, such as /mnt/facts",
    ),
    "hub_master_key": Form(_like(MASTER_KEY), "must be 64 hex digits, such as `openssl rand -hex 32` makes"),
    "stripe_secret_key": Form(_like(r"(sk|rk)_(test|live)_\w+"), "must be a secret key, sk_… or rk_…"),
    "stripe_api_base": _BASE,
    "stripe_webhook_secret": Form(_like(r"whsec_[!-~]+"), "must be the signing secret of the webhook, whsec_…"),
    "stripe_publishable_key": Form(_like(r"pk_(test|live)_\w+"), "must be a publishable key, pk_…"),
    "stripe_till_key": Form(_like(r"rk_(test|live)_\w+"), "must be a restricted key, rk_…: it goes to every till"),
    "paypal_client_id": _TOKEN,
    "paypal_client_secret": _TOKEN,
    "paypal_webhook_id": _TOKEN,
    "paypal_country": Form(_like(r"[A-Z]{2}"), "must be two capital letters, such as BR"),
    "paypal_api_base": _BASE,
    "sendgrid_api_key": Form(_like(r"SG\.[!-~]+"), "must be a key of SendGrid's, SG.…"),
    "sendgrid_api_base": _BASE,
    "sendgrid_webhook_key": Form(_like(r"[A-Za-z0-9+/=]+"), "must be the public key that SendGrid shows, in one line"),
    "sendgrid_from_email": _EMAIL,
    "sendgrid_reply_to_email": _EMAIL,
    "sendgrid_receipt_template_id": Form(_like(r"d-\w+"), "must be the id of a dynamic template, d-…"),
    "ga_measurement_id": Form(_like(r"G-\w+"), "must be the id of a web data stream, G-…"),
    "ga_api_secret": _TOKEN,
    "ga_api_base": _BASE,
    "metrics_token": _TOKEN,
    "alert_email": _EMAIL,
    "sentry_dsn": Form(_like(r"https?://\w+@[^\s/]+/\d+"), "must be a DSN such as https://key@host/1"),
    "sentry_environment": Form(
        _like(r"[^\s/]{1,64}"), "must be a name of up to 64 letters without blanks or slashes, such as production"
    ),
    "shop_event": Form(_like(r"[!-~]{1,200}"), "must be the id of an event, as its file has it"),
    "checkout_origins": Form(
        is_origin, "must be origins such as https://pay.example.org with commas between, without a path"
    ),
    "shop_origins": Form(
        is_origin, "must be origins such as https://www.example.org with commas between, without a path"
    ),
}
