"""Moving cash: in, out, to the safe, to the bank, or by hand to another drawer; always with a reason."""

from dataclasses import replace
from typing import ClassVar, Final

from boxoffice.core.cash_moves import WAYS, CashMove, Second
from boxoffice.core.denominations import amount_problems
from boxoffice.core.money import Money
from boxoffice.core.rights import Right, can_approve
from boxoffice.core.staff import Person
from boxoffice.till.ui.actions import Action, Do, Of, Pick, TypeDigits
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.drawers import moved_rows
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.reasons import Reasons
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import MoveCash, Shift
from boxoffice.till.ui.flow.typing import as_digits, edit_amount
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.sale_actions import Give
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.form import ChoicesView, FormView, SideView
from boxoffice.till.ui.views.parts import ButtonView, StepView
from boxoffice.till.ui.words import amount_typed, money, short_money
from boxoffice.till.usecases.gateway.shifts import ShiftNow

_TABS: Final = (
    (later("Pay in"), "plus", "Q", (CashMove.PAY_IN, CashMove.CHANGE)),
    (later("Pay out"), "minus", "W", (CashMove.PAY_OUT,)),
    (later("Drop to safe"), "safe", "E", (CashMove.DROP,)),
    (later("Bank deposit"), "save", "R", (CashMove.DEPOSIT, CashMove.SAFE_DEPOSIT)),
    (
        later("Carry"),
        "next",
        "A",
        (CashMove.CARRY, CashMove.SAFE_CARRY, CashMove.ARRIVE, CashMove.SAFE_ARRIVE, CashMove.BANK_ARRIVE),
    ),
)
_PLACES: Final = {
    "cash:{drawer}": later("Drawer"),
    "safe": later("Safe"),
    "bank": later("Bank"),
    "transit:{carrier}": later("In hand"),
    "paid_in": later("From outside"),
    "paid_out": later("Spent"),
}
_QUICK: Final = (50, 100, 200, 500)
_FIRST_PERSON: Final = TILE_LETTERS.index("Z")
_MOST_PEOPLE: Final = 3
_NEXT_SECOND, _ALONE = "N", "M"
"""The next of the others confirms it, or nobody does."""
_MOST_SECONDS: Final = 8
"""So many have room; the key leads on to those after them."""
_FEW_SECONDS: Final = 3
_LONGEST_SHOWN: Final = 12


