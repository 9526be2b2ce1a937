"""Where an event stands: on sale, on sale later, over, or archived."""

from datetime import datetime
from enum import Enum

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.languages import later
from boxoffice.core.sale_times import SaleState, sale_times


class State(Enum):
    ON_SALE = later("On sale")
    STOPPED = later("Not on sale")
    PAST = later("Past")


def state_of(catalogue: Catalogue, now: datetime) -> State:
    """Returns where an event stands at an instant."""
    if catalogue.is_archived or catalogue.day_of(now) > max(catalogue.days):
        return State.PAST
    is_open = any(sale_times(catalogue, product).state(now) is SaleState.OPEN for product in catalogue.products)
    return State.ON_SALE if is_open else State.STOPPED
