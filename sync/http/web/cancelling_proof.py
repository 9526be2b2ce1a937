"""What went back to whom because of a cancellation, as CSV with its sums: to keep, and to show to whoever asks."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.languages import later
from boxoffice.core.money import Currency
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language
from sync.http.web.views import BOM, decimal_text, safe_cells
from sync.store.cancelling import Cancellation, Item, ItemState

STATES: Final[Mapping[ItemState, str]] = {
    ItemState.DONE: later("Done"),
    ItemState.WAITS: later("Waits"),
    ItemState.SENDING: later("Sending"),
    ItemState.AT_A_TILL: later("At a till"),
    ItemState.BY_HAND: later("By hand"),
    ItemState.FAILED: later("Failed"),
}
_COLUMNS: Final = (
    *(later("Order"), later("Name"), later("E-mail"), later("Paid with"), later("Amount"), later("Currency")),
    *(later("State"), later("Time"), later("Mail"), later("Sold after it was cancelled"), later("Note")),
)


def proof_csv(row: Cancellation, items: Sequence[Item], by: str, speaks: Language) -> str:
    """Returns the CSV; the sums below are those of its own lines."""
    out, zone, say, currency = io.StringIO(), ZoneInfo(row.timezone), speaks.say, Currency(row.currency)
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    begun = row.begun_at.astimezone(zone).isoformat(timespec="seconds")
    writer.writerow(
        safe_cells((row.event, row.subject, say(later("begun {time} by {person}")).format(time=begun, person=by)))
    )
    writer.writerow([say(each) for each in _COLUMNS])
    sums: defaultdict[ItemState, int] = defaultdict(int)
    for item in sorted(items, key=lambda each: (each.order_number, each.id)):
        sums[item.state] += item.amount
        told = (item.order_number, item.name or "", item.email or "", say(tender_of(item.tender).words.name))
        note = item.outside or item.why or ""
        at = item.at.astimezone(zone).isoformat(timespec="seconds")
        state = say(STATES[item.state])
        late = say("yes") if item.is_late else ""
        amount = decimal_text(item.amount, currency)
        writer.writerow(
            [*safe_cells(told), amount, row.currency, state, at, item.mail or "", late, *safe_cells((note,))]
        )
    writer.writerow([])
    for each, total in sorted(sums.items(), key=lambda pair: pair[0].value):
        writer.writerow([say(STATES[each]), "", "", "", decimal_text(total, currency), row.currency])
    writer.writerow([say("Total"), "", "", "", decimal_text(sum(sums.values()), currency), row.currency])
    return out.getvalue()
