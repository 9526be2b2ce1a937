"""The paper of a roll printer: how wide it is, which letters the printer has, and whether it is cut."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

DOTS_A_LETTER: Final = 12
"""How wide a letter of font A is, at 8 dots a millimetre."""


class RollWidth(IntEnum):
    """How wide a roll is, in millimetres; its printer has less than that."""

    MM_58 = 58
    MM_80 = 80


class Letters(Enum):
    """The code page that texts are sent in; `PICTURE` sends every line as a picture."""

    CP858 = "cp858"
    CP1252 = "cp1252"
    PICTURE = "picture"


_DOTS: Final = {RollWidth.MM_58: 384, RollWidth.MM_80: 576}


@dataclass(frozen=True, slots=True)
class Roll:
    """What a slip is laid out for."""

    width: RollWidth = RollWidth.MM_80
    letters: Letters = Letters.CP858
    is_cut: bool = True

    @property
    def dots(self) -> int:
        return _DOTS[self.width]

    @property
    def columns(self) -> int:
        return self.dots // DOTS_A_LETTER


ROLL_80: Final = Roll()
