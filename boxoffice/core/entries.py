"""What a scan at a gate makes, and what a person must look at because of it: a ticket that let two in, or a void one.

Gates decide by themselves, with no network. So what two of them did that no one gate would have done is found here, at
the hub, in whatever order their scans arrive.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

from boxoffice.core.facts import Fact
from boxoffice.core.findings import Finding, Over
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.tickets import TicketReissued, TicketVoided
from boxoffice.core.rows import Projections
from boxoffice.core.scans import Direction, Outcome, ScanRow, Seen, double_entries
from boxoffice.core.ticket_codes import code_of


def scanned(before: Projections, fact: Fact, p: TicketScanned) -> Iterator[ScanRow]:
    """Makes a scan, or undoes one."""
    yield _row(before, fact, p)


def of_scan(before: Projections, fact: Fact, p: TicketScanned) -> Iterator[Finding | Over]:
    """What is odd about the ticket's entries now that was not before, and what is odd no more."""
    row = _row(before, fact, p)
    if row.ticket_id is None:
        return
    known = {each.id: each for each in before.scans.values() if each.ticket_id == row.ticket_id}
    was, now = double_entries(known.values()), double_entries((known | {row.id: row}).values())
    for scan_id in sorted(was.keys() - now.keys()):
        yield Over(("double_entry",), scan_id)
    for scan_id in sorted(now.keys() - was.keys()):
        yield _doubled(before, now[scan_id], known.get(scan_id, row))
    voided_at = before.voided.get(row.ticket_id)
    if voided_at is not None and row.has_entered and row.scanned_at >= voided_at:
        yield _void(before, row)
    if row.is_undone:
        yield Over(("admitted_though_void",), row.id)


def of_void(before: Projections, fact: Fact, p: TicketVoided | TicketReissued) -> Iterator[Finding]:
    """Who came in on a ticket after it was void, at a gate that had not heard of it yet."""
    for each in sorted(before.scans.values(), key=lambda scan: scan.id):
        if each.ticket_id == p.ticket_id and each.has_entered and each.scanned_at >= fact.occurred_at:
            yield _void(before, each)


def _row(before: Projections, fact: Fact, p: TicketScanned) -> ScanRow:
    known = before.scans.get(p.scan_id)
    if p.is_undo:
        if known is None:
            raise ValueError(f"there is no scan {p.scan_id}")
        if (known.device_id, known.ticket_id) != (fact.device_id, p.ticket_id):
            raise ValueError(f"scan {p.scan_id} is another machine's")
        return replace(known, is_undone=True)
    if known is not None:
        raise ValueError(f"scan {p.scan_id} was made before")
    return ScanRow(
        id=p.scan_id,
        event_id=fact.event_id or "",
        ticket_id=p.ticket_id,
        device_id=fact.device_id,
        gate=p.gate,
        zone=p.zone,
        direction=Direction(p.direction),
        outcome=Outcome(p.outcome),
        day=p.day,
        clock=p.clock,
        seen=Seen(p.seen) if p.seen else None,
        is_undone=False,
        scanned_at=fact.occurred_at,
    )


def _doubled(before: Projections, earlier: ScanRow, later: ScanRow) -> Finding:
    words = (
        f"{_ticket(before, later)} was let in twice on {later.day}: at {_clock(earlier)} at {earlier.gate}, and at "
        f"{_clock(later)} at {later.gate}."
    )
    return Finding("double_entry", words, _order_id(before, later), later.id, ("void_this_ticket", "seen"))


def _void(before: Projections, scan: ScanRow) -> Finding:
    words = f"{_ticket(before, scan)} was let in on {scan.day} at {_clock(scan)} at {scan.gate}, and was void by then."
    return Finding("admitted_though_void", words, _order_id(before, scan), scan.id, ("seen",))


def _ticket(before: Projections, scan: ScanRow) -> str:
    order = before.orders.get(_order_id(before, scan) or "")
    code = code_of(scan.ticket_id or "")
    return f"Ticket {code}" if order is None else f"Ticket {code} of order {order.order_number}"


def _order_id(before: Projections, scan: ScanRow) -> str | None:
    ticket = before.tickets.get(scan.ticket_id or "")
    return None if ticket is None else ticket.order_id


def _clock(scan: ScanRow) -> str:
    """Returns `9:20 pm`, as clocks at the event showed it."""
    at = time.fromisoformat(scan.clock)
    return f"{(at.hour + 11) % 12 + 1}:{at.minute:02} {'am' if at.hour < 12 else 'pm'}"
