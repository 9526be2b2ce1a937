"""The close for an accountant: one PDF, and one signed ZIP with all that is behind it."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from boxoffice.documents.languages import Language, language
from boxoffice.documents.sheets import Heading, Paragraph, Part, Sheet, Table, sheet_pdf
from boxoffice.documents.slip_pdf import slip_pdf
from boxoffice.documents.z_report import z_slip
from sync.http.access import TheHub
from sync.http.web.close import bank_view, close_view, payout_lines_csv, payout_view
from sync.http.web.signed_in import Viewer
from sync.http.web.times import when, zone_note
from sync.http.web.views import csv_text
from sync.ledger.exports import accounts_csv, day_sums, quickbooks_csv, xero_csv
from sync.ledger.hub import Hub
from sync.ledger.journal import beancount
from sync.ledger.signed_files import signed_zip
from sync.store.chain import utc_now
from sync.store.closing import (
    PayoutLine,
    close_of,
    journal_of,
    lines_of,
    of_the_account,
    payouts_listed,
    paypal_fees,
)
from sync.store.database import Transaction
from sync.store.reports import ReportEvent, report_events, sold_items
from sync.tills.shifts import closed_shifts_of, report_at

router: Final = APIRouter(include_in_schema=False)
Named = Annotated[str, Query(max_length=255)]


@router.get("/close.pdf")
def close_pdf(hub: TheHub, organizer: Viewer, event: Named = "") -> Response:
    """The close as a sheet; in capitals across it, if it is not complete."""
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        chosen = _event(connection, event)
        found = _Papers(hub, connection, chosen, speaks)
        pdf = found.sheet()
    headers = {"Content-Disposition": f'attachment; filename="close-{chosen.id}{found.mark}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/close.zip")
def close_zip(hub: TheHub, organizer: Viewer, event: Named = "") -> Response:
    """All that an accountant needs, signed by the event's key."""
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        chosen = _event(connection, event)
        found = _Papers(hub, connection, chosen, speaks)
        files = dict(found.files())
        key = hub.event_key(connection, chosen.id)
    zipped = signed_zip(files, key, f"{chosen.name}: the close", found.state)
    headers = {"Content-Disposition": f'attachment; filename="close-{chosen.id}{found.mark}.zip"'}
    return Response(zipped, media_type="application/zip", headers=headers)


