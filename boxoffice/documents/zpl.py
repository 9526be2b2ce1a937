"""Labels as ZPL II, which Zebra's printers and many others take: text in the printer's own face, codes made by it.

A few commands do: ^PW and ^LL say how large the label is, ^CI28 that texts are UTF-8, ^FH that what could be a command
comes as hex digits. (Zebra, ZPL II Programming Guide.)
"""

import unicodedata
from typing import Final

from boxoffice.documents.labels import CodeAt, Label, Words

STATUS: Final = b"~HS"
"""Asks how the printer is: three lines, each between STX and ETX."""
CLEAR: Final = b"~JA"
"""Throws away what it has not printed."""
_CODE_SHIFT: Final = 10
"""So many dots lower than it is told a printer of this kind draws a QR code."""
_COMMANDS: Final = str.maketrans({"^": "_5E", "~": "_7E", "_": "_5F"})
_ALIKE: Final = str.maketrans(
    {"·": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "€": "EUR"}
    | {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "ı": "i"}
    | {"¿": "?", "¡": "!", "×": "x"}
)


def plain(text: str) -> str:
    """Returns a text for printers that have none but plain letters: `Peña – Núñez` as `Pena - Nunez`."""
    apart = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    return "".join(letter if letter.isascii() else "?" for letter in apart if not unicodedata.combining(letter))


def label_zpl(label: Label, *, is_plain: bool = False) -> bytes:
    """Returns what is sent for one label. `is_plain` takes the accents off."""
    across, along = (label.height, label.width) if label.is_turned else (label.width, label.height)
    parts = ["^XA", "^CI28", f"^PW{across}", f"^LL{along}", "^LH0,0"]
    parts += [_words(label, each, is_plain=is_plain) for each in label.words]
    parts += [_code(label, label.code), "^PQ1", "^XZ"]
    return "\n".join(parts).encode()


def _words(label: Label, words: Words, *, is_plain: bool) -> str:
    text = (plain(words.text) if is_plain else words.text).translate(_COMMANDS)
    if label.is_turned:  # a field stands by the corner that is upper left when it is out
        at, way = (label.height - words.top - words.tall, words.left), "R"
    else:
        at, way = (words.left, words.top), "N"
    block = f"^FB{words.width},1,0,{'C' if words.is_centred else 'L'}"
    return f"^FO{at[0]},{at[1]}^A0{way},{words.tall},{words.tall}{block}^FH^FD{text}^FS"


def _code(label: Label, code: CodeAt) -> str:
    left, top = code.left, code.top
    if label.is_turned:  # codes are not turned: a square is as good on its side, if it stands in the middle
        left, top = code.top, code.left
    place = f"^FO{left},{max(0, top - _CODE_SHIFT)}^BQN,2,{code.module}"
    return f"{place}^FH^FD{code.ecc}A,{code.text.translate(_COMMANDS)}^FS"
