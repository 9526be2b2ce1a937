"""What the provider's own list says of a shift's payments: asked when there is a network, and never guessed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.money import Money
from boxoffice.core.rows import ShiftRow
from boxoffice.core.shift_report import ShiftReport, Tally
from boxoffice.core.tenders import TENDERS, TenderKind
from boxoffice.documents.z_report import Compared
from boxoffice.till.usecases.ports import StripeRefused, Terminal, Unreachable

_PROVIDED: Final = tuple(kind for kind, row in TENDERS.items() if row.provider is not None and row.is_begun_at_till)


@dataclass(slots=True)
class ProviderList:
    """Compares what a shift took through a provider with the provider's own list, payment by payment."""

    terminal: Terminal
    is_online: Callable[[], bool]
    _agreed: dict[str, tuple[Compared, ...]] = field(default_factory=dict)

    def compared(self, report: ShiftReport, shift: ShiftRow) -> tuple[Compared, ...]:
        """Returns each tender beside the list; one that could not be asked about is not compared."""
        here = {kind: self._here(report, kind) for kind in _PROVIDED}
        wanted = {kind: tally for kind, tally in here.items() if tally.count}
        if not wanted:
            return ()
        if shift.id in self._agreed and shift.closed_at is not None:
            return self._agreed[shift.id]
        found = self._ask(shift)
        told = tuple(
            Compared(kind, tally, None if found is None else _there(report, kind, found))
            for kind, tally in wanted.items()
        )
        if found is not None and all(each.is_equal for each in told):
            self._agreed[shift.id] = told
        return told

    def _here(self, report: ShiftReport, kind: TenderKind) -> Tally:
        amounts = report.references.get(kind.value, {}).values()
        return Tally(len(amounts), sum(amounts))

    def _ask(self, shift: ShiftRow) -> dict[str, Money] | None:
        if not self.is_online():
            return None
        try:
            return dict(self.terminal.paid_since(shift.opened_at))
        except (Unreachable, StripeRefused):
            return None


def _there(report: ShiftReport, kind: TenderKind, found: dict[str, Money]) -> Tally:
    """Returns what the list has of these very payments."""
    ours = [found[reference] for reference in report.references.get(kind.value, {}) if reference in found]
    return Tally(len(ours), sum(each.minor for each in ours))
