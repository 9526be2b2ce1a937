"""From when until when a product is sold: by default until the end of its last day, where the event is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue, Product
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import ProductId

_LAST_DAY: Final = date(9999, 12, 29)
"""Later ones have no end in every time zone."""


class SaleState(Enum):
    NOT_YET = "not yet"
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SaleTimes:
    """Aware, in the event's zone. It is sold from `starts` (always, if None) until just before `ends`."""

    starts: datetime | None
    ends: datetime

    def state(self, at: datetime) -> SaleState:
        if self.starts is not None and at < self.starts:
            return SaleState.NOT_YET
        return SaleState.OPEN if at < self.ends else SaleState.ENDED

    @property
    def last_moment(self) -> datetime:
        """Returns when it can still be had: a sale that ends at midnight ended on the day before."""
        return self.ends - timedelta(minutes=1) if self.ends.time() == time() else self.ends


class NotOnSale(BoxofficeError):
    """The sale of some products has not begun yet, or is over; nothing was sold."""

    def __init__(self, products: Mapping[ProductId, SaleTimes], at: datetime) -> None:
        self.products = dict(products)
        self.at = at
        super().__init__("Some of this is not on sale now: " + ", ".join(sorted(self.products)))

    def state(self, product: ProductId) -> SaleState:
        return self.products[product].state(self.at)


def sale_times(catalogue: Catalogue, product: Product) -> SaleTimes:
    """Returns when a product is sold."""
    zone = ZoneInfo(catalogue.timezone)
    ends = product.sale_ends or end_of(max(product.days or catalogue.days))
    starts = product.sale_starts
    own = SaleTimes(None if starts is None else starts.replace(tzinfo=zone), ends.replace(tzinfo=zone))
    return _with_parts(catalogue, product, own) if product.parts else own


def _with_parts(catalogue: Catalogue, product: Product, own: SaleTimes) -> SaleTimes:
    """Returns when a bundle is sold: as long as all of its parts are."""
    times = [own, *(sale_times(catalogue, catalogue.products_by_id[part.product_id]) for part in product.parts)]
    starts = [each.starts for each in times if each.starts is not None]
    return SaleTimes(max(starts, default=None), min(each.ends for each in times))


def ended(catalogue: Catalogue, products: Collection[str] | None, at: datetime) -> Catalogue:
    """Returns the event with the sale of these products ended, or of all; what has ended before stays as it was.

    It ends a day before `at`: no clock of a till is so far behind that it would go on selling.
    """
    end = (at.astimezone(ZoneInfo(catalogue.timezone)) - timedelta(days=1)).replace(
        second=0, microsecond=0, tzinfo=None
    )

    def one(product: Product) -> Product:
        is_over = product.sale_ends is not None and product.sale_ends <= end
        if is_over or not (products is None or product.id in products):
            return product
        return replace(product, sale_starts=None, sale_ends=end)

    return replace(catalogue, products=tuple(one(product) for product in catalogue.products))


def off_sale(catalogue: Catalogue, at: datetime) -> dict[ProductId, SaleTimes]:
    """Returns the products that are not sold at an instant, with when they are."""
    times = {product.id: sale_times(catalogue, product) for product in catalogue.products}
    return {product: each for product, each in times.items() if each.state(at) is not SaleState.OPEN}


def must_be_on_sale(catalogue: Catalogue, products: Iterable[ProductId], at: datetime) -> None:
    """Does nothing if all of these are sold at this instant; what the catalogue does not know is not looked at.

    Raises:
        NotOnSale: naming those that are not.
    """
    closed = off_sale(catalogue, at)
    if wrong := {product: closed[product] for product in products if product in closed}:
        raise NotOnSale(wrong, at)


def end_of(day: date) -> datetime:
    """Returns the midnight that ends a day, as a clock on the wall shows it."""
    return datetime.combine(min(day, _LAST_DAY) + timedelta(days=1), time())
