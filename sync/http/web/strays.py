"""Money without an order: what was paid round the tills, and the three things that it can have been."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from boxoffice.core.adding_up import MOST_OF_ONE, Choice, cart_of, choices_at, priced_at, what_adds_up
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import TheServices
from sync.http.web.pages import render
from sync.http.web.signed_in import Finance, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.ledger.hub import Hub
from sync.organizers.organizers import Organizer, names_of
from sync.payments.strays import NotDecided, Sold, catalogue_of
from sync.provider_states import PROVIDER_NAMES
from sync.store import strays
from sync.store.pools import left
from sync.store.reports import ReportEvent, report_events
from sync.store.strays import Stray

router: Final = APIRouter(include_in_schema=False)
_MOST_ROWS: Final = 500
_HOW: Final = {
    "contact_emv": later("chip"),
    "contactless_emv": later("tapped"),
    "contactless_magstripe_mode": later("tapped"),
    "magnetic_stripe_fallback": later("swiped"),
    "magnetic_stripe_track2": later("swiped"),
}
_DECIDED: Final = {
    "sale": later("The sale it belongs to was made"),
    "refund": later("It is given back"),
    "not_ours": later("It is not ours"),
    "refunded_there": later("It was refunded at the provider itself"),
}
Text = Annotated[str, Form(max_length=254)]
Named = Annotated[str, Query(max_length=255)]


class SaleForm(BaseModel):
    """What was sold for it, as the rows of the form say it."""

    csrf: str = Field(max_length=200)
    event: str = Field(max_length=255)
    tickets: Literal["let_in", "send"] = "let_in"
    email: str = Field(default="", max_length=254)
    choice: list[Annotated[str, Field(max_length=255)]] = Field(default=[], max_length=_MOST_ROWS)
    count: list[Annotated[str, Field(max_length=20)]] = Field(default=[], max_length=_MOST_ROWS)


@router.get("/strays/{reference}")
def stray_page(
    hub: TheHub,
    organizer: Viewer,
    reference: str,
    event: Named = "",
    choice: Annotated[list[Named], Query(max_length=_MOST_ROWS)] = [],  # noqa: B006  # pydantic copies it
    count: Annotated[list[Named], Query(max_length=_MOST_ROWS)] = [],  # noqa: B006  # likewise
) -> Response:
    return _page(hub, organizer, reference, event, _counts(choice, count))


@router.post("/strays/{reference}/sale")
def make_sale(
    services: TheServices, hub: TheHub, organizer: Finance, reference: str, form: Annotated[SaleForm, Form()]
) -> Response:
    must_be_ours(organizer, form.csrf)
    counts = _counts(form.choice, form.count)
    try:
        to = read_email(form.email) if form.tickets == "send" else None
        order_id = services.strays.make_sale(reference, Sold(form.event, counts, to), str(organizer.id))
    except BadAddress:
        words = later("Give an address to send the tickets to.")
        return _page(hub, organizer, reference, form.event, counts, words, 422)
    except NotDecided as error:
        return _page(hub, organizer, reference, form.event, counts, error.what_happened, 409)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/strays/{reference}/refund")
def give_back(services: TheServices, hub: TheHub, organizer: Finance, reference: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        services.strays.give_back(reference, str(organizer.id))
    except NotDecided as error:
        return _page(hub, organizer, reference, "", {}, error.what_happened, 409)
    return RedirectResponse(f"/strays/{reference}", 303)


@router.post("/strays/{reference}/not-ours")
def not_ours(services: TheServices, hub: TheHub, organizer: Finance, reference: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        services.strays.not_ours(reference, str(organizer.id))
    except NotDecided as error:
        return _page(hub, organizer, reference, "", {}, error.what_happened, 409)
    return RedirectResponse(f"/strays/{reference}", 303)


def _counts(choices: Sequence[str], counts: Sequence[str]) -> dict[str, int]:
    """Returns how many of each choice were given, as the rows of a form say it."""
    return {
        key: min(int(count), MOST_OF_ONE)
        for key, count in zip(choices, counts, strict=False)
        if count.isascii() and count.isdigit() and len(count) < 6 and int(count) > 0
    }


def _page(
    hub: Hub,
    organizer: Organizer,
    reference: str,
    event: str,
    counts: Mapping[str, int],
    error: str = "",
    status: int = 200,
) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        found = strays.stray(connection, reference)
        if found is None:
            raise HTTPException(404, "There is no such payment.")
        events = report_events(connection)
        chosen = next((each for each in events if each.id == event), None) or _at(events, found)
        catalogue = None if chosen is None else catalogue_of(connection, chosen.id)
        free = {} if chosen is None else {str(each.pool_id): each.available for each in left(connection, chosen.id)}
        people = names_of(connection, [found.decided_by] if found.decided_by else [])
    zone = "UTC" if chosen is None else chosen.timezone
    return render(
        "stray.html",
        status,
        organizer=organizer,
        here="exceptions",
        stray=_stray(found, zone, people, speaks),
        events=[(each.id, each.name, each is chosen) for each in events],
        event_id="" if chosen is None else chosen.id,
        sale=None if catalogue is None or found.decision else _sale(catalogue, found, counts, free, speaks),
        error=speaks.say(error) if error else "",
        most=MOST_OF_ONE,
        zone=zone_note([zone], speaks),
    )


def _at(events: Sequence[ReportEvent], found: Stray) -> ReportEvent | None:
    """Returns the newest event in the payment's currency: what is sold with no till is sold tonight."""
    return next((each for each in events if each.currency.code == found.currency), None)


