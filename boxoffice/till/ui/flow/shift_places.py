"""Where a shift goes: its float, its counts, its moves of cash, its reports, and who answers there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.staff import Person
from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.place import Place
from boxoffice.till.usecases.gateway.shifts import ReportView, ShiftNow


@dataclass(frozen=True, slots=True)
class Shift(Destination):
    """The shift that is open, or the way to one."""


@dataclass(frozen=True, slots=True)
class OpenShift(Destination):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class CountDrawer(Destination):
    """Count first: to close the shift, or to hand it over `to` somebody."""

    now: ShiftNow
    to: Person | None = None
    is_hand_over: bool = False


@dataclass(frozen=True, slots=True)
class CloseShift(Destination):
    """What was counted beside what should be there, and the end of the shift, or of one's own part of it."""

    now: ShiftNow
    to: Person | None = None
    is_hand_over: bool = False


@dataclass(frozen=True, slots=True)
class MoveCash(Destination):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class HandOverDrawer(Destination):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class DrawerReason(Destination):
    """Why the drawer is opened for no sale."""

    now: ShiftNow


@dataclass(frozen=True, slots=True)
class ShiftReport(Destination):
    """An X or a Z report."""

    report: ReportView
    is_just_closed: bool = False
    """Whether it is to be printed at once."""


SHIFT_PLACES: Final[Mapping[type[Destination], Place]] = {
    Shift: Place("shift.ShiftPage", "form.FormScreen"),
    OpenShift: Place("shift_open.OpenPage", "form.FormScreen"),
    CountDrawer: Place("shift_count.CountPage", "form.FormScreen"),
    CloseShift: Place("shift_close.ClosePage", "form.FormScreen"),
    MoveCash: Place("cash_move.MovePage", "form.FormScreen"),
    HandOverDrawer: Place("shift_hand_over.HandOverDrawerPage", "form.FormScreen"),
    DrawerReason: Place("shift_drawer.DrawerPage", "form.FormScreen"),
    ShiftReport: Place("shift_report.ReportPage", "form.FormScreen"),
}
