"""The short link of a payment by phone, as the till shows it and the customer follows it."""

from dataclasses import dataclass

from boxoffice.core.money import Currency, Money
from sync.ledger.hub import Hub
from sync.store import feed
from sync.store.checkouts import Checkout, note_opened, of_code
from sync.store.given_back import Returned, returned


@dataclass(frozen=True, slots=True)
class PayLink:
    """What stands behind a short link."""

    checkout: Checkout
    returned: Returned

    @property
    def amount(self) -> Money:
        return Money(self.checkout.amount, Currency(self.checkout.currency))


def follow(hub: Hub, code: str, *, is_opening: bool) -> PayLink | None:
    """Returns what the link leads to, marking it as opened; None for a link that nobody made."""
    with hub.database.transaction() as connection:
        found = of_code(connection, code)
        if found is None:
            return None
        if is_opening and note_opened(connection, found):
            feed.wake(connection, "checkout", found.event_id, found.device_id, found.tender_id)
        return PayLink(found, returned(connection, found.order_id))
