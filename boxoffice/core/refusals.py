"""What a provider's error means for a payment: final, an outage, or a door that is shut to us. One table for both."""

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Verdict(Enum):
    """What to make of an error."""

    FINAL = "final"
    """The provider understood, and the same request will end the same way."""
    OUTAGE = "outage"
    """It may pass by itself; what was asked for may have been done or not."""
    SHUT_OUT = "shut_out"
    """The provider does not let us in: no order is at fault, and somebody must mend the key or the account."""


_BY_STATUS: Final[Mapping[int, Verdict]] = {
    401: Verdict.SHUT_OUT,
    403: Verdict.SHUT_OUT,
    408: Verdict.OUTAGE,
    409: Verdict.OUTAGE,  # the same key, or the same resource, is being worked on
    424: Verdict.OUTAGE,
    425: Verdict.OUTAGE,
    429: Verdict.OUTAGE,
}
"""HTTP statuses as https://docs.stripe.com/api/errors and PayPal's “API responses” give them.

Others of 400 to 499 are final, all else is an outage.
"""

_BY_CODE: Final[Mapping[str, Verdict]] = {
    # https://docs.stripe.com/error-codes: said with 400 or 403, and about the account, not the payment.
    "account_invalid": Verdict.SHUT_OUT,
    "api_key_expired": Verdict.SHUT_OUT,
    "livemode_mismatch": Verdict.SHUT_OUT,
    "platform_api_key_expired": Verdict.SHUT_OUT,
    "secret_key_required": Verdict.SHUT_OUT,
    "testmode_charges_only": Verdict.SHUT_OUT,
    "lock_timeout": Verdict.OUTAGE,
    "idempotency_key_in_use": Verdict.OUTAGE,
    "rate_limit": Verdict.OUTAGE,
    # PayPal's Orders v2, “Errors”: said with 422, and about the account that is to be paid.
    "PAYEE_ACCOUNT_INVALID": Verdict.SHUT_OUT,
    "PAYEE_ACCOUNT_LOCKED_OR_CLOSED": Verdict.SHUT_OUT,
    "PAYEE_ACCOUNT_RESTRICTED": Verdict.SHUT_OUT,
    "PAYEE_NOT_CONSENTED": Verdict.SHUT_OUT,
    "invalid_client": Verdict.SHUT_OUT,  # RFC 6749, said with 400 or 401
    "unauthorized_client": Verdict.SHUT_OUT,
    "INTERNAL_SERVICE_ERROR": Verdict.OUTAGE,
    "PREVIOUS_REQUEST_IN_PROGRESS": Verdict.OUTAGE,
}


def verdict_of(status: int | None, code: str | None = None) -> Verdict:
    """Returns what an answer with this HTTP status and this code of the provider's means; no status is no answer."""
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status is None or not 400 <= status < 500:  # HTTP's client errors
        return Verdict.OUTAGE
    return _BY_STATUS.get(status, Verdict.FINAL)
