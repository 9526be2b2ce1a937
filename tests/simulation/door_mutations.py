"""Deliberate bugs at a door: swaps, cash in shifts, and what customers do by themselves."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from boxoffice.core import cash_moves, rights, swaps
from boxoffice.core.payloads import cash
from boxoffice.till.store import shifts
from tests.simulation.mutation import Mutation
from tests.simulation.options import ALWAYS, Rule
from tests.simulation.runs import Tier


def _old_ticket_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(swaps, "voided", lambda *_: [])


def _cash_goes_the_other_way(patch: pytest.MonkeyPatch) -> None:
    true = cash_moves.ends_of
    patch.setattr(cash, "ends_of", lambda *about: true(*about)[::-1])


def _same_z(patch: pytest.MonkeyPatch) -> None:
    true = shifts.next_z
    patch.setattr(shifts, "next_z", lambda *about: max(1, true(*about) - 1))


def _kiosk_does_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rights, "AT_A_KIOSK", frozenset(rights.Right))


_AT_THE_DOOR: Final[Mapping[str, Any]] = {
    "rules": ALWAYS | {Rule.SWAP, Rule.SHIFT},
    "faults": frozenset(),
    "tills": 1,
    "capacity": 60,
}


_AT_A_KIOSK: Final[Mapping[str, Any]] = {**_AT_THE_DOOR, "rules": ALWAYS | {Rule.KIOSK}}


def _full(name: str, breaks: str, put_in: Any, focus: Mapping[str, Any]) -> Mutation:
    return Mutation(name, breaks, put_in, Tier.FULL, 12, 30, focus)


AT_THE_DOOR: Final[Sequence[Mutation]] = (
    _full("till: old ticket stays", "a ticket that was swapped lets somebody in", _old_ticket_stays, _AT_THE_DOOR),
    _full("cash the other way", "a drawer holds more where cash left it", _cash_goes_the_other_way, _AT_THE_DOOR),
    _full("till: same Z", "two Z reports of a till have one number", _same_z, _AT_THE_DOOR),
    _full("till: kiosk does all", "a kiosk takes cash that nobody is there to take", _kiosk_does_all, _AT_A_KIOSK),
)
