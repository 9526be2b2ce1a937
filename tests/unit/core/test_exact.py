"""Small fuzzers with exact oracles: each is counted anew in fractions, or read anew by the letter of its format.

Each is fed deliberate bugs as well, put in by a test alone, and must catch every one of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from boxoffice.core import leasing
from boxoffice.core.catalogue import Catalogue, ProductKind, Promo, Rounding
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import EventId, OrderId, PlaceId, ProductId, TaxRateId, TicketId
from boxoffice.core.leasing import Demand
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, PricedLine, price
from boxoffice.core.refunds import parts_of
from boxoffice.core.sales import earned_of, place
from boxoffice.core.taxes import Place, PlaceTaxes, TaxClass, TaxRate
from boxoffice.core.tickets import BadToken, Issuer, TicketClaims, certify, decode_token, encode_token
from tests.unit.core.builders import DEVICE_KEY, EVENT, EVENT_KEY, carts, catalogue
from tests.unit.core.planted_sums import (
    Break,
    always_per_line,
    any_event,
    asks_too_late,
    cut_off,
    device_not_certified,
    donations_made_smaller,
    each_within_alone,
    first_day_lost,
    in_floats,
    last_takes_the_rest,
    letters_of_any_size,
    one_tax_gets_all,
    parts_rounded_up,
    parts_without_taxes,
    per_item_counts_once,
    share_ignores_the_others,
    share_ignores_the_rate,
    share_leaves_nothing_to_the_web,
    tax_on_tax,
    taxed_before_discount,
    to_even,
)
from tests.unit.core.sold import Sold, sold
from tests.unit.core.test_promos import PROMOS
from tests.unit.core.test_taxes import DAYS as SOLD_ON
from tests.unit.core.test_taxes import noon, taxed_events

# Taxes and rounding, over places of sale and classes of products


@st.composite
def busy_places(draw: st.DrawFn) -> Catalogue:
    """Draws a place where everything has one to three taxes, often of rates that come to half a cent."""
    base = catalogue(draw(st.sampled_from(Rounding)))
    rates = st.integers(0, 200_000) | st.sampled_from([25_000, 50_000, 100_000, 125_000, 200_000])
    taxes = [
        TaxRate(TaxRateId(f"tax-{i}"), f"Tax {i}", rate, is_included=False)
        for i, rate in enumerate(draw(st.lists(rates, min_size=1, max_size=3)))
    ]
    is_included = draw(st.booleans())
    all_of_them = PlaceTaxes(tuple(tax.id for tax in taxes), is_included)
    here = Place(PlaceId("here"), "Here", dict.fromkeys(TaxClass, all_of_them))
    products = tuple(replace(each, taxes=(), taxed_as=TaxClass.GOODS) for each in base.products)
    return replace(base, taxes=tuple(taxes), products=products, places=(here,), place_id=here.id)


def half_up(value: Fraction) -> int:
    """Returns the nearest whole number; the larger of two that are as near."""
    whole = value.numerator // value.denominator
    return whole + 1 if value - whole >= Fraction(1, 2) else whole


def shared(whole: int, weights: Sequence[int]) -> list[int]:
    """Returns the parts that a whole falls into by Hamilton's method: rest units go to the largest remainders."""
    exact = [Fraction(whole * weight, sum(weights)) for weight in weights]
    parts = [value.numerator // value.denominator for value in exact]
    first = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in first[: whole - sum(parts)]:
        parts[i] += 1
    return parts


def taxes_of(event: Catalogue, line: PricedLine, day: date) -> tuple[list[TaxRate], bool]:
    """Returns the taxes of a line that day by what its place says of its class, and whether the price holds them."""
    named = event.places[0].classes.get(line.product.tax_class, PlaceTaxes((), is_included=True))
    rates = {tax.id: tax for tax in event.taxes}
    valid = [
        rates[each]
        for each in named.taxes
        if (rates[each].valid_from or date.min) <= day <= (rates[each].valid_until or date.max)
    ]
    return valid, named.is_included


def check_taxes(event: Catalogue, cart: Cart, promo: Promo | None, day: date) -> None:
    priced = price(event, cart, promo, at=noon(day))
    exact: defaultdict[str, list[tuple[int, Fraction]]] = defaultdict(list)
    for number, line in enumerate(priced.lines):
        rates, is_included = taxes_of(event, line, day)
        base = line.subtotal.minor - line.discount.minor
        per_million = 1_000_000 + (sum(rate.rate_ppm for rate in rates) if is_included else 0)
        assert [tax.rate.id for tax in line.taxes] == [rate.id for rate in rates]
        for rate in rates:
            exact[rate.id].append((number, Fraction(base * rate.rate_ppm, per_million)))

    for tax, parts in exact.items():
        found = [
            next(each.amount.minor for each in priced.lines[number].taxes if each.rate.id == tax) for number, _ in parts
        ]
        if event.rounding is Rounding.PER_LINE:
            assert found == [half_up(value) for _, value in parts]
            continue
        of_kind: defaultdict[bool, list[int]] = defaultdict(list)  # in the price of some classes, and on top of others
        for at, (number, _) in enumerate(parts):
            of_kind[taxes_of(event, priced.lines[number], day)[1]].append(at)
        for places in of_kind.values():
            whole = half_up(sum((parts[at][1] for at in places), Fraction(0)))
            bases = [priced.lines[parts[at][0]].discounted.minor for at in places]
            if sum(bases):
                assert [found[at] for at in places] == shared(whole, bases)
    added = sum(tax.amount.minor for line in priced.lines for tax in line.taxes if not taxes_of(event, line, day)[1])
    assert priced.total.minor == sum(line.subtotal.minor - line.discount.minor for line in priced.lines) + added


def check_discounts(event: Catalogue, cart: Cart, promo: Promo, day: date) -> None:
    priced = price(event, cart, promo, at=noon(day))
    is_covered = [
        line.product.kind is not ProductKind.DONATION and (not promo.products or line.product.id in promo.products)
        for line in priced.lines
    ]
    bases = [line.subtotal.minor if covered else 0 for line, covered in zip(priced.lines, is_covered, strict=True)]
    expected = [0] * len(bases)
    if promo.percent is not None and any(bases):
        expected = shared(half_up(Fraction(sum(bases) * promo.percent, 100)), bases)
    elif promo.amount is not None and promo.is_per_item:
        expected = [
            min(base, promo.amount.minor * line.quantity) for base, line in zip(bases, priced.lines, strict=True)
        ]
    elif promo.amount is not None and any(bases):
        expected = shared(min(promo.amount.minor, sum(bases)), bases)
    assert [line.discount.minor for line in priced.lines] == expected


def check_earned(event: Catalogue, cart: Cart, promo: Promo | None, day: date) -> None:
    """What each tax gets of a finished order is what its lines say, and sellers get the rest."""
    priced = price(event, cart, promo, at=noon(day))
    placed = place(priced, order_id=OrderId("o"), order_number="7K2-1", channel=Channel.WEB, source="pool")
    due: defaultdict[str, int] = defaultdict(int)
    for line in priced.lines:
        for tax in line.taxes:
            due[tax.rate.id] += tax.amount.minor
    booked: defaultdict[str, int] = defaultdict(int)
    for part in earned_of(placed):
        for account, amount in part.shares:
            booked[account.rpartition(":")[2]] += amount
        assert part.tax == sum(amount for _, amount in part.shares)
    assert {tax: amount for tax, amount in booked.items() if amount} == {
        tax: amount for tax, amount in due.items() if amount
    }
    assert sum(part.net + part.tax for part in earned_of(placed)) == placed.total + placed.discount


# Refunds by part


def check_parts(order: Sold) -> None:
    """Each thing of an order is worth its share of what its line cost, and no cent is made or lost."""
    placed = order.placed
    parts = parts_of(placed, ())
    for number, line in enumerate(placed.lines):
        mine = [part.worth for part in parts if part.key[0] == number]
        assert mine == shared(line.total, [1] * line.quantity)
    assert sum(part.worth for part in parts) == placed.total


# Ticket tokens

ISSUER = Issuer(DEVICE_KEY, certify(EVENT, DEVICE_KEY.public_key(), EVENT_KEY))
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CLAIMS = st.builds(
    lambda ticket, product, first, offsets: TicketClaims(
        EVENT, TicketId(str(ticket)), ProductId(product), tuple(first + timedelta(days=i) for i in sorted(offsets))
    ),
    st.uuids(),
    st.text(min_size=1, max_size=30),
    st.dates(date(2000, 1, 1), date(2150, 1, 1)),
    st.sets(st.integers(0, 31)),
)


def by_the_letter(token: str) -> TicketClaims:
    """Reads a token as its format is written down, with nothing of the product's own."""
    digits, raw = [_LETTERS.index(letter) for letter in token], b""
    for at in range(0, len(digits), 3):
        group = digits[at : at + 3]
        raw += sum(digit * 45**i for i, digit in enumerate(group)).to_bytes(len(group) - 1, "big")
    size = raw[31]
    assert raw[0] == 1
    assert raw[1:9] == sha256(EVENT.encode()).digest()[:8]
    device, certificate, signature = raw[32 + size : 64 + size], raw[64 + size : 128 + size], raw[128 + size :]
    EVENT_KEY.public_key().verify(certificate, b"boxoffice issuer\0" + sha256(EVENT.encode()).digest() + device)
    Ed25519PublicKey.from_public_bytes(device).verify(signature, raw[: 128 + size])
    first = date(2000, 1, 1) + timedelta(days=int.from_bytes(raw[25:27], "big"))
    bits = f"{int.from_bytes(raw[27:31], 'big'):032b}"[::-1]
    days = tuple(first + timedelta(days=i) for i, bit in enumerate(bits) if bit == "1")
    return TicketClaims(EVENT, TicketId(str(UUID(bytes=raw[9:25]))), ProductId(raw[32 : 32 + size].decode()), days)


def check_token(claims: TicketClaims, place: int, letter: str, how: str) -> None:
    """What is written is what the format says, and what is changed in any letter is refused."""
    token = encode_token(claims, ISSUER)
    assert by_the_letter(token) == claims
    assert decode_token(token, EVENT, EVENT_KEY.public_key()) == claims

    at = place % len(token)
    changed = {
        "other": token[:at] + letter + token[at + 1 :],
        "more": token[:at] + letter + token[at:],
        "less": token[:at] + token[at + 1 :],
        "end": token[:at],
        "twice": token + token,
        "lower": token[:at] + token[at].lower() + token[at + 1 :],
    }[how]
    if changed != token:
        try:
            decode_token(changed, EVENT, EVENT_KEY.public_key())
        except BadToken:
            pass
        else:
            raise AssertionError("a changed token passes")
    for stranger, key in ((EventId("another"), EVENT_KEY), (EVENT, DEVICE_KEY)):
        try:
            decode_token(token, stranger, key.public_key())
        except BadToken:
            continue
        raise AssertionError("a token of another event passes")


# Lease sizing


def check_shares(demand: Demand, left: int) -> None:
    """Shares by their definition: a tenth of the house, or what is sold in the next minutes, within limits."""
    equal = int(Fraction(demand.unsold, max(1, demand.tills) + 1))
    usual = max(1, min(40, int(Fraction(demand.capacity, 10))))
    share = max(1, min(max(usual, 2 * demand.sold_lately), equal))
    assert leasing.most_on_lease(demand) == share
    assert leasing.most_in_stock(demand) == max(share, min(200, equal))
    assert leasing.most_for_a_sale(demand) == sorted((30, equal, 100))[1]
    assert leasing.refill(left, share) == (share - left if 2 * left <= share else 0)
    assert leasing.surplus(left, share) == (left - share if Fraction(left - share) > share // 4 else 0)
    if demand.tills and demand.unsold >= 2 * (demand.tills + 1):
        assert demand.tills * share < demand.unsold  # the web has its own


@dataclass(frozen=True)
class Fuzzer:
    check: Callable[..., None]
    draws: tuple[st.SearchStrategy[object], ...]
    times: int = 100

    def run(self, *, is_planted: bool = False) -> None:
        phases = [Phase.explicit, Phase.generate] if is_planted else list(Phase)

        # A bug that is planted is looked for in the same places each time: the rarest is met once in some hundred.
        @settings(
            max_examples=self.times * (12 if is_planted else 1),
            phases=phases,
            derandomize=is_planted,
            database=None,
            deadline=None,
        )
        @given(st.tuples(*self.draws))
        def check(drawn: tuple[Any, ...]) -> None:
            self.check(*drawn)

        check()


_PLACES = (taxed_events() | busy_places(), carts(), st.none() | PROMOS, SOLD_ON)
DEMANDS = st.builds(Demand, st.integers(0, 3_000), st.integers(0, 3_000), st.integers(0, 40), st.integers(0, 200))
TOKENS = (
    CLAIMS,
    st.integers(0, 1_000),
    st.sampled_from(_LETTERS),
    st.sampled_from(["other", "more", "less", "end", "twice", "lower"]),
)
FUZZERS = {
    "taxes": Fuzzer(check_taxes, _PLACES),
    "discounts": Fuzzer(check_discounts, (taxed_events(), carts(), PROMOS, SOLD_ON)),
    "earned": Fuzzer(check_earned, _PLACES),
    "parts": Fuzzer(check_parts, (sold(),)),
    "tokens": Fuzzer(check_token, TOKENS),
    "shares": Fuzzer(check_shares, (DEMANDS, st.integers(0, 300)), 300),
}


@pytest.mark.parametrize("name", FUZZERS)
def test_it_is_exact_whatever_is_drawn(name: str) -> None:
    FUZZERS[name].run()


# Deliberate bugs


PLANTED: Sequence[tuple[str, Break]] = [
    ("taxes", to_even),
    ("taxes", cut_off),
    ("taxes", in_floats),
    ("taxes", tax_on_tax),
    ("taxes", each_within_alone),
    ("taxes", taxed_before_discount),
    ("taxes", always_per_line),
    ("taxes", last_takes_the_rest),
    ("discounts", donations_made_smaller),
    ("discounts", per_item_counts_once),
    ("discounts", cut_off),
    ("earned", one_tax_gets_all),
    ("parts", parts_rounded_up),
    ("parts", parts_without_taxes),
    ("parts", last_takes_the_rest),
    ("tokens", device_not_certified),
    ("tokens", any_event),
    ("tokens", letters_of_any_size),
    ("tokens", first_day_lost),
    ("shares", share_ignores_the_others),
    ("shares", share_leaves_nothing_to_the_web),
    ("shares", share_ignores_the_rate),
    ("shares", asks_too_late),
]


def _named(value: object) -> Iterator[str]:
    yield str(getattr(value, "__name__", value))


@pytest.mark.parametrize(("fuzzer", "bug"), PLANTED, ids=lambda value: next(_named(value)))
def test_a_deliberate_bug_is_caught(fuzzer: str, bug: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)

    with pytest.raises((AssertionError, ValueError, BoxofficeError)):
        FUZZERS[fuzzer].run(is_planted=True)
