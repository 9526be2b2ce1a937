"""Somebody else approves one act at this till, by PIN or badge; who is signed in stays so."""

from collections.abc import Sequence
from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import StaffId
from boxoffice.core.rights import approvers, can_approve
from boxoffice.till.ui.actions import Action, Do, TypeDigits
from boxoffice.till.ui.flow.destinations import Approve, Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.parts import AdviceView, ButtonView
from boxoffice.till.ui.views.staff import ApproveView, PinView
from boxoffice.till.ui.words import clock, explain, money, role_name
from boxoffice.till.usecases.gateway.team import Approval

_SHORTEST, _LONGEST = 4, 6
_MOST_NAMES = 3


class ApprovePage(BasePage):
    """Over the page where the act was wanted, which stays as it is."""

    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.APPROVE, Named.ESC: Do.BACK, Named.BACKSPACE: Do.DELETE_DIGIT}
    help_lines = (
        (later("0 to 9"), later("the PIN of who approves")),
        ("Enter", later("approve it")),
        ("Esc", later("not now")),
    )

    def __init__(self, session: Session, to: Approve) -> None:
        super().__init__(session, to)
        self.asked, self._then = to.act, to.then
        self._digits = ""
        self.problem = ""

    @property
    def why_stay(self) -> str:
        return say("Approve it, or close it with Esc first.")

    def view(self) -> ApproveView:
        asked, team, status = self.asked, self.session.team, self.session.status
        name = say("Somebody") if team.person is None else team.person.name
        amount = "" if asked.amount is None else money(asked.amount)
        is_ready = len(self._digits) >= _SHORTEST and not self.session.is_busy
        place = "" if status is None else f"{status.device_name}, {clock(self.session.till.now())}"
        return ApproveView(
            title=self._title(),
            wants=say("{name} wants {wants}", name=name, wants=told(asked.wants)),
            what=asked.what,
            amount=amount,
            notes=tuple(
                AdviceView(icon, told(text)) for icon, text in (*asked.notes, *([("till", place)] if place else []))
            ),
            once=say("**Your name is on it.** Whoever looks at it later sees who signed.")
            if asked.is_signed
            else say("**For this one act.** {name} stays signed in. The record names both of you.", name=name),
            badge_title=say("Or scan your badge now."),
            badge_text=say("No need to press anything first."),
            pin_title=say("Your PIN"),
            who=self._names(),
            pin=PinView(
                len(self._digits),
                max(_SHORTEST, len(self._digits)),
                self.problem,
                is_checking=self.session.is_busy,
            ),
            approve=ButtonView(self._do(amount), Do.APPROVE, "primary", "check", "Enter", is_on=is_ready),
            close=ButtonView(say("Not now"), Do.BACK, "quiet", "cross", "Esc"),
            foot="" if is_ready else say("Opens after {digits} digits", digits=_SHORTEST),
        )

    def _title(self) -> str:
        asked = self.asked
        if asked.is_signed and asked.by is not None:
            return say("{name}, sign this?", name=asked.by.name)
        if asked.by is not None:
            return say("{name}, confirm this?", name=asked.by.name)
        if asked.wants_second:
            return say("Second person, confirm this?")
        return say("{who}, approve this?", who=role_name(approvers(asked.right)[0]).capitalize())

    def _do(self, amount: str) -> str:
        if self.asked.is_signed:
            return say("Sign {total}", total=amount)
        return say("Approve {amount}", amount=amount).strip()

    def _names(self) -> str:
        if self.asked.by is not None:
            return self.asked.by.name
        people = self.session.team.people
        others = (each.person for each in people if each.person != self.session.team.person)
        names = [person.name for person in others if can_approve(person, self.asked.right)]
        if not names:
            return say("Nobody here can: ask an organizer")
        return (
            say(" or ").join(names)
            if len(names) <= _MOST_NAMES
            else say("{names} or another", names=", ".join(names[:_MOST_NAMES]))
        )

    def typed(self, key: Key) -> Next:
        if len(key.text) == 1 and key.text.isascii() and key.text.isdecimal():
            return self.act(TypeDigits(key.text))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TypeDigits(text) if len(self._digits) < _LONGEST:
                self._digits, self.problem = self._digits + text, ""
            case Do.DELETE_DIGIT:
                self._digits = self._digits[:-1]
            case Do.CLEAR_DIGITS:
                self._digits, self.problem = "", ""
            case Do.APPROVE if len(self._digits) >= _SHORTEST:
                self._try()
            case Do.BACK:
                self.session.uncover()
            case _:
                pass
        return None

    def _try(self) -> None:
        """Looks whose PIN it is; it is forgotten here at once."""
        session, pin, right, by = self.session, self._digits, self.asked.right, self._by
        self._digits = ""
        session.call(lambda: session.till.approve(right, pin, by), self._given, failed=self._failed, keys_wait=True)

    def scanned(self, readings: Sequence[str]) -> bool:
        session, right, by = self.session, self.asked.right, self._by
        session.call(
            lambda: session.till.approve_by_badge(right, readings, by), self._given, failed=self._failed, keys_wait=True
        )
        return True

    @property
    def _by(self) -> StaffId | None:
        return None if self.asked.by is None else self.asked.by.id

    def _given(self, approval: Approval) -> None:
        if self.session.cover is self:  # else it was closed, or the till was locked, meanwhile
            self.session.uncover()
            self._then(approval)

    def _failed(self, error: BoxofficeError) -> None:
        self.problem = " ".join(explain(error))
