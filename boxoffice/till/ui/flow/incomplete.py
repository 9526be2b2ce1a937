"""A till whose file lacks records: it says which, what is safe and where they come back from, and sells nothing."""

from typing import ClassVar, Final

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.arriving import enter
from boxoffice.till.ui.flow.destinations import MissingRecords, Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import count, later, number, say, told
from boxoffice.till.ui.views.pages import HandOverView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, StepView
from boxoffice.till.usecases.gateway.standing import Incomplete, TillEvent

_MOST_NAMED: Final = 6


class IncompletePage(BasePage):
    is_bare = comes_to_its_end = True
    section = Do.TILL
    keys: ClassVar = {Named.ENTER: Do.FINISH}
    help_lines = (("Enter", later("look for the missing records again")),)

    def __init__(self, session: Session, to: MissingRecords) -> None:
        super().__init__(session, to)
        self.state = to.state
        self.is_confirming = False

    def heard(self, told: TillEvent) -> Next:
        if isinstance(told, Incomplete):
            self.state = told
        return None

    def view(self) -> HandOverView:
        return HandOverView(self._notice(), self._steps(), self._advice(), self._left(), self._right())

    def _notice(self) -> NoticeView:
        state = self.state
        if state.is_done:
            return NoticeView(say("All records are back"), say("This till goes on where it was."), "ok", "check")
        if state.count:
            text = say(
                "{missing} were saved here and are gone. This till sells nothing until they are back.",
                missing=state.missing,
            )
            return NoticeView(count(state.count, "record is missing", "records are missing"), text, "danger", "warning")
        text = say(
            "Records may be missing: {missing}. This till sells nothing until that is known.", missing=state.missing
        )
        return NoticeView(say("This is an older copy of the till's file"), text, "danger", "warning")

    def _steps(self) -> tuple[StepView, ...]:
        state = self.state
        what = count(state.count, "record") if state.count else say("what is missing")
        if state.is_done:
            return (StepView(say("Everything is here again"), say("Nothing is missing any more."), "done"),)
        return (
            StepView(
                say("Take back {what}", what=what),
                told(state.problem) or say("From the hub, or from this till's backups."),
                "now",
            ),
            StepView(say("Go on selling"), say("It begins by itself where it was."), "later"),
        )

    def _advice(self) -> tuple[AdviceView, ...]:
        if self.state.is_done:
            return (AdviceView("safe", say("**Safe:** every sale that showed “Paid”.")),)
        if self.is_confirming:
            text = say(
                "**Without them:** their order numbers and places are not sold again. Their tickets and receipts are "
                "the only word of them: count the drawer, and keep the papers."
            )
            return (AdviceView("warning", text), *self._printed())
        return (
            *self._printed(),
            AdviceView("safe", say("**Safe:** all that the hub has, and all that is here. The damaged file is kept.")),
            AdviceView("next", say("**Next:** bring this till into a network. It looks by itself, again and again.")),
            AdviceView("info", say("**Or:** plug in the disk with this till's backups, then look again.")),
        )

    def _printed(self) -> tuple[AdviceView, ...]:
        """Says which sales are surely missing: their papers are in somebody's hands."""
        printed = self.state.printed
        if not printed:
            return ()
        more = say(" and {more} more", more=number(len(printed) - _MOST_NAMED)) if len(printed) > _MOST_NAMED else ""
        named = ", ".join(printed[-_MOST_NAMED:])
        return (AdviceView("warning", say("**Printed, and not here:** orders {named}{more}.", named=named, more=more)),)

    def _left(self) -> ButtonView | None:
        if self.state.is_done:
            return None
        if self.is_confirming:
            return ButtonView(say("Not yet"), Do.BACK, "plain", "back")
        return ButtonView(say("Go on without them"), Do.SERVE_NEXT, "plain", "next")

    def _right(self) -> tuple[ButtonView, ...]:
        if self.state.is_done:
            return (ButtonView(say("Go on selling"), Do.FINISH, "primary", "check", "Enter"),)
        if self.is_confirming:
            return (ButtonView(say("Yes, go on without them"), Do.NEXT, "danger", "check"),)
        return (ButtonView(say("Look again"), Do.FINISH, "primary", "sync", "Enter"),)

    def act(self, action: Action) -> Next:
        session, till = self.session, self.session.till
        match action:
            case Do.FINISH if not self.is_confirming:
                session.call(till.take_back, lambda state: enter(session, state), keys_wait=True)
            case Do.SERVE_NEXT if not self.state.is_done:
                self.is_confirming = True
            case Do.BACK:
                self.is_confirming = False
            case Do.NEXT if self.is_confirming:
                session.call(till.go_on_without, lambda state: enter(session, state), keys_wait=True)
            case _:
                pass
        return None
