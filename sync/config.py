"""Settings of the hub, from the environment. Secrets are never printed."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Final, TypeAlias

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import BeforeValidator, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from boxoffice.core.errors import BadInput, FieldError, OperationFailed

FEATURES: Final = {
    "the database": ("postgres_url",),
    "event keys": ("hub_master_key",),
    "payment by phone": ("stripe_secret_key",),
    "Stripe webhooks": ("stripe_webhook_secret",),
    "PayPal": ("paypal_client_id", "paypal_client_secret", "paypal_webhook_id"),
    "mail events": ("sendgrid_webhook_key",),
    "e-mail": ("sendgrid_api_key", "sendgrid_from_email"),
    "analytics": ("ga_measurement_id", "ga_api_secret"),
}
"""What each feature cannot do without."""


PLAIN: Final = (
    "leads to another machine without TLS; add sslmode=verify-full (or, in a network of your own, "
    "set POSTGRES_ALLOW_PLAIN=1)"
)
NOT_POSTGRES: Final = "is not an address such as postgresql://user:password@host/database"
_ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
_HERE: Final = ("127.", "/", "@")
"""How an address of this machine begins, and a socket's path."""


def _listed(given: Any) -> Any:
    """Returns the parts of a list as people write it: a JSON list, or with commas between."""
    if not isinstance(given, str):
        return given
    if not given.lstrip().startswith("["):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    try:
        return json.loads(given)
    except (ValueError, RecursionError) as error:
        raise ValueError("is neither a JSON list nor addresses with commas between") from error


