"""What the shop sells: one event with its prices, and how many of each product can still be bought here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.catalogue import Catalogue, Product
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import CartLine
from boxoffice.core.sale_times import SaleState, SaleTimes, off_sale, sale_times
from sync.inventory.recalls import ask_tills
from sync.ledger.hub import Hub
from sync.store import pools
from sync.store import tables as t
from sync.store.chain import utc_now
from sync.store.events import is_archived
from sync.store.pools import Left

_MOST_EVENTS: Final = 60
"""Newer ones than these are looked at for what is on sale."""
DOOR_WAIT: Final = timedelta(minutes=1)
"""Until then a till that answers has given back what it was asked for."""


class NothingOnSale(BoxofficeError):
    """There is no such event, or none at all."""

    def __init__(self) -> None:
        super().__init__("There is no such event on sale.")


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a product that is not sold out can't be had now: `held` are being paid for, or all the rest is at the door.

    It may be had again from `retry_at`; None if nobody can say.
    """

    held: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class OnSale:
    """`left` is how many of each product one could buy alone, donations left out; `free` are the units of each pool.

    `waits` are of the products that are gone for now, but not sold out; `closed` are those that are not on sale, `at`
    this moment. `at_tills` are the units of each pool that tills have on lease, or that somebody waits for.
    """

    catalogue: Catalogue
    left: Mapping[ProductId, int]
    free: Mapping[PoolId, int]
    at: datetime
    waits: Mapping[ProductId, Wait] = field(default_factory=dict)
    closed: Mapping[ProductId, SaleTimes] = field(default_factory=dict)
    at_tills: Mapping[PoolId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants: so many of each product, and of these so many in an option, where one was chosen."""

    products: Mapping[ProductId, int]
    options: Mapping[tuple[ProductId, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[CartLine]) -> "Wanted":
        products, options = Counter[ProductId](), Counter[tuple[ProductId, str]]()
        for line in lines:
            products[line.product_id] += line.quantity
            if line.option is not None:
                options[line.product_id, line.option] += line.quantity
        return cls(products, options)


def catalogue_on_sale(hub: Hub, connection: Connection, event_id: str | None = None) -> Catalogue:
    """Returns the named event, or the one that this hub's shop sells where none is named.

    That is SHOP_EVENT; or the only one that is on sale; or the newest that is not archived.

    Raises:
        NothingOnSale: if there is none.
    """
    e = t.events.c
    query = select(e.id, e.revision, e.revised_at).order_by(e.created_at.desc(), e.id)
    wanted = event_id or hub.settings.shop_event
    if wanted is not None:
        found = connection.execute(query.where(e.id == wanted)).all()
    else:
        found = connection.execute(query.where(~is_archived).limit(_MOST_EVENTS)).all()
    if not found:
        raise NothingOnSale
    catalogues = [_known(hub, connection, row.id, (row.revision, row.revised_at)) for row in found]
    catalogue = catalogues[0]
    if len(catalogues) > 1 and len(open_ones := [each for each in catalogues if is_open(each, utc_now())]) == 1:
        catalogue = open_ones[0]
    if event_id is None:
        hub.in_the_shop[:] = [catalogue]
    return catalogue


def events_on_sale(hub: Hub, connection: Connection) -> list[Catalogue]:
    """Returns the events of which something is or will be sold, the soonest first; SHOP_EVENT alone, if it is set."""
    e = t.events.c
    query = select(e.id, e.revision, e.revised_at).where(~is_archived).order_by(e.created_at.desc(), e.id)
    only = hub.settings.shop_event
    rows = connection.execute(query.limit(_MOST_EVENTS) if only is None else query.where(e.id == only)).all()
    now = utc_now()
    events = (_known(hub, connection, row.id, (row.revision, row.revised_at)) for row in rows)
    found = [each for each in events if is_open(each, now)]
    return sorted(found, key=lambda each: (min(each.days), each.name))


def is_open(catalogue: Catalogue, at: datetime) -> bool:
    """Returns whether something of an event can be bought on the web at an instant, or later."""
    return not catalogue.is_archived and any(
        sale_times(catalogue, product).state(at) is not SaleState.ENDED
        for product in catalogue.products
        if product.shelf.is_offered(Channel.WEB, product.shelf.code)
    )


def _known(hub: Hub, connection: Connection, event_id: str, newest: tuple[int, datetime]) -> Catalogue:
    """Returns an event as it was read before, if it was not revised since."""
    known = hub.catalogues.get(event_id)
    return known[1] if known is not None and known[0] == newest else _read(hub, connection, event_id)


def _read(hub: Hub, connection: Connection, event_id: str) -> Catalogue:
    """Returns the event from its file, and keeps it until it is revised."""
    e = t.events.c
    found = connection.execute(select(e.file, e.revision, e.revised_at).where(e.id == event_id)).one()
    catalogue = catalogue_from(found.file, found.revision)
    hub.catalogues[event_id] = ((found.revision, found.revised_at), catalogue)
    return catalogue


def on_sale(
    connection: Connection,
    catalogue: Catalogue,
    wanted: Wanted | None = None,
    claim: int | None = None,
) -> OnSale:
    """Returns the event with what is left of each product; it waits for what is `wanted`, or for one of each.

    What others wait for is left for them; whoever has a claim, for those who came before.
    """
    found = {PoolId(row.pool_id): row for row in pools.left(connection, catalogue.id, claim=claim)}
    available = {pool: row.free for pool, row in found.items()}
    left = {product.id: n for product in catalogue.products if (n := product.left(available)) is not None}
    now = utc_now()
    return OnSale(
        catalogue=catalogue,
        left=left,
        free=available,
        at=now,
        waits=_waits(connection, catalogue, wanted or Wanted({}), found, now),
        closed=off_sale(catalogue, now),
        at_tills={pool: row.leased + row.promised for pool, row in found.items()},
    )


def _waits(
    connection: Connection,
    catalogue: Catalogue,
    wanted: Wanted,
    found: Mapping[PoolId, Left],
    now: datetime,
) -> dict[ProductId, Wait]:
    """Returns what may come back: of each pool that a product lacks, enough is held, or at the door."""
    none = Left("", 0, 0, 0, 0, 0, 0)
    lacking = {
        product.id: [
            (row, needed)
            for pool, needed in _needed(product, wanted).items()
            if (row := found.get(pool, none)).free < needed
        ]
        for product in catalogue.products
    }
    waiting = {
        product: rows
        for product, rows in lacking.items()
        if rows and all(row.left + row.held >= needed for row, needed in rows)
    }
    is_held = any(row.held for rows in waiting.values() for row, _ in rows)
    free_at = pools.free_at(connection, catalogue.id) if is_held else {}
    return {product: _wait(rows, free_at, now) for product, rows in waiting.items()}


def _needed(product: Product, wanted: Wanted) -> dict[PoolId, int]:
    """Returns the units that a product takes as it is wanted, or one of it."""
    needed = {pool: units * wanted.products.get(product.id, 1) for pool, units in product.uses.items()}
    for option, pool in product.option_pools.items():
        if (product.id, option) in wanted.options:
            needed[pool] = needed.get(pool, 0) + wanted.options[product.id, option]
    return needed


def _wait(rows: Iterable[tuple[Left, int]], free_at: Mapping[PoolId, datetime], now: datetime) -> Wait:
    """Returns the wait for so much of all of these pools.

    What is at the door is asked back at once; where that is not enough, it takes what is being paid for as well.
    """
    times = [
        now + DOOR_WAIT if row.left >= needed or not row.held else free_at.get(PoolId(row.pool_id))
        for row, needed in rows
    ]
    known = [at for at in times if at is not None]
    return Wait(max((row.held for row, _ in rows), default=0), max(known) if len(known) == len(times) else None)


def units_of(catalogue: Catalogue, wanted: Wanted) -> Counter[PoolId]:
    """Returns the units that it takes, by pool; of what is not known, none."""
    known, units = catalogue.products_by_id, Counter[PoolId]()
    for product, quantity in wanted.products.items():
        uses = known[product].uses if product in known else {}
        units.update({pool: count * quantity for pool, count in uses.items()})
    for (product, option), quantity in wanted.options.items():
        pool = known[product].option_pools.get(option) if product in known else None
        if pool is not None:
            units[pool] += quantity
    return units


def ask_for_more(hub: Hub, sale: OnSale, products: Iterable[ProductId]) -> None:
    """Asks tills for what they don't need of the pools of products of which somebody wants more than is free."""
    known = sale.catalogue.products_by_id
    short = {
        pool for product in products if product in known for pool in known[product].pools if sale.at_tills.get(pool)
    }
    if short:
        ask_tills(hub, sale.catalogue.id, short)


def shortages(sale: OnSale, wanted: Wanted) -> dict[ProductId, int]:
    """Returns what is left of each product that can't be had in the wanted quantity, or is not sold (any more).

    If each could be had alone, and all together not, it is those that share the pool. Where an option is wanted of
    which less is left, it is what is left of that.
    """
    known = sale.catalogue.products_by_id
    gone = {product: 0 for product in wanted.products if product not in known}
    alone = {product: sale.left[product] for product, n in wanted.products.items() if n > sale.left.get(product, n)}
    by_option = {
        product: left
        for (product, option), n in wanted.options.items()
        if product in known and (left := known[product].left(sale.free, option)) is not None and n > left
    }
    if gone or alone or by_option:
        return gone | alone | by_option
    units = units_of(sale.catalogue, wanted)
    short = {pool for pool, count in units.items() if count > sale.free.get(pool, 0)}
    return {product: sale.left[product] for product in wanted.products if short & known[product].pools}
