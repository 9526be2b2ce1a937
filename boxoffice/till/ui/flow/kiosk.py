"""What a kiosk keeps of the customer of now: how they read the screen, and whether they have called somebody."""

from dataclasses import dataclass, field
from enum import Enum, auto

PATIENCE_S = 60.0
"""After so long without a touch a kiosk asks whether somebody is still there."""
WARNING_S = 20
"""So long it asks before it begins anew."""


class Call(Enum):
    """How a call for help stands."""

    NONE = auto()
    CALLING = auto()
    HEARD = auto()
    UNHEARD = auto()
    """There is no network, or the hub will not take it: they must wave."""


@dataclass(slots=True)
class Kiosk:
    """Made anew for each customer."""

    text_percent: int = 100
    is_low: bool = False
    has_contrast: bool = False
    call: Call = Call.NONE
    wrong_codes: int = field(default=0, compare=False)
    """How many codes were none since somebody bought something, whoever typed them."""

    @property
    def is_untouched(self) -> bool:
        return self == Kiosk()
