"""What the shop sells: one event with its prices, and how many of each product can still be bought here."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import PoolId, ProductId
from sync.services.hub import Hub
from sync.store import pools
from sync.store import tables as t


class NothingOnSale(BoxofficeError):
    """There is no such event, or none at all."""

    def __init__(self) -> None:
        super().__init__("There is no such event on sale.")


@dataclass(frozen=True, slots=True)
class OnSale:
    """`left` is how many of each product one could buy alone, donations left out; `free` are the units of each pool."""

    catalogue: Catalogue
    left: Mapping[ProductId, int]
    free: Mapping[PoolId, int]


def catalogue_on_sale(hub: Hub, connection: Connection, event_id: str | None = None) -> Catalogue:
    """Returns the named event, or the one that this hub's shop sells: SHOP_EVENT, or the newest.

    Raises:
        NothingOnSale: if there is none.
    """
    e = t.events.c
    wanted = event_id or hub.settings.shop_event
    query = select(e.id, e.revision, e.revised_at).order_by(e.created_at.desc(), e.id).limit(1)
    row = connection.execute(query if wanted is None else query.where(e.id == wanted)).one_or_none()
    if row is None:
        raise NothingOnSale
    newest = (row.revision, row.revised_at)
    known = hub.catalogues.get(row.id)
    if known is not None and known[0] == newest:
        return known[1]
    found = connection.execute(select(e.file, e.revision, e.revised_at).where(e.id == row.id)).one()
    catalogue = catalogue_from(found.file, found.revision)
    hub.catalogues[row.id] = ((found.revision, found.revised_at), catalogue)
    return catalogue


def on_sale(connection: Connection, catalogue: Catalogue) -> OnSale:
    """Returns the event with what is left of each product."""
    available = {PoolId(row.pool_id): row.available for row in pools.left(connection, catalogue.id)}
    left = {
        product.id: min(available.get(pool, 0) // units for pool, units in product.uses.items())
        for product in catalogue.products
        if product.uses
    }
    return OnSale(catalogue, left, available)


def shortages(sale: OnSale, wanted: Mapping[ProductId, int]) -> dict[ProductId, int]:
    """Returns what is left of each product that can't be had in the wanted quantity, or is not sold (any more).

    If each could be had alone, and all together not, it is those that share the pool.
    """
    known = sale.catalogue.products_by_id
    gone = {product: 0 for product in wanted if product not in known}
    alone = {product: sale.left[product] for product, n in wanted.items() if n > sale.left.get(product, n)}
    if gone or alone:
        return gone | alone
    units = Counter[PoolId]()
    for product, quantity in wanted.items():
        units.update({pool: count * quantity for pool, count in known[product].uses.items()})
    short = {pool for pool, count in units.items() if count > sale.free.get(pool, 0)}
    return {product: sale.left[product] for product in wanted if short & known[product].uses.keys()}
