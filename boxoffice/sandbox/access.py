"""API keys: which are accepted, and what a till's restricted one and a page's publishable one may do."""

import base64
import binascii
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from boxoffice.sandbox.account import ACCOUNT_ID
from boxoffice.sandbox.errors import StripeError, missing

_TILL_PATHS: Final = ("/v1/payment_intents/", "/v1/terminal/", "/v1/test_helpers/terminal/")
_PAGE_CALLS: Final = re.compile(r"GET /v1/payment_intents/[^/]+|POST /v1/payment_intents/[^/]+/confirm")
_PERMISSIONS: Final = {
    "charges": ("Charges and Refunds", "charge"),
    "refunds": ("Charges and Refunds", "charge"),
    "checkout": ("Checkout Sessions", "checkout_session"),
    "events": ("Events", "event"),
    "balance_transactions": ("Balance", "balance"),
    "disputes": ("Disputes", "dispute"),
    "payouts": ("Payouts", "payout"),
    "webhook_endpoints": ("Webhook Endpoints", "webhook"),
}


class KeyKind(Enum):
    """What a key may do."""

    SECRET = "secret"  # noqa: S105  # a kind, no secret
    TILL = "till"
    PUBLISHABLE = "publishable"


def kind_of(header: str | None) -> KeyKind:
    """Returns the kind of the key in an Authorization header, Bearer or Basic.

    Raises:
        StripeError: 401, without one that this account has.
    """
    key = _key(header or "")
    if not key:
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://docs.stripe.com/api/authentication"
        )
        raise StripeError(401, message, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'}, is_saved=False)
    if key.startswith("rk_test_till"):
        return KeyKind.TILL
    if key.startswith(("sk_test_", "rk_test_")):
        return KeyKind.SECRET
    if key.startswith("pk_test_"):
        return KeyKind.PUBLISHABLE
    raise StripeError(401, f"Invalid API Key provided: {masked(key)}", is_saved=False)


def check(kind: KeyKind, method: str, path: str, header: str | None) -> None:
    """Refuses what a restricted or a publishable key may not do.

    Raises:
        StripeError: 403, naming the permission that is missing, or 401 for what no page may do.
    """
    if kind is KeyKind.PUBLISHABLE:
        _check_page(method, path)
        return
    if kind is KeyKind.SECRET or f"{path}/".startswith(_TILL_PATHS):
        return
    area = path.split("/")[2] if path.count("/") >= 2 else ""
    name, permission = _PERMISSIONS.get(area, (area.replace("_", " ").title(), area))
    right, verb = ("Read", "read") if method == "GET" else ("Write", "write")
    message = (
        f"Permission denied. The provided key '{masked(_key(header or ''))}' does not have the required permissions "
        f"for this endpoint on account '{ACCOUNT_ID}'. Enabling \"{name} {right}\" ('{permission}_{verb}') "
        "permissions on this key would allow this request to continue."
    )
    raise StripeError(403, message, is_saved=False)


def check_page_params(kind: KeyKind, params: Mapping[str, Any]) -> None:
    """Refuses a page that does not show whose payment it is at.

    Raises:
        StripeError: 400, without the client secret.
    """
    if kind is KeyKind.PUBLISHABLE and not params.get("client_secret"):
        raise missing("client_secret")


def masked(key: str) -> str:
    """Returns what may be shown of a key."""
    if len(key) <= 12:
        return key[:3] + "*" * max(0, len(key) - 3)
    return key[:8] + "*" * (len(key) - 12) + key[-4:]


def _check_page(method: str, path: str) -> None:
    if _PAGE_CALLS.fullmatch(f"{method} {path}"):
        return
    message = (
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
        "your API keys at https://dashboard.stripe.com/account/apikeys."
    )
    raise StripeError(401, message, code="secret_key_required", is_saved=False)


def _key(header: str) -> str:
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
