"""What the screens ask of a kiosk: to begin and leave it, to call somebody, and to show tickets on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from boxoffice.core.ids import OrderId

SHORTEST_CODE: Final = 4
LONGEST_CODE: Final = 6


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """Somebody needs help at the kiosk of the name `till`. `answered_by` names the till from which somebody comes."""

    id: str
    till: str
    doing: str
    at: datetime
    answered_by: str = ""
    is_own: bool = False


class KioskPort(Protocol):
    """The kiosk that this till can be. While it is one, whoever acts may buy and do nothing else."""

    def needs_code(self) -> bool:
        """Returns whether a code must be chosen to leave it by: there is nobody here whose PIN could be asked for."""

    def begin(self, code: str = "") -> None:
        """Lets customers serve themselves from now on. Raises `OperationFailed` while a shift is open."""

    def leave(self, pin: str) -> None:
        """Ends that, by the PIN of somebody who may sell, or else by the code. Raises `WrongPin` or `ShutOut`."""

    def leave_by_badge(self, readings: Sequence[str]) -> None:
        """Ends that, by the badge of somebody who may sell. Raises `NoBadge` or `NotAllowed`."""

    def call_help(self, doing: str) -> None:
        """Calls somebody, and says what the kiosk is doing. Raises `Unreachable` where nobody hears it."""

    def end_help(self) -> None:
        """Ends the call, if there is one."""

    def answer_help(self, call_id: str) -> None:
        """Says that somebody comes from this till."""

    def tickets_link(self, order_id: OrderId) -> str:
        """Returns the address of an order's tickets for its buyer's phone. Raises `Unreachable` without the hub."""
