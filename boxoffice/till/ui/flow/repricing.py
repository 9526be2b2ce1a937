"""What changes of an open sale when the catalogue or the hour does: what was shown is kept, and it is said."""

from collections.abc import Collection
from dataclasses import dataclass

from boxoffice.core.catalogue import Catalogue
from boxoffice.till.ui.flow.bill import PriceChange, price_changes
from boxoffice.till.ui.flow.sale import Sale
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.words import money


@dataclass(frozen=True, slots=True)
class Turned:
    """The sale as it is now (itself, where nothing of it is otherwise), with all changes, and those that are untold."""

    sale: Sale
    changes: tuple[PriceChange, ...] = ()
    untold: tuple[PriceChange, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(change_words(change) for change in self.untold)


def turn(sale: Sale, catalogue: Catalogue, told: Collection[PriceChange]) -> Turned:
    """Returns the sale by this catalogue as it is now; of its changes, those that were `told` are left out."""
    if sale.is_empty and sale.catalogue is not catalogue:
        return Turned(Sale(catalogue, sale.now, channel=sale.channel))
    if sale.catalogue is catalogue and not sale.has_times:
        sale.at = sale.now()
        return Turned(sale, tuple(told))
    changes = price_changes(sale.priced(), catalogue, sale.now(), sale.channel)
    after = sale.turned(catalogue)
    if after.lines == sale.lines and sale.catalogue is catalogue:
        sale.at, after = after.at, sale
    return Turned(after, changes, tuple(change for change in changes if change not in told))


def change_words(change: PriceChange) -> str:
    """Returns what is otherwise now, and what the sale at hand keeps."""
    if change.now is None:
        return say("{name} is no longer sold.", name=change.name)
    if change.is_only_tax:
        return say("The tax on {name} is another now.", name=change.name)
    was, now = money(change.was), money(change.now)
    return say("{name} is {now} now. This sale keeps {was}.", name=change.name, now=now, was=was)
