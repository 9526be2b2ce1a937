"""Typed codes: till and hub make the same, and nobody else's, nor that of anything else, is it."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.ids import EventId, OrderId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.typed_codes import DIGITS, is_same, is_typed_code, plain, shown, typed_code

EVENT, OTHER_EVENT = EventId("boulder-fest-2026"), EventId("other-fest-2026")
keys = st.binary(min_size=32, max_size=32).map(Ed25519PrivateKey.from_private_bytes)
orders, tenders = st.uuids().map(lambda each: OrderId(str(each))), st.uuids().map(lambda each: TenderId(str(each)))
amounts = st.integers(1, 10**12).map(lambda minor: Money(minor, Currency("USD")))
quick = settings(max_examples=25, deadline=timedelta(seconds=5))


@quick
@given(keys, keys, orders, tenders, amounts)
def test_till_and_hub_make_the_same_code_each_with_its_own_key(
    till: Ed25519PrivateKey, hub: Ed25519PrivateKey, order: OrderId, tender: TenderId, amount: Money
) -> None:
    code = typed_code(order, tender, amount, EVENT, till, hub.public_key())

    assert typed_code(order, tender, amount, EVENT, hub, till.public_key()) == code
    assert (is_typed_code(code), len(code)) == (True, DIGITS)
    assert plain(shown(code)) == code


@quick
@given(st.lists(keys, min_size=3, max_size=3, unique_by=lambda key: key.private_bytes_raw()), orders, tenders, amounts)
def test_another_till_payment_amount_or_event_has_another_code(
    three: list[Ed25519PrivateKey], order: OrderId, tender: TenderId, amount: Money
) -> None:
    till, hub, stranger = three
    code = typed_code(order, tender, amount, EVENT, till, hub.public_key())
    more = Money(amount.minor + 1, amount.currency)
    pesos = Money(amount.minor, Currency("MXN"))

    others = {
        typed_code(order, tender, amount, EVENT, stranger, hub.public_key()),
        typed_code(order, tender, amount, EVENT, till, stranger.public_key()),
        typed_code(order, TenderId(order), amount, EVENT, till, hub.public_key()),
        typed_code(OrderId(tender), tender, amount, EVENT, till, hub.public_key()),
        typed_code(order, tender, more, EVENT, till, hub.public_key()),
        typed_code(order, tender, pesos, EVENT, till, hub.public_key()),
        typed_code(order, tender, amount, OTHER_EVENT, till, hub.public_key()),
    }

    assert code not in others
    assert len(others) == 7


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=DIGITS, max_size=DIGITS))
def test_a_code_is_read_as_people_type_it(code: str) -> None:
    slips = code.replace("0", "o").replace("1", "l").lower()

    assert is_same(plain(f" {slips[:3]} {slips[3:5]}-{slips[5:]}"), code)
    assert not is_same(plain(code[:-1]), code)
    assert not is_typed_code(plain(code[:-1]))
    assert not is_typed_code(code[:-1] + "U")
