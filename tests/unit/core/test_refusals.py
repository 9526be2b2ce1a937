"""What each error of a provider's means: final, an outage, or a door that is shut to us."""

import pytest

from boxoffice.core.refusals import Verdict, verdict_of


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (None, None, Verdict.OUTAGE),
        (200, None, Verdict.OUTAGE),
        (302, None, Verdict.OUTAGE),
        (400, "amount_too_small", Verdict.FINAL),
        (400, None, Verdict.FINAL),
        (400, "testmode_charges_only", Verdict.SHUT_OUT),
        (400, "invalid_client", Verdict.SHUT_OUT),
        (401, None, Verdict.SHUT_OUT),
        (402, "card_declined", Verdict.FINAL),
        (403, "NOT_AUTHORIZED", Verdict.SHUT_OUT),
        (404, "resource_missing", Verdict.FINAL),
        (409, "idempotency_key_in_use", Verdict.OUTAGE),
        (422, "CURRENCY_NOT_SUPPORTED", Verdict.FINAL),
        (422, "PAYEE_ACCOUNT_RESTRICTED", Verdict.SHUT_OUT),
        (424, None, Verdict.OUTAGE),
        (429, "lock_timeout", Verdict.OUTAGE),
        (499, None, Verdict.FINAL),
        (500, "api_error", Verdict.OUTAGE),
        (504, None, Verdict.OUTAGE),
    ],
)
def test_an_error_means_what_the_providers_say(status: int | None, code: str | None, verdict: Verdict) -> None:
    assert verdict_of(status, code) is verdict
