"""Why a payment was refused is known by its code, so that no words have to be searched for it."""

import pytest

from boxoffice.core.declines import Refusal, refusal_of
from boxoffice.core.payments import DECLINE_WORDS

_NO_REASON = {"payment_lost", "payment_refused", "refused"}
"""Codes that say no more than that the money did not come."""


@pytest.mark.parametrize("code", sorted(set(DECLINE_WORDS) - _NO_REASON))
def test_each_code_that_has_words_has_a_reason(code: str) -> None:
    assert refusal_of(code) is not Refusal.OTHER


@pytest.mark.parametrize("code", ["do_not_honor", "fraudulent", "insufficient_funds", "try_again_later"])
def test_a_decline_of_the_bank_is_the_cards_whatever_its_words(code: str) -> None:
    assert refusal_of(code) is Refusal.CARD


def test_what_paypal_does_not_take_is_no_cards_fault() -> None:
    assert refusal_of("paypal_denied") is Refusal.PROVIDER


@pytest.mark.parametrize("code", ["amount_too_small", "network", "shut_out", "canceled", "expired", "never_heard_of"])
def test_what_is_not_the_cards_fault_is_not_called_so(code: str) -> None:
    assert refusal_of(code) is not Refusal.CARD
