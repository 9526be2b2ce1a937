"""What was counted beside what should be there; then the shift is closed, or handed over as it was counted."""

from typing import ClassVar, Final

from boxoffice.core.cash_moves import WHY_OFF
from boxoffice.core.denominations import Count
from boxoffice.core.money import Money
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do, Of, Pick
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.drawers import handed_over
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.reasons import Reasons
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import CloseShift, CountDrawer, Shift, ShiftReport
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.form import ChoicesView, FormView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView, State, TagView
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.shifts import ReportView, ShiftNow

_OVER, _SHORT = later("Over {amount}"), later("Short {amount}")
_FIRST_REST: Final = TILE_LETTERS.index("Z")


class ClosePage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (
        ("A S D F", later("why it is over or short")),
        ("/", later("type another reason")),
        ("Z X C", later("what stays in the drawer")),
        ("B", later("count again; both counts are kept")),
        ("Enter", later("close and print the Z report")),
        ("Esc", later("back to the shift, which stays open")),
    )

    def __init__(self, session: Session, to: CloseShift) -> None:
        super().__init__(session, to)
        self.to, self.now = to, to.now
        self.reasons = Reasons(WHY_OFF, "A")
        self.rest = 0

    @property
    def counted(self) -> Money:
        return self.now.counted or self.now.currency_zero

    @property
    def difference(self) -> Money:
        return self.counted - (self.now.expected or self.counted)

    @property
    def to_safe(self) -> Money:
        float_amount = self.now.float_amount or self.now.currency_zero
        keeps = (min(float_amount, self.counted), self.now.currency_zero, self.counted)[self.rest]
        return self.counted - keeps

    @property
    def is_ready(self) -> bool:
        return self.difference.minor == 0 or self.reasons.is_given

    def view(self) -> FormView:
        now = self.now
        is_off = self.difference.minor != 0
        again = ButtonView(say("Count again"), Do.CLEAR, "quiet", "back", "B")
        choices = [self.reasons.view(say("What do you know?"))] if is_off else []
        if not self.to.is_hand_over:
            choices.append(self._rests())
        return FormView(
            title=say("Compare"),
            hint=say("Signed by {held_by}", held_by=now.held_by) if now.held_by else say("The count is signed"),
            back=again,
            rows=(
                RowView(
                    say("Cash drawer {drawer}", drawer=now.drawer),
                    say("float, sales and moves"),
                    amount=money(now.expected or self.counted),
                ),
                RowView(say("Counted and signed"), amount=money(self.counted), tag=self._tag()),
            ),
            note=self._note(),
            choices=tuple(choices),
            reason=self.reasons.typed if is_off else None,
            side=self._side(),
        )

    def _tag(self) -> TagView:
        words, state = self._words()
        return TagView(words, state, "check" if state == "ok" else "warning")

    def _words(self) -> tuple[str, State]:
        off = self.difference
        if off.minor == 0:
            return say("Equal"), "ok"
        return say(_OVER if off.minor > 0 else _SHORT, amount=money(Money(abs(off.minor), off.currency))), "warn"

    def _note(self) -> NoticeView | None:
        if self.difference.minor == 0:
            return None
        ten = money(Money(10 * 10**self.counted.currency.exponent, self.counted.currency))
        text = say(
            "Under {ten} the shift closes with a reason. From {ten} a supervisor signs too. It is not yours to pay.",
            ten=ten,
        )
        return NoticeView(self._words()[0], text, "warn", "warning")

    def _rests(self) -> ChoicesView:
        labels = (say("Keep the float"), say("All to the safe"), say("All stays"))
        buttons = tuple(
            ButtonView(
                label, Pick(Of.REST, i), "strong" if i == self.rest else "plain", key=TILE_LETTERS[_FIRST_REST + i]
            )
            for i, label in enumerate(labels)
        )
        return ChoicesView(say("Where it goes"), buttons, 3)

    def _side(self) -> SideView:
        now, is_off = self.now, self.difference.minor != 0
        words, state = self._words()
        lines = [
            LineView(say("Float"), money(now.float_amount or now.currency_zero)),
            LineView(say("Expected"), money(now.expected or self.counted), is_strong=True),
            LineView(say("Counted and signed"), money(self.counted), is_strong=True),
        ]
        if self.to.is_hand_over:
            name = self.to.to.name if self.to.to is not None else say("the next person")
            label, icon = say("Hand over to {name}", name=name), "split"
        else:
            lines += [
                LineView(say("To the safe"), money(self.to_safe)),
                LineView(say("Stays"), money(self.counted - self.to_safe)),
            ]
            label, icon = say("Close and print Z {number}", number=now.number), "printer"
        button = ButtonView(
            label if self.is_ready else say("Say what you know"),
            Do.FINISH,
            "primary",
            icon,
            "Enter",
            is_on=self.is_ready,
        )
        return SideView(
            title=say("Drawer {drawer}", drawer=now.drawer),
            hint=say("shift {number}", number=now.number),
            lines=tuple(lines),
            note=NoticeView(words, "", state, "warning" if is_off else "check"),
            buttons=(button,),
            foot=say("Works offline. Card and phone are compared later then."),
        )

    def typed(self, key: Key) -> Next:
        if self.difference.minor and self.reasons.take(key):
            return None
        if key.text.lower() == "b":
            return self.act(Do.CLEAR)
        rest = -1 if key.tile is None else key.tile - _FIRST_REST
        return self.act(Pick(Of.REST, rest)) if 0 <= rest < 3 and not self.to.is_hand_over else None

    def act(self, action: Action) -> Next:
        match action:
            case Pick(Of.REASON, index):
                self.reasons.choose(index)
            case Pick(Of.REST, index):
                self.rest = index
            case GiveReason(why):
                self.reasons.write(why)
            case Do.CLEAR:
                return CountDrawer(self.now, self.to.to, self.to.is_hand_over)
            case Do.BACK:
                return Shift()
            case Do.FINISH if self.is_ready:
                self._finish()
            case _:
                pass
        return None

    def _finish(self) -> None:
        shifts, why, to_safe = self.session.till.shifts, self.reasons.words, self.to_safe
        if self.to.is_hand_over:
            count = Count(self.counted.currency, other=self.counted.minor)
            to = None if self.to.to is None else self.to.to.id
            act = Act(Right.OPEN_SHIFT, say("to hand the drawer over"), self._words()[0])
            allowed(self.session, act, lambda: shifts.hand_over(to, count, why), self._handed)
        else:
            act = Act(Right.CLOSE_SHIFT, say("to close the shift"), self._words()[0], self.counted)
            allowed(self.session, act, lambda: shifts.close(to_safe, why), self._closed)

    def _handed(self, _now: ShiftNow) -> Next:
        return handed_over(self.session, self.now.drawer, self.to.to)

    def _closed(self, report: ReportView) -> Next:
        return ShiftReport(report, is_just_closed=True)
