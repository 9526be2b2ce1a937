"""How many of each product this till sells with no network, and the buttons to keep more of them here, or none."""

from collections.abc import Mapping
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product, code_of
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.sale import ProductStock, stock_of
from boxoffice.till.ui.speech import count, number, say
from boxoffice.till.ui.views.parts import ButtonView, RowView, State
from boxoffice.till.ui.words import clock, here
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import Keeping, PoolStock

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
        return say("{places} more here now.", places=count(moved, "place"))
    return say("{places} given back.", places=count(-moved, "place")) if moved < 0 else say("Nothing had to be moved.")


def _more_row(status: TillStatus) -> RowView:
    most = max((pool.stock for pool in _places(status)), default=0)
    if status.keeping is Keeping.STOCK:
        detail = say("More is kept here, and refilled. Close the till, or press this, and others can sell it again.")
        button = ButtonView(say("Keep the usual"), Do.KEEP_USUAL, "plain", key="M", is_on=status.is_online)
        return RowView(say("Stocked for a bad network"), detail, "safe", state="ok", button=_online(button, status))
    limit = say("Up to {most} of each", most=number(most)) if most else say("As much as the hub allows")
    detail = say("{limit}, to sell while the network is gone. Others then have less to sell.", limit=limit)
    button = ButtonView(say("Take more"), Do.TAKE_MORE, "plain", key="M")
    return RowView(say("Is the network bad here?"), detail, "offline", button=_online(button, status))


def _back_row(status: TillStatus) -> RowView:
    units = sum(pool.here for pool in _places(status))
    detail = (
        say("Others can sell them at once. Sales under way keep theirs, and the next sale here takes some again.")
        if units
        else say("Nothing is here that no sale needs. The next sale here takes some.")
    )
    button = ButtonView(say("Give back"), Do.GIVE_PLACES_BACK, "plain", key="G", is_on=units > 0)
    title = say("{places} here, of all kinds", places=count(units, "place")) if units else say("No places here")
    return RowView(title, detail, "back", button=_online(button, status))


def _places(status: TillStatus) -> list[PoolStock]:
    """Returns what is counted but for the uses of codes."""
    return [pool for pool in status.stock if code_of(pool.pool_id) is None]


def _online(button: ButtonView, status: TillStatus) -> ButtonView:
    """Returns the button, off without the hub: what is given back could then be sold by nobody."""
    if status.is_online:
        return button
    return ButtonView(
        say("When online"), button.action, "plain", is_on=False, name=say("{label}. When online", label=button.label)
    )


def _product_row(product: Product, stock: ProductStock, status: TillStatus) -> RowView:
    left = stock.here + stock.elsewhere
    state: State = "plain" if stock.here > 0 else "warn"
    if left <= 0:
        again = "" if stock.retry_at is None else say(", again from {time}", time=clock(stock.retry_at))
        words = (
            say("{held} being paid for{again}", held=number(stock.held), again=again) if stock.held else say("Sold out")
        )
        return RowView(product.name, words, "ticket", state=state, amount=here(stock.here))
    detail = (
        say("{elsewhere} elsewhere", elsewhere=number(stock.elsewhere))
        if stock.elsewhere > 0
        else say("None elsewhere")
    )
    if status.is_online and stock.elsewhere > 0:
        detail += (
            say(" · asks for more at {asks_at}", asks_at=number(stock.asks_at))
            if stock.here > stock.asks_at
            else say(" · asks for more when needed")
        )
    elif stock.elsewhere > 0:
        detail += say(" · asks for more when online")
    return RowView(product.name, detail, "ticket", state=state, amount=here(stock.here))
