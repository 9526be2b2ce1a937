"""Amounts in what Stripe tells are read by the currency that stands beside them."""

from sync.providers.stripe_amounts import in_minor_units


def test_all_amounts_within_an_object_of_stripes_are_read_by_their_own_currency() -> None:
    dispute = {
        "amount": 500000,
        "currency": "isk",
        "balance_transactions": [{"fee": 1500, "net": -1600, "currency": "usd"}],
        "evidence_details": {"due_by": 5},
        "reason": None,
    }

    read = in_minor_units(dispute)

    assert read["amount"] == 5000
    assert read["balance_transactions"] == [{"fee": 1500, "net": -1600, "currency": "usd"}]
    assert (read["evidence_details"], read["reason"]) == ({"due_by": 5}, None)
