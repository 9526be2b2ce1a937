"""What tickets are printed on, and how fine: as cheap to import as it is to ask."""

from enum import Enum, IntEnum


class Stock(Enum):
    """What tickets are printed on: the roll that receipts come from, or something of their own."""

    ROLL = "roll"
    TICKET = "ticket"
    WRISTBAND = "wristband"


class Density(IntEnum):
    """Dots a millimetre of the head: 203 and 300 dpi."""

    DPI_203 = 8
    DPI_300 = 12
