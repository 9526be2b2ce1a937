"""Counts drawers for `verify`, by what facts say and by nothing that carries them out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.tenders import tender_of

_INTO: Final = {"pay_in", "change", "arrive"}
_OUT: Final = {"pay_out", "drop", "deposit", "carry"}


def drawer_problems(own: Sequence[Fact], fact_by_id: Callable[[str], Fact | None]) -> Iterator[str]:
    """Yields what is wrong with the shifts of one till: closed with what was not there, or numbered with a gap.

    Args:
        own: all facts of the till's own chain, in its order.
        fact_by_id: returns a fact that a shift says its till had heard.
    """
    inside, shift = 0, None
    told = 0  # what of the hub's facts was known when the drawer was counted last: that count has it
    last_z = 0 if own and own[0].seq == 1 else None  # a chain that is not whole may have begun with another number
    for fact in own:
        p = fact.payload
        match fact.kind:
            case FactKind.SHIFT_OPENED:
                shift, inside, told = p["shift_id"], p["float_amount"], 0
            case FactKind.SHIFT_HANDED_OVER if p.get("counted") is not None:
                told += p["expected"] - inside
                inside = p["counted"]
            case FactKind.SHIFT_CLOSED:
                heard = (fact_by_id(each) for each in p.get("heard", ()))
                should = inside - told + sum(_moved(each, p["drawer"]) for each in heard if each is not None)
                if p["shift_id"] == shift and p["expected"] != should:
                    yield f"shift {shift} expected {p['expected']} in drawer {p['drawer']}, but its facts say {should}"
                if last_z is not None and p["z_number"] != last_z + 1:
                    yield f"shift {p['shift_id']} is Z {p['z_number']} after Z {last_z}"
                shift, last_z = None, p["z_number"]
            case _:
                inside += _moved(fact, p.get("drawer"))


def cash_in(facts: Iterable[Fact]) -> Mapping[tuple[str, str], int]:
    """Returns what these facts leave in each drawer, by drawer and currency."""
    inside: Counter[tuple[str, str]] = Counter()
    for fact in facts:
        p = fact.payload
        drawer = p.get("drawer")
        if drawer is not None:
            inside[drawer, p["currency"]] += _moved(fact, drawer) + _counted(fact.kind, p)
    return {key: amount for key, amount in inside.items() if amount}


def _moved(fact: Fact, drawer: str | None) -> int:
    """Returns what a fact puts into a drawer, or takes out of it."""
    p = fact.payload
    if drawer is None or p.get("drawer") != drawer:
        return 0
    match fact.kind:
        case FactKind.PAYMENT_CAPTURED if tender_of(p["tender"]).is_cash:
            return int(p["amount"] + p.get("rounding", 0))
        case FactKind.REFUND_SUCCEEDED if tender_of(p["tender"]).is_cash and p.get("into") is None:
            return -int(p["amount"] + p.get("rounding", 0))
        case FactKind.GIFT_CARD_CASHED_OUT:
            return -int(p["amount"] + p.get("rounding", 0))
        case FactKind.CASH_MOVED:
            how = p.get("move")
            return int(p["amount"]) * (1 if how is None or how in _INTO else -1 if how in _OUT else 0)
        case _:
            return 0


def _counted(kind: FactKind, p: Mapping[str, Any]) -> int:
    """Returns by how much a count puts a drawer right."""
    match kind:
        case FactKind.SHIFT_OPENED:
            return int(p["float_amount"] - p["left"])
        case FactKind.SHIFT_HANDED_OVER:
            return 0 if p.get("counted") is None else int(p["counted"] - p["expected"])
        case FactKind.SHIFT_CLOSED:
            return int(p["counted"] - p["expected"] - p.get("to_safe", 0))
        case _:
            return 0
