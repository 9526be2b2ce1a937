"""Looks at all settings at once, before anything is served: what is missing, what is wrong, and what is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
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
from sync.ledger.fact_log import is_writable
from sync.ledger.sealing import Sealer
from sync.providers.mail_webhook import MailWebhook
from sync.setting_forms import FORMS, is_origin
from sync.store.chain import utc_now
from sync.store.database import Database
from sync.store.migrate import is_current
from sync.store.tables import events

_NEEDED: Final = ("the database", "event keys")
_OLDEST: Final = 140000
_STRIPE: Final = "https://api.stripe.com"
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
    for name, form in FORMS.items():
        value = getattr(settings, name)
        parts = value if isinstance(value, tuple) else [text] if (text := _text(settings, name)) else []
        if not all(form.is_good(each) for each in parts):
            yield Finding(name.upper(), form.words)


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
    public = urlsplit(settings.hub_public_url if is_origin(settings.hub_public_url or "") else "")
    if public.scheme == "http" and (public.hostname or "") not in ("localhost", "127.0.0.1", "::1"):
        yield Finding("HUB_PUBLIC_URL", "must be https: tickets and sessions go over it")
    sender = settings.sendgrid_from_email or ""
    if _NO_REPLY.match(sender) and not settings.sendgrid_reply_to_email:
        words = "is not set: customers are told to answer mails, and nobody reads what goes to this sender"
        yield Finding("SENDGRID_REPLY_TO_EMAIL", words, is_wrong=False)
    if settings.hub_hosts and not settings.hub_public_url:
        words = "are names of a hub whose address nobody knows: without HUB_PUBLIC_URL it answers to any name"
        yield Finding("HUB_HOSTS", words, is_wrong=False)
    if settings.hub_facts_dir is None:
        words = "is not set: after a restore, orders that were free or paid at PayPal since the backup don't come back"
        yield Finding("HUB_FACTS_DIR", words, is_wrong=False)
    elif not is_writable(Path(settings.hub_facts_dir)):
        yield Finding("HUB_FACTS_DIR", "is no folder that this hub can write")
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
                yield from _of_shop_event(settings, database)
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
        rows = connection.execute(select(events.c.file, events.c.revision).order_by(events.c.id)).all()
    for row in rows:
        catalogue = catalogue_from(row.file, row.revision)
        for stale in stale_taxes(catalogue, catalogue.day_of(utc_now())):
            yield Finding(f"event {catalogue.id}", stale.words(), is_wrong=False, is_of_event=True)


def _of_shop_event(settings: Settings, database: Database) -> Iterator[Finding]:
    wanted = settings.shop_event
    if not wanted or not FORMS["shop_event"].is_good(wanted):
        return
    with database.reading() as connection:
        known = sorted(connection.scalars(select(events.c.id)))
    if wanted not in known:
        words = f"there is no event “{wanted}”, so the shop sells nothing; loaded: {', '.join(known) or 'none'}"
        yield Finding("SHOP_EVENT", words, is_wrong=False)


def _prove_key(settings: Settings, database: Database) -> None:
    """Opens what lies sealed in the database. A key that is no key at all is told elsewhere."""
    key = _text(settings, "hub_master_key")
    if FORMS["hub_master_key"].is_good(key):
        with database.transaction() as connection:
            prove_key(connection, Sealer(key))


def _text(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