def _stray(found: Stray, zone: str, people: Mapping[str, str], speaks: Language) -> dict[str, Any]:
    how = _HOW.get(found.read_method)
    decided = "" if found.decision is None else speaks.say(_DECIDED[found.decision])
    return {
        "reference": found.reference,
        "amount": str(Money(found.amount, Currency(found.currency))),
        "at": _exactly(found.paid_at, zone, speaks),
        "card": found.card or "—",
        "how": speaks.say(how) if how else "",
        "reader": found.reader,
        "words": found.words,
        "provider": PROVIDER_NAMES[found.provider],
        "decision": found.decision or "",
        "decided": decided,
        "is_settled": found.settled_at is not None,
        "by": people.get(found.decided_by, ""),
        "decided_at": "" if found.decided_at is None else when(found.decided_at, zone, speaks),
        "order_id": found.order_id,
        "last_error": found.last_error or "",
    }


def _exactly(at: datetime, zone: str, speaks: Language) -> str:
    return f"{when(at, zone, speaks)} ({at.astimezone(ZoneInfo(zone)):%H:%M:%S})"


def _sale(
    catalogue: Catalogue, found: Stray, counts: Mapping[str, int], free: Mapping[str, int], speaks: Language
) -> dict[str, Any]:
    """Returns what can be chosen, what is, what that comes to, and what would add up."""
    amount = Money(found.amount, Currency(found.currency))
    choices = choices_at(catalogue, found.paid_at) if catalogue.currency == amount.currency else []
    sets = what_adds_up(catalogue, choices, amount, found.paid_at) if choices else []
    picked = {key: count for key, count in counts.items() if any(each.key == key for each in choices)}
    total, problem = Money(0, amount.currency), ""
    if picked:
        try:
            total = priced_at(catalogue, cart_of(choices, picked), found.paid_at).total
        except BadInput as error:
            problem = str(error)
    kinds = {str(each.id): each.name for each in catalogue.price_kinds}
    return {
        "sets": [
            {
                "words": _words(each, choices),
                "query": urlencode([pair for key, n in each.items() for pair in (("choice", key), ("count", n))]),
                "is_on": each == picked,
            }
            for each in sets
        ],
        "rows": [
            {
                "key": each.key,
                "name": each.name,
                "more": kinds.get(str(each.kind or ""), "") or _left(each, free, speaks),
                "unit": str(each.unit),
                "count": picked.get(each.key, 0),
            }
            for each in choices
        ],
        "total": str(total),
        "is_equal": bool(picked) and not problem and total == amount,
        "rest": str(amount - total),
        "problem": problem,
        "is_picked": bool(picked),
    }


def _words(counts: Mapping[str, int], choices: Sequence[Choice]) -> str:
    named = {each.key: each.name for each in choices}
    return " + ".join(named[key] if n == 1 else f"{named[key]} × {n}" for key, n in counts.items())


def _left(choice: Choice, free: Mapping[str, int], speaks: Language) -> str:
    takes = choice.product.takes(choice.option)
    fewest = min((free.get(str(pool), 0) // units for pool, units in takes.items() if units), default=None)
    return "" if fewest is None else speaks.say("{left} free").format(left=fewest)
