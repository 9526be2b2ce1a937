"""What to tell a buyer for whom not enough is left: sold out, or only taken for now, and from when to try again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import ProductId
from sync.inventory.on_sale import OnSale

_SOLD_OUT: Final = "Some tickets are no longer available"


class SoldOut(BoxofficeError):
    """Some products are not there in the wanted quantity; `left` says how many are, by product.

    `waits` are of those that may come back; `retry_at` is when all that are missing may be there again.
    """

    def __init__(
        self, left: Mapping[ProductId, int], wanted: Mapping[ProductId, int], sale: OnSale | None = None
    ) -> None:
        self.left, self.wanted = left, wanted
        self.waits = {} if sale is None else {product: sale.waits[product] for product in left if product in sale.waits}
        times = [wait.retry_at for wait in self.waits.values()]
        known = [at for at in times if at is not None]
        self.is_for_now = bool(left) and len(self.waits) == len(left)
        self.retry_at = max(known) if self.is_for_now and len(known) == len(times) else None
        self.retry_after_s = None if sale is None or self.retry_at is None else _seconds(self.retry_at - sale.at)
        self.zone = ZoneInfo("UTC" if sale is None else sale.catalogue.timezone)
        super().__init__(self._words() if self.is_for_now else _SOLD_OUT)

    def local(self, at: datetime) -> datetime:
        """Returns an instant where the event is."""
        return at.astimezone(self.zone)

    def _words(self) -> str:
        is_paid_for = any(wait.held for wait in self.waits.values())
        what = "are being paid for" if is_paid_for else "are with the tills at the door"
        when = "later" if self.retry_at is None else f"from {self.local(self.retry_at):%H:%M}"
        return f"Some tickets {what}. Try again {when}"


def _seconds(wait: timedelta) -> int:
    return max(1, int(wait.total_seconds()) + 1)
