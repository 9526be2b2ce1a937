"""Who is there: a name and a PIN, or a badge and nothing to press first. The sale waits below, as it was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import StaffId
from boxoffice.core.staff import Acting, Person
from boxoffice.till.ui.actions import Action, Destination, Do, TypeDigits
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.till_actions import ChoosePerson
from boxoffice.till.ui.views.staff import PersonView, PinView, SignInView
from boxoffice.till.ui.words import days, explain, initials
from boxoffice.till.usecases.gateway.team import Colleague, ShutOut, WrongPin, waiting_words

MOST = 8
"""People on one page; where there are more, the last place leads to the others."""
LONGEST = 6
SHORTEST = 4


class SignInPage(BasePage):
    """Begins with who was signed in last, where that is known."""

    is_bare = comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.CLEAR_DIGITS, Named.BACKSPACE: Do.DELETE_DIGIT}
    help_lines = (
        ("Q W E R", later("who you are")),
        (later("0 to 9"), later("your PIN")),
        ("Esc", later("begin the PIN again")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self._digits = ""
        self.problem = ""
        self.page_index = 0
        self._shut_until_s: dict[StaffId, float] = {}
        people = session.team.people
        last = session.team.person
        if last is not None and session.team.colleague(last.id) is not None:
            self.chosen: StaffId | None = last.id
        else:
            self.chosen = people[0].person.id if len(people) == 1 else None
        now_s = session.till.elapsed_s()
        for each in people:
            if each.wait_s:
                self._shut_until_s[each.person.id] = now_s + each.wait_s

    @property
    def _who(self) -> Colleague | None:
        return None if self.chosen is None else self.session.team.colleague(self.chosen)

    @property
    def _wait_s(self) -> int:
        """Returns how long the one who is chosen has still to wait."""
        if self.chosen is None:
            return 0
        return max(0, round(self._shut_until_s.get(self.chosen, 0) - self.session.till.elapsed_s()))

    @property
    def _shown(self) -> tuple[Colleague, ...]:
        people = self.session.team.people
        if len(people) <= MOST:
            return people
        size = MOST - 1
        start = self.page_index * size % (-(-len(people) // size) * size)
        return people[start : start + size]

    def view(self) -> SignInView:
        catalogue, who = self.session.catalogue, self._who
        on = [each for product in catalogue.products for each in product.days] if catalogue is not None else []
        when = f"{days(min(on), max(on))} · " if on else ""
        status = self.session.status
        title, text = self._asked(who)
        return SignInView(
            title="Box Office" if catalogue is None else catalogue.name,
            hint="" if catalogue is None else f"{when}{catalogue.venue}",
            question=say("Who is selling?"),
            people=(*(self._person(i, each) for i, each in enumerate(self._shown)), *self._others()),
            pin_title=title,
            pin=PinView(
                len(self._digits),
                who.pin_digits if who is not None and who.pin_digits else SHORTEST,
                text or self.problem,
                is_on=who is not None and bool(who.pin_digits) and not self._wait_s,
                is_checking=self.session.is_busy,
            ),
            badge_title=say("Or scan your badge"),
            badge_text=say("No name, no PIN, nothing to press first"),
            foot=say("{device_name} · works offline", device_name=status.device_name)
            if status is not None
            else say("Works offline"),
        )

    def _asked(self, who: Colleague | None) -> tuple[str, str]:
        if who is None:
            return say("Choose your name"), ""
        if self._wait_s:
            wait = say(
                "Too many wrong PINs. Wait {wait}, or scan your badge.",
                wait=waiting_words(self._wait_s),
            )
            return say("Wait a moment"), wait
        if not who.pin_digits:
            return say("Scan your badge"), say("{name} has no PIN.", name=who.person.name)
        return say("Enter your PIN"), ""

    def _person(self, index: int, each: Colleague) -> PersonView:
        person = each.person
        is_shut = self._shut_until_s.get(person.id, 0) > self.session.till.elapsed_s()
        return PersonView(
            initials(person.name),
            person.name,
            TILE_LETTERS[index],
            ChoosePerson(person.id),
            is_chosen=person.id == self.chosen,
            note=say("wait") if is_shut else "" if each.pin_digits else say("badge only"),
        )

    def _others(self) -> tuple[PersonView, ...]:
        if len(self.session.team.people) <= MOST:
            return ()
        return (PersonView("", say("Others"), TILE_LETTERS[MOST - 1], Do.OTHERS, icon="person"),)

    def typed(self, key: Key) -> Next:
        if key.tile is not None:
            people = self.view().people
            if key.tile < len(people):
                return self.act(people[key.tile].action)
        elif len(key.text) == 1 and key.text.isascii() and key.text.isdecimal():
            return self.act(TypeDigits(key.text))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case ChoosePerson(staff_id):
                self.chosen, self._digits, self.problem = staff_id, "", ""
            case Do.OTHERS:
                self.page_index += 1
            case TypeDigits(text):
                self._type(text)
            case Do.DELETE_DIGIT:
                self._digits = self._digits[:-1]
            case Do.CLEAR_DIGITS:
                self._digits, self.problem = "", ""
            case Do.FINISH if len(self._digits) >= SHORTEST:
                self._try()
            case _:
                pass
        return None

    def _type(self, digit: str) -> None:
        who = self._who
        if who is None:
            self.problem = say("Choose your name first.")
        elif who.pin_digits and not self._wait_s and len(self._digits) < LONGEST:
            self.problem = ""
            self._digits += digit
            if len(self._digits) == who.pin_digits:
                self._try()

    def _try(self) -> None:
        """Looks whether the PIN is right; it is forgotten here at once."""
        session, pin, who = self.session, self._digits, self.chosen
        self._digits = ""
        if who is not None and not session.is_busy:
            session.call(lambda: session.till.sign_in(who, pin), self._let_in, failed=self._failed, keys_wait=True)

    def _let_in(self, person: Person) -> None:
        """Goes on with the sale: what the till tells of it besides may come sooner or later."""
        team = self.session.team
        self.session.hear_team(replace(team, acting=Acting(person, is_staffed=True)))

    def _failed(self, error: BoxofficeError) -> None:
        if isinstance(error, WrongPin | ShutOut) and error.wait_s and self.chosen is not None:
            self._shut_until_s[self.chosen] = self.session.till.elapsed_s() + error.wait_s
        self.problem = " ".join(explain(error))

    def scanned(self, readings: Sequence[str]) -> bool:
        session = self.session
        session.call(lambda: session.till.sign_in_by_badge(readings), self._let_in, failed=self._failed, keys_wait=True)
        return True
