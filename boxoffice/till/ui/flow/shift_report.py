"""An X or a Z report on the screen, with the same sections as on paper; printed, or saved as PDF."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from boxoffice.core.money import Money
from boxoffice.documents.z_report import Compared
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import Shift, ShiftReport
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import code, count, later, number, say, told
from boxoffice.till.ui.views.form import (
    CardView,
    ComparedView,
    ComparisonView,
    FigureView,
    FormView,
    LineView,
    SideView,
)
from boxoffice.till.ui.views.parts import ButtonView, StepView, TagView
from boxoffice.till.ui.words import clock, day, money, tender_name
from boxoffice.till.usecases.gateway.shifts import Mailing, ReportView

_SENT: Final = {
    Mailing.NOT_ASKED: later("Send to organizers"),
    Mailing.QUEUED: later("Waits for the hub"),
    Mailing.TAKEN: later("Sent to organizers"),
    Mailing.REFUSED: later("Send to organizers"),
}
_DONE: Final = {
    Mailing.NOT_ASKED: "",
    Mailing.QUEUED: later("No network: it is mailed as soon as the hub has it."),
    Mailing.TAKEN: later("The hub mails it to the organizers."),
    Mailing.REFUSED: later("The hub does not mail it. Save it as PDF instead."),
}
_MAY_SEND: Final = frozenset({Mailing.NOT_ASKED, Mailing.REFUSED})


class ReportPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.F9: Do.PRINT_LAST, Named.F10: Do.EXPORT}
    help_lines = (
        ("F9", later("print it")),
        ("F10", later("save it as PDF")),
        ("M", later("mail it to the organizers")),
        ("Enter", later("done")),
        ("Esc", later("back to the shift")),
    )

    def __init__(self, session: Session, to: ShiftReport) -> None:
        super().__init__(session, to)
        self.report: ReportView = to.report
        self.done: Callable[[], str] = str
        """What became of the paper: it stands beside the report, as a message would lie on it."""
        self.mailing = Mailing.NOT_ASKED
        if self.report.is_closed:
            self._look_at_mailing()
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
            figures=self._figures(),
            comparison=self._comparison(),
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
                    *self._send_button(),
                ),
                foot=self.done() or ("" if report.is_closed else say("Nothing is closed by an X report.")),
            ),
        )

    def _figures(self) -> tuple[FigureView, ...]:
        """What it comes to: nothing of cash before a count is signed, where that is not to be seen."""
        report = self.report
        found = [] if report.net is None else [FigureView(say("Net sales"), money(report.net), self._sales())]
        if report.is_closed:
            stays = "" if report.stays is None else say("{stays} stays in the drawer", stays=money(report.stays))
            found.append(FigureView(say("Cash to the safe"), money(report.to_safe), stays))
        difference = report.difference
        if difference is not None:
            amount = money(Money(abs(difference.minor), difference.currency))
            words = say("Short") if difference.minor < 0 else say("Over") if difference.minor else say("Drawer")
            why = told(report.why) or (say("counted and signed") if difference.minor else say("as it should be"))
            found.append(FigureView(words, amount, why, "warn" if difference.minor else ""))
        unknown = say("asked about until they are known") if report.unknown else say("all payments are known")
        tone = "unknown" if report.unknown else ""
        found.append(FigureView(say("Still unknown"), number(report.unknown), unknown, tone))
        return tuple(found)

    def _sales(self) -> str:
        return count(self.report.sales, "sale")

    def _comparison(self) -> ComparisonView | None:
        report = self.report
        rows = [self._drawer()] if report.difference is not None else []
        rows += [self._compared(each) for each in report.compared]
        heads = (say("Does the money agree?"), say("Till"), say("Counted, or theirs"), say("Difference"))
        return ComparisonView(heads, tuple(rows)) if rows else None

    def _drawer(self) -> ComparedView:
        report = self.report
        difference, by = report.difference, report.closed_by
        counted = None if report.stays is None else report.stays + report.to_safe
        expected = None if counted is None or difference is None else counted - difference
        return ComparedView(
            say("Cash drawer {drawer}", drawer=report.drawer),
            say("counted by {closed_by}", closed_by=by) if by else say("counted and signed"),
            "" if expected is None else money(expected),
            "" if counted is None else money(counted),
            None if difference is None else _tag(difference),
        )

    def _compared(self, each: Compared) -> ComparedView:
        currency = self.report.to_safe.currency
        words = count(each.here.count, "payment")
        if each.there is None:
            tag = TagView(say("Not compared: offline"), "plain", "offline")
        elif each.is_equal:
            tag = TagView(say("Equal"), "ok", "check")
            words = f"{words} · {say('their list has the same {payments}', payments=each.there.count)}"
        elif each.difference:
            tag = _tag(Money(each.difference, currency))
        else:
            tag = TagView(say("{payments} there", payments=each.there.count), "warn", "warning")
        there = "" if each.there is None else money(Money(each.there.amount, currency))
        return ComparedView(tender_name(each.tender), words, money(Money(each.here.amount, currency)), there, tag)

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

    def _send_button(self) -> tuple[ButtonView, ...]:
        """A report that closes nothing goes to nobody."""
        if not self.report.is_closed:
            return ()
        label = say(_SENT[self.mailing])
        return (ButtonView(label, Do.SEND, icon="mail", key="M", is_on=self.mailing in _MAY_SEND),)

    def typed(self, key: Key) -> Next:
        return self.act(Do.SEND) if key.text.upper() == "M" else None

    def act(self, action: Action) -> Next:
        match action:
            case Do.FINISH:
                return to_sale(self.session) if self.report.is_closed else Shift()
            case Do.BACK:
                return Shift()
            case Do.PRINT_LAST:
                self._print()
            case Do.SEND if self.report.is_closed and self.mailing in _MAY_SEND:
                self._send()
            case Do.EXPORT:
                shifts, shift_id, spoken = self.session.till.shifts, self._id, code()
                self.session.call(lambda: shifts.save_pdf(shift_id, spoken), self._saved, lane=Lane.LOOK)
            case _:
                pass
        return None

    def _send(self) -> None:
        shifts, shift_id, spoken = self.session.till.shifts, self.report.shift_id, code()

        def sent(mailing: Mailing) -> Next:
            self.mailing = mailing
            self.done = lambda: say(_DONE[mailing])
            return None

        self.session.call(lambda: shifts.send(shift_id, spoken), sent, lane=Lane.LOOK)

    def _look_at_mailing(self) -> None:
        def looked(mailing: Mailing) -> Next:
            self.mailing = mailing
            return None

        shifts, shift_id = self.session.till.shifts, self.report.shift_id
        self.session.call(lambda: shifts.mailing(shift_id), looked, lane=Lane.LOOK)

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
