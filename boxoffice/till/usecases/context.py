"""What every use case at one till works with: its file, its pen, and the event that it sells for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from os import urandom
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import OperationFailed
from boxoffice.core.event_file import catalogue_from, whole_event
from boxoffice.core.facts import Fact
from boxoffice.core.ids import DeviceId, uuid7
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.tickets import Issuer
from boxoffice.core.wire.pairing import EventBody
from boxoffice.till.store.database import Store
from boxoffice.till.store.elsewhere import Elsewhere
from boxoffice.till.store.journal import Journal
from boxoffice.till.usecases.operator import Operator
from boxoffice.till.usecases.ports import Clock


@dataclass(frozen=True, slots=True)
class Device:
    """Who this till is to the hub. `name` is also its cash drawer's."""

    id: DeviceId
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class EventAtHand:
    """The event that the till sells for, with its right to issue tickets of it."""

    catalogue: Catalogue
    issuer: Issuer
    public_key: bytes
    hub_url: str = ""
    """Where customers reach the hub; empty if it has not said so."""

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.catalogue.timezone)


class NoEvent(OperationFailed):
    """Nobody has said yet what to sell for."""

    def __init__(self) -> None:
        super().__init__("No event is chosen.", "Nothing was changed.", "Choose the event to sell for.")


class TillContext:
    """One per till. `event` changes when another is chosen or its catalogue is revised."""

    def __init__(
        self,
        store: Store,
        elsewhere: Elsewhere,
        device: Device,
        journal: Journal,
        clock: Clock,
        operator: Operator | None = None,
    ) -> None:
        self.store = store
        self.elsewhere = elsewhere
        self.device = device
        self.journal = journal
        self.clock = clock
        self.operator = operator or Operator()
        self._event: EventAtHand | None = None

    @property
    def event(self) -> EventAtHand:
        """The event at hand.

        Raises:
            NoEvent: if there is none yet.
        """
        if self._event is None:
            raise NoEvent
        return self._event

    @property
    def drawer(self) -> str:
        """The drawer that this till's cash goes into and comes out of."""
        return self.device.name

    @property
    def channel(self) -> Channel:
        """Where whoever acts now sells."""
        return Channel.KIOSK if self.operator.acting.is_kiosk else Channel.DOOR

    @property
    def has_event(self) -> bool:
        return self._event is not None

    def take_event(self, body: EventBody) -> EventAtHand:
        """Sells for this event from now on."""
        issuer = Issuer(self.journal.key, bytes.fromhex(body.certificate))
        catalogue = catalogue_from(
            whole_event(
                body.event,
                body.sales,
                body.hours,
                body.page,
                body.taxation,
                body.cash,
                body.doors,
                body.offers,
                body.comps,
                body.limits,
                body.papers,
            ),
            body.revision,
        )
        return self.sell_for(EventAtHand(catalogue, issuer, bytes.fromhex(body.public_key), body.public_url))

    def sell_for(self, event: EventAtHand) -> EventAtHand:
        """Sells for this event from now on."""
        self._event = event
        self.operator.go_by(event.catalogue.limits)
        return event

    def write(self, connection: Connection, payloads: Sequence[Payload], before: Books | None = None) -> list[Fact]:
        """Writes facts of the event at hand; see `Journal.write`."""
        return self.journal.write(connection, payloads, self.event.catalogue.id, before=before)

    def new_id(self) -> str:
        return self.journal.new_id()

    def local_now(self) -> datetime:
        """Returns the time where the event is."""
        return self.local(self.clock.now())

    def local(self, at: datetime) -> datetime:
        """Returns a time as clocks show it where the event is: no other is ever shown to anybody."""
        return at.astimezone(None if self._event is None else self._event.timezone)


def new_uuid7(clock: Clock) -> str:
    """Returns a UUIDv7 of this moment."""
    return uuid7(int(clock.now().timestamp() * 1000), urandom(10))
