"""The drills: what is asked in each, in which words, with which keys, and what goes wrong meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from boxoffice.core.catalogue import Product
from boxoffice.core.ids import PoolId
from boxoffice.core.money import Money
from boxoffice.core.scans import Outcome
from boxoffice.core.tenders import TenderKind
from boxoffice.till.ui.speech import later
from boxoffice.training.goals import Fault, Goal, HandOver, LetItAsk, RefundLast, ReprintLast, Scan, Sell, StartCard

_CASH: Final = frozenset({TenderKind.CASH})
_CARD: Final = frozenset({TenderKind.TERMINAL})


class Switch(Enum):
    """What a drill makes happen around the till."""

    READER_SILENT = "reader_silent"
    READER_WORKS = "reader_works"
    NETWORK_CUT = "network_cut"
    NETWORK_BACK = "network_back"
    SOLD_OUT = "sold_out"


@dataclass(frozen=True, slots=True)
class Cast:
    """What is sold in the drills, by the event's own names, prices and keys.

    `dear` and `cheap` are two tickets that one key sells; `scarce` is one that can sell out without either of them, and
    `pool` what of it does. `sums` are what they cost, and `given` what customers hand over for two cheap ones.
    """

    dear: Product
    cheap: Product
    letters: Mapping[str, str]
    dear_sum: Money
    cheap_sum: Money
    given: Money
    part: Money
    scarce: Product | None = None
    pool: PoolId | None = None
    guests: tuple[str, str, str] = ("", "", "")
    """Tickets that people hold out at the gate: good, for another day, good."""

    @property
    def dear_key(self) -> str:
        return self.letters[self.dear.id]

    @property
    def cheap_key(self) -> str:
        return self.letters[self.cheap.id]


@dataclass(frozen=True, slots=True)
class Step:
    """One goal in words. `parts` stand in the fields of title, sentence and keys."""

    goal: Goal
    title: str
    sentence: str
    keys: str
    parts: Mapping[str, object] = field(default_factory=dict)
    shows: int | None = None
    """Which guest holds out their ticket in it."""
    is_at_tiles: bool = True
    """Whether its keys begin where the next customer does."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is told of a drill that went well, unless one of these faults was made."""

    title: str
    detail: str
    unless: frozenset[Fault] = frozenset()


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """A drill. `begins` with switches, and has others `at` its goals, by how many are done."""

    title: str
    detail: str
    goal_s: int
    steps: tuple[Step, ...]
    kept: tuple[Kept, ...]
    begins: tuple[Switch, ...] = ()
    at: Mapping[int, tuple[Switch, ...]] = field(default_factory=dict)

    @property
    def goals(self) -> tuple[Goal, ...]:
        return tuple(step.goal for step in self.steps)

    @property
    def best(self) -> int:
        return sum(goal.best for goal in self.goals)


TITLES: Final = (
    (later("Cash, card, split"), later("4 sales, exact and with change")),
    (later("Refund and reprint"), later("The right ticket, the right tender")),
    (later("The reader stops answering"), later("Nobody may pay twice")),
    (later("The network is gone"), later("Sell on, and know how much")),
    (later("A ticket for another day"), later("At the gate, with a queue behind")),
    (later("Sold out, and handing over"), later("Offer another, give the drawer on")),
)


def course(cast: Cast) -> tuple[DrillPlan, ...]:
    """Returns all drills, in the order in which they are practised."""
    made = (_first_sales, _refund, _silent_reader, _no_network, _wrong_day, _hand_over)
    return tuple(make(cast, *TITLES[i]) for i, make in enumerate(made))


_RIGHT_CHANGE: Final = Kept(
    later("The change was right"), later("What they gave was what you typed"), frozenset({Fault.WRONG_CHANGE})
)
_RIGHT_THINGS: Final = Kept(
    later("Everybody got what they asked for"),
    later("The right tickets, paid as they wanted"),
    frozenset({Fault.WRONG_THING, Fault.WRONG_TENDER}),
)


def _exact(cast: Cast, product: Product, amount: Money, *, more: int = 0) -> Step:
    return Step(
        Sell({product.id: 1}, _CASH, best=3 + more),
        later("1 × {product}, cash"),
        later("Sell 1 {product} for cash. They give exactly {amount}."),
        later("{key}, F5, Enter"),
        {"product": product.name, "amount": amount, "key": cast.letters[product.id]},
    )


