"""Opening the drawer for no sale: why, and that it was."""

from typing import ClassVar, Final

from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do, Of, Pick
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.reasons import Reasons
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import DrawerReason, Shift
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.form import FormView, SideView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.usecases.gateway.shifts import ShiftNow

_WHY: Final = (
    later("Change for a bill"),
    later("Look at the float"),
    later("Something fell in"),
    later("It did not open"),
)


class DrawerPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (
        ("A S D F", later("why")),
        ("/", later("type another reason")),
        ("Enter", later("open it")),
        ("Esc", later("back to the shift")),
    )

    def __init__(self, session: Session, to: DrawerReason) -> None:
        super().__init__(session, to)
        self.now: ShiftNow = to.now
        self.reasons = Reasons(_WHY, "A")

    def view(self) -> FormView:
        return FormView(
            title=say("Open the drawer"),
            hint=say("drawer {drawer}, for no sale", drawer=self.now.drawer),
            back=ButtonView(say("Back to shift"), Do.BACK, "quiet", "back", "Esc"),
            choices=(self.reasons.view(say("Why?")),),
            reason=self.reasons.typed,
            side=SideView(
                title=say("Drawer {drawer}", drawer=self.now.drawer),
                buttons=(
                    ButtonView(
                        say("Open the drawer") if self.reasons.is_given else say("Choose a reason"),
                        Do.FINISH,
                        "primary",
                        "drawer",
                        "Enter",
                        is_on=self.reasons.is_given,
                    ),
                ),
                foot=say("Kept with your name, the time and the reason."),
            ),
        )

    def typed(self, key: Key) -> Next:
        self.reasons.take(key)
        return None

    def act(self, action: Action) -> Next:
        match action:
            case Pick(Of.REASON, index):
                self.reasons.choose(index)
            case GiveReason(why):
                self.reasons.write(why)
            case Do.BACK:
                return Shift()
            case Do.FINISH if self.reasons.is_given:
                shifts, why = self.session.till.shifts, self.reasons.words
                act = Act(Right.OPEN_DRAWER, say("to open the drawer"), told(why))
                allowed(self.session, act, lambda: shifts.open_drawer(why), self._opened)
            case _:
                pass
        return None

    def _opened(self, _now: ShiftNow) -> Next:
        self.session.say(say("The reason is kept. Open the drawer."), icon="drawer")
        return Shift()
