"""Customers type a code, or scan one, at a kiosk."""

from dataclasses import replace

import pytest

# What customers do
from boxoffice.core.catalogue import Promo
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.at_a_kiosk import choose, tap
from tests.gui.conftest import Door
from tests.gui.fake_till import FakeTill


@pytest.fixture
def promo(till: FakeTill) -> Promo:
    """A code that takes a tenth off, which is $15 of a pass."""
    promo = Promo("SALSA15", 10, None)
    till.catalogue = replace(till.catalogue, promos=(promo,))
    till.state = Ready(till.catalogue, till.status)
    return promo


def test_a_code_is_typed_on_the_screen_and_taken_out_again(promo: Promo, kiosk: Door) -> None:
    choose(kiosk)
    tap(kiosk, "Promo code")
    kiosk.at("CodePage")

    for letter in promo.code:
        tap(kiosk, letter)
    tap(kiosk, "Use the code")
    kiosk.at("ChoosePage")

    kiosk.sees("$135.00")
    tap(kiosk, f"Code {promo.code}")
    kiosk.sees("$150.00")


def test_a_code_is_scanned_where_tickets_are_chosen_and_makes_what_is_paid_less(
    promo: Promo, kiosk: Door, till: FakeTill
) -> None:
    choose(kiosk)

    kiosk.scan(promo.code)
    kiosk.sees("$135.00")
    tap(kiosk, "Pay")
    kiosk.at("CardPage")
    till.end_payment("paid")

    kiosk.at("PaidPage")
    kiosk.sees("$135.00")


def test_nobody_guesses_codes_at_a_kiosk_whoever_comes_next(promo: Promo, kiosk: Door) -> None:
    choose(kiosk)
    for n in range(5):
        kiosk.scan(f"WRONG{n}")
        kiosk.sees(f"“WRONG{n}” is no code of this event.")

    tap(kiosk, "Promo code")
    kiosk.sees("Too many wrong codes")
    kiosk.scan(promo.code)
    kiosk.at("CodePage")

    assert kiosk.window.flow.session.sale.promo is None
