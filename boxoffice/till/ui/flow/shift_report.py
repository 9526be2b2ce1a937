"""An X or a Z report on the screen, with the same sections as on paper; printed, or saved as PDF."""

from pathlib import Path
from typing import ClassVar

from boxoffice.core.money import Money
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next, Shift, ShiftReport
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.views.desk import CardView, DeskView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView, RowView, StepView, TagView
from boxoffice.till.ui.words import TENDER_ICONS, TENDER_WORDS, clock, day, money
from boxoffice.till.usecases.gateway.shifts import ReportView


class ReportPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.F9: Do.PRINT_LAST, Named.F10: Do.EXPORT}
    help_lines = (
        ("F9", "print it"),
        ("F10", "save it as PDF"),
        ("Enter", "done"),
        ("Esc", "back to the shift"),
    )

    def __init__(self, session: Session, to: ShiftReport) -> None:
        super().__init__(session, to)
        self.report: ReportView = to.report
        if to.is_just_closed:
            self._print()

    def view(self) -> DeskView:
        report = self.report
        kind = "Z report" if report.is_closed else "X report, shift"
        until = f" to {clock(report.closed_at)}" if report.closed_at is not None else ""
        return DeskView(
            title=f"{kind} {report.number}",
            hint=f"Drawer {report.drawer}, {day(report.opened_at.date())}, {clock(report.opened_at)}{until}",
            back=None if report.is_closed else ButtonView("Back to shift", Do.BACK, "quiet", "back", "Esc"),
            rows=self._rows(),
            cards=tuple(
                CardView(
                    each.title,
                    tuple(
                        LineView(line.label, line.text, line.is_strong or line.is_total or line.is_alert)
                        for line in each.lines
                    ),
                )
                for each in report.sections
                if each.title
            ),
            side=SideView(
                title=f"Shift {report.number} is closed" if report.is_closed else f"Shift {report.number} goes on",
                steps=self._steps(),
                total_label="" if report.net is None else "Net",
                total="" if report.net is None else money(report.net),
                buttons=(
                    ButtonView("Done" if report.is_closed else "Back to shift", Do.FINISH, "primary", "check", "Enter"),
                    ButtonView("Print", Do.PRINT_LAST, icon="printer", key="F9"),
                    ButtonView("Save PDF", Do.EXPORT, icon="save", key="F10"),
                ),
                foot="" if report.is_closed else "Nothing is closed by an X report.",
            ),
        )

    def _rows(self) -> tuple[RowView, ...]:
        report = self.report
        rows = []
        if report.difference is not None:
            tag = _tag(report.difference)
            rows.append(RowView(f"Cash drawer {report.drawer}", report.why or "counted and signed", "drawer", tag=tag))
        for each in report.compared:
            words = f"{each.here.count} payments"
            if each.there is None:
                tag = TagView("Not compared: offline", "plain", "offline")
            elif each.is_equal:
                tag = TagView("Equal", "ok", "check")
            else:
                tag = TagView(f"{each.there.count} there", "warn", "warning")
            rows.append(RowView(TENDER_WORDS[each.tender], words, TENDER_ICONS[each.tender], tag=tag))
        if report.unknown:
            rows.append(RowView(f"{report.unknown} payments unknown", "asked about until they are known", "unknown"))
        return tuple(rows)

    def _steps(self) -> tuple[StepView, ...]:
        report = self.report
        if not report.is_closed:
            return ()
        number = report.number
        after = "The first of this till" if number == 1 else f"Z {number} follows Z {number - 1}"
        seen = f"Seen by {report.approved_by}" if report.approved_by else "Over and short are in the books"
        return (
            StepView("Counted first", f"signed by {report.closed_by}" if report.closed_by else "and signed", "done"),
            StepView("Then compared", seen, "done"),
            StepView(after, "No number is left out", "done"),
            StepView(
                "The hub has it" if report.is_at_hub else "The hub will have it",
                "",
                "done" if report.is_at_hub else "now",
            ),
        )

    def act(self, action: Action) -> Next:
        match action:
            case Do.FINISH:
                return to_sale(self.session) if self.report.is_closed else Shift()
            case Do.BACK:
                return Shift()
            case Do.PRINT_LAST:
                self._print()
            case Do.EXPORT:
                shifts, shift_id = self.session.till.shifts, self._id
                self.session.call(lambda: shifts.save_pdf(shift_id), self._saved, lane=Lane.LOOK)
            case _:
                pass
        return None

    @property
    def _id(self) -> str | None:
        return self.report.shift_id if self.report.is_closed else None

    def _print(self) -> None:
        shifts, shift_id = self.session.till.shifts, self._id
        self.session.call(lambda: shifts.print(shift_id), self._printed, lane=Lane.LOOK)

    def _printed(self, copy: int) -> Next:
        self.session.say(f"Printed, copy {copy}." if copy else "Printed.", icon="printer")
        return None

    def _saved(self, path: Path) -> Next:
        self.session.say("Saved.", icon="save", detail=str(path))
        return None


def _tag(difference: Money) -> TagView:
    if difference.minor == 0:
        return TagView("Equal", "ok", "check")
    words = "Over" if difference.minor > 0 else "Short"
    return TagView(f"{words} {money(Money(abs(difference.minor), difference.currency))}", "warn", "warning")
