"""Deliberate bugs in sums, taxes, tokens and shares: a test alone puts them in, and its fuzzers must catch each."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

import pytest

from boxoffice.core import leasing, pricing, reductions, refunds, steps, tickets
from boxoffice.core.catalogue import Promo
from boxoffice.core.money import allocate
from boxoffice.core.payloads.tickets import Earned
from boxoffice.core.pricing import PricedLine
from boxoffice.core.taxes import TaxRate, tax_account

Break = Callable[[pytest.MonkeyPatch], None]


def to_even(patch: pytest.MonkeyPatch) -> None:
    """Halves are rounded to the even number, as Python does."""
    patch.setattr(steps, "round_half_up", round)


def cut_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "round_half_up", int)


def in_floats(patch: pytest.MonkeyPatch) -> None:
    """Taxes are counted with doubles, a cent off once in a while."""
    true = pricing.exact_taxes

    def taxes(minor: int, rates: Sequence[TaxRate]) -> list[Fraction]:
        return [Fraction(float(f"{float(tax):.2f}")) for tax in true(minor, rates)]

    patch.setattr(pricing, "exact_taxes", taxes)


def tax_on_tax(patch: pytest.MonkeyPatch) -> None:
    def taxes(minor: int, rates: Sequence[TaxRate]) -> list[Fraction]:
        found, base = [], Fraction(minor)
        for rate, tax in zip(rates, pricing_true(minor, rates), strict=True):
            found.append(tax if rate.is_included else base * rate.rate_ppm / 1_000_000)
            base += found[-1]
        return found

    pricing_true = pricing.exact_taxes
    patch.setattr(pricing, "exact_taxes", taxes)


def each_within_alone(patch: pytest.MonkeyPatch) -> None:
    """Of two taxes in one price, each is taken out as if it were the only one."""
    true = pricing.exact_taxes
    patch.setattr(pricing, "exact_taxes", lambda minor, rates: [true(minor, [rate])[0] for rate in rates])


def taxed_before_discount(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PricedLine, "discounted", property(lambda self: self.subtotal))


def always_per_line(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pricing, "_round_per_order", lambda lines: lines)


def last_takes_the_rest(patch: pytest.MonkeyPatch) -> None:
    """A whole is shared with the rest in the last part, instead of where it is due."""

    def split(minor: int, weights: Sequence[int]) -> tuple[int, ...]:
        parts = [minor * weight // max(1, sum(weights)) for weight in weights]
        return (*parts[:-1], parts[-1] + minor - sum(parts))

    patch.setattr(steps, "allocate", split)
    patch.setattr(refunds, "allocate", split)


def donations_made_smaller(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Promo, "covers", lambda *_: True)


def per_item_counts_once(patch: pytest.MonkeyPatch) -> None:
    true = reductions._of_code

    def of_code(promo: Promo, lines: Sequence[reductions.Listed], left: Sequence[int], step: int) -> Sequence[int]:
        found = true(promo, lines, left, step)
        if promo.amount is None or not promo.is_per_item:
            return found
        return [min(each, promo.amount.minor) for each in found]

    patch.setattr(reductions, "_of_code", of_code)


def parts_rounded_up(patch: pytest.MonkeyPatch) -> None:
    """Each part of a line is worth a cent more than it cost."""
    patch.setattr(refunds, "allocate", lambda minor, weights: [-(-minor // len(weights))] * len(weights))


def parts_without_taxes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refunds, "allocate", lambda minor, weights: allocate(minor - minor % 7, weights))


def one_tax_gets_all(patch: pytest.MonkeyPatch) -> None:
    """The first of several taxes is booked with what all of them come to."""

    def shares(self: Earned) -> tuple[tuple[str, int], ...]:
        found = tuple((tax_account(each.rate, each.authority), each.amount) for each in self.taxes)
        return (
            ((found[0][0], self.tax), *((account, 0) for account, _ in found[1:]))
            if found
            else ((tax_account(self.tax_rate, ""), self.tax),)
        )

    patch.setattr(Earned, "shares", property(shares))


def device_not_certified(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tickets, "_certified", lambda _event, device: device)


def any_event(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tickets, "_event_hash", lambda _: b"\0" * 8)


def letters_of_any_size(patch: pytest.MonkeyPatch) -> None:
    true = tickets.from_base45
    patch.setattr(tickets, "from_base45", lambda token: true(token.upper()))


def first_day_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tickets, "_DAY_ZERO", date(2000, 1, 2))


def share_ignores_the_others(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leasing, "fair_share", lambda demand: demand.unsold)


def share_leaves_nothing_to_the_web(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leasing, "fair_share", lambda demand: demand.unsold // max(1, demand.tills))


def share_ignores_the_rate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        leasing, "most_on_lease", lambda each: max(1, min(leasing.usual_share(each.capacity), leasing.fair_share(each)))
    )


def asks_too_late(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leasing, "asks_at", lambda share: share // 4)
