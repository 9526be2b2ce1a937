"""What a run plays: which rules and which faults are on. Each seed draws its own mixture (swarm testing)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from tests.simulation.draws import Draws


class Rule(Enum):
    """What people do."""

    CASH = "cash"
    CARD = "card"
    PHONE = "phone"
    SPLIT = "split"
    PARK = "park"
    GIVE_BACK = "give_back"
    WEB = "web"
    REFUND = "refund"
    REVISE = "revise"
    RECALL = "recall"
    RECLAIM = "reclaim"
    CLOSE = "close"
    PROMO = "promo"
    MAIL = "mail"
    DISPUTE = "dispute"
    PAYPAL = "paypal"
    SHIFT = "shift"
    STAFF = "staff"
    SWAP = "swap"
    REFUND_AT_DOOR = "refund_at_door"
    COLLECT = "collect"
    ROUNDING = "rounding"
    """Prices are odd, and cash is rounded."""
    SEAT = "seat"
    """Tickets that were sold beyond a pool are moved to another."""
    GIFT_CARD = "gift_card"
    CODE_AT_TILL = "code_at_till"
    PARK_CART = "park_cart"
    REDUCED = "reduced"
    TOGETHER = "together"
    """Bundles, and parties with one code."""
    VOID = "void"
    HAND_ON = "hand_on"
    LET_IN = "let_in"
    KIOSK = "kiosk"
    """A till lets customers serve themselves for a while."""


class Fault(Enum):
    """What goes wrong."""

    REQUEST_LOST = "request_lost"
    REPLY_LOST = "reply_lost"
    SLOW = "slow"
    DUPLICATE = "duplicate"
    PARTITION = "partition"
    ONE_WAY = "one_way"
    TILL_DIES = "till_dies"
    HUB_DIES = "hub_dies"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_ANSWER_LOST = "provider_answer_lost"
    PROVIDER_REFUSES = "provider_refuses"
    CARD_DECLINED = "card_declined"
    WEBHOOK_TWICE = "webhook_twice"
    WEBHOOK_LATE = "webhook_late"
    WEBHOOK_NEVER = "webhook_never"
    REFUND_PENDS = "refund_pends"
    REFUND_FAILS = "refund_fails"
    CLOCK_JUMPS = "clock_jumps"
    CLOCK_DRIFTS = "clock_drifts"
    FOREIGN_EVENT = "foreign_event"
    FILE_SET_BACK = "file_set_back"
    BACKUP_RESTORED = "backup_restored"
    MAIL_DOWN = "mail_down"
    MAIL_ANSWER_LOST = "mail_answer_lost"
    HUB_RESTORED = "hub_restored"
    """The hub's database is put back to what it was a while ago."""
    FACTS_LOST = "facts_lost"
    """A till's file is put back to what it was, and nobody has what it lacks."""
    CLONED = "cloned"
    """A till's files are copied, and both copies are at work."""


ALWAYS = frozenset({Rule.CASH, Rule.WEB})
DOOR_RULES = (Rule.SHIFT, Rule.STAFF, Rule.SWAP, Rule.REFUND_AT_DOOR, Rule.COLLECT, Rule.ROUNDING, Rule.SEAT)
COUNTER_RULES = (Rule.GIFT_CARD, Rule.CODE_AT_TILL, Rule.PARK_CART)
OFFICE_RULES = (Rule.PROMO, Rule.MAIL, Rule.DISPUTE, Rule.PAYPAL)
VISITOR_RULES = (Rule.REDUCED, Rule.TOGETHER, Rule.VOID, Rule.HAND_ON, Rule.LET_IN, Rule.KIOSK)
FULL_RULES = (*OFFICE_RULES, *DOOR_RULES, *COUNTER_RULES, *VISITOR_RULES)
OFFICE_FAULTS = (
    Fault.FOREIGN_EVENT,
    Fault.FILE_SET_BACK,
    Fault.BACKUP_RESTORED,
    Fault.MAIL_DOWN,
    Fault.MAIL_ANSWER_LOST,
)
_CARDS = frozenset({Rule.CARD, Rule.PHONE, Rule.SPLIT, Rule.DISPUTE})
SPOILT_BY: Mapping[Fault, frozenset[Rule]] = {
    Fault.HUB_RESTORED: frozenset({Rule.GIFT_CARD, Rule.CODE_AT_TILL, Rule.PARK_CART}),
    Fault.FACTS_LOST: _CARDS | {Rule.RECLAIM, Rule.GIFT_CARD, Rule.CODE_AT_TILL},
    Fault.CLONED: _CARDS | {Rule.GIFT_CARD, Rule.CODE_AT_TILL},
}
"""What nobody can put right where this has gone wrong."""
LOSSES = tuple(SPOILT_BY)
"""Something is gone for good, or is there twice: one of them at most in a run."""
FULL_FAULTS = (*OFFICE_FAULTS, *LOSSES)
"""What the full tier alone plays. A seed draws them from streams of their own, so that they move no other draw."""


@dataclass(frozen=True, slots=True)
class Options:
    """`skipped` are the steps that a shrunk run leaves out; nothing else of it changes by that."""

    seed: int
    steps: int
    tills: int
    capacity: int
    rules: frozenset[Rule]
    faults: frozenset[Fault]
    rate: float
    skipped: frozenset[int] = field(default=frozenset())

    @classmethod
    def drawn(cls, seed: int, steps: int, draws: Draws) -> "Options":
        parts = ("", " of the full tier", " of the door", " of losses", " of the counter", " of visitors")
        own, full, door, losses, counter, visitors = (draws.of(f"options{of}") for of in parts)
        rules = frozenset(rule for rule in Rule if rule not in FULL_RULES and own.chance(0.6)) | ALWAYS
        rules |= {rule for rule in OFFICE_RULES if full.chance(0.4)}
        rules |= {rule for rule in DOOR_RULES if door.chance(0.4)}
        rules |= {rule for rule in COUNTER_RULES if counter.chance(0.3)}
        rules |= {rule for rule in VISITOR_RULES if visitors.chance(0.3)}
        share = own.one_of((0.0, 0.2, 0.4, 0.7))
        faults = frozenset(fault for fault in Fault if fault not in FULL_FAULTS and own.chance(share))
        faults |= {fault for fault in OFFICE_FAULTS if full.chance(share)}
        loss = losses.one_of((*[None] * 6, *LOSSES))
        if loss is not None:
            rules, faults = rules - SPOILT_BY[loss], faults | {loss}
        return cls(seed, steps, own.whole(1, 3), own.whole(3, 14), rules, faults, own.between(0.03, 0.25))

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, {self.steps} steps, {self.tills} tills, {self.capacity} places a day\n"
            f"  rules:  {_words(self.rules)}\n  faults: {_words(self.faults)} ({self.rate:.0%} of the times)"
        )


def _words(parts: Iterable[Rule | Fault]) -> str:
    return ", ".join(sorted(part.value for part in parts)) or "none"
