"""What this hub can be paid, and through whom: PayPal is there only where it takes the currency and the amount."""

import pytest
from pydantic import SecretStr

from boxoffice.core.charging import CantBeCharged
from boxoffice.core.errors import OperationFailed
from boxoffice.core.money import Currency, Money
from sync.config import Settings
from sync.payments.taking import Taking
from tests.integration.sync.fakes import FakeSessions


def taking(*names: str, country: str | None = None) -> Taking:
    settings = Settings(
        postgres_url=SecretStr("postgresql://x/x"), hub_master_key=SecretStr("ab" * 32), paypal_country=country
    )
    return Taking(settings, {name: FakeSessions() for name in names})


def of(minor: int, code: str) -> Money:
    return Money(minor, Currency(code))


@pytest.mark.parametrize(
    ("minor", "code", "is_taken"),
    [
        (500000, "HUF", True),
        (500050, "HUF", False),
        (50050, "TWD", False),
        (5000, "JPY", True),
        (5000, "ISK", False),
        (5120, "KWD", False),
        (5000, "BRL", False),
        (2500, "USD", True),
    ],
)
def test_paypal_is_offered_only_for_what_it_takes(minor: int, code: str, is_taken: bool) -> None:
    assert taking("stripe", "paypal").takes("paypal", of(minor, code)) is is_taken


def test_paypal_is_offered_in_a_currency_of_its_accounts_own_country() -> None:
    assert taking("paypal", country="BR").takes("paypal", of(5000, "BRL"))


def test_nothing_is_offered_that_this_hub_has_no_key_for() -> None:
    assert not taking("stripe").takes("paypal", of(2500, "USD"))
    with pytest.raises(OperationFailed):
        taking("stripe").provider("paypal")


def test_cards_decide_what_can_be_paid_on_the_web() -> None:
    with pytest.raises(CantBeCharged, match="least"):
        taking("stripe", "paypal").must_be_payable(of(10, "USD"))


def test_where_there_is_only_paypal_it_decides() -> None:
    taking("paypal").must_be_payable(of(10, "USD"))

    with pytest.raises(CantBeCharged):
        taking("paypal").must_be_payable(of(5000, "ISK"))


def test_what_costs_nothing_needs_nobody() -> None:
    taking().must_be_payable(of(0, "CUP"))

    with pytest.raises(CantBeCharged):
        taking().must_be_payable(of(1, "CUP"))
