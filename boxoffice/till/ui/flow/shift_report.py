"""An X or a Z report on the screen, with the same sections as on paper; printed, or saved as PDF."""

from collections.abc import Callable
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
from boxoffice.till.ui.speech import code, count, later, say, told
from boxoffice.till.ui.views.form import CardView, FormView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView, RowView, StepView, TagView
from boxoffice.till.ui.words import TENDER_ICONS, clock, day, money, tender_name
from boxoffice.till.usecases.gateway.shifts import ReportView


class ReportPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.F9: Do.PRINT_LAST, Named.F10: Do.EXPORT}
    help_lines = (
        ("F9", later("print it")),
        ("F10", later("save it as PDF")),
        ("Enter", later("done")),
        ("Esc", later("back to the shift")),
    )

    def __init__(self, session: Session, to: ShiftReport) -> None:
        super().__init__(session, to)
        self.report: ReportView = to.report
        self.done: Callable[[], str] = str
        """What became of the paper: it stands beside the report, as a message would lie on it."""
        if to.is_just_closed:
            self._print()

    def view(self) -> FormView:
        report = self.report
        kind = say("Z report") if report.is_closed else say("X report, shift")
        until = say(" to {time}", time=clock(report.closed_at)) if report.closed_at is not None else ""
        return FormView(
            title=f"{kind} {report.number}",
            hint=say(
                "Drawer {drawer}, {day}, {time}{until}",
                drawer=report.drawer,
                day=day(report.opened_at.date()),
                time=clock(report.opened_at),
                until=until,
            ),
            back=None if report.is_closed else ButtonView(say("Back to shift"), Do.BACK, "quiet", "back", "Esc"),
            rows=self._rows(),
            cards=tuple(
                CardView(
                    each.title,
                    tuple(
                        LineView(line.label, line.text, line.is_strong or line.is_total or line.is_alert)
                        for line in each.lines
                    ),
                )
                for each in report.sections_in(code())
                if each.title
            ),
            side=SideView(
                title=say("Shift {number} is closed", number=report.number)
                if report.is_closed
                else say("Shift {number} goes on", number=report.number),
                steps=self._steps(),
                total_label="" if report.net is None else say("Net"),
                total="" if report.net is None else money(report.net),
                buttons=(
                    ButtonView(
                        say("Done") if report.is_closed else say("Back to shift"),
                        Do.FINISH,
                        "primary",
                        "check",
                        "Enter",
                    ),
                    ButtonView(say("Print"), Do.PRINT_LAST, icon="printer", key="F9"),
                    ButtonView(say("Save PDF"), Do.EXPORT, icon="save", key="F10"),
                ),
                foot=self.done() or ("" if report.is_closed else say("Nothing is closed by an X report.")),
            ),
        )

    def _rows(self) -> tuple[RowView, ...]:
        report = self.report
        rows = []
        if report.difference is not None:
            tag = _tag(report.difference)
            rows.append(
                RowView(
                    say("Cash drawer {drawer}", drawer=report.drawer),
                    told(report.why) or say("counted and signed"),
                    "drawer",
                    tag=tag,
                )
            )
        for each in report.compared:
            words = count(each.here.count, "payment")
            if each.there is None:
                tag = TagView(say("Not compared: offline"), "plain", "offline")
            elif each.is_equal:
                tag = TagView(say("Equal"), "ok", "check")
            else:
                tag = TagView(say("{payments} there", payments=each.there.count), "warn", "warning")
            rows.append(RowView(tender_name(each.tender), words, TENDER_ICONS[each.tender], tag=tag))
        if report.unknown:
            rows.append(
                RowView(
                    say("{payments} unknown", payments=count(report.unknown, "payment")),
                    say("asked about until they are known"),
                    "unknown",
                )
            )
        return tuple(rows)

    def _steps(self) -> tuple[StepView, ...]:
        report = self.report
        if not report.is_closed:
            return ()
        number = report.number
        after = (
            say("The first of this till")
            if number == 1
            else say("Z {number} follows Z {before}", number=number, before=number - 1)
        )
        seen = (
            say("Seen by {approved_by}", approved_by=report.approved_by)
            if report.approved_by
            else say("Over and short are in the books")
        )
        return (
            StepView(
                say("Counted first"),
                say("signed by {closed_by}", closed_by=report.closed_by) if report.closed_by else say("and signed"),
                "done",
            ),
            StepView(say("Then compared"), seen, "done"),
            StepView(after, say("No number is left out"), "done"),
            StepView(
                say("The hub has it") if report.is_at_hub else say("The hub will have it"),
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
                shifts, shift_id, spoken = self.session.till.shifts, self._id, code()
                self.session.call(lambda: shifts.save_pdf(shift_id, spoken), self._saved, lane=Lane.LOOK)
            case _:
                pass
        return None

    @property
    def _id(self) -> str | None:
        return self.report.shift_id if self.report.is_closed else None

    def _print(self) -> None:
        shifts, shift_id, spoken = self.session.till.shifts, self._id, code()
        self.session.call(lambda: shifts.print(shift_id, spoken), self._printed, lane=Lane.LOOK)

    def _printed(self, copy: int) -> Next:
        self.done = lambda: say("Printed, copy {copy}.", copy=copy) if copy else say("Printed.")
        return None

    def _saved(self, path: Path) -> Next:
        self.done = lambda: f"{say('Saved.')} {path}"
        return None


def _tag(difference: Money) -> TagView:
    if difference.minor == 0:
        return TagView(say("Equal"), "ok", "check")
    words = later("Over {amount}") if difference.minor > 0 else later("Short {amount}")
    text = say(words, amount=money(Money(abs(difference.minor), difference.currency)))
    return TagView(text, "warn", "warning")
