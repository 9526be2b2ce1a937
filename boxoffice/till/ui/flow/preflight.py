"""Before doors open: every check reports by itself, each that is not well says how it gets well, and the way in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.preflight import CHECKS, Answer, Check, Group, Outcome, Verdict
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Destination, Do, GoTo
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next, PrinterSettings, ThisTill
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shift_places import Shift
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import code, later, say, told
from boxoffice.till.ui.till_actions import LookAgain, Mend
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView, State, TagView
from boxoffice.till.ui.views.preflight import PreflightView
from boxoffice.till.ui.words import clock
from boxoffice.till.usecases.gateway.preflight import Look

_LOOKS: Final[Mapping[Outcome, tuple[State, str, str]]] = {
    Outcome.PASS: ("ok", "check", later("Pass")),
    Outcome.TO_DO: ("warn", "warning", later("To do")),
    Outcome.FAIL: ("danger", "cross", later("Failed")),
    Outcome.UNUSED: ("plain", "minus", later("Not used")),
}
_MENDS: Final[Mapping[Check, tuple[str, Action]]] = {
    Check.READER: (later("Choose reader"), GoTo(ThisTill())),
    Check.TEST_PAYMENT: (later("Try it"), Mend(Check.TEST_PAYMENT)),
    Check.FLOAT: (later("Count float"), Do.SHIFT),
    Check.CASH_TILL: (later("Open a shift"), Do.SHIFT),
    Check.PRINTER: (later("Set up"), GoTo(PrinterSettings())),
    Check.TEST_PRINT: (later("Print one"), Mend(Check.TEST_PRINT)),
    Check.DRAWER: (later("Try it"), Mend(Check.DRAWER)),
    Check.DISPLAYS: (later("Set up"), GoTo(ThisTill())),
    Check.HUB: (later("Sync now"), Mend(Check.HUB)),
    Check.PLACES: (later("Take places"), Mend(Check.PLACES)),
    Check.STAFF: (later("Sync now"), Mend(Check.STAFF)),
    Check.BACKUP: (later("Back up"), LookAgain(Check.BACKUP)),
    Check.DOOR_LIST: (later("Make it"), Mend(Check.DOOR_LIST)),
}
"""What is done about a check that is not well; the others are mended elsewhere, and looked at again."""
_OTHERWISE: Final[Mapping[tuple[Check, Outcome], tuple[str, Action]]] = {
    (Check.READER, Outcome.FAIL): (later("Check again"), LookAgain(Check.READER)),
    (Check.DRAWER, Outcome.TO_DO): (later("Set up"), GoTo(PrinterSettings())),
}
"""What is done instead where it has failed, or where it is only to be done."""
_ACTS: Final[Mapping[Check, Right]] = {Check.DRAWER: Right.OPEN_DRAWER, Check.PLACES: Right.SETTINGS}
"""What not everybody may do."""
_BESIDES: Final[Mapping[Check, tuple[Check, ...]]] = {
    Check.TEST_PRINT: (Check.PRINTER,),
    Check.TEST_PAYMENT: (Check.READER,),
}
"""What shows itself, too, when something is tried."""
_KEYS: Final = "123456789"


class PreflightPage(BasePage):
    section = Do.SHIFT
    reads_codes = True
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.F8: Do.SERVE_NEXT,
        Named.F9: Do.PRINT_LAST,
        Named.F10: Do.EXPORT,
    }
    help_lines = (
        ("T", later("check all again")),
        ("1 2 3", later("what is to be done")),
        ("Enter", later("open the doors, or do the first thing")),
        ("F8", later("open all the same")),
        ("F9", later("print it")),
        ("F10", later("save it as PDF")),
        ("Esc", later("back to selling")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.port = session.till.preflight
        self.verdict = Verdict(())
        self.looked_at: datetime | None = None
        self.waiting: frozenset[Check] = frozenset()
        self.done: str = ""
        self._look()

    # Looking

    def _look(self, *only: Check) -> None:
        """Looks in the background: each answer is shown as it comes, whatever the others do."""
        wanted = frozenset(only or CHECKS) - self.waiting
        if not wanted:
            return
        self.waiting |= wanted
        screens, port, chosen = self.session.hardware.screens(), self.port, tuple(wanted) if only else ()

        def heard(answer: Answer) -> None:
            self.verdict, self.waiting = self.verdict.with_(answer), self.waiting - {answer.check}
            self.session.changed()

        def tell(answer: Answer) -> None:
            self.session.work.post(lambda: heard(answer))

        def failed(error: BoxofficeError) -> Next:
            self.waiting -= wanted
            self.session.say_failed(error)
            return None

        self.session.call(
            lambda: port.look(screens, tell, chosen), self._looked, failed=failed, broken=failed, lane=Lane.PREFLIGHT
        )

    def _looked(self, look: Look) -> Next:
        self.looked_at = look.at
        return None

    def scanned(self, readings: Sequence[str]) -> bool:  # whatever it says
        """Takes any code at all: that it was read is what is asked."""

        def noted(_: None) -> Next:
            self._look(Check.SCANNER)
            return None

        self.session.call(self.port.note_scan, noted, lane=Lane.LOOK)
        return True

    # What is shown

    @property
    def is_looking(self) -> bool:
        return bool(self.waiting)

    @property
    def to_mend(self) -> tuple[tuple[Answer, str, Action], ...]:
        """What is not well, with what the button says and does, from above; a scan has no button."""
        unwell = (each for each in self.verdict.answers if not each.is_well and each.check is not Check.SCANNER)
        return tuple((each, *_mend_of(each)) for each in unwell)

    @property
    def first(self) -> tuple[Answer, str, Action] | None:
        """What is mended first: something that failed, before what is only to be done."""
        return min(self.to_mend, key=lambda each: each[0].outcome is not Outcome.FAIL, default=None)

    def view(self) -> PreflightView:
        verdict, at = self.verdict, self.looked_at
        counted = verdict.counted + len(self.waiting - {each.check for each in verdict.answers})
        buttons = {
            each.check: ButtonView(
                words, action, key=_KEYS[i] if i < len(_KEYS) else "", name=f"{words}: {say(CHECKS[each.check].words)}"
            )
            for i, (each, words, action) in enumerate(self.to_mend)
        }
        return PreflightView(
            title=say("Before doors open"),
            back=ButtonView(say("Back to selling"), Do.BACK, "quiet", "back", "Esc"),
            again=ButtonView(say("Check all again"), Do.TRY_AGAIN, icon="sync", key="T", is_on=not self.is_looking),
            sections=tuple((say(group.value), self._rows(group, buttons)) for group in Group),
            big=f"{verdict.passed} / {counted}",
            caption=say("checks pass, {time}", time=clock(at)) if at is not None else say("checks pass"),
            percent=100 * verdict.passed // counted if counted else 0,
            notices=self._notices(),
            buttons=self._buttons(),
            papers=(
                ButtonView(say("Print"), Do.PRINT_LAST, icon="printer", key="F9", is_on=at is not None),
                ButtonView(say("Save PDF"), Do.EXPORT, icon="save", key="F10", is_on=at is not None),
            ),
            foot=self.done or say("Who opened, and what was failing, is kept."),
        )

    def _rows(self, group: Group, buttons: Mapping[Check, ButtonView]) -> tuple[RowView, ...]:
        answers = {each.check: each for each in self.verdict.answers}
        checks = [check for check, row in CHECKS.items() if row.group is group]
        return tuple(self._row(check, answers.get(check), buttons.get(check)) for check in checks)

    def _row(self, check: Check, answer: Answer | None, button: ButtonView | None) -> RowView:
        name = say(CHECKS[check].words)
        if check in self.waiting or answer is None:
            return RowView(name, say("Checking"), "clock")
        state, icon, words = _LOOKS[answer.outcome]
        tag = TagView(say(words), state, icon) if button is None and answer.outcome is not Outcome.UNUSED else None
        return RowView(name, self._detail(answer), icon, state, tag=tag, button=button)

    def _detail(self, answer: Answer) -> str:
        words = answer.told(answer.words, _said, clock)
        if answer.is_well or not answer.fix:
            return words
        return f"{words.rstrip('.')}. {answer.told(answer.fix, _said, clock)}"

    def _notices(self) -> tuple[NoticeView, ...]:
        verdict = self.verdict
        if verdict.is_green and not self.is_looking:
            return (NoticeView(say("Green"), say("Everything is ready for the doors."), "ok", "check"),)
        found = []
        for outcome, words in ((Outcome.FAIL, later("{count} failed")), (Outcome.TO_DO, later("{count} to do"))):
            answers = verdict.having(outcome)
            if answers:
                state, icon, _ = _LOOKS[outcome]
                names = ", ".join(say(CHECKS[each.check].words) for each in answers)
                found.append(NoticeView(say(words, count=len(answers)), f"{names}.", state, icon))
        return tuple(found)

    def _buttons(self) -> tuple[ButtonView, ...]:
        if self.is_looking:
            text = say("Checking, {left} left", left=len(self.waiting))
            return (ButtonView(text, Do.FINISH, "primary", "clock", "Enter", is_on=False),)
        if self.verdict.is_green:
            return (ButtonView(say("Open the doors"), Do.FINISH, "primary", "door", "Enter"),)
        anyway = ButtonView(say("Open all the same"), Do.SERVE_NEXT, icon="door", key="F8")
        first = self.first
        if first is None:
            return (ButtonView(say("Scan any code"), Do.FINISH, "primary", "scan", is_on=False), anyway)
        label = f"{first[1]}: {say(CHECKS[first[0].check].words)}"
        return (ButtonView(label, Do.FINISH, "primary", key="Enter"), anyway)

    # What is done

    def typed(self, key: Key) -> Next:
        if key.text.upper() == "T":
            return self.act(Do.TRY_AGAIN)
        if key.text and key.text in _KEYS and _KEYS.index(key.text) < len(self.to_mend):
            return self._lead(self.to_mend[_KEYS.index(key.text)][2])
        return None

    def act(self, action: Action) -> Next:
        match action:
            case Do.BACK:
                return to_sale(self.session)
            case LookAgain(check):
                self._look(check)
            case Mend(check):
                self._mend(check)
            case Do():
                return self._do(action)
            case _:
                pass
        return None

    def _do(self, action: Do) -> Next:
        match action:
            case Do.TRY_AGAIN if not self.is_looking:
                self._look()
            case Do.FINISH if not self.is_looking:
                if self.verdict.is_green:
                    self._open()
                elif self.first is not None:
                    return self._lead(self.first[2])
            case Do.SERVE_NEXT if not self.is_looking:
                self._open()
            case Do.PRINT_LAST if self.looked_at is not None:
                self._print()
            case Do.EXPORT if self.looked_at is not None:
                self._save()
            case _:
                pass
        return None

    def _lead(self, action: Action) -> Next:
        """Does what a button does that has a key: also what leads elsewhere."""
        if isinstance(action, GoTo):
            return action.destination
        return Shift() if action is Do.SHIFT else self.act(action)

    def _mend(self, check: Check) -> None:
        language, port = code(), self.port

        def mended(where: str) -> Next:
            if where:
                self.done = f"{say('Saved.')} {where}"
            self._look(check, *_BESIDES.get(check, ()))
            return None

        def failed(error: BoxofficeError) -> Next:
            self.session.say_failed(error)
            self._look(check)
            return None

        right = _ACTS.get(check)
        if right is None:
            self.session.call(lambda: port.mend(check, language), mended, failed=failed, lane=Lane.PAPER)
            return
        act = Act(right, say("to try"), say(CHECKS[check].words))
        allowed(self.session, act, lambda: port.mend(check, language), mended, failed=failed, lane=Lane.CONTROL)

    def _open(self) -> None:
        self.session.call(self.port.open_doors, self._opened, lane=Lane.LOOK, keys_wait=True)

    def _opened(self, _look: Look) -> Next:
        return to_sale(self.session)

    def _print(self) -> None:
        language = code()
        self.session.call(lambda: self.port.print(language), lambda _: self._say_done(say("Printed.")), lane=Lane.PAPER)

    def _save(self) -> None:
        language = code()
        self.session.call(lambda: self.port.save_pdf(language), self._saved, lane=Lane.PAPER)

    def _saved(self, path: Path) -> Next:
        return self._say_done(f"{say('Saved.')} {path}")

    def _say_done(self, words: str) -> Next:
        self.done = words
        return None


def _mend_of(answer: Answer) -> tuple[str, Action]:
    usual = _MENDS.get(answer.check, (later("Check again"), LookAgain(answer.check)))
    words, action = _OTHERWISE.get((answer.check, answer.outcome), usual)
    return say(words), action


def _said(text: str) -> str:
    """Returns a text in the language of now, also one that comes from below the screens."""
    return said if (said := say(text)) != text else told(text)
