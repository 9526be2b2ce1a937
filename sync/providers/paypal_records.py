"""What PayPal remembers: its Transaction Search, with what went back of every payment."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from boxoffice.core.charging import from_paypal
from boxoffice.core.errors import OperationFailed
from sync.ports import ProviderList, ProviderPayment, Refused, ShutOut
from sync.providers.paypal import PayPal

_PATH: Final = "/v1/reporting/transactions"
LONGEST: Final = timedelta(days=31)
"""PayPal answers for at most so long a time at once."""
_PAGE: Final = 500
_PAYMENTS, _BACK = "T00", "T11"
"""How the event codes of payments begin, and those of refunds and reversals (PayPal's table of event codes)."""
_REVERSAL: Final = "T1106"
"""What PayPal takes back itself, for a dispute."""
OUR_MARK: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""The `custom_id` of every order of ours is its tender's id: a UUIDv7."""
TAKEN: Final = frozenset({"S", "V"})
"""Succeeded, and succeeded but reversed since."""


class PayPalRecords:
    """PayPal's list, read to its end. It may be three hours behind, and says so."""

    def __init__(self, paypal: PayPal) -> None:
        self._paypal = paypal

    def payments(self, at: int) -> ProviderList:
        """Returns what was paid since then.

        Raises:
            TryAgainLater: if PayPal can't be reached.
            OperationFailed: if the hub's key may not read the list.
        """
        now = datetime.now(UTC)
        start, until = datetime.fromtimestamp(at, UTC), now.timestamp()
        paid: list[Mapping[str, Any]] = []
        back: defaultdict[str, int] = defaultdict(int)
        reversed_: defaultdict[str, int] = defaultdict(int)
        while start < now:
            end = min(start + LONGEST, now)
            for page in pages_of(self._paypal, start, end):
                until = min(until, instant_of(page["last_refreshed_datetime"]))
                for each in page["transaction_details"]:
                    info = each["transaction_info"]
                    code, is_taken = info["transaction_event_code"], info["transaction_status"] in TAKEN
                    if code.startswith(_PAYMENTS) and is_taken:
                        paid.append(info)
                    elif code.startswith(_BACK) and is_taken:
                        where = reversed_ if code == _REVERSAL else back
                        where[info.get("paypal_reference_id", "")] -= minor_of(info)
            start = end
        return ProviderList([_payment(info, back, reversed_) for info in paid if minor_of(info) > 0], until)


def pages_of(paypal: PayPal, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """Yields PayPal's list of a time, which is no longer than `LONGEST`, page by page.

    Raises:
        TryAgainLater: if PayPal can't be reached.
        OperationFailed: if the hub's key may not read the list.
    """
    page, pages = 1, 1
    while page <= pages:
        params = {
            "start_date": start.isoformat(timespec="seconds"),
            "end_date": end.isoformat(timespec="seconds"),
            "fields": "transaction_info",
            "page_size": str(_PAGE),
            "page": str(page),
        }
        try:
            found = paypal.read(_PATH, params)
        except (Refused, ShutOut) as error:
            raise OperationFailed(
                "PayPal does not let the hub read its list of payments.",
                "Nothing was compared.",
                "Switch “Transaction search” on for the hub's app at PayPal, and try again in a day.",
            ) from error
        yield found
        page, pages = page + 1, int(found.get("total_pages", 1))


def _payment(info: Mapping[str, Any], back: Mapping[str, int], reversed_: Mapping[str, int]) -> ProviderPayment:
    reference, mark = str(info["transaction_id"]), str(info.get("custom_field", ""))
    is_ours = OUR_MARK.fullmatch(mark) is not None
    return ProviderPayment(
        reference,
        minor_of(info),
        back.get(reference, 0),
        str(info["transaction_amount"]["currency_code"]),
        reversed_.get(reference, 0),
        is_ours=is_ours,
        marks={"tender_id": mark} if is_ours else {},
    )


def minor_of(info: Mapping[str, Any]) -> int:
    amount = info["transaction_amount"]
    return from_paypal(str(amount["value"]), str(amount["currency_code"]))


def instant_of(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
