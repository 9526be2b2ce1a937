"""Puts products into the sale, as many as there are, and says so where that is fewer."""

from boxoffice.core.catalogue import Product
from boxoffice.till.ui.flow.sale import short_words
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import number, say
from boxoffice.till.ui.words import sale_words


def add_to_sale(session: Session, product: Product, count: int, option: str | None = None) -> None:
    """Adds up to `count` of a product."""
    sale, status = session.sale, session.status
    off = None if status is None else status.off_sale_of(product.id)
    if off is not None and off.is_sure:
        session.say(f"{sale_words(off.state, off.times)}: {product.name}.", state="warn", icon="warning")
        return
    have, shelf = sale.count_of(product.id), product.shelf
    count = count if have else max(count, shelf.least)
    if over := shelf.over(have + count):
        most = say("At most {count} in one sale", count=number(shelf.most or 0))
        session.say(f"{most}: {product.name}.", state="warn", icon="warning")
        count -= over
        if count <= 0:
            return
    added = sale.add(product, count, sale.room_for(product, status, option), option)
    if added < count:
        name = f"{product.name}, {option}" if option in product.option_pools else product.name
        left = short_words(product, status, sale.count_of(product.id), option)
        session.say(f"{left}: {name}.", state="warn", icon="warning")
    else:
        sale.short.pop((product.id, option), None)
