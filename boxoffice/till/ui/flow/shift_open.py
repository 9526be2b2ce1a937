"""Opening a shift: with the drawer as it was left, counted by bills, as one sum, or filled up to a template."""

from typing import ClassVar, Final

from boxoffice.core.money import Money
from boxoffice.till.ui.actions import Action, Do, GoTo, Of, Pick, TypeDigits
from boxoffice.till.ui.flow.counting import Counting
from boxoffice.till.ui.flow.destinations import BeforeDoors, Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.reasons import Reasons
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import OpenShift
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.till_actions import ChangePiece, ChoosePiece
from boxoffice.till.ui.views.form import ChoicesView, FormView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonView, NoticeView
from boxoffice.till.ui.words import clock, day, money
from boxoffice.till.usecases.gateway.shifts import ShiftNow

_LEFT, _COUNT, _SUM = range(3)
_FIRST_FLOAT: Final = TILE_LETTERS.index("A")
_MOST_FLOATS: Final = 3
_FROM_SAFE, _BROUGHT = later("From the safe"), later("Brought along")
_MORE: Final = (_FROM_SAFE, _BROUGHT, later("Not counted well before"))
_LESS: Final = (later("Not counted well before"), later("Change was taken out"), later("I do not know"))


class OpenPage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.CLEAR,
    }
    help_lines = (
        ("Enter", later("open the shift")),
        ("Q W E", later("as it was left, count each bill, one sum")),
        ("A S D", later("fill up to a template, or why it differs")),
        ("↑ ↓", later("the next bill or coin")),
        ("B", later("all that is looked at before doors open")),
        ("Esc", later("back to selling, without a shift")),
    )

    def __init__(self, session: Session, to: OpenShift) -> None:
        super().__init__(session, to)
        self.now: ShiftNow = to.now
        currency = to.now.left.currency
        self.mode = _COUNT if to.now.draft else _LEFT
        self.counting = Counting.of(currency, to.now.draft)
        self.sum = Counting(currency)
        self.sum.choose(len(self.sum.pieces))
        self.template: int | None = None
        self.reasons = Reasons(_LESS, "A")

    # What it comes to

    @property
    def float_amount(self) -> Money:
        if self.template is not None:
            return self.now.floats[self.template].amount
        if self.mode == _LEFT:
            return self.now.left
        return (self.counting if self.mode == _COUNT else self.sum).total()

    @property
    def difference(self) -> Money:
        return self.float_amount - self.now.left

    @property
    def asks_why(self) -> bool:
        """Whether the drawer is another than it was left, by nobody's template."""
        is_first = self.now.left.minor == 0 and self.now.left_at is None
        return self.template is None and self.difference.minor != 0 and not is_first

    @property
    def is_ready(self) -> bool:
        return not self._problem and (not self.asks_why or self.reasons.is_given)

    @property
    def _problem(self) -> str:
        return "" if self.mode == _LEFT else (self.counting if self.mode == _COUNT else self.sum).problem

    def view(self) -> FormView:
        now, amount = self.now, money(self.float_amount)
        self.reasons.use(_MORE if self.difference.minor > 0 else _LESS)
        shows_floats = self.mode == _LEFT and not self.asks_why
        is_counted = self.mode == _COUNT
        return FormView(
            title=say("Open shift {number}", number=now.number),
            hint=say("What is in drawer {drawer}?", drawer=now.drawer),
            back=ButtonView(say("Before doors open"), GoTo(BeforeDoors()), icon="check", key="B"),
            tabs=(
                self._tab(_LEFT, say("As it was left"), money(now.left), "Q"),
                self._tab(_COUNT, say("Count"), say("each bill"), "W"),
                self._tab(_SUM, say("One sum"), say("type it"), "E"),
            ),
            counts=self.counting.views() if is_counted else (),
            typed=(say("All together"), money(self.sum.total())) if self.mode == _SUM else None,
            note=self._note(),
            choices=(*([self._floats()] if shows_floats and now.floats else []), *self._why()),
            reason=self.reasons.typed if self.asks_why else None,
            foot=say("Saved on this till as you count. A power cut loses nothing.") if is_counted else "",
            side=SideView(
                title=say("Drawer {drawer}", drawer=now.drawer),
                lines=self._lines(),
                total_label=say("Float"),
                total=amount,
                buttons=(
                    ButtonView(
                        say("Open shift with {amount}", amount=amount) if self.is_ready else say("Say what you know"),
                        Do.FINISH,
                        "primary",
                        key="Enter",
                        is_on=self.is_ready,
                    ),
                ),
                foot=self._problem,
            ),
        )

    def _tab(self, mode: int, label: str, sub: str, key: str) -> ButtonView:
        is_on = self.mode == mode
        return ButtonView(label, Pick(Of.MODE, mode), "strong" if is_on else "plain", key=key, sub=sub)

    def _floats(self) -> ChoicesView:
        buttons = [
            ButtonView(
                each.name,
                Pick(Of.FLOAT, i),
                "strong" if i == self.template else "plain",
                key=TILE_LETTERS[_FIRST_FLOAT + i],
                sub=money(each.amount),
            )
            for i, each in enumerate(self.now.floats[:_MOST_FLOATS])
        ]
        return ChoicesView(say("Fill up to a template, from the safe"), tuple(buttons), 3)

    def _why(self) -> tuple[ChoicesView, ...]:
        return (self.reasons.view(say("What do you know?"), columns=1),) if self.asks_why else ()

    def _note(self) -> NoticeView | None:
        if not self.asks_why:
            return None
        words = later("{amount} less") if self.difference.minor < 0 else later("{amount} more")
        text = say("The difference is kept with your name, and is not yours to pay.")
        amount = money(Money(abs(self.difference.minor), self.difference.currency))
        return NoticeView(say(words, amount=amount), text, "warn", "warning")

    def _lines(self) -> tuple[LineView, ...]:
        now = self.now
        by = say("Left by {left_by}", left_by=now.left_by) if now.left_by else say("Left in it")
        lines = [
            LineView(say("{by}, shift {number}", by=by, number=now.number - 1) if now.left_at else by, money(now.left))
        ]
        if now.left_at is not None:
            lines.append(LineView(f"{day(now.left_at.date())}, {clock(now.left_at)}", ""))
        if self.template is not None:
            lines.append(LineView(say("From the safe"), money(self.difference)))
        elif self.mode != _LEFT:
            lines.append(LineView(say("Counted now"), money(self.float_amount), is_strong=True))
            if self.asks_why:
                lines.append(LineView(say("Difference"), money(self.difference)))
        return tuple(lines)

    def key(self, key: Key) -> Next:
        if self.mode == _COUNT and key.name in (Named.UP, Named.DOWN):
            self.counting.choose(self.counting.chosen + (1 if key.name is Named.DOWN else -1))
            return None
        return BeforeDoors() if key.text.lower() == "b" else super().key(key)

    def typed(self, key: Key) -> Next:
        if key.text and (key.text.isdigit() or key.text in ".,") and self.mode != _LEFT:
            return self.act(TypeDigits(key.text.replace(",", ".")))
        if key.text in "+-" and key.text and self.mode == _COUNT:
            return self.act(ChangePiece(self.counting.chosen, 1 if key.text == "+" else -1))
        if key.tile is not None and key.tile <= _SUM:
            return self.act(Pick(Of.MODE, key.tile))
        if self.asks_why and self.reasons.take(key):
            return None
        if key.tile is not None and 0 <= key.tile - _FIRST_FLOAT < len(self.now.floats[:_MOST_FLOATS]):
            return self.act(Pick(Of.FLOAT, key.tile - _FIRST_FLOAT))
        return None

    def act(self, action: Action) -> Next:
        counting = self.counting if self.mode == _COUNT else self.sum
        match action:
            case Pick(Of.MODE, mode):
                self.mode, self.template = mode, None
            case Pick(Of.FLOAT, index):
                self.mode, self.template = _LEFT, None if index == self.template else index
            case Pick(Of.REASON, index):
                self.reasons.choose(index)
            case GiveReason(why):
                self.reasons.write(why)
            case TypeDigits() | Do.DELETE_DIGIT if self.mode != _LEFT:
                counting.type(action)
                self._keep()
            case ChoosePiece(index):
                counting.choose(index)
            case ChangePiece(index, by):
                counting.change(index, by)
                self._keep()
            case _:
                return self._end(action)
        return None

    def _end(self, action: Action) -> Next:
        match action:
            case Do.CLEAR:
                self.counting.clear()
                self.sum.clear()
                self.sum.choose(len(self.sum.pieces))
            case Do.BACK:
                return to_sale(self.session)
            case Do.FINISH if self.is_ready:
                self._open()
            case _:
                pass
        return None

    def _keep(self) -> None:
        if self.mode == _COUNT:
            shifts, kept = self.session.till.shifts, self.counting.kept
            self.session.call(lambda: shifts.keep_draft(kept), lambda _: None, lane=Lane.LOOK)

    def _open(self) -> None:
        shifts, why = self.session.till.shifts, self.reasons.words if self.asks_why else ""
        is_left = self.mode == _LEFT and self.template is None
        count = None if self.mode == _LEFT else (self.counting if self.mode == _COUNT else self.sum).count()
        is_put_in = not is_left and self.difference.minor > 0 and (not self.asks_why or why in (_FROM_SAFE, _BROUGHT))
        brought = self.difference if is_put_in else None
        is_from_safe = self.template is not None or why == _FROM_SAFE
        if self.template is not None and self.difference.minor < 0:
            self.session.say(say("There is more in the drawer than that."), state="warn", icon="info")
            return
        self.session.call(
            lambda: shifts.open(count, brought, is_from_safe=is_from_safe, why=why), self._opened, keys_wait=True
        )

    def _opened(self, now: ShiftNow) -> Next:
        self.session.say(
            say("Shift {number} is open, drawer {drawer}.", number=now.number, drawer=now.drawer), icon="drawer"
        )
        return to_sale(self.session)