class MovePage(BasePage):
    section = Do.SHIFT
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        ("Q W E R A", later("in, out, safe, bank, carry")),
        ("↑ ↓", later("from where to where")),
        ("5 0 0", later("an amount of $500")),
        ("S D F", later("the reason")),
        ("/", later("type another reason")),
        ("Z X C", later("who carries it")),
        ("N", later("who confirms it; again for the next")),
        ("M", later("you do it alone")),
        ("Enter", later("do it")),
        ("Esc", later("back to the shift")),
    )

    def __init__(self, session: Session, to: MoveCash) -> None:
        super().__init__(session, to)
        self.now: ShiftNow = to.now
        self.tab = self.way = 0
        self.digits = ""
        self.person: Person | None = None
        self.is_alone = False
        self.second = self.others[0] if len(self.others) == 1 else None
        self.reasons = Reasons(WAYS[self.move].reasons, "S", WAYS[self.move].reasons[0])

    @property
    def move(self) -> CashMove:
        return _TABS[self.tab][3][self.way]

    @property
    def amount(self) -> Money:
        return amount_typed(self.digits, self.now.left.currency)

    @property
    def others(self) -> tuple[Person, ...]:
        """Who may confirm it, where somebody has signed in."""
        me = self.session.team.person
        people = [each.person for each in self.session.team.people]
        found = (each for each in people if me is not None and each.id != me.id)
        return tuple(each for each in found if can_approve(each, Right.MOVE_CASH))

    @property
    def has_second(self) -> bool:
        """Whether another person confirms it, as is wanted where there is one and money is taken away."""
        return self._may_have_second and not self.is_alone

    @property
    def _may_have_second(self) -> bool:
        return WAYS[self.move].second is Second.WANTED and bool(self.others)

    @property
    def is_ready(self) -> bool:
        return self.amount.minor > 0 and not self._problem and self.reasons.is_given and not self._lacks_second

    @property
    def _lacks_second(self) -> bool:
        return self.has_second and self.second not in self.others

    @property
    def _problem(self) -> str:
        return next((told(str(each)) for each in amount_problems("amount", self.amount)), "")

    def view(self) -> FormView:
        now, row, amount = self.now, WAYS[self.move], money(self.amount)
        tabs = tuple(
            ButtonView(say(label), Pick(Of.MOVE, i), "strong" if i == self.tab else "plain", icon, key)
            for i, (label, icon, key, _) in enumerate(_TABS)
        )
        quick = (Money(each * 10**self.amount.currency.exponent, self.amount.currency) for each in _QUICK)
        return FormView(
            title=say("Move cash"),
            hint=say("drawer {drawer}", drawer=now.drawer),
            back=ButtonView(say("Back to shift"), Do.BACK, "quiet", "back", "Esc"),
            tabs=tabs,
            typed=(say("Amount"), amount),
            quick=tuple(ButtonView(short_money(each), Give(each.minor)) for each in quick),
            choices=(self._ways(), self.reasons.view(say("Reason")), *self._people(), *self._second()),
            reason=self.reasons.typed,
            side=SideView(
                title=say("On its way") if row.is_carried else say("Tonight"),
                hint=say("drawer {drawer}", drawer=now.drawer),
                rows=() if row.is_carried else moved_rows(now.moved[-5:]),
                steps=self._steps() if row.is_carried else (),
                total_label=say(_TABS[self.tab][0]),
                total=amount,
                buttons=(
                    ButtonView(
                        self._do(amount),
                        Do.FINISH,
                        "primary",
                        key="Enter",
                        is_on=self.is_ready,
                    ),
                ),
                foot=self._problem or say("Kept with your name, the time and the reason."),
            ),
        )

    def _do(self, amount: str) -> str:
        if self.is_ready:
            return f"{say(WAYS[self.move].words)}: {amount}"
        return say("Choose who confirms it") if self.amount.minor and self._lacks_second else say("Type an amount")

    def _ways(self) -> ChoicesView:
        moves = _TABS[self.tab][3]
        buttons = tuple(
            ButtonView(_path(move), Pick(Of.WAY, i), "strong" if i == self.way else "plain")
            for i, move in enumerate(moves)
        )
        return ChoicesView(
            say("Where it goes") + ("  ↑ ↓" if len(moves) > 1 else ""), buttons, 2 if len(moves) > 1 else 1
        )

    def _people(self) -> tuple[ChoicesView, ...]:
        if not WAYS[self.move].is_carried or not self.now.people:
            return ()
        buttons = tuple(
            ButtonView(
                each.name,
                Pick(Of.PERSON, i),
                "strong" if each == self.person else "plain",
                "check" if each == self.person else "person",
                TILE_LETTERS[_FIRST_PERSON + i],
            )
            for i, each in enumerate(self.now.people[:_MOST_PEOPLE])
        )
        return (ChoicesView(say("Who carries it?"), buttons),)

    def _second(self) -> tuple[ChoicesView, ...]:
        if not self._may_have_second:
            return ()
        chosen = None if self.is_alone else self.second
        others = self.others
        at = others.index(self.second) if self.second in others else 0
        begins = at - at % _MOST_SECONDS
        buttons = tuple(
            ButtonView(
                _short(each.name),
                Pick(Of.SECOND, i),
                "strong" if each == chosen else "plain",
                "check" if each == chosen else "",
            )
            for i, each in enumerate(others[begins : begins + _MOST_SECONDS], begins + 1)
        )
        alone = ButtonView(
            say("Alone"),
            Pick(Of.SECOND, 0),
            "strong" if self.is_alone else "plain",
            "check" if self.is_alone else "",
            _ALONE,
        )
        first, *rest = buttons
        columns = 2 if len(buttons) <= _FEW_SECONDS else 3
        return (ChoicesView(say("Who counts it with you?"), (replace(first, key=_NEXT_SECOND), *rest, alone), columns),)

    def _steps(self) -> tuple[StepView, ...]:
        start, to = _ends(self.move)
        is_given = "{carrier}" not in WAYS[self.move].start
        hands = say("In the hands of {name}", name=self.person.name) if self.person else say("In hand")
        return (
            StepView(
                say("Out of: {start}", start=start) if is_given else say("Given before"),
                state="now" if is_given else "done",
            ),
            StepView(hands, say("It is in this account until it is taken in."), "later" if is_given else "now"),
            StepView(say("Taken in where it goes") if is_given else say("Into: {to}", to=to), state="later"),
        )

    def key(self, key: Key) -> Next:
        if key.name in (Named.UP, Named.DOWN):
            moves = _TABS[self.tab][3]
            return self.act(Pick(Of.WAY, (self.way + (1 if key.name is Named.DOWN else -1)) % len(moves)))
        return super().key(key)

    def typed(self, key: Key) -> Next:
        if key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        tab = next((i for i, each in enumerate(_TABS) if key.tile == TILE_LETTERS.index(each[2])), None)
        if tab is not None:
            return self.act(Pick(Of.MOVE, tab))
        if key.text.upper() == _ALONE and self._may_have_second:
            return self.act(Pick(Of.SECOND, 0))
        if key.text.upper() == _NEXT_SECOND and self._may_have_second:
            return self.act(Pick(Of.SECOND, self._next_second()))
        person = -1 if key.tile is None else key.tile - _FIRST_PERSON
        if self._people() and 0 <= person < len(self.now.people[:_MOST_PEOPLE]):
            return self.act(Pick(Of.PERSON, person))
        self.reasons.take(key)
        return None

    def act(self, action: Action) -> Next:
        match action:
            case Pick(of, index):
                self._pick(of, index)
            case GiveReason(why):
                self.reasons.write(why)
            case Give(minor):
                self.digits = as_digits(Money(minor, self.amount.currency))
            case TypeDigits() | Do.DELETE_DIGIT:
                self.digits = edit_amount(self.digits, action, self.amount.currency)
            case Do.BACK:
                return Shift()
            case Do.FINISH if self.is_ready:
                self._move()
            case _:
                pass
        return None

    def _pick(self, of: Of, index: int) -> None:
        match of:
            case Of.MOVE:
                self.tab, self.way = index, 0
                self._offer()
            case Of.WAY:
                self.way = index
                self._offer()
            case Of.REASON:
                self.reasons.choose(index)
            case Of.PERSON:
                self.person = self.now.people[index]
            case Of.SECOND:
                self.is_alone = index == 0
                self.second = None if index == 0 else self.others[index - 1]
            case _:
                pass

    def _next_second(self) -> int:
        """Returns the place of the person after the one who is chosen, from one on."""
        others = self.others
        at = others.index(self.second) if self.second in others else -1
        return (at + 1) % len(others) + 1

    def _offer(self) -> None:
        """Offers the reasons of this way; the first of them is the usual one."""
        self.reasons.use(WAYS[self.move].reasons)
        if not self.reasons.is_given:
            self.reasons.choose(0)

    def _move(self) -> None:
        shifts, move, amount, why = self.session.till.shifts, self.move, self.amount, self.reasons.words
        carrier = None if self.person is None else self.person.id
        wants = say("{way}, counted by both", way=say(WAYS[move].words)) if self.has_second else say(WAYS[move].words)
        second = self.second if self.has_second else None
        act = Act(Right.MOVE_CASH, wants, told(why), amount, wants_second=self.has_second, by=second)
        allowed(self.session, act, lambda: shifts.move(move, amount, why, carrier), self._moved)

    def _moved(self, _now: ShiftNow) -> Next:
        self.session.say(f"{say(WAYS[self.move].words)}: {money(self.amount)}.", icon="check")
        return Shift()


def _ends(move: CashMove) -> tuple[str, str]:
    row = WAYS[move]
    return say(_PLACES[row.start]), say(_PLACES[row.to])


def _short(name: str) -> str:
    """Returns a name as it has room on a small button: `Beatriz R.`"""
    first, *rest = name.split()
    return name if len(name) <= _LONGEST_SHOWN or not rest else f"{first} {rest[-1][0]}."


def _path(move: CashMove) -> str:
    return " → ".join(_ends(move))