Listed: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """Each field is read from the environment variable of its name, in upper case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    postgres_url: SecretStr | None = None
    postgres_url_non_pooling: SecretStr | None = Field(
        default=None, description="the same database without its pooler, for what a pooler can't carry"
    )
    postgres_allow_plain: bool = Field(default=False, description="lets the database be elsewhere without TLS")
    hub_public_url: str | None = None
    hub_hosts: Listed = Field(default=(), description="further names that the hub is reached by")
    hub_facts_dir: str | None = Field(
        default=None, description="a folder on another disk than the database's, where its facts are kept once more"
    )
    hub_master_key: SecretStr | None = Field(default=None, description="64 hex digits; seals the event keys")
    stripe_secret_key: SecretStr | None = None
    stripe_api_base: str = "https://api.stripe.com"
    stripe_webhook_secret: SecretStr | None = None
    stripe_publishable_key: str | None = None
    stripe_till_key: SecretStr | None = None
    stripe_account_is_ours: bool = Field(
        default=False, description="nothing but this hub's events uses the Stripe account: all that it takes is ours"
    )
    stripe_adaptive_pricing: bool = Field(
        default=False, description="on the web, Stripe may offer to pay in the customer's own currency"
    )
    paypal_client_id: str | None = None
    paypal_client_secret: SecretStr | None = None
    paypal_webhook_id: str | None = None
    paypal_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    paypal_api_base: str = "https://api-m.paypal.com"
    sendgrid_api_key: SecretStr | None = None
    sendgrid_api_base: str = "https://api.sendgrid.com"
    sendgrid_webhook_key: str | None = Field(default=None, description="the public key of its event webhook")
    sendgrid_from_email: str | None = None
    sendgrid_reply_to_email: str | None = Field(default=None, description="where customers' answers to mails go")
    sendgrid_receipt_template_id: str | None = Field(default=None, description="a template of one's own for receipts")
    ga_measurement_id: str | None = None
    ga_api_secret: SecretStr | None = None
    ga_api_base: str = "https://www.google-analytics.com"
    metrics_token: SecretStr | None = Field(default=None, description="opens /metrics to the monitoring")
    alert_email: str | None = Field(default=None, description="where alerts are mailed to")
    sentry_dsn: SecretStr | None = Field(default=None, description="where errors are reported to")
    sentry_environment: str = "production"
    shop_event: str | None = Field(default=None, description="the event that the shop sells; the newest if not set")
    checkout_origins: Listed = Field(default=(), description="of a payment page under one's own domain")
    shop_origins: Listed = Field(
        default=(), description="of a site of one's own whose pages call the API from the browser"
    )
    holds_per_address: int = Field(
        default=200, ge=1, le=1_000_000, description="unpaid orders that one address may begin while one hold lasts"
    )
    places_per_address: int = Field(
        default=400, ge=1, le=1_000_000, description="what those orders may hold together, in tickets and goods"
    )
    places_per_order: int = Field(default=20, ge=1, le=1000, description="tickets and goods in one order of the shop")
    free_places_per_buyer: int | None = Field(
        default=None, ge=1, le=1_000_000, description="free places of an event for one e-mail; by its size if unset"
    )
    free_places_per_address: int | None = Field(
        default=None, ge=1, le=1_000_000, description="the same for one network address; by the event's size if unset"
    )
    lease_units: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        description="unsold units of a pool that one till may hold; by its size if unset",
    )
    lease_stock_units: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        description="units that it may hold if somebody there expects a bad network; by the pool's size if unset",
    )
    lease_sale_units: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        description="units on top of that for one sale that waits; by its size if unset",
    )
    lease_idle_minutes: float = Field(
        default=5,
        ge=0.01,
        le=100_000,
        description="a till that sold nothing of a pool for so long is asked for all of it first",
    )
    tills_see_all_problems: bool = Field(
        default=False, description="tills list all open problems, not only those of their own orders"
    )
    requests_per_second: float = Field(
        default=100, ge=0.1, le=1_000_000, description="of one address at one process, saved up for four seconds"
    )
    refunds_per_second: float = Field(
        default=2, ge=0.01, le=50, description="how many refunds of something that was cancelled are sent in a second"
    )
    checkout_minutes: float = Field(default=15, ge=0.01, le=25)
    database_connections: int = Field(default=20, ge=2, le=200)

    @property
    def checkout_lasts(self) -> timedelta:
        return timedelta(minutes=self.checkout_minutes)

    def database(self) -> str:
        """Returns the database's URL.

        Raises:
            BadInput: if POSTGRES_URL is not set, is no address of a Postgres, or leads over a network without TLS.
        """
        return self._checked("POSTGRES_URL", self.secret("the database", "postgres_url"))

    def direct_database(self) -> str:
        """Returns the URL that leads past a pooler: for migrations, for jobs, and for what Postgres notifies.

        Raises:
            BadInput: as `database`.
        """
        direct = _text(self.postgres_url_non_pooling)
        return self._checked("POSTGRES_URL_NON_POOLING", direct) if direct else self.database()

    @property
    def is_pooled(self) -> bool:
        """Whether POSTGRES_URL leads to a pooler, such as pgbouncer: one connection is many there."""
        return bool(_text(self.postgres_url_non_pooling))

    def _checked(self, name: str, url: str) -> str:
        if not is_postgres(url):
            raise BadInput([FieldError(name, NOT_POSTGRES)])
        if not self.postgres_allow_plain and is_plain_and_remote(url):
            raise BadInput([FieldError(name, PLAIN)])
        return url

    def secret(self, feature: str, field: str) -> str:
        """Returns a secret that `feature` needs.

        Raises:
            BadInput: naming every variable that the feature lacks.
        """
        require(self, [feature])
        value: SecretStr = getattr(self, field)
        return value.get_secret_value()

    def lacks(self, feature: str) -> tuple[str, ...]:
        """Returns the variables that the feature needs and that are not set."""
        return tuple(field.upper() for field in FEATURES[feature] if not _text(getattr(self, field)))


def is_postgres(url: str) -> bool:
    """Returns whether this is the address of a Postgres, as both of those who connect read it."""
    try:
        url.encode()
        conninfo_to_dict(url)
        make_url(url)
    except (ProgrammingError, ArgumentError, ValueError):  # UnicodeError is one
        return False
    return url.startswith(("postgres://", "postgresql://")) and url.isprintable()


def is_plain_and_remote(url: str) -> bool:
    """Returns whether the database is asked over a network in a way that others may read."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:  # whoever connects says what is wrong with it
        return False
    hosts = str(parts.get("host") or "localhost").split(",")
    is_here = all(host in ("localhost", "::1") or host.startswith(_HERE) for host in hosts)
    return not is_here and parts.get("sslmode") not in _ENCRYPTED


def require(settings: Settings, features: Sequence[str]) -> None:
    """Does nothing if all that the features need is set.

    Raises:
        BadInput: naming every variable that is missing, and what for.
    """
    problems = [
        FieldError(name, f"is not set; {feature} needs it") for feature in features for name in settings.lacks(feature)
    ]
    if problems:
        raise BadInput(problems)


def not_set_up(settings: Settings, feature: str) -> OperationFailed:
    """Returns what to tell a caller that wants a feature which this hub has not been given the keys for."""
    names = ", ".join(settings.lacks(feature))
    return OperationFailed(
        f"This hub is not set up for {feature}.", "Nothing was changed.", f"Set {names} and start the hub again."
    )


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value or "")
