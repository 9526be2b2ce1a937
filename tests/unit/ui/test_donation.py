"""A donation takes only what can be charged: a till must never hold an amount that no price can be made of."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from boxoffice.core.event_file import catalogue_from
from boxoffice.till.ui.flow.ask import DonationPage
from boxoffice.till.ui.flow.destinations import DonationAmount, Sell
from tests.unit.core.builders import event_file


def typed(digits: str, currency: str) -> DonationPage:
    data = event_file()
    data["event"]["currency"] = currency
    data["products"].append({"id": "gift", "name": "Gift", "kind": "donation", "category": "Extras"})
    catalogue = catalogue_from(data, 1)
    session = SimpleNamespace(sale=SimpleNamespace(catalogue=catalogue))
    page = DonationPage(cast("Any", session), DonationAmount(catalogue.products[-1], Sell()))
    page.digits = digits
    return page


@pytest.mark.parametrize(
    ("digits", "currency", "is_good"),
    [
        ("12.50", "USD", True),
        ("1.230", "KWD", True),
        ("1.234", "KWD", False),
        ("5", "MGA", True),
        ("5.50", "MGA", False),
        ("250000", "IDR", True),
        ("999999.99", "USD", True),
        ("1000000", "USD", False),
    ],
)
def test_only_what_can_be_charged_can_be_given(digits: str, currency: str, is_good: bool) -> None:
    assert typed(digits, currency).view().finish.is_on is is_good


def test_the_button_says_what_would_do() -> None:
    assert typed("1.234", "KWD").view().finish.label == "Only in steps of KWD\N{NO-BREAK SPACE}0.010"
