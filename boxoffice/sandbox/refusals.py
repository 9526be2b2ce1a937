"""Refusals that a test asks for: every kind of error that Stripe's documents name, each with its status and words.

Source: https://docs.stripe.com/api/errors and https://docs.stripe.com/error-codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.sandbox.errors import StripeError


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is what the answer says, if it says one; `is_saved` is whether an idempotency key would keep it."""

    status: int
    message: str
    code: str | None = None
    type: str = "invalid_request_error"
    is_saved: bool = False

    def error(self) -> StripeError:
        return StripeError(self.status, self.message, code=self.code, type=self.type, is_saved=self.is_saved)


REFUSALS: Final[Mapping[str, Refusal]] = {
    "amount_too_small": Refusal(400, "Amount must convert to at least 50 cents.", "amount_too_small"),
    "amount_too_large": Refusal(400, "Amount must be no more than $999,999.99", "amount_too_large"),
    "invalid_charge_amount": Refusal(400, "Invalid amount.", "invalid_charge_amount"),
    "invalid_currency": Refusal(400, "Invalid currency: xyz."),
    "parameter_missing": Refusal(400, "Missing required param: line_items.", "parameter_missing"),
    "parameter_unknown": Refusal(400, "Received unknown parameter: foo", "parameter_unknown"),
    "parameter_invalid_integer": Refusal(400, "Invalid integer: 1.5", "parameter_invalid_integer"),
    "url_invalid": Refusal(400, "Not a valid URL", "url_invalid"),
    "idempotency_error": Refusal(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        type="idempotency_error",
    ),
    "card_declined": Refusal(402, "Your card was declined.", "card_declined", "card_error", is_saved=True),
    "resource_missing": Refusal(404, "No such thing: 'x_1'", "resource_missing"),
    "invalid_key": Refusal(401, "Invalid API Key provided: sk_test_****"),
    "api_key_expired": Refusal(401, "Expired API Key provided: sk_test_****", "api_key_expired"),
    "permission_denied": Refusal(403, "Permission denied. The provided key does not have the required permissions."),
    "account_invalid": Refusal(403, "The provided key does not have access to account 'acct_1'.", "account_invalid"),
    "testmode_charges_only": Refusal(400, "Your account cannot currently make live charges.", "testmode_charges_only"),
    "idempotency_key_in_use": Refusal(409, "There is currently another in-progress request.", "idempotency_key_in_use"),
    "external_dependency": Refusal(424, "An external dependency failed.", type="api_error"),
    "rate_limit": Refusal(429, "Request rate limit exceeded.", "rate_limit"),
    "lock_timeout": Refusal(429, "This object cannot be accessed right now.", "lock_timeout"),
    "api_error": Refusal(500, "An unknown error occurred.", type="api_error"),
    "api_error_kept": Refusal(500, "An unknown error occurred.", type="api_error", is_saved=True),
    "bad_gateway": Refusal(502, "Bad gateway.", type="api_error"),
    "unavailable": Refusal(503, "The service is not available right now.", type="api_error"),
    "gateway_timeout": Refusal(504, "Gateway timeout.", type="api_error"),
}
"""By the name that a rule gives as its `code`."""
