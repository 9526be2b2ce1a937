"""Looks at all settings at once, before anything is served: what is missing, what is wrong, and what is left out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import psycopg
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.stale_taxes import stale_taxes
from sync.config import FEATURES, Settings
from sync.ledger.event_keys import WrongKey, prove_key
from sync.ledger.sealing import Sealer
from sync.providers.mail_webhook import MailWebhook
from sync.store import tables as t
from sync.store.chain import utc_now
from sync.store.database import Database
from sync.store.migrate import is_current

_NEEDED: Final = ("the database", "event keys")
_OLDEST: Final = 140000
_STRIPE: Final = "https://api.stripe.com"
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "hub_master_key": (r"[0-9a-fA-F]{64}", "must be 64 hex digits, such as `openssl rand -hex 32` makes"),
    "stripe_secret_key": (r"(sk|rk)_(test|live)_\w+", "must be a secret key, sk_… or rk_…"),
    "stripe_till_key": (r"rk_(test|live)_\w+", "must be a restricted key, rk_…: it goes to every till"),
    "stripe_publishable_key": (r"pk_(test|live)_\w+", "must be a publishable key, pk_…"),
    "stripe_webhook_secret": (r"whsec_\w+", "must be the signing secret of the webhook, whsec_…"),
    "sendgrid_api_key": (r"SG\..+", "must be a key of SendGrid's, SG.…"),
    "sendgrid_from_email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be an e-mail address"),
    "sendgrid_receipt_template_id": (r"d-\w+", "must be the id of a dynamic template, d-…"),
    "sendgrid_reply_to_email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be an e-mail address"),
    "alert_email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be an e-mail address"),
    "hub_public_url": (r"https?://[^\s/]+", "must be an address such as https://tickets.example.org, without a path"),
    "stripe_api_base": (r"https?://[^\s]+", "must be an address"),
    "paypal_api_base": (r"https?://[^\s]+", "must be an address"),
    "sendgrid_api_base": (r"https?://[^\s]+", "must be an address"),
    "ga_measurement_id": (r"G-\w+", "must be the id of a web data stream, G-…"),
    "ga_api_base": (r"https?://[^\s]+", "must be an address"),
    "sentry_dsn": (r"https?://\w+@[^\s/]+/\d+", "must be a DSN such as https://key@host/1"),
}
_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "shop_origins": (r"https?://[^\s/;,'\"*]+", "must be origins such as https://www.example.org, without a path"),
    "checkout_origins": (r"https?://[^\s/;,'\"*]+", "must be origins such as https://pay.example.org, without a path"),
    "hub_hosts": (
        r"[A-Za-z0-9._:-]+",
        "must be names such as tickets.example.org, without https:// and port",
    ),
}
_NO_REPLY: Final = re.compile(r"(no|do-?not)[-_.]?reply", re.IGNORECASE)
_KEYS: Final = ("stripe_secret_key", "stripe_till_key", "stripe_publishable_key")


@dataclass(frozen=True, slots=True)
class Finding:
    """`is_wrong` keeps the hub from being served; others tell what it goes without, or what of an event to look at."""

    name: str
    words: str
    is_wrong: bool = True
    is_of_event: bool = False

    def __str__(self) -> str:
        mark = "wrong" if self.is_wrong else "look " if self.is_of_event else "off  "
        return f"{mark}  {self.name}: {self.words}"


def check_up(settings: Settings) -> list[Finding]:
    """Returns everything that is to say about the settings; secrets are never told."""
    looks = (_missing, _malformed, _of_mail_key, _odd, _of_database)
    return [finding for look in looks for finding in look(settings)]


def _missing(settings: Settings) -> Iterator[Finding]:
    for feature, names in FEATURES.items():
        lacking = settings.lacks(feature)
        is_begun = 0 < len(lacking) < len(names)
        for name in lacking:
            is_wrong = feature in _NEEDED or is_begun
            words = f"is not set; {feature} needs it" if is_wrong else f"is not set, so the hub goes without {feature}"
            yield Finding(name, words, is_wrong)


def _malformed(settings: Settings) -> Iterator[Finding]:
    for name, (pattern, words) in _FORMS.items():
        value = _text(settings, name)
        if value and not (re.fullmatch(pattern, value) and _is_written(value)):
            yield Finding(name.upper(), words)
    for name, (pattern, words) in _LISTS.items():
        if not all(re.fullmatch(pattern, each) and _is_written(each) for each in getattr(settings, name)):
            yield Finding(name.upper(), words)
    for name in set(Settings.model_fields) - set(_FORMS) - set(_LISTS):
        if not _is_written(_text(settings, name)):
            yield Finding(name.upper(), "holds bytes that are no text")
    for name in ("hub_public_url", "stripe_api_base", "paypal_api_base", "sendgrid_api_base", "ga_api_base"):
        if not _has_place(_text(settings, name)):
            yield Finding(name.upper(), "must be an address with a host, and with a port from 1 to 65535 if it has one")


def _of_mail_key(settings: Settings) -> Iterator[Finding]:
    if settings.sendgrid_webhook_key:
        try:
            MailWebhook(settings.sendgrid_webhook_key)
        except BadInput as error:
            yield from (Finding(problem.place, problem.message) for problem in error.problems)


def _odd(settings: Settings) -> Iterator[Finding]:
    modes = {mode for name in _KEYS for mode in ("test", "live") if f"_{mode}_" in _text(settings, name)[:8]}
    if len(modes) > 1:
        yield Finding("STRIPE_SECRET_KEY", "test and live keys of Stripe's are mixed")
    if "live" in modes and settings.stripe_api_base != _STRIPE:
        yield Finding("STRIPE_API_BASE", "a live key would be sent to somebody who is not Stripe")
    public = urlsplit(settings.hub_public_url if _has_place(settings.hub_public_url or "") else "")
    if public.scheme == "http" and (public.hostname or "") not in ("localhost", "127.0.0.1", "::1"):
        yield Finding("HUB_PUBLIC_URL", "must be https: tickets and sessions go over it")
    sender = settings.sendgrid_from_email or ""
    if _NO_REPLY.match(sender) and not settings.sendgrid_reply_to_email:
        words = "is not set: customers are told to answer mails, and nobody reads what goes to this sender"
        yield Finding("SENDGRID_REPLY_TO_EMAIL", words, is_wrong=False)
    if settings.stripe_secret_key is not None and settings.stripe_webhook_secret is None:
        yield Finding("STRIPE_WEBHOOK_SECRET", "is not set: payments would be seen by polling only")


def _of_database(settings: Settings) -> Iterator[Finding]:
    if settings.lacks("the database"):
        return
    try:
        url, direct = settings.database(), settings.direct_database()
    except BadInput as error:
        yield from (Finding(problem.place, problem.message) for problem in error.problems)
        return
    ways = {"POSTGRES_URL": url} | ({"POSTGRES_URL_NON_POOLING": direct} if settings.is_pooled else {})
    for name, way in ways.items():
        try:
            with psycopg.connect(way, connect_timeout=5, prepare_threshold=None) as connection:
                version = connection.info.server_version
        except psycopg.Error as error:
            yield Finding(name, f"the database can't be reached: {str(error).splitlines()[0].strip()}")
            return
        if version < _OLDEST:
            yield Finding(name, f"Postgres must be {_OLDEST // 10000} or newer")
    yield from _of_tables(settings, direct)


def _of_tables(settings: Settings, url: str) -> Iterator[Finding]:
    try:
        with Database(url, 1) as database:
            if is_current(database):
                _prove_key(settings, database)
                yield from _of_taxes(database)
            else:
                yield Finding("POSTGRES_URL", "the database is not at the newest tables; run: boxoffice-hub migrate")
    except WrongKey as error:
        yield Finding("HUB_MASTER_KEY", str(error))
    except OperationalError as error:
        yield Finding("POSTGRES_URL", f"the database can't be used: {str(error.orig).splitlines()[0].strip()}")
    except ProgrammingError:
        yield Finding("POSTGRES_URL", "the database has no tables yet; run: boxoffice-hub migrate")


def _of_taxes(database: Database) -> Iterator[Finding]:
    """Yields the tax rates of events to come that have ended, or that nobody has asked about for a year."""
    with database.reading() as connection:
        rows = connection.execute(select(t.events.c.file, t.events.c.revision).order_by(t.events.c.id)).all()
    for row in rows:
        catalogue = catalogue_from(row.file, row.revision)
        for stale in stale_taxes(catalogue, catalogue.day_of(utc_now())):
            yield Finding(f"event {catalogue.id}", stale.words(), is_wrong=False, is_of_event=True)


def _prove_key(settings: Settings, database: Database) -> None:
    """Opens what lies sealed in the database. A key that is no key at all is told elsewhere."""
    key = _text(settings, "hub_master_key")
    if re.fullmatch(_FORMS["hub_master_key"][0], key):
        with database.transaction() as connection:
            prove_key(connection, Sealer(key))


def _is_written(value: str) -> bool:
    """Returns whether it is text: what the environment holds may be any bytes."""
    try:
        return "\0" not in value and bool(value.encode() or True)
    except UnicodeEncodeError:
        return False


def _has_place(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return not address or (bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False


def _text(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
