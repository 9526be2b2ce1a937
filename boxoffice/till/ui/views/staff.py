"""What the screens draw about who is there: signing in, and approving what another does."""

from dataclasses import dataclass

from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.views.parts import AdviceView, ButtonView


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody to choose: initials and name, the key, and a word where they have to wait or have no PIN."""

    initials: str
    name: str
    key: str
    action: Action
    is_chosen: bool = False
    note: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class PinView:
    """How many digits are typed of how many; never which. `problem` is what was wrong with the last ones."""

    typed: int
    of: int
    problem: str = ""
    is_on: bool = True
    is_checking: bool = False


@dataclass(frozen=True, slots=True)
class SignInView:
    title: str
    hint: str
    question: str
    people: tuple[PersonView, ...]
    pin_title: str
    pin: PinView
    badge_title: str
    badge_text: str
    foot: str


@dataclass(frozen=True, slots=True)
class ApproveView:
    """`wants` is who wants what, `what` and `amount` what it is about; `who` may approve it."""

    title: str
    wants: str
    what: str
    amount: str
    notes: tuple[AdviceView, ...]
    once: str
    badge_title: str
    badge_text: str
    pin_title: str
    who: str
    pin: PinView
    approve: ButtonView
    close: ButtonView
    foot: str
