"""Asks the hub to do something about an order or a shift: on disk first, and asked until the hub has answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from boxoffice.core.ids import OrderId
from boxoffice.core.wire.after_sale import RefundAsk, RenameAsk, TransferAsk, VoidAsk
from boxoffice.core.wire.message import FactMessage, Message
from boxoffice.core.wire.reports import ReportAsk
from boxoffice.till.store import requests_kept
from boxoffice.till.store.requests_kept import Asked, AskedState
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.ports import Hub, HubBusy, HubRefused, StoppedByOrganizer, Unreachable
from boxoffice.till.usecases.syncing import Sync

REFUND: Final = "refund"
RENAME: Final = "rename"
TRANSFER: Final = "transfer"
VOID: Final = "void"
REPORT: Final = "report"


class Answered(Protocol):
    """What the hub has done, with the facts that it wrote."""

    @property
    def facts(self) -> tuple[FactMessage, ...]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of wish: its message, and how the hub is asked for it."""

    message: type[Message]
    send: Callable[[Hub, str, str], Answered]


KINDS: Final[Mapping[str, Kind]] = {
    REFUND: Kind(RefundAsk, lambda hub, order, body: hub.ask_refund(order, RefundAsk.model_validate_json(body))),
    TRANSFER: Kind(TransferAsk, lambda hub, order, body: hub.transfer(order, TransferAsk.model_validate_json(body))),
    VOID: Kind(VoidAsk, lambda hub, order, body: hub.ask_void(order, VoidAsk.model_validate_json(body))),
    REPORT: Kind(ReportAsk, lambda hub, shift, body: hub.mail_report(shift, ReportAsk.model_validate_json(body))),
    RENAME: Kind(RenameAsk, lambda hub, order, body: hub.rename(order, RenameAsk.model_validate_json(body))),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """The use case of asking. The hub does what has the same id once, however often it hears of it."""

    context: TillContext
    sync: Sync

    def ask(self, order_id: str, kind: str, id_: str, message: Message) -> Answered | None:
        """Returns what the hub says after it; None if it has not answered: then it is asked until it does.

        Raises:
            HubRefused: if the hub will not do it; it is over.
        """
        body = message.model_dump_json()
        with self.context.store.transaction() as connection:
            requests_kept.add(connection, id_, order_id, kind, body, self.context.clock.now())
        try:
            self.sync.push()
            return self._send(Asked(id_, OrderId(order_id), kind, body, AskedState.WAITING))
        except (HubBusy, StoppedByOrganizer, Unreachable):
            return None

    def send_waiting(self) -> None:
        """Asks for what the hub has not answered; what it refuses is over, and shown with the order.

        Raises:
            Unreachable: if the hub can't be reached.
        """
        with self.context.store.reading() as connection:
            waiting = requests_kept.waiting(connection)
        for asked in waiting:
            try:
                self._send(asked)
            except (HubBusy, StoppedByOrganizer):
                return
            except HubRefused:
                continue

    def _send(self, asked: Asked) -> Answered:
        kind = KINDS[asked.kind]
        try:
            look = self.sync.link.call(lambda hub: kind.send(hub, asked.order_id, asked.body))
        except (HubBusy, StoppedByOrganizer):
            raise
        except HubRefused as error:
            self._end(asked, AskedState.REFUSED, error.what_happened)
            raise
        self.sync.take_facts(look.facts)
        self._end(asked, AskedState.DONE)
        return look

    def _end(self, asked: Asked, state: AskedState, why: str = "") -> None:
        with self.context.store.transaction() as connection:
            requests_kept.end(connection, asked.id, state, why)
