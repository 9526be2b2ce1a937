"""The festival that tests of screens sell for, and its weather."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue, Pool, Product, ProductKind, Rounding
from boxoffice.core.ids import EventId, PoolId, PriceKindId, ProductId, order_number
from boxoffice.core.money import Currency, Money
from boxoffice.core.tariffs import PriceKind, PriceKindTexts, PriceRule
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from boxoffice.till.usecases.gateway.standing import (
    NeedsPairing,
    TillStatus,
)
from boxoffice.till.usecases.gateway.stock import PoolStock
from tests.fakes.hub import STOCK

USD = Currency("USD")
DENVER = ZoneInfo("America/Denver")
NINE_PM = datetime(2026, 5, 15, 21, 14, 2, tzinfo=DENVER)
FRIDAY = date(2026, 5, 15)
SATURDAY = date(2026, 5, 16)
SUNDAY = date(2026, 5, 17)


def usd(dollars: str) -> Money:
    whole, _, cents = dollars.partition(".")
    return Money(int(whole + cents.ljust(2, "0")), USD)


def _pool(pool: str, name: str, capacity: int) -> Pool:
    return Pool(PoolId(pool), name, capacity)


def _ticket(id: str, name: str, category: str, dollars: str, *pools: str, days: tuple[date, ...] = ()) -> Product:
    uses = {PoolId(pool): 1 for pool in pools}
    return Product(ProductId(id), name, ProductKind.TICKET, category, usd(dollars), uses, days)


def boulder_fest() -> Catalogue:
    weekend = (FRIDAY, SATURDAY, SUNDAY)
    return Catalogue(
        id=EventId("boulder-fest-2026"),
        revision=1,
        name="A Lo Cubano Boulder Fest",
        venue="Avalon Ballroom",
        address="6185 Arapahoe Rd",
        city="Boulder, CO",
        timezone="America/Denver",
        currency=USD,
        days=weekend,
        rounding=Rounding.PER_LINE,
        pools=(
            _pool("friday", "Friday", 400),
            _pool("saturday", "Saturday", 400),
            _pool("sunday", "Sunday", 400),
            _pool("workshop", "Workshop", 40),
            _pool("social", "Social", 200),
            _pool("rueda", "Rueda class", 30),
            _pool("shirts", "T-shirts", 75),
        ),
        taxes=(),
        products=(
            _ticket("full-pass", "Full Festival Pass", "Passes", "150", "friday", "saturday", "sunday", days=weekend),
            _ticket("friday-pass", "Friday Day Pass", "Passes", "95", "friday", days=(FRIDAY,)),
            _ticket("saturday-pass", "Saturday Day Pass", "Passes", "120", "saturday", days=(SATURDAY,)),
            _ticket("sunday-pass", "Sunday Day Pass", "Passes", "95", "sunday", days=(SUNDAY,)),
            _ticket("workshop", "Workshop", "Tonight", "35", "workshop", days=(FRIDAY,)),
            replace(
                _ticket("social", "Social Dance", "Tonight", "25", "social", days=(FRIDAY,)), detail="Fri, May 15, 9 pm"
            ),
            _ticket("rueda", "Rueda class", "Tonight", "20", "rueda", days=(FRIDAY,)),
            _ticket("student", "Student Social", "Tonight", "15", "social", days=(FRIDAY,)),
            Product(
                ProductId("shirt"),
                "T-shirt",
                ProductKind.MERCHANDISE,
                "Extras",
                usd("30"),
                {PoolId("shirts"): 1},
                options=("Black, size S", "Black, size M", "Black, size L", "Black, size XL"),
            ),
            Product(ProductId("donation"), "Donation", ProductKind.DONATION, "Extras", None, {}),
        ),
    )


STUDENT = PriceKind(
    PriceKindId("student"),
    "Student",
    "Look at the student card",
    {"es": PriceKindTexts("Estudiante", "Mira la credencial de estudiante")},
)
MEMBER = PriceKind(PriceKindId("member"), "Member", "Look at the member card")
SIZES = ("Black, size S", "Black, size M", "Black, size L", "Black, size XL")
AT_TEN = datetime(2026, 5, 15, 22)  # noqa: DTZ001  # as a clock at the event shows it
PRICES = (
    PriceRule(usd("30"), starts=AT_TEN),
    PriceRule(usd("22"), from_quantity=5),
    PriceRule(usd("15"), kind=STUDENT.id),
)


def priced_fest(*rules: PriceRule, kinds: tuple[PriceKind, ...] = (STUDENT,)) -> Catalogue:
    """Returns the festival with these prices of its social dance, and shirts that are counted by size."""
    catalogue = boulder_fest()
    sizes = {size: PoolId(f"shirt-{i}") for i, size in enumerate(SIZES)}
    products = tuple(
        replace(each, prices=rules)
        if each.id == "social"
        else replace(each, option_pools=sizes if each.id == "shirt" else {})
        for each in catalogue.products
    )
    pools = (*catalogue.pools, *(Pool(pool, size, 30) for size, pool in sizes.items()))
    return replace(catalogue, products=products, pools=pools, price_kinds=kinds)


def stock_of_sizes(*left: int) -> tuple[PoolStock, ...]:
    return tuple(PoolStock(PoolId(f"shirt-{i}"), SIZES[i], 30, n, 10, n) for i, n in enumerate(left))


def festival_status(**changes: object) -> TillStatus:
    left = {"friday": 148, "saturday": 64, "sunday": 171, "workshop": 12, "social": 86, "rueda": 0, "shirts": 41}
    status = TillStatus(
        device_name="Door A",
        hub_url="https://hub.alocubano.example",
        is_online=True,
        offline_since=None,
        unsent=0,
        synced_at=NINE_PM - timedelta(seconds=2),
        reader=ReaderState.READY,
        reader_name="Reader 1",
        printer=PrinterState.READY,
        printer_name="Receipt printer",
        stock=tuple(
            PoolStock(
                pool.id, pool.name, pool.capacity, min(left[pool.id], 40), 40, left[pool.id], asks_at=20, stock=STOCK
            )
            for pool in boulder_fest().pools
        ),
    )
    return replace(status, **changes)  # type: ignore[arg-type]


FIRST = order_number("7K2", 1)
SECOND = order_number("7K2", 2)
UNPAIRED = NeedsPairing("https://hub.alocubano.example")


@dataclass
class Clock:
    """Stands still until a test moves it."""

    at: datetime = NINE_PM

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def monotonic(self) -> float:
        return (self.at - NINE_PM).total_seconds()

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
