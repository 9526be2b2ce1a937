"""How long the Z report of a long night takes: sums and paper, against reading the same facts out of the file alone."""

from pathlib import Path

from boxoffice.core.denominations import Count
from boxoffice.documents.slip_pdf import slip_pdf
from boxoffice.documents.z_report import ShiftHead, z_slip
from boxoffice.till.usecases.shifts import Brought, Shifts
from tests.integration.till.kit import USD, TillOnDisk, cart, usd
from tools.bench_rows import Row, alternate

SALES = 2_000
_MOST_MS = 2_000.0


def z_report(folder: Path, rounds: int, sales: int = SALES) -> Row:
    """Returns the row of a shift of so many sales."""
    folder.mkdir()
    till = TillOnDisk(folder)
    till.grant_all(2 * sales)
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))
    for _ in range(sales):
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    shifts.count(Count(USD, other=shifts.report().report.drawer.expected))
    closed = shifts.close(usd("0"))

    def report() -> None:
        at_hand = shifts.report(closed.id)
        head = ShiftHead(
            "Bench", "", "UTC", "till", closed.drawer, 1, closed.opened_at, closed.closed_at, is_closed=True
        )
        slip_pdf(z_slip(head, at_hand.report, (), str))

    def read() -> None:
        with till.store.reading() as connection:
            connection.exec_driver_sql("SELECT payload FROM facts ORDER BY position").all()

    times, floor = alternate(report, read, rounds)
    till.close()
    last = max(times)
    return Row(
        f"Z report of {sales:,} sales",
        sorted(times)[len(times) // 2],
        "ms",
        f"< {_MOST_MS:g} ms",
        last < _MOST_MS,
        sorted(floor)[len(floor) // 2],
        "reading its facts",
        sorted(times)[len(times) // 2] / sorted(floor)[len(floor) // 2],
        last,
    )
