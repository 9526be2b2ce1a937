"""The close: tickets, drawers, ledger and provider beside each other, what does not agree, and payouts taken apart."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from boxoffice.core.closing import Close, Difference, Why
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payout_parts import PartKind
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Viewer
from sync.http.web.times import when, zone_note
from sync.http.web.views import BOM, safe_cells
from sync.ledger.journal import beancount
from sync.ledger.signed_files import fingerprint_of
from sync.provider_states import PROVIDER_NAMES, PayoutState, provider_of
from sync.store.closing import (
    PayoutAt,
    PayoutLine,
    close_of,
    journal_of,
    lines_of,
    of_the_account,
    payouts_listed,
    paypal_fees,
    read_until,
)
from sync.store.reports import ReportEvent, report_events

router: Final = APIRouter(include_in_schema=False)
Named = Annotated[str, Query(max_length=255)]

_WORDS: Final = {
    Why.NOTHING_SOLD: later("Order {about} has paid what nothing was sold for"),
    Why.NOT_PAID: later("Order {about} is sold, and its money is not in the ledger"),
    Why.NOT_COUNTED: later("Cash of {about} that no closed shift has counted"),
    Why.OVER_SHORT: later("{about} was over or short: it is booked so"),
    Why.NOT_LISTED: later("Order {about} is paid in the ledger, and the list of {provider} has not the payment"),
    Why.AWAITED: later("Order {about}: the list of {provider} was not read so far yet"),
    Why.LISTED_OTHERWISE: later("Order {about}: {provider} lists another amount than the ledger has"),
    Why.OTHER_CURRENCY: later("Order {about} is paid out in another currency: it can't be compared"),
    Why.NO_ORDER: later("{provider} has payment {about} that no order knows"),
    Why.ROUND_THE_TILLS: later("Payment {about} went round the tills: nobody has said what was sold for it"),
}
_PARTS: Final = {
    PartKind.CHARGES: later("Sales"),
    PartKind.REFUNDS: later("Refunds"),
    PartKind.DISPUTES: later("Disputes"),
    PartKind.FEES: later("Fees of the account"),
    PartKind.ADJUSTMENTS: later("Adjustments"),
    PartKind.BY_HAND: later("Other payouts, by hand"),
    PartKind.NO_ORDER: later("Payments without an order"),
    PartKind.NOT_OURS: later("Not ours"),
}
_ALWAYS: Final = (PartKind.CHARGES, PartKind.REFUNDS, PartKind.DISPUTES, PartKind.FEES, PartKind.NOT_OURS)
_ACCOUNTS: Final = {
    "cash": later("Cash"),
    "stripe": "Stripe",
    "paypal": "PayPal",
    "swaps": later("Swaps"),
    "rounding": later("Rounding of cash"),
    "transit": later("Refunds under way"),
    "outside": later("Paid back outside"),
}
_COLUMNS: Final = (
    *("payout", "line", "time", "kind", "event", "order", "payment", "amount", "fee", "net", "currency"),
    "description",
)
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """What lines of a payout come to, under one name; `is_odd` if somebody must look at them."""

    name: str
    lines: int
    amount: int
    fee: int
    net: int
    is_odd: bool


@router.get("/close")
def close_page(hub: TheHub, organizer: Viewer, event: Named = "", payout: Named = "") -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        events = report_events(connection)
        chosen = _event(events, event)
        if chosen is None:
            return render("close.html", organizer=organizer, here="close", events=[], close=None)
        close = close_of(connection, chosen)
        payouts = payouts_listed(connection)
        shown = _payout(payouts, payout)
        lines = [] if shown is None else lines_of(connection, shown)
        beside = of_the_account(connection, chosen.currency.code), paypal_fees(connection, chosen.id)
        read = read_until(connection).get("stripe")
        public = hub.event_key(connection, chosen.id).public_key().public_bytes_raw()
    key = fingerprint_of(public)
    return render(
        "close.html",
        organizer=organizer,
        here="close",
        events=[(each.id, each.name, each.id == chosen.id) for each in events],
        event_id=chosen.id,
        close=close_view(close, chosen, speaks),
        bank=bank_view(close, chosen.currency, *beside),
        key=key,
        read="" if read is None else when(read, chosen.timezone, speaks),
        payouts=[_listed(each, chosen, speaks, is_shown=each is shown) for each in payouts],
        shown=None if shown is None else payout_view(shown, lines, chosen, speaks),
        zone=zone_note([chosen.timezone], speaks),
    )


@router.get("/close.csv")
def payout_csv(hub: TheHub, organizer: Viewer, payout: Named = "") -> Response:  # noqa: ARG001  # who may
    """The lines of a payout for a spreadsheet: amounts as numbers, times with their offset."""
    with hub.database.reading() as connection:
        found = _payout(payouts_listed(connection), payout)
        if found is None:
            raise HTTPException(404, "There is no such payout.")
        lines = lines_of(connection, found)
        zones = {each.id: each.timezone for each in report_events(connection)}
    text = payout_lines_csv(found, lines, zones)
    headers = {"Content-Disposition": f'attachment; filename="payout-{found.reference}.csv"'}
    return Response(text, media_type="text/csv", headers=headers)


@router.get("/close.beancount")
def journal(hub: TheHub, organizer: Viewer, event: Named = "") -> Response:  # noqa: ARG001  # who may
    """The ledger of an event as a plain double-entry journal."""
    with hub.database.reading() as connection:
        chosen = _event(report_events(connection), event)
        if chosen is None:
            raise HTTPException(404, "There is no such event.")
        posted = journal_of(connection, chosen.id)
    headers = {"Content-Disposition": f'attachment; filename="journal-{chosen.id}.beancount"'}
    text = beancount(posted, chosen.name, chosen.timezone)
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


def payout_lines_csv(payout: PayoutAt, lines: Sequence[PayoutLine], zones: Mapping[str, str]) -> str:
    """Returns the lines of a payout as CSV; times are those of each line's event."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for each in lines:
        at = each.created_at.astimezone(ZoneInfo(zones.get(each.event_id or "", "UTC")))
        named = (each.line.part.value, each.event_name, each.order_number, each.payment)
        about = safe_cells((payout.reference, each.reference, at.isoformat(timespec="seconds"), *named))
        exponent = -Currency(each.currency).exponent
        numbers = (Decimal(amount).scaleb(exponent) for amount in (each.amount, each.fee, each.net))
        writer.writerow([*about, *numbers, *safe_cells((each.currency, each.words))])
    return out.getvalue()


