"""Gift cards' codes are read as people type them, and an order makes just the cards that its lines sell."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.gift_cards import code_of, is_small_rest, problem_of, read_card_code, read_scanned
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import CardPart, OrderPlaced
from boxoffice.core.stored_value import cards_fit

KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
ids = st.uuids().map(str)


@given(ids)
def test_a_code_is_the_same_each_time_and_another_for_each_card_and_each_till(card_id: str) -> None:
    code = code_of(card_id, KEY)

    assert code == code_of(card_id, KEY)
    assert code != code_of(f"{card_id}x", KEY)
    assert code != code_of(card_id, Ed25519PrivateKey.from_private_bytes(b"8" * 32))


@given(ids, st.sampled_from(["", " ", "-", "–"]), st.booleans(), st.booleans())
def test_it_is_read_however_it_is_typed(card_id: str, between: str, is_small: bool, has_prefix: bool) -> None:
    code = code_of(card_id, KEY)
    typed = between.join([code.digits[i : i + 4] for i in range(0, 16, 4)]).replace("0", "O").replace("1", "l")
    typed = f"GC{between}{typed}" if has_prefix else typed

    assert read_card_code(typed.lower() if is_small else typed) == code
    assert read_scanned(("x", typed)) == code


@given(ids, st.integers(0, 15), st.sampled_from("23456789ABCDEFGHJKMNPQRSTVWXY"))
def test_one_wrong_letter_is_no_other_card(card_id: str, at: int, letter: str) -> None:
    digits = code_of(card_id, KEY).digits
    wrong = digits[:at] + letter + digits[at + 1 :]

    assert (read_card_code(wrong) is None) == (wrong != digits) or {letter, digits[at]} == {"0", "Z"}


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_is_no_code(text: str) -> None:
    code = read_card_code(text)

    assert code is None or read_card_code(code.shown) == code


def test_a_code_is_in_no_words_about_it() -> None:
    code = code_of("card", KEY)

    assert code.digits[:12] not in repr(code)
    assert code.digits[:12] not in code.hash.upper()


@pytest.mark.parametrize(
    ("minor", "why"),
    [(499, "must be from $5.00 to $500.00"), (500, ""), (50_000, ""), (50_001, "must be from $5.00 to $500.00")],
)
def test_a_card_holds_from_five_to_five_hundred(minor: int, why: str) -> None:
    assert problem_of(Money(minor, Currency("USD"))) == why


def test_five_and_less_is_a_small_rest() -> None:
    small = [is_small_rest(Money(minor, Currency("USD"))) for minor in (0, 1, 500, 501)]

    assert small == [False, True, True, False]


def placed(cards: list[tuple[str, int]], *, quantity: int = 2, total: int = 10_000) -> OrderPlaced:
    price = {"unit_price": 5_000, "subtotal": 10_000, "total": total, "tax": 0}
    line = LinePart(product_id="c", name="C", kind="gift_card", quantity=quantity, **price)
    other = line.model_copy(update={"kind": "donation"})
    parts = tuple(CardPart(line=at, card_id=card, code_hash="h", last4="4F7K") for card, at in cards)
    return OrderPlaced(
        order_id="o", order_number="7K2-1", channel="door", currency="USD", lines=(line, other), subtotal=20_000, tax=0,
        total=20_000, units={}, source="lease", cards=parts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order", "fits"),
    [
        (placed([("a", 0), ("b", 0)]), True),
        (placed([("a", 0)]), False),
        (placed([("a", 0), ("b", 0), ("c", 0)]), False),
        (placed([("a", 0), ("a", 0)]), False),
        (placed([("a", 0), ("b", 1)]), False),
        (placed([("a", 0), ("b", 0)], total=9_000), False),
    ],
)
def test_an_order_makes_one_card_for_each_that_its_lines_sell_for_all_of_its_price(
    order: OrderPlaced, fits: bool
) -> None:
    assert cards_fit(order) == fits
