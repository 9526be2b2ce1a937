"""Errors go to Sentry, if there is an address for them: scrubbed, without local variables, and never in the way."""

from importlib.metadata import version
from typing import Any

import sentry_sdk
import structlog
from sentry_sdk.integrations.logging import LoggingIntegration

from sync.config import Settings
from sync.scrubbing import scrub


def report_errors(settings: Settings) -> None:
    """Begins to report what is logged as an error, requests that broke among it. Without SENTRY_DSN, does nothing."""
    if settings.sentry_dsn is None:
        return
    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.sentry_environment,
        release=f"boxoffice@{version('boxoffice')}",
        server_name="hub",
        data_collection={
            "user_info": False,
            "cookies": {"mode": "off"},
            "http_bodies": [],
            "url_query_params": {"mode": "off"},
            "database_query_data": False,
            "stack_frame_variables": False,
        },
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration()],
        before_send=_before_send,
        before_breadcrumb=_before_breadcrumb,
    )


def _before_send(event: Any, _hint: Any) -> Any:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id is not None:
        event.setdefault("tags", {})["request_id"] = request_id
    return scrub(event)


def _before_breadcrumb(crumb: Any, _hint: Any) -> Any:
    return scrub(crumb)
