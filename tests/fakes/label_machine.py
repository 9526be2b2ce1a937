"""A printer of labels on the network, as a program of its own would be: it reads ZPL, and draws what it was told.

It knows no layout of ours. It keeps to Zebra's own words for what commands mean, QR codes shifted down by ten dots too.
"""

import re
import socket
import threading
from dataclasses import dataclass
from typing import Final

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

_FIELD: Final = re.compile(rb"\^FO(\d+),(\d+)(.*?)\^FS", re.DOTALL)
_FACE: Final = re.compile(rb"\^A0([NR]),(\d+),(\d+)")
_BLOCK: Final = re.compile(rb"\^FB(\d+),1,0,([LC])")
_QR: Final = re.compile(rb"\^BQN,2,(\d+)")
_HEX: Final = re.compile(rb"_([0-9A-F]{2})")
_SHIFT: Final = 10


@dataclass(frozen=True, slots=True)
class Printed:
    """A label that came out: its texts, what its code said, and its picture as it left the printer."""

    texts: tuple[str, ...]
    code: str
    picture: Image.Image


def printed_of(zpl: bytes) -> Printed:
    """Returns what a label of this ZPL is."""
    width, length = (int(_one(rb"\^%s(\d+)" % name, zpl)) for name in (b"PW", b"LL"))
    assert b"^CI28" in zpl, "without it, letters with accents are others"
    picture, texts = Image.new("L", (width, length), 255), []
    for left, top, rest in _FIELD.findall(zpl):
        data = _HEX.sub(lambda found: bytes([int(found[1], 16)]), rest.partition(b"^FD")[2]).decode()
        code = _QR.search(rest)
        if code:
            _draw_code(picture, int(left), int(top) + _SHIFT, int(code[1]), data)
        else:
            texts.append(data)
            _draw_text(picture, int(left), int(top), rest, data)
    found = zxingcpp.read_barcodes(picture)
    return Printed(tuple(texts), str(found[0].text) if len(found) == 1 else "", picture)


def _one(pattern: bytes, zpl: bytes) -> bytes:
    (found,) = re.findall(pattern, zpl)
    assert isinstance(found, bytes)
    return found


def _draw_code(picture: Image.Image, left: int, top: int, module: int, data: str) -> None:
    level, mode, text = data[0], data[1], data[3:]
    assert (level in "LMQH", mode, data[2]) == (True, "A", ",")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    image = Image.fromarray(code.to_image(scale=module, add_quiet_zones=False))
    assert left + image.width <= picture.width
    assert top + image.height <= picture.height
    picture.paste(image, (left, top))


def _draw_text(picture: Image.Image, left: int, top: int, rest: bytes, text: str) -> None:
    found, block = _FACE.search(rest), _BLOCK.search(rest)
    assert found
    assert block
    way, tall = found[1], int(found[2])
    assert tall >= 12, "nobody reads that"
    across, along = (picture.height, picture.width) if way == b"R" else (picture.width, picture.height)
    at, down = (top, along - left - tall) if way == b"R" else (left, top)
    assert 0 <= at <= at + int(block[1]) <= across, text
    assert 0 <= down <= down + tall <= along, text
    line = Image.new("L", (int(block[1]), tall), 255)
    face = ImageFont.load_default(tall * 0.7)
    ImageDraw.Draw(line).text((0, 0), text, 0, face)
    picture.paste(line.rotate(-90, expand=True) if way == b"R" else line, (left, top))


class LabelMachine:
    """Listens as such a printer does. `is_open` and `is_out` are its head and its paper; `holds` keeps labels back."""

    def __init__(self) -> None:
        self.labels: list[bytes] = []
        self.is_open = self.is_out = self.holds = False
        self.cleared = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    @property
    def printed(self) -> list[Printed]:
        return [printed_of(each) for each in self.labels]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        came, kept = b"", 0
        while data := connection.recv(65_536):
            came += data
            while True:
                ends = [(came.find(each), each) for each in (b"~HS", b"^XZ", b"~JA") if each in came]
                if not ends:
                    break
                at, what = min(ends)
                if what == b"^XZ":
                    self.labels.append(came[came.index(b"^XA") : at + 3])
                    kept = 1 if self.holds else 0
                elif what == b"~JA":
                    self.cleared.set()
                else:
                    connection.sendall(self._status(kept))
                came = came[at + 3 :]

    def _status(self, kept: int) -> bytes:
        lines = (
            f"030,{int(self.is_out)},0,1234,{kept:03d},0,0,0,000,0,0,0",
            f"000,0,{int(self.is_open)},0,0,2,4,0,{kept:08d},1,000",
            "1234,0",
        )
        return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in lines)
