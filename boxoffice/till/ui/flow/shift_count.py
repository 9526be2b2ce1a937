"""Counting the drawer, blind: neither what should be in it nor what was sold in cash stands anywhere here."""

from typing import ClassVar

from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do, Of, Pick, TypeDigits
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.counting import Counting
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import CloseShift, CountDrawer, Shift
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.till_actions import ChangePiece, ChoosePiece
from boxoffice.till.ui.views.form import FormView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.shifts import ShiftNow

_PIECES, _SUM = range(2)


class CountPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.CLEAR,
    }
    help_lines = (
        ("Q W", later("count each bill, or type one sum")),
        ("↑ ↓", later("the next bill or coin")),
        ("+ −", later("one more, one less")),
        ("Del", later("begin again")),
        ("Enter", later("sign what you counted")),
        ("Esc", later("back to the shift")),
    )

    def __init__(self, session: Session, to: CountDrawer) -> None:
        super().__init__(session, to)
        self.to = to
        currency = to.now.left.currency
        self.counting = Counting.of(currency, to.now.draft)
        self.sum = Counting(currency)
        self.sum.choose(len(self.sum.pieces))
        self.mode = _PIECES if self.counting.pieces else _SUM

    @property
    def shown(self) -> Counting:
        return self.counting if self.mode == _PIECES else self.sum

    def view(self) -> FormView:
        now, total = self.to.now, self.shown.total()
        problem = self.shown.problem
        is_pieces = self.mode == _PIECES
        ends = say("then hand it over") if self.to.is_hand_over else say("close shift {number}", number=now.number)
        clear = ButtonView(say("Clear"), Do.CLEAR, key="Del", sub=say("begin again"))
        return FormView(
            title=say("Count drawer {drawer}", drawer=now.drawer),
            hint=say("Count first, then {ends}", ends=ends),
            back=ButtonView(say("Back to shift"), Do.BACK, "quiet", "back", "Esc"),
            tabs=(
                self._tab(_PIECES, say("Count"), say("each bill"), "Q"),
                self._tab(_SUM, say("One sum"), say("type it"), "W"),
                clear,
            ),
            counts=self.shown.views() if is_pieces else (),
            typed=None if is_pieces else (say("All together"), money(total)),
            foot=say("Neither expected cash, cash sales nor over or short is shown before the count is signed."),
            side=SideView(
                title=say("Drawer {drawer}", drawer=now.drawer),
                hint=say("shift {number}", number=now.number),
                lines=(LineView(say("Saved as you count"), say("a power cut loses nothing")),),
                total_label=say("Counted"),
                total=money(total),
                buttons=(
                    ButtonView(
                        say("Sign {total}", total=money(total)),
                        Do.FINISH,
                        "primary",
                        "check",
                        "Enter",
                        is_on=not problem,
                    ),
                ),
                foot=problem or say("You may count again. Both counts are kept."),
            ),
        )

    def _tab(self, mode: int, label: str, sub: str, key: str) -> ButtonView:
        is_on = self.mode == mode
        return ButtonView(label, Pick(Of.MODE, mode), "strong" if is_on else "plain", key=key, sub=sub)

    def key(self, key: Key) -> Next:
        if self.mode == _PIECES and key.name in (Named.UP, Named.DOWN):
            self.counting.choose(self.counting.chosen + (1 if key.name is Named.DOWN else -1))
            return None
        return super().key(key)

    def typed(self, key: Key) -> Next:
        if key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        if key.text in ("+", "-") and self.mode == _PIECES:
            return self.act(ChangePiece(self.counting.chosen, 1 if key.text == "+" else -1))
        return self.act(Pick(Of.MODE, key.tile)) if key.tile in (_PIECES, _SUM) else None

    def act(self, action: Action) -> Next:
        match action:
            case Pick(Of.MODE, mode):
                self.mode = mode
            case TypeDigits() | Do.DELETE_DIGIT:
                self.shown.type(action)
                self._keep()
            case ChoosePiece(index):
                self.shown.choose(index)
            case ChangePiece(index, by):
                self.shown.change(index, by)
                self._keep()
            case Do.CLEAR:
                self.shown.clear()
                self._keep()
            case Do.BACK:
                return Shift()
            case Do.FINISH if not self.shown.problem:
                shifts, count = self.session.till.shifts, self.shown.count()
                act = Act(
                    Right.CLOSE_SHIFT,
                    say("to sign a count"),
                    say("Count of drawer {drawer}", drawer=self.to.now.drawer),
                    count.total,
                    is_signed=True,
                )
                allowed(self.session, act, lambda: shifts.count(count), self._counted)
            case _:
                pass
        return None

    def _keep(self) -> None:
        """Keeps what is counted bill by bill on disk, at each key."""
        if self.mode == _PIECES:
            shifts, kept = self.session.till.shifts, self.counting.kept
            self.session.call(lambda: shifts.keep_draft(kept), lambda _: None, lane=Lane.LOOK)

    def _counted(self, now: ShiftNow) -> Next:
        return CloseShift(now, self.to.to, self.to.is_hand_over)
