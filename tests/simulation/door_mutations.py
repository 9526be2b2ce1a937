"""Deliberate bugs at a door: swaps, shifts, rounding, who acts, and a hub that was put back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from sqlalchemy import Connection

from boxoffice.core import cash_moves, swaps
from boxoffice.core.payloads import cash
from boxoffice.till.store import shifts
from boxoffice.till.usecases.desk import Desk
from sync.ledger import intake
from tests.simulation.mutations import Mutation
from tests.simulation.options import ALWAYS, Fault, Rule
from tests.simulation.runs import Tier


def _old_ticket_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(swaps, "voided", lambda *_: [])


def _cash_goes_the_other_way(patch: pytest.MonkeyPatch) -> None:
    true = cash_moves.ends_of
    patch.setattr(cash, "ends_of", lambda *about: true(*about)[::-1])


def _same_z(patch: pytest.MonkeyPatch) -> None:
    true = shifts.next_z
    patch.setattr(shifts, "next_z", lambda *about: max(1, true(*about) - 1))


def _nobody_acts(patch: pytest.MonkeyPatch) -> None:
    """Whoever sits there, nobody's name stands in what is written."""
    true = Desk.seat
    patch.setattr(Desk, "seat", lambda self, _person, *, is_staffed: true(self, None, is_staffed=is_staffed))


def _sales_before_leases(patch: pytest.MonkeyPatch) -> None:
    """A hub that was put back takes sales of a till that has still to tell of its leases."""
    true = intake.lock_device

    def lock_device(connection: Connection, device_id: str) -> bool:
        true(connection, device_id)
        return False

    patch.setattr(intake, "lock_device", lock_device)


_AT_THE_DOOR: Final[Mapping[str, Any]] = {
    "rules": ALWAYS | {Rule.SWAP, Rule.SHIFT},
    "faults": frozenset(),
    "tills": 1,
    "capacity": 60,
}
_STAFF: Final[Mapping[str, Any]] = {**_AT_THE_DOOR, "rules": ALWAYS | {Rule.STAFF}}
_PUT_BACK: Final[Mapping[str, Any]] = {
    "rules": ALWAYS | {Rule.CLOSE, Rule.PHONE},
    "faults": frozenset({Fault.HUB_RESTORED, Fault.PARTITION}),
    "rate": 0.25,
    "tills": 2,
    "capacity": 30,
}


def _full(name: str, breaks: str, put_in: Any, focus: Mapping[str, Any]) -> Mutation:
    return Mutation(name, breaks, put_in, Tier.FULL, 12, 30, focus)


AT_THE_DOOR: Final[Sequence[Mutation]] = (
    _full("till: old ticket stays", "a ticket that was swapped lets somebody in", _old_ticket_stays, _AT_THE_DOOR),
    _full("cash the other way", "a drawer holds more where cash left it", _cash_goes_the_other_way, _AT_THE_DOOR),
    _full("till: same Z", "two Z reports of a till have one number", _same_z, _AT_THE_DOOR),
    _full("till: nobody acts", "what was sold names nobody", _nobody_acts, _STAFF),
    _full("hub: sales before leases", "what was sold rests on nothing", _sales_before_leases, _PUT_BACK),
)