class _Papers:
    """What the papers of one event's close are made of, read at once."""

    def __init__(self, hub: Hub, connection: Transaction, event: ReportEvent, speaks: Language) -> None:
        self._hub, self._connection, self._event, self._speaks = hub, connection, event, speaks
        self._close = close_of(connection, event)
        self._made_at = utc_now()
        payouts = [(each, lines_of(connection, each)) for each in payouts_listed(connection)]
        self._payouts = [(each, lines) for each, lines in payouts if _is_about(event, lines)]

    @property
    def mark(self) -> str:
        """Returns what a file's name says of the close: nothing, if it is complete."""
        return "" if self._close.agrees else "-INCOMPLETE"

    @property
    def state(self) -> str:
        if self._close.agrees:
            return "COMPLETE: tickets, drawers, ledger and what the providers list agree to the cent."
        return (
            f"INCOMPLETE: lines that are not matched: {len(self._close.open)}. They are named in close{self.mark}.pdf."
        )

    def sheet(self) -> bytes:
        say, event = self._speaks.say, self._event
        close = close_view(self._close, event, self._speaks)
        made = say("Made {time}. {zone}").format(
            time=when(self._made_at, event.timezone, self._speaks), zone=zone_note([event.timezone], self._speaks)
        )
        return sheet_pdf(
            Sheet(
                title=say("The close of {event}").format(event=event.name),
                under=made,
                parts=list(self._parts(close)),
                language=self._speaks.code,
                stamp="" if self._close.agrees else say("INCOMPLETE"),
            )
        )

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yields every file by its name."""
        connection, event = self._connection, self._event
        posted = journal_of(connection, event.id)
        sums = day_sums(posted, event.timezone)
        zones = {each.id: each.timezone for each in report_events(connection)}
        yield f"close{self.mark}.pdf", self.sheet()
        yield "accounts.csv", accounts_csv(posted, event.timezone).encode()
        yield "orders.csv", csv_text(sold_items(connection, event, None), event.currency, event.timezone).encode()
        yield "journal.beancount", beancount(posted, event.name, event.timezone).encode()
        yield "journal-quickbooks.csv", quickbooks_csv(sums, event.name).encode()
        yield "journal-xero.csv", xero_csv(sums, event.name).encode()
        for payout, lines in self._payouts:
            yield f"payouts/{payout.reference}.csv", payout_lines_csv(payout, lines, zones).encode()
        for shift_id in closed_shifts_of(connection, event.id):
            found = report_at(connection, shift_id, self._speaks.code)
            if found is not None:
                names = found.names
                slip = z_slip(found.head, found.report, (), lambda who, names=names: names.get(who, ""))  # type: ignore[misc]  # bound on purpose
                yield f"shifts/z-{found.head.number}-{shift_id[-6:]}.pdf", slip_pdf(slip)

    def _parts(self, close: dict[str, Any]) -> Iterator[Part]:
        say = self._speaks.say
        agrees = say("Complete: it agrees to the cent.")
        open_ = self._speaks.texts.ngettext(
            "INCOMPLETE: {count} line is not matched.", "INCOMPLETE: {count} lines are not matched.", close["open"]
        ).format(count=close["open"])
        yield Paragraph(agrees if self._close.agrees else open_)
        yield Heading(say("Four sides"))
        sides = (
            (say("Tickets"), close["tickets"], close["of_tickets"]),
            (say("Drawers"), close["drawers"], close["of_drawers"]),
            (say("Ledger"), close["ledger"], close["of_ledger"]),
            (say("Providers"), close["providers"], close["of_providers"]),
        )
        for name, total, rows in sides:
            yield Table([*((label, str(amount)) for label, amount in rows), (name, str(total))], sums=1)
        yield Heading(say("Differences"))
        if close["differences"]:
            told = [
                (each["words"] + (f" ({each['more']})" if each["more"] else ""), str(each["amount"]))
                for each in close["differences"]
            ]
            yield Table(told, widths=(0.78, 0.22))
        else:
            yield Paragraph(say("None."))
        yield from self._bank()
        for payout, lines in self._payouts:
            shown = payout_view(payout, lines, self._event, self._speaks)
            yield Heading(f"{shown['provider']}, {shown['day']}, {shown['amount']}")
            head = (say("What is in it"), say("Lines"), say("Amount"), say("Fee"), say("Net"))
            rows = [tuple(map(str, row[:5])) for row in shown["rows"] if row[1]]
            yield Table([*rows, (say("Payout"), *map(str, shown["sum"]))], head, sums=1)
            if not shown["is_provable"]:
                yield Paragraph(say("Not provable: it was asked for by hand, or at once."))

    def _bank(self) -> Iterator[Part]:
        say, currency = self._speaks.say, self._event.currency
        account = of_the_account(self._connection, currency.code)
        bank = bank_view(self._close, currency, account, paypal_fees(self._connection, self._event.id))
        yield Heading(say("From sales to the bank"))
        rows = [
            (say("Stripe lists for this event"), str(bank["listed"])),
            (say("Fees, as Stripe charged them"), str(bank["fee"])),
            (say("Net after fees"), str(bank["net"])),
            (say("Under way, in no payout yet"), str(bank["under_way"])),
            (say("In the bank from Stripe"), str(bank["paid_out"])),
        ]
        yield Table(rows, sums=1)


def _event(connection: Transaction, named: str) -> ReportEvent:
    events = report_events(connection)
    found = next((each for each in events if each.id == named or not named), None)
    if found is None:
        raise HTTPException(404, "There is no such event.")
    return found


def _is_about(event: ReportEvent, lines: Sequence[PayoutLine]) -> bool:
    return any(each.event_id == event.id for each in lines)
