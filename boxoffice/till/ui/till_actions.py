"""What a person does about the till itself: its event, hub and devices, who is at it, and its drawer."""

from dataclasses import dataclass

from boxoffice.core.ids import EventId, StaffId
from boxoffice.core.preflight import Check
from boxoffice.till.usecases.gateway.devices import CustomerDisplay


@dataclass(frozen=True, slots=True)
class WriteAddress:
    """Where a printer is, as somebody types it: this till's, its printer of tickets, or the one of the till beside."""

    text: str
    is_neighbour: bool = False
    is_for_tickets: bool = False


@dataclass(frozen=True, slots=True)
class ChoosePiece:
    """Counts this bill or coin next."""

    index: int


@dataclass(frozen=True, slots=True)
class ChangePiece:
    """One more or one less of a bill or coin."""

    index: int
    by: int


@dataclass(frozen=True, slots=True)
class ChoosePerson:
    """Who signs in."""

    staff_id: StaffId


@dataclass(frozen=True, slots=True)
class LockAfter:
    """Asks again who is there after so long without a touch."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Pair:
    hub_url: str
    code: str


@dataclass(frozen=True, slots=True)
class ChooseEvent:
    event_id: EventId


@dataclass(frozen=True, slots=True)
class ChooseReader:
    reader_id: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Says everything in another language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class SpeakToCustomer:
    """Shows the customer's screen in another language, for this sale."""

    language: str


@dataclass(frozen=True, slots=True)
class ShowCustomer:
    """Shows the customer's screen somewhere else, or not at all."""

    display: CustomerDisplay


@dataclass(frozen=True, slots=True)
class ChooseProblem:
    """Shows what can be done about a problem of the hub."""

    problem_id: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Does a remedy of a problem of the hub."""

    problem_id: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UseCamera:
    """Reads codes with the camera of this name, or with none."""

    name: str


@dataclass(frozen=True, slots=True)
class Mend:
    """Does what a check before doors open asks for."""

    check: Check


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Looks at one check again."""

    check: Check