def _event(events: Sequence[ReportEvent], named: str) -> ReportEvent | None:
    """Returns the event that is named, or the newest.

    Raises:
        HTTPException: 404, if there is none by that name.
    """
    if not named:
        return next(iter(events), None)
    found = next((each for each in events if each.id == named), None)
    if found is None:
        raise HTTPException(404, "There is no such event.")
    return found


def _payout(payouts: Sequence[PayoutAt], named: str) -> PayoutAt | None:
    """The same for a payout."""
    if not named:
        return next(iter(payouts), None)
    found = next((each for each in payouts if each.reference == named), None)
    if found is None:
        raise HTTPException(404, "There is no such payout.")
    return found


def close_view(close: Close, event: ReportEvent, speaks: Language) -> dict[str, Any]:
    def money(minor: int) -> Money:
        return Money(minor, event.currency)

    accounts = close.accounts
    sold, free = sum(each.sold for each in close.orders), sum(each.free for each in close.orders)
    back = sum(each.refunded + each.disputed for each in close.orders)
    uncounted, over = sum(close.uncounted.values()), sum(each.amount for each in close.shortfalls)
    stripe, is_paypal = close.listed_by("stripe"), close.is_compared("paypal")
    paid_out = sum(each.paid_out for each in close.payments if not each.is_other_currency)
    strays = sum(each.amount for each in close.strays)
    others = _others(close)
    # Where its list can't be read, it is what the ledger has.
    paypal = close.listed_by("paypal") if is_paypal else accounts.get("paypal", 0)
    at_providers, booked = stripe + strays + paypal, accounts.get("stripe", 0) + accounts.get("paypal", 0)
    differences = close.differences
    return {
        "agrees": close.agrees,
        "open": len(close.open),
        "explained": len(differences) - len(close.open),
        "gap": money(close.ledger - close.drawers - at_providers - others),
        "is_whole": close.ledger == close.drawers + at_providers + others,
        "tickets": money(close.tickets),
        "ledger": money(close.ledger),
        "drawers": money(close.drawers),
        "providers": money(at_providers),
        "others": money(others) if others else None,
        "of_tickets": [
            (speaks.say("Sold"), money(sold)),
            (speaks.say("Free, or by gift card"), money(-free)),
            (speaks.say("Given back, and taken by banks"), money(-back)),
        ],
        "of_drawers": [
            (speaks.say("Cash of sales"), money(close.cash)),
            (speaks.say("Not counted yet"), money(-uncounted)),
            (speaks.say("Over or short"), money(over)),
        ],
        "of_ledger": [(speaks.say(_ACCOUNTS.get(name, name)), money(amount)) for name, amount in accounts.items()],
        "of_providers": [
            (speaks.say("Stripe, paid out"), money(paid_out)),
            (speaks.say("Stripe, under way"), money(stripe - paid_out)),
            (
                speaks.say("PayPal, as it lists it") if is_paypal else speaks.say("PayPal, its list is not read"),
                money(paypal),
            ),
            *([(speaks.say("Not matched"), money(strays))] if strays else []),
        ],
        "tickets_agree": close.tickets == close.ledger,
        "drawers_agree": close.drawers == close.cash,
        "providers_agree": at_providers == booked,
        "tickets_more": money(close.tickets - close.ledger),
        "drawers_more": money(close.drawers - close.cash),
        "providers_more": money(at_providers - booked),
        "differences": [_difference(each, event, speaks) for each in differences[:_SHOWN]],
        "hidden": max(0, len(differences) - _SHOWN),
    }


