"""A till as a kiosk: customers serve themselves, and staff alone ends that.

Where staff is kept, it ends by the PIN or badge of anybody who may sell; where none is, by a code that was chosen when
it first began. Either is counted as PINs are: wrong ones shut everybody out for a while.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.ids import OrderId
from boxoffice.till.store import settings
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.kiosk import LONGEST_CODE, SHORTEST_CODE
from boxoffice.till.usecases.help_calls import HelpCalls
from boxoffice.till.usecases.ports import HubBusy, HubRefused, Unreachable
from boxoffice.till.usecases.shifts import Shifts, ShiftStillOpen
from boxoffice.till.usecases.syncing import Sync

_IS_ON: Final = "kiosk"
"""The setting of whether this till is a kiosk."""


@dataclass(frozen=True, slots=True)
class AtTheKiosk:
    """Implements `gateway.kiosk.KioskPort`."""

    context: TillContext
    sync: Sync
    shifts: Shifts

    @property
    def _calls(self) -> HelpCalls:
        return self.sync.help_calls

    def needs_code(self) -> bool:
        return self.sync.signing_in.needs_code()

    def begin(self, code: str = "") -> None:
        """Lets customers serve themselves from now on.

        Raises:
            ShiftStillOpen: while a shift is open: a kiosk has no drawer to answer for.
            BadInput: if a code is needed, and this is none.
        """
        shift = self.shifts.current()
        if shift is not None:
            raise ShiftStillOpen(shift)
        if self.needs_code():
            if not (code.isascii() and code.isdigit() and SHORTEST_CODE <= len(code) <= LONGEST_CODE):
                raise BadInput([FieldError("code", f"must have {SHORTEST_CODE} to {LONGEST_CODE} digits")])
            self.sync.signing_in.keep_code(code)
        self._turn(is_kiosk=True)

    @property
    def was_left_on(self) -> bool:
        """Whether it began, and nobody has ended it: a power cut ends nothing."""
        with self.context.store.reading() as connection:
            return settings.get(connection, _IS_ON) == "yes"

    def _turn(self, *, is_kiosk: bool) -> None:
        with self.context.store.transaction() as connection:
            settings.put(connection, _IS_ON, "yes" if is_kiosk else "no")
        self.context.operator.serve_themselves(is_kiosk=is_kiosk)
        self.sync.signing_in.on_change()

    def leave(self, pin: str) -> None:
        """Ends it by a PIN, or by the code.

        Raises:
            WrongPin: if it is of nobody who may sell.
            ShutOut: if too many were wrong before.
        """
        self.sync.signing_in.check_code(pin)
        self._leave()

    def leave_by_badge(self, readings: Sequence[str]) -> None:
        """Ends it by a badge.

        Raises:
            NoBadge: if it is nobody's, or not any more.
            NotAllowed: if it is of somebody who may not sell.
        """
        self.sync.signing_in.check_badge(readings)
        self._leave()

    def _leave(self) -> None:
        self._turn(is_kiosk=False)
        with suppress(Unreachable, HubRefused):
            self._calls.end()

    def call_help(self, doing: str) -> None:
        """Calls somebody, and says what the kiosk is doing.

        Raises:
            Unreachable: if nobody hears it.
        """
        self._calls.call(doing)

    def end_help(self) -> None:
        """Ends the call, if there is one; one that nobody can be told about ends by itself."""
        with suppress(Unreachable, HubRefused):
            self._calls.end()

    def answer_help(self, call_id: str) -> None:
        """Says that somebody comes from this till.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: if the call is over.
        """
        self._calls.answer(call_id)

    def tickets_link(self, order_id: OrderId) -> str:
        """Returns the address of an order's tickets, once the hub has them.

        Raises:
            Unreachable: if the hub does not answer.
            HubRefused: if it does not have the order.
        """
        with suppress(HubBusy):
            self.sync.push()
        return self.sync.link.call(lambda hub: hub.tickets_link(order_id)).url
