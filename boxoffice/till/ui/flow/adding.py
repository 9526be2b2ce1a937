"""Puts products into the sale, as many as there are, and says so where that is fewer."""

from boxoffice.core.catalogue import Product
from boxoffice.till.ui.flow.sale import short_words
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.words import sale_words


def add_to_sale(session: Session, product: Product, count: int, option: str | None = None) -> None:
    """Adds up to `count` of a product."""
    sale, status = session.sale, session.status
    off = None if status is None else status.off_sale_of(product.id)
    if off is not None and off.is_sure:
        session.say(f"{sale_words(off.state, off.times)}: {product.name}.", state="warn", icon="warning")
        return
    added = sale.add(product, count, sale.room_for(product, status, option), option)
    if added < count:
        name = f"{product.name}, {option}" if option in product.option_pools else product.name
        left = short_words(product, status, sale.count_of(product.id), option)
        session.say(f"{left}: {name}.", state="warn", icon="warning")
    else:
        sale.short.pop((product.id, option), None)