def _others(close: Close) -> int:
    """Returns what of the ledger is neither in a drawer nor at a provider."""
    return sum(amount for name, amount in close.accounts.items() if name not in ("cash", "stripe", "paypal"))


def _difference(found: Difference, event: ReportEvent, speaks: Language) -> dict[str, Any]:
    return {
        "words": speaks.say(_WORDS[found.why]).format(about=found.about, provider=_NAMES.get(found.provider, "")),
        "more": found.more,
        "amount": Money(found.amount, event.currency),
        "is_explained": found.why.is_explained,
        "order": found.about if found.why in _OF_ORDERS else "",
        "stray": found.about if found.why is Why.ROUND_THE_TILLS else "",
    }


_NAMES: Final[Mapping[str, str]] = PROVIDER_NAMES  # type: ignore[assignment]  # read by any name
_OF_ORDERS: Final = frozenset(Why) - {Why.NOT_COUNTED, Why.OVER_SHORT, Why.NO_ORDER, Why.ROUND_THE_TILLS}


def bank_view(close: Close, currency: Currency, account: int, paypal_fee: int) -> dict[str, Any]:
    """Returns how an event's sales come to the bank: each fee belongs to the event of its payment."""

    def money(minor: int) -> Money:
        return Money(minor, currency)

    mine = [each for each in close.payments if each.provider == "stripe" and not each.is_other_currency]
    listed, fee = close.listed_by("stripe"), sum(each.fee for each in mine)
    net, paid_out = sum(each.net for each in mine), sum(each.net_paid_out for each in mine)
    paypal = close.accounts.get("paypal", 0)
    return {
        "listed": money(listed),
        "fee": money(-fee),
        "net": money(net),
        "under_way": money(paid_out - net),
        "paid_out": money(paid_out),
        "account": money(account),
        "has_account": account != 0,
        "paypal": (money(paypal), money(-paypal_fee), money(paypal - paypal_fee)) if paypal or paypal_fee else None,
    }


def _listed(payout: PayoutAt, event: ReportEvent, speaks: Language, *, is_shown: bool) -> dict[str, Any]:
    if payout.status == PayoutState.FAILED.value:
        state, tone = speaks.say("Came back"), "danger"
    elif not payout.is_provable:
        state, tone = speaks.say("Not provable"), "warn"
    elif not payout.is_complete:
        state, tone = speaks.say("Not complete yet"), "warn"
    else:
        state, tone = speaks.say("Taken apart"), "ok"
    return {
        "reference": payout.reference,
        "day": _day(payout, event, speaks),
        "provider": PROVIDER_NAMES[provider_of(payout.provider)],
        "amount": Money(payout.total, Currency(payout.currency)),
        "state": state,
        "tone": tone,
        "is_shown": is_shown,
    }


def _day(payout: PayoutAt, event: ReportEvent, speaks: Language) -> str:
    if payout.arrives_at is None:
        return speaks.say("Not read yet")
    return speaks.days([payout.arrives_at.astimezone(ZoneInfo(event.timezone)).date()])


def payout_view(payout: PayoutAt, lines: Sequence[PayoutLine], event: ReportEvent, speaks: Language) -> dict[str, Any]:
    currency = Currency(payout.currency)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    rows = list(_rows(lines, event, speaks))
    count, amount, fee, net = (sum(getattr(row, what) for row in rows) for what in ("lines", "amount", "fee", "net"))
    left = payout.total - net if payout.is_provable and payout.status != PayoutState.FAILED.value else 0
    return {
        "reference": payout.reference,
        "day": _day(payout, event, speaks),
        "provider": PROVIDER_NAMES[provider_of(payout.provider)],
        "amount": money(payout.total),
        "is_provable": payout.is_provable,
        "came_back": payout.status == PayoutState.FAILED.value,
        "rows": [(row.name, row.lines, money(row.amount), money(-row.fee), money(row.net), row.is_odd) for row in rows],
        "sum": (count, money(amount), money(-fee), money(net)),
        "left": money(left) if left else None,
    }


def _rows(lines: Sequence[PayoutLine], event: ReportEvent, speaks: Language) -> Iterator[Row]:
    """Yields what a payout is made of: by kind, and what is of another event by that event."""
    here: dict[str, list[PayoutLine]] = {speaks.say(_PARTS[part]): [] for part in _ALWAYS}
    odd = speaks.say(_PARTS[PartKind.NO_ORDER])
    for each in lines:
        is_elsewhere = each.event_id not in (None, event.id)
        name = str(each.event_name) if is_elsewhere else speaks.say(_PARTS[each.line.part])
        here.setdefault(name, []).append(each)
    for name, some in here.items():
        amount, fee, net = (sum(getattr(each, what) for each in some) for what in ("amount", "fee", "net"))
        yield Row(name, len(some), amount, fee, net, name == odd)
