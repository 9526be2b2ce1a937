"""Makes catalogues, carts, keys and chains for the core's tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st

from boxoffice.core.catalogue import Catalogue, Pool, Product, ProductKind, Rounding
from boxoffice.core.facts import Draft, Fact, Head, head_after, seal
from boxoffice.core.ids import DeviceId, EventId, FactId, PoolId, ProductId, TaxRateId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.sales import draft
from boxoffice.core.taxes import TaxRate

USD = Currency("USD")
EVENT = EventId("boulder-fest")
NOW = datetime(2026, 5, 15, 21, 14, 2, 123_000, UTC)
DAYS = (date(2026, 5, 15), date(2026, 5, 16), date(2026, 5, 17))
DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EVENT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TILL = DeviceId("01890000-0000-7000-8000-000000000001")

_numbers = count(1)


def new_id() -> str:
    return f"01890000-0000-7000-8000-{next(_numbers):012x}"


def usd(minor: int) -> Money:
    return Money(minor, USD)


def catalogue(
    rounding: Rounding = Rounding.PER_LINE, rate_ppm: int = 88_450, is_included: bool = False, price: int = 15_000
) -> Catalogue:
    tax = TaxRate(TaxRateId("boulder"), "Sales tax", rate_ppm, is_included)
    pools = tuple(Pool(PoolId(name), name.title(), 300) for name in ("friday", "saturday", "sunday"))
    return Catalogue(
        id=EVENT,
        revision=1,
        name="A Lo Cubano Boulder Fest",
        venue="Avalon Ballroom",
        address="6185 Arapahoe Rd",
        city="Boulder, CO",
        timezone="America/Denver",
        currency=USD,
        days=DAYS,
        rounding=rounding,
        pools=pools,
        taxes=(tax,),
        products=(
            Product(
                ProductId("full-pass"),
                "Full Pass",
                ProductKind.TICKET,
                "Passes",
                usd(price),
                {pool.id: 1 for pool in pools},
                DAYS,
            ),
            Product(
                ProductId("friday"),
                "Friday",
                ProductKind.TICKET,
                "Passes",
                usd(9_500),
                {PoolId("friday"): 1},
                DAYS[:1],
                taxes=(tax.id,),
            ),
            Product(
                ProductId("t-shirt"),
                "T-shirt",
                ProductKind.MERCHANDISE,
                "Extras",
                usd(2_999),
                {},
                taxes=(tax.id,),
                options=("S", "M", "L"),
            ),
            Product(ProductId("donation"), "Donation", ProductKind.DONATION, "Extras", None, {}),
        ),
    )


def carts() -> st.SearchStrategy[Cart]:
    passes = st.builds(CartLine, st.sampled_from([ProductId("full-pass"), ProductId("friday")]), st.integers(1, 50))
    sizes = st.sampled_from(["S", "M", "L"])
    shirts = st.builds(CartLine, st.just(ProductId("t-shirt")), st.integers(1, 50), st.none(), sizes)
    plain = passes | shirts
    gift = st.builds(CartLine, st.just(ProductId("donation")), st.just(1), st.integers(1, 100_000).map(usd))
    return st.lists(plain | gift, min_size=1, max_size=6).map(lambda lines: Cart(tuple(lines)))


def draft_of(payload: Payload) -> Draft:
    return draft(payload, id=FactId(new_id()), at=NOW, staff_id=None, event_id=EVENT)


def chain(payloads: Sequence[Payload], key: Ed25519PrivateKey = DEVICE_KEY) -> list[Fact]:
    head, facts = Head(TILL), []
    for payload in payloads:
        facts.append(seal(draft_of(payload), head, key))
        head = head_after(facts[-1])
    return facts


def event_file() -> dict[str, Any]:
    return {
        "event": {
            "id": "boulder-fest",
            "name": "A Lo Cubano Boulder Fest",
            "venue": "Avalon Ballroom",
            "address": "6185 Arapahoe Rd",
            "city": "Boulder, CO",
            "timezone": "America/Denver",
            "currency": "USD",
            "days": ["2026-05-15", "2026-05-16"],
        },
        "pools": [{"id": "friday", "name": "Friday", "capacity": 300}],
        "products": [
            {
                "id": "friday",
                "name": "Friday Day Pass",
                "kind": "ticket",
                "category": "Passes",
                "price_minor": 9500,
                "pools": {"friday": 1},
                "days": ["2026-05-15"],
            }
        ],
    }
