"""What the screens ask about the shift and the cash of this till."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from boxoffice.core.cash_moves import CashMove
from boxoffice.core.cash_rules import FloatTemplate
from boxoffice.core.denominations import Count
from boxoffice.core.ids import StaffId
from boxoffice.core.money import Money
from boxoffice.core.staff import Person
from boxoffice.documents.z_report import Compared, Section


@dataclass(frozen=True, slots=True)
class Moved:
    """Cash that was moved, or put in as the shift was opened; negative for what left the drawer, with its reason."""

    words: str
    at: datetime
    amount: Money
    why: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """The shift that is open, or would be opened next: `opened_at` is None then, and `left` what is in the drawer.

    `number` is that of its Z report. `expected` is None as long as nobody has signed a count, or may see it.
    """

    number: int
    drawer: str
    currency_zero: Money
    left: Money
    floats: tuple[FloatTemplate, ...] = ()
    left_by: str = ""
    left_at: datetime | None = None
    opened_at: datetime | None = None
    held_by: str = ""
    float_amount: Money | None = None
    moved: tuple[Moved, ...] = ()
    sales: int = 0
    refunds: int = 0
    counted: Money | None = None
    expected: Money | None = None
    is_count_stale: bool = False
    """Whether cash has moved since the count was signed, so that it must be counted again."""
    people: tuple[Person, ...] = ()
    """Who may take the drawer over, where staff is kept."""
    draft: Mapping[str, int] | None = None

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None


@dataclass(frozen=True, slots=True)
class ReportView:
    """An X report of the open shift, or the Z of one that is closed; `sections_in` a language are as on paper."""

    shift_id: str
    number: int
    is_closed: bool
    drawer: str
    opened_at: datetime
    closed_at: datetime | None
    net: Money | None
    sales: int
    to_safe: Money
    stays: Money | None
    difference: Money | None
    why: str
    unknown: int
    compared: tuple[Compared, ...]
    sections_in: Callable[[str], tuple[Section, ...]] = field(compare=False)
    is_at_hub: bool
    closed_by: str = ""
    approved_by: str = ""


class Mailing(Enum):
    """Whether a report goes to the organizers: not asked for, waiting for the hub, taken by it, or refused."""

    NOT_ASKED = "not_asked"
    QUEUED = "queued"
    TAKEN = "taken"
    REFUSED = "refused"


class ShiftPort(Protocol):
    """The shift at this till. All but `now` and the reports change it, in one transaction each."""

    def now(self) -> ShiftNow: ...

    def open(self, count: Count | None, brought: Money | None, *, is_from_safe: bool, why: str) -> ShiftNow:
        """Opens a shift with what was counted, or with the drawer as it was left and what was brought."""

    def move(self, move: CashMove, amount: Money, why: str, carrier: StaffId | None) -> ShiftNow:
        """Moves cash for a reason."""

    def open_drawer(self, why: str) -> ShiftNow:
        """Keeps why the drawer is opened for no sale."""

    def hand_over(self, to: StaffId | None, count: Count | None, why: str) -> ShiftNow:
        """Lets somebody else go on with the drawer."""

    def count(self, count: Count) -> ShiftNow:
        """Signs what is in the drawer; what should be is shown from then on."""

    def close(self, to_safe: Money, why: str) -> ReportView:
        """Closes the shift as it was counted; returns its Z report."""

    def keep_draft(self, pieces: Mapping[str, int]) -> None:
        """Keeps what is being counted."""

    def report(self, shift_id: str | None = None) -> ReportView:
        """Returns the X report of the open shift, or the Z of one that is closed."""

    def closed(self) -> tuple[tuple[str, int, datetime], ...]:
        """Returns the last shifts that were closed: id, number, and when."""

    def print(self, shift_id: str | None, language: str = "en") -> int:
        """Prints a report; returns which copy it is, 0 for the first one."""

    def send(self, shift_id: str, language: str = "en") -> Mailing:
        """Asks the hub to mail a Z report to the organizers, and says how far that is; without it, later."""

    def mailing(self, shift_id: str) -> Mailing:
        """Returns how far that is."""

    def save_pdf(self, shift_id: str | None, language: str = "en") -> Path:
        """Writes a report as PDF into the person's documents folder."""