def _with_change(cast: Cast) -> Step:
    digits = _digits(cast.given)
    return Step(
        Sell({cast.cheap.id: 2}, _CASH, best=5 + len(digits), given=cast.given.minor),
        later("2 × {product}, cash with change"),
        later("Sell 2 {product} for cash. They give {given}."),
        later("2, {key}, F5, {digits}, Enter"),
        {"product": cast.cheap.name, "given": cast.given, "key": cast.cheap_key, "digits": digits},
    )


def _digits(amount: Money) -> str:
    """Returns what is typed for a round sum."""
    return str(amount.minor // 10**amount.currency.exponent)


def _first_sales(cast: Cast, title: str, detail: str) -> DrillPlan:
    card = Step(
        Sell({cast.dear.id: 1}, _CARD, best=3),
        later("1 × {product}, card"),
        later("Sell 1 {product} by card. They hold the card to the reader themselves."),
        later("{key}, F6"),
        {"product": cast.dear.name, "key": cast.dear_key},
    )
    split = Step(
        Sell({cast.dear.id: 1, cast.cheap.id: 1}, _CASH | _CARD, best=7 + len(_digits(cast.part))),
        later("1 × {dear} and 1 × {cheap}, split"),
        later("Sell 1 {dear} and 1 {cheap}. They pay {part} in cash, and the rest by card."),
        later("{dear_key}, {cheap_key}, F8, {digits}, F5, Enter, F6"),
        {
            "dear": cast.dear.name,
            "cheap": cast.cheap.name,
            "part": cast.part,
            "dear_key": cast.dear_key,
            "cheap_key": cast.cheap_key,
            "digits": _digits(cast.part),
        },
    )
    steps = (_exact(cast, cast.dear, cast.dear_sum), _with_change(cast), card, split)
    return DrillPlan(title, detail, 150, steps, (_RIGHT_THINGS, _RIGHT_CHANGE))


def _refund(cast: Cast, title: str, detail: str) -> DrillPlan:
    reprint = Step(
        ReprintLast(best=1),
        later("Print the receipt again"),
        later("They have lost the receipt. Print it once more."),
        "F9",
        is_at_tiles=False,
    )
    back = Step(
        RefundLast(best=8),
        later("Give all of it back"),
        later("They can't come. Give the last sale back in cash."),
        later("U, Enter; a supervisor approves with 1234, Enter"),
    )
    kept = (
        Kept(
            later("The right money went back"),
            later("In cash, as it was paid; the ticket lets nobody in now"),
            frozenset({Fault.WRONG_REFUND}),
        ),
        _RIGHT_THINGS,
    )
    return DrillPlan(title, detail, 75, (_exact(cast, cast.cheap, cast.cheap_sum), reprint, back), kept)


def _silent_reader(cast: Cast, title: str, detail: str) -> DrillPlan:
    start = Step(
        StartCard({cast.dear.id: 1, cast.cheap.id: 2}, best=4),
        later("Start the card"),
        later("Sell 1 {dear} and 2 {cheap} by card."),
        later("{dear_key}, 2, {cheap_key}, F6"),
        {
            "dear": cast.dear.name,
            "cheap": cast.cheap.name,
            "dear_key": cast.dear_key,
            "cheap_key": cast.cheap_key,
        },
    )
    let_go = Step(
        LetItAsk(best=1),
        later("Do not charge again"),
        later(
            "Nobody knows if the card was charged. The till goes on asking. Serve the next: 1 {product}, cash, exact."
        ),
        later("F10, {key}, F5, Enter"),
        {"product": cast.cheap.name, "key": cast.cheap_key},
        is_at_tiles=False,
    )
    kept = (
        Kept(later("Nobody was charged twice"), later("You let the till ask Stripe"), frozenset({Fault.CHARGED_TWICE})),
        Kept(later("The next person was served"), later("While the till went on asking")),
    )
    return DrillPlan(
        title,
        detail,
        60,
        (start, let_go, _exact(cast, cast.cheap, cast.cheap_sum)),
        kept,
        begins=(Switch.READER_SILENT,),
        at={2: (Switch.READER_WORKS,), 3: (Switch.READER_WORKS,)},
    )


def _no_network(cast: Cast, title: str, detail: str) -> DrillPlan:
    known = Step(
        Sell({cast.dear.id: 1}, _CASH, best=4),
        later("Sell on"),
        later("No network, and cash works as ever: the tile says how many are still here. Sell 1 {product}, exact."),
        later("{key}, F5, Enter"),
        {"product": cast.dear.name, "key": cast.dear_key},
    )
    kept = (
        Kept(later("The queue went on"), later("The till sells what it holds, with no network at all")),
        Kept(later("Nothing was lost"), later("All of it was sent when the network came back")),
        _RIGHT_CHANGE,
    )
    return DrillPlan(
        title,
        detail,
        60,
        (_with_change(cast), known),
        kept,
        begins=(Switch.NETWORK_CUT,),
        at={2: (Switch.NETWORK_BACK,)},
    )


def _wrong_day(cast: Cast, title: str, detail: str) -> DrillPlan:
    good, other, last = cast.guests
    steps = (
        _guest(good, Outcome.ADMITTED, 0, later("Let the first guest in"), later("Open check-in. A guest comes.")),
        _guest(
            other,
            Outcome.WRONG_DAY,
            1,
            later("Look at the next ticket"),
            later("The next one comes. Read what the screen says, and tell them."),
        ),
        _guest(
            last,
            Outcome.ADMITTED,
            2,
            later("Let the queue go on"),
            later("It was for another day: they wait aside, nothing is changed. The next guest comes."),
        ),
    )
    kept = (
        Kept(later("Only who may came in"), later("The till said which day the ticket is for")),
        Kept(later("The queue went on"), later("One word, and the next guest")),
    )
    return DrillPlan(title, detail, 45, steps, kept)


def _guest(ticket_id: str, outcome: Outcome, guest: int, title: str, sentence: str) -> Step:
    is_first = not guest
    keys = later("F4, then Ctrl G: they hold out their ticket") if is_first else later("Ctrl G: they hold it out")
    return Step(Scan(ticket_id, outcome, best=1 + is_first), title, sentence, keys, shows=guest, is_at_tiles=False)


def _hand_over(cast: Cast, title: str, detail: str) -> DrillPlan:
    other = Step(
        Sell({cast.cheap.id: 1}, _CASH, best=3),
        later("Sell another one"),
        later("They want {scarce}, and it has just sold out everywhere. They take 1 {product} instead, for cash."),
        later("{key}, F5, Enter"),
        {
            "scarce": cast.cheap.name if cast.scarce is None else cast.scarce.name,
            "product": cast.cheap.name,
            "key": cast.cheap_key,
        },
    )
    give = Step(
        HandOver(best=5),
        later("Hand the drawer over"),
        later("Your time is over. Hand the drawer to the next person, as it is."),
        later("Ctrl D, H, Q, Enter"),
        is_at_tiles=False,
    )
    kept = (
        _RIGHT_THINGS,
        Kept(later("The drawer has one owner"), later("The next one sells from what you left")),
    )
    steps = (other, give) if cast.scarce is not None else (_exact(cast, cast.cheap, cast.cheap_sum), give)
    return DrillPlan(title, detail, 60, steps, kept, begins=(Switch.SOLD_OUT,))


FAULT_WORDS: Final[Mapping[Fault, tuple[str, str]]] = {
    Fault.WRONG_THING: (later("Something else was sold"), later("Look at the lines before you take the money.")),
    Fault.WRONG_TENDER: (later("Paid another way than asked"), later("Ask how they pay, then press it.")),
    Fault.WRONG_CHANGE: (later("The change was wrong"), later("Type what they gave: the till says the change.")),
    Fault.CHARGED_TWICE: (
        later("Charged again"),
        later("While a payment is unknown, never start another for it."),
    ),
    Fault.WRONG_REFUND: (later("Another sale went back"), later("Look at the number of the order.")),
    Fault.SLOW_TO_LET_GO: (later("Slow to let go"), later("The till asks by itself. The queue waits.")),
}


def places(plans: Sequence[DrillPlan]) -> range:
    """Returns the numbers of the drills, as people count them."""
    return range(1, len(plans) + 1)
