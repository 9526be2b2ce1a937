"""A printer in memory: what it took can be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from boxoffice.core.errors import OperationFailed
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.slips import Slip


@dataclass
class FakePrinter:
    """Takes everything while it `has_paper`, and nothing after."""

    name: str = "fake"
    has_paper: bool = True
    receipts: list[Receipt] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)

    def is_ready(self) -> bool:
        return self.has_paper

    def print_receipt(self, receipt: Receipt) -> None:
        self._feed()
        self.receipts.append(receipt)

    def print_tickets(self, tickets: Sequence[Ticket]) -> None:
        self._feed()
        self.tickets.extend(tickets)

    def print_slip(self, slip: Slip) -> None:
        self._feed()
        self.slips.append(slip)

    def _feed(self) -> None:
        if not self.has_paper:
            raise OperationFailed("The printer has no paper.", "The sale is saved.", "Put in a new roll.")
