"""How many of each product this till sells with no network, and the buttons to keep more of them here, or none."""

from collections.abc import Mapping
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.sale import ProductStock, stock_of
from boxoffice.till.ui.views.parts import ButtonView, RowView, State
from boxoffice.till.ui.words import clock, count, here
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import Keeping

KEEPS: Final[Mapping[Do, Keeping]] = {
    Do.TAKE_MORE: Keeping.STOCK,
    Do.KEEP_USUAL: Keeping.USUAL,
    Do.GIVE_PLACES_BACK: Keeping.NOTHING,
}
"""What each button of these rows does."""


def place_rows(status: TillStatus | None, catalogue: Catalogue | None) -> tuple[RowView, ...]:
    """Returns the two buttons, and a row for each product that is counted."""
    if status is None or catalogue is None or not status.stock:
        return ()
    stocks = [(product, stock_of(product, status)) for product in catalogue.products]
    rows = [_product_row(product, stock, status) for product, stock in stocks if stock is not None]
    return (_more_row(status), _back_row(status), *rows)


def moved_words(moved: int) -> str:
    """Returns what a press of one of the buttons came to."""
    if moved > 0:
        return f"{count(moved, 'place')} more here now."
    return f"{count(-moved, 'place')} given back." if moved < 0 else "Nothing had to be moved."


def _more_row(status: TillStatus) -> RowView:
    most = max(pool.stock for pool in status.stock)
    if status.keeping is Keeping.STOCK:
        detail = "More is kept here, and refilled. Close the till, or press this, and others can sell it again."
        button = ButtonView("Keep the usual", Do.KEEP_USUAL, "plain", key="M", is_on=status.is_online)
        return RowView("Stocked for a bad network", detail, "safe", state="ok", button=_online(button, status))
    limit = f"Up to {most:,} of each" if most else "As much as the hub allows"
    detail = f"{limit}, to sell while the network is gone. Others then have less to sell."
    button = ButtonView("Take more", Do.TAKE_MORE, "plain", key="M")
    return RowView("Is the network bad here?", detail, "offline", button=_online(button, status))


def _back_row(status: TillStatus) -> RowView:
    units = sum(pool.here for pool in status.stock)
    detail = (
        "Others can sell them at once. Sales under way keep theirs, and the next sale here takes some again."
        if units
        else "Nothing is here that no sale needs. The next sale here takes some."
    )
    button = ButtonView("Give back", Do.GIVE_PLACES_BACK, "plain", key="G", is_on=units > 0)
    title = f"{count(units, 'place')} here, of all kinds" if units else "No places here"
    return RowView(title, detail, "back", button=_online(button, status))


def _online(button: ButtonView, status: TillStatus) -> ButtonView:
    """Returns the button, off without the hub: what is given back could then be sold by nobody."""
    if status.is_online:
        return button
    return ButtonView("When online", button.action, "plain", is_on=False, name=f"{button.label}. When online")


def _product_row(product: Product, stock: ProductStock, status: TillStatus) -> RowView:
    left = stock.here + stock.elsewhere
    state: State = "plain" if stock.here > 0 else "warn"
    if left <= 0:
        again = "" if stock.retry_at is None else f", again from {clock(stock.retry_at)}"
        words = f"{stock.held:,} being paid for{again}" if stock.held else "Sold out"
        return RowView(product.name, words, "ticket", state=state, amount=here(stock.here))
    detail = f"{stock.elsewhere:,} elsewhere" if stock.elsewhere > 0 else "None elsewhere"
    if status.is_online and stock.elsewhere > 0:
        detail += (
            f" · asks for more at {stock.asks_at:,}" if stock.here > stock.asks_at else " · asks for more when needed"
        )
    elif stock.elsewhere > 0:
        detail += " · asks for more when online"
    return RowView(product.name, detail, "ticket", state=state, amount=here(stock.here))
