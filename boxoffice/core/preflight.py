"""What is looked at before doors open: one table of checks, and what their answers come to.

A check answers in words with their parts beside them, so that each reader tells it in their own language.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from boxoffice.core.languages import later


class Check(Enum):
    STRIPE = "stripe"
    READER = "reader"
    TEST_PAYMENT = "test_payment"
    FLOAT = "float"
    CASH_TILL = "cash_till"
    TAXES = "taxes"
    PRINTER = "printer"
    TEST_PRINT = "test_print"
    DRAWER = "drawer"
    SCANNER = "scanner"
    DISPLAYS = "displays"
    NETWORK = "network"
    HUB = "hub"
    CLOCK = "clock"
    DISK = "disk"
    FLUSH = "flush"
    BACKUP = "backup"
    PLACES = "places"
    STAFF = "staff"
    DOOR_LIST = "door_list"


class Group(Enum):
    """Which checks stand together, by the title over them."""

    MONEY = later("Money")
    PAPER = later("Printing and scanning")
    SAFETY = later("Network and safety")
    PEOPLE = later("People and tickets")


class Outcome(Enum):
    PASS = "pass"  # noqa: S105  # a word, no secret
    TO_DO = "to_do"
    """A person has something to do, such as to scan a code."""
    FAIL = "fail"
    UNUSED = "unused"
    """This till has no such thing, and needs none: it counts neither way."""


@dataclass(frozen=True, slots=True)
class Row:
    """One check: what it is called, with whom it stands, and after how long it has failed without an answer."""

    words: str
    group: Group
    limit_s: float = 10.0


CHECKS: Final[Mapping[Check, Row]] = {
    Check.STRIPE: Row(later("Stripe key"), Group.MONEY, 15.0),
    Check.READER: Row(later("Card reader"), Group.MONEY, 15.0),
    Check.TEST_PAYMENT: Row(later("Test payment"), Group.MONEY),
    Check.FLOAT: Row(later("Cash float"), Group.MONEY),
    Check.CASH_TILL: Row(later("Cash is taken here"), Group.MONEY, 15.0),
    Check.TAXES: Row(later("Taxes"), Group.MONEY),
    Check.PRINTER: Row(later("Printer"), Group.PAPER, 12.0),
    Check.TEST_PRINT: Row(later("Test page"), Group.PAPER),
    Check.DRAWER: Row(later("Cash drawer"), Group.PAPER, 12.0),
    Check.SCANNER: Row(later("Scanner"), Group.PAPER),
    Check.DISPLAYS: Row(later("Customer's screen"), Group.PAPER),
    Check.NETWORK: Row(later("Network"), Group.SAFETY),
    Check.HUB: Row(later("Hub"), Group.SAFETY, 15.0),
    Check.CLOCK: Row(later("Clock"), Group.SAFETY, 15.0),
    Check.DISK: Row(later("Disk space"), Group.SAFETY),
    Check.FLUSH: Row(later("Disk keeps what is saved"), Group.SAFETY),
    Check.BACKUP: Row(later("Backup"), Group.SAFETY),
    Check.PLACES: Row(later("Offline share"), Group.PEOPLE),
    Check.STAFF: Row(later("Staff"), Group.PEOPLE, 15.0),
    Check.DOOR_LIST: Row(later("Door list"), Group.PEOPLE),
}
"""In the order in which they are shown. Every check has a row."""

PROOF_LASTS: Final = timedelta(hours=12)
"""How long it holds that somebody has shown what no program can look at: one evening, and not the next."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check has found. `words` and `fix` have fields for what is in `parts`, and `{time}` for `at`.

    `fix` says what to do about it; it is empty where nothing is to be done.
    """

    check: Check
    outcome: Outcome
    words: str
    fix: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None

    @property
    def is_well(self) -> bool:
        return self.outcome in (Outcome.PASS, Outcome.UNUSED)

    def told(self, text: str, say: Callable[[str], str], time: Callable[[datetime], str]) -> str:
        """Returns `words` or `fix` with what belongs into its fields; what has none is left as it is."""
        said = say(text)
        if not self.parts and self.at is None:
            return said
        return said.format(**self.parts, time="" if self.at is None else time(self.at))


NO_ANSWER: Final = later("No answer in {seconds} s")
NO_ANSWER_FIX: Final = later("Look at it: is it on, and is it plugged in? Then check again.")
BROKE: Final = later("This check itself went wrong ({kind})")
BROKE_FIX: Final = later("Check again. If it comes back, start the till again.")


def no_answer(check: Check) -> Answer:
    """Returns what a check has come to that did not answer in its time."""
    seconds = f"{CHECKS[check].limit_s:.0f}"
    return Answer(check, Outcome.FAIL, NO_ANSWER, NO_ANSWER_FIX, {"seconds": seconds})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all answers come to."""

    answers: tuple[Answer, ...]

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> "Verdict":
        """Returns the verdict on answers, which are put into the order of the table; of two to one check the later."""
        newest = {each.check: each for each in answers}
        return cls(tuple(newest[check] for check in CHECKS if check in newest))

    def with_(self, answer: Answer) -> "Verdict":
        return Verdict.of((*self.answers, answer))

    def having(self, outcome: Outcome) -> tuple[Answer, ...]:
        return tuple(each for each in self.answers if each.outcome is outcome)

    @property
    def passed(self) -> int:
        return len(self.having(Outcome.PASS))

    @property
    def counted(self) -> int:
        """How many checks count: all but those of what this till has not."""
        return len(self.answers) - len(self.having(Outcome.UNUSED))

    @property
    def is_green(self) -> bool:
        """Whether every check was looked at, and none has anything against opening the doors."""
        return len(self.answers) == len(CHECKS) and all(each.is_well for each in self.answers)

    @property
    def outcomes(self) -> dict[str, str]:
        """What a fact keeps of it."""
        return {each.check.value: each.outcome.value for each in self.answers}
