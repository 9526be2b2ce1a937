"""A hub whose providers are the sandbox, as tests share it that play with what a provider answers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from boxoffice.sandbox.server import Sandbox
from sync.app import _others, _paypal
from sync.config import Settings
from sync.payments.checkouts import Checkouts
from sync.providers.checkout_sessions import CheckoutSessions
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand


@pytest.fixture(scope="module", name="sandbox")
def sandbox_of_module() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


def settings_beside(sandbox: Sandbox, database_url: str, **more: Any) -> Settings:
    """Returns the settings of a hub that takes cards and PayPal at the sandbox."""
    return Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_secret_key=SecretStr("sk_test_hub"),
        stripe_api_base=sandbox.base_url,
        stripe_webhook_secret=SecretStr(WEBHOOK_SECRET),
        paypal_client_id="client",
        paypal_client_secret=SecretStr("secret"),
        paypal_webhook_id="WH-1",
        paypal_api_base=sandbox.base_url,
        database_connections=10,
        **more,
    )


@contextmanager
def checkouts_of(hub: Stand) -> Iterator[Checkouts]:
    """Yields the use cases of a second process of the hub, with the providers as they are in service."""
    settings = hub.hub.settings
    paypal = _paypal(settings)
    assert paypal is not None
    sessions = CheckoutSessions(settings.secret("payment by phone", "stripe_secret_key"), settings.stripe_api_base)
    with closing(paypal):
        yield Checkouts(hub.hub, sessions, _others(settings, paypal))


@pytest.fixture(scope="module", name="checkouts")
def checkouts_of_module(hub: Stand) -> Iterator[Checkouts]:
    with checkouts_of(hub) as found:
        yield found
