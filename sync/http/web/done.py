"""The page of what people did at the tills, by person, by what it was about, and by day."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from boxoffice.core.cash_moves import WAYS, CashMove
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Viewer
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.store.staff import read_all
from sync.tills.done import Done, Sort, Wanted, acts

router: Final = APIRouter(include_in_schema=False)

_SORTS: Final[Mapping[Sort, str]] = {
    Sort.SALES: later("Money taken"),
    Sort.BACK: later("Money given back"),
    Sort.CASH: later("Shifts and cash"),
    Sort.TICKETS: later("Tickets"),
}
_WORDS: Final[Mapping[FactKind, tuple[str, str]]] = {
    FactKind.PAYMENT_CAPTURED: (later("Took {amount}: {tender}"), "amount"),
    FactKind.REFUND_REQUESTED: (later("Gave back {amount}: {tender}"), "amount"),
    FactKind.ORDER_COLLECTED: (later("Handed the order over"), ""),
    FactKind.TICKET_VOIDED: (later("Voided a ticket"), ""),
    FactKind.TICKET_REISSUED: (later("Transferred a ticket"), ""),
    FactKind.TICKET_SCANNED: (later("Scanned a ticket"), ""),
    FactKind.SHIFT_OPENED: (later("Opened a shift with {amount}"), "float_amount"),
    FactKind.SHIFT_HANDED_OVER: (later("Handed the drawer over"), ""),
    FactKind.SHIFT_CLOSED: (later("Closed the shift, Z {z}"), ""),
    FactKind.CASH_MOVED: (later("{way}: {amount}"), "amount"),
    FactKind.CASH_COUNTED: (later("Counted {amount}"), "counted"),
    FactKind.DRAWER_OPENED: (later("Opened the drawer"), ""),
}
"""What each kind is in words, and which of its amounts is told."""


@router.get("/staff/done")
def done_page(
    hub: TheHub,
    organizer: Viewer,
    who: Annotated[str, Query(max_length=100)] = "",
    about: Annotated[str, Query(max_length=20)] = "",
    on: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    speaks = language(organizer.language)
    sort, day = next((each for each in Sort if each.value == about), None), _day(on)
    with hub.database.reading() as connection:
        people, zone = read_all(connection), house_zone(connection)
        found, has_more = acts(connection, Wanted(who, sort, day, zone, before))
    chosen = {"who": who, "about": about if sort else "", "on": on if day else ""}
    kept = {name: value for name, value in chosen.items() if value}
    return render(
        "done.html",
        organizer=organizer,
        here="staff/done",
        people=[(each.row.id, each.name or speaks.say("Without a name")) for each in people],
        sorts=[(sort.value, speaks.say(words)) for sort, words in _SORTS.items()],
        chosen=chosen,
        rows=[_row(each, zone, speaks) for each in found],
        older=urlencode({**kept, "before": found[-1].position}) if has_more else "",
        zone=zone_note([zone], speaks),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _row(done: Done, zone: str, speaks: Language) -> dict[str, str]:
    p, say = done.payload, speaks.say
    words, place = _WORDS[done.kind]
    amount = Money(int(p.get(place) or 0), Currency(p["currency"])) if place else ""
    return {
        "at": when(done.at, zone, speaks),
        "who": done.by or say("Without a name"),
        "approved_by": done.approved_by,
        "what": say(words).format(amount=amount, tender=_tender(p, speaks), way=_way(p, speaks), z=p.get("z_number")),
        "why": _said(say, p.get("why")),
        "till": done.till,
        "order_id": done.order_id,
        "order": done.order_number,
    }


def _tender(payload: Mapping[str, object], speaks: Language) -> str:
    kind = payload.get("tender")
    return speaks.say(tender_of(str(kind)).words.name) if kind else ""


def _way(payload: Mapping[str, object], speaks: Language) -> str:
    move = payload.get("move")
    return speaks.say(WAYS[CashMove(move)].words) if move else speaks.say("Cash moved")


def _said(say: Callable[[str], str], words: str | None) -> str:
    return say(words) if words else ""
