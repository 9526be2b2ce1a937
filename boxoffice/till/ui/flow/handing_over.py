"""A till that was revoked: it sells no more, hands over what it holds, and is then paired anew."""

from pathlib import Path
from typing import ClassVar

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.arriving import enter
from boxoffice.till.ui.flow.destinations import HandingOver, Next, Parked
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import give_up
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.pages import HandOverView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, StepView
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.standing import HandOver, TillEvent


class HandOverPage(BasePage):
    is_bare = comes_to_its_end = True
    section = Do.TILL
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.F10: Do.PARKED}
    help_lines = (("Enter", later("go on with the next step")), ("F10", later("sales that are parked")))

    def __init__(self, session: Session, to: HandingOver) -> None:
        """Shows where it stands. What is not sold yet is no sale any more, and bars no parked one."""
        super().__init__(session, to)
        self.state = to.state
        self.is_confirming = False
        give_up(session)
        session.drop_words_of_waiting()

    def heard(self, told: TillEvent) -> Next:
        if isinstance(told, HandOver):
            self.state = told
        return None

    def view(self) -> HandOverView:
        return HandOverView(self._notice(), self._steps(), self._advice(), self._left(), self._right())

    def _notice(self) -> NoticeView:
        if self.state.is_done:
            text = say("Everything that it sold is at the hub. Count the drawer, then pair this till anew.")
            return NoticeView(say("This till was revoked"), text, "ok", "check")
        text = say("It sells no more. What it sold is safe here, and goes to the hub by itself.")
        return NoticeView(say("This till was revoked"), text, "danger", "warning")

    def _steps(self) -> tuple[StepView, ...]:
        state = self.state
        held = count(state.unsent, "record")
        if state.is_done:
            sent = StepView(say("Everything is at the hub"), say("Nothing is left on this till."), "done")
        elif state.exported_to:
            sent = StepView(say("{held} saved to a file", held=held), Path(state.exported_to).name, "unknown")
        else:
            sent = StepView(
                say("Hand over {held}", held=held), told(state.problem) or say("Sending to the hub."), "now"
            )
        drawer = say(" and ").join(money(each) for each in state.cash) or say("No cash")
        is_free = state.is_done or bool(state.exported_to)
        return (
            sent,
            StepView(
                say("Count the drawer: {drawer}", drawer=drawer),
                say("By this till's books, with what it began with."),
                "now" if is_free else "later",
            ),
            StepView(
                say("Pair this till anew"), say("With a new code of the organizer's, in this same folder."), "later"
            ),
        )

    def _advice(self) -> tuple[AdviceView, ...]:
        state = self.state
        lines = [AdviceView("safe", say("**Safe:** every sale that showed “Paid”. Its tickets work."))]
        if state.unfinished:
            orders = count(state.unfinished, "order is not finished", "orders are not finished")
            words = say(
                "Finish it or give its money back under Parked, else the organizers find it in the hub's inbox."
            )
            lines.append(AdviceView("clock", say("**Open:** {orders}. {words}", orders=orders, words=words)))
        if state.exported_to:
            lines.append(
                AdviceView(
                    "info",
                    say(
                        "**File:** {exported_to}. Give it to the organizer, on a stick or by mail.",
                        exported_to=state.exported_to,
                    ),
                )
            )
        elif not state.is_done:
            lines.append(
                AdviceView("next", say("**Next:** bring this till into a network, or save what it holds to a file."))
            )
        lines.append(AdviceView("info", say("**Kept:** this till's file stays on the disk, beside the new one.")))
        return tuple(lines)

    def _left(self) -> ButtonView | None:
        if self.is_confirming:
            return ButtonView(say("Not yet"), Do.BACK, "plain", "back")
        if self.state.is_done or self.state.exported_to:
            return self._parked()
        return ButtonView(say("Save to a file"), Do.EXPORT, "plain", "save")

    def _parked(self) -> ButtonView | None:
        return ButtonView(say("Parked"), Do.PARKED, "plain", "pause", "F10") if self.state.unfinished else None

    def _right(self) -> tuple[ButtonView, ...]:
        if self.state.is_done:
            return (ButtonView(say("Pair this till anew"), Do.FINISH, "primary", "till", "Enter"),)
        again = ButtonView(say("Send again"), Do.TRY_AGAIN, "plain" if self.state.exported_to else "primary", "sync")
        if not self.state.exported_to:
            parked = self._parked()
            send = ButtonView(say("Send now"), Do.FINISH, "primary", "sync", "Enter")
            return (send,) if parked is None else (parked, send)
        if self.is_confirming:
            return (ButtonView(say("Yes, the organizer has the file"), Do.NEXT, "danger", "check"),)
        return (again, ButtonView(say("Go on without the hub"), Do.SERVE_NEXT, "plain", "next"))

    def act(self, action: Action) -> Next:
        session, till = self.session, self.session.till
        match action:
            case Do.FINISH if self.state.is_done:
                self._begin(is_export_safe=False)
            case Do.FINISH | Do.TRY_AGAIN:
                session.call(till.hand_over, self._now, keys_wait=True)
            case Do.PARKED if self.state.unfinished:
                return Parked()
            case Do.EXPORT:
                session.call(till.export_unsent, self._now, keys_wait=True)
            case Do.SERVE_NEXT if self.state.exported_to:
                self.is_confirming = True
            case Do.BACK:
                self.is_confirming = False
            case Do.NEXT if self.is_confirming:
                self._begin(is_export_safe=True)
            case _:
                pass
        return None

    def _now(self, state: HandOver) -> None:
        self.state = state

    def _begin(self, *, is_export_safe: bool) -> None:
        session = self.session
        session.call(
            lambda: session.till.begin_anew(is_export_safe=is_export_safe),
            lambda state: enter(session, state),
            keys_wait=True,
        )
