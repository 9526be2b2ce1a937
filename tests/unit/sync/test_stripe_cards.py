"""Whatever a charge was paid with, its card is read or there is none: Stripe sends a part for what paid alone."""

from typing import Any

import pytest
import stripe

from boxoffice.core.payments import CardDetails
from sync.providers.stripe_cards import card_of

VISA = {"brand": "visa", "last4": "4242"}


@pytest.mark.parametrize(
    ("details", "card"),
    [
        ({"type": "card", "card": VISA}, CardDetails("visa", "4242")),
        ({"type": "card_present", "card_present": VISA}, CardDetails("visa", "4242")),
        ({"type": "interac_present", "interac_present": {"brand": None, "last4": None}}, CardDetails("card", "")),
        ({"type": "card", "card": None}, None),
        ({"type": "cashapp", "cashapp": {"buyer_id": "b"}}, None),
        ({"type": "what comes next", "what comes next": {}}, None),
        (None, None),
    ],
)
def test_the_card_is_read_where_there_is_one(details: Any, card: CardDetails | None) -> None:
    charge = stripe.Charge.construct_from({"id": "ch_1", "payment_method_details": details}, "sk_test")

    assert card_of(charge) == card
