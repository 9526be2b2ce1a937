"""The page that shows whether a printer is set up well: letters, width, money, a code, white on black."""

from datetime import datetime

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style
from boxoffice.documents.languages import Language
from boxoffice.documents.rolls import Roll
from boxoffice.documents.slips import Slip

_LETTERS = "á é í ó ú ñ ü ¿ ¡ € “ ” – ’"
_NAMES = "Peña Núñez · Dvořák · Zoë"
CODE = "BOXOFFICE TEST PAGE"
"""What the code says, for whoever scans it."""


def trial_slip(device_name: str, at: datetime, roll: Roll, speaks: Language) -> Slip:
    """Returns the page; what is on it is as hard to print as anything that the till prints."""
    say = speaks.say
    ruler = ("1234567890" * roll.columns)[: roll.columns]
    blocks: tuple[Block, ...] = (
        Centered(say("Test page").upper(), Style.TITLE),
        Centered(f"{device_name} · {at:%Y-%m-%d %H:%M}"),
        Rule(),
        Pair(say("Letters"), style=Style.STRONG),
        Pair(_LETTERS),
        Pair(_NAMES),
        Rule(),
        Pair(say("Width"), style=Style.STRONG),
        Pair(ruler),
        Rule(),
        Pair(say("Money, to the right"), "$1,234.00", Style.STRONG),
        Pair(say("Less than nothing"), "−$60.00", Style.STRONG),
        Rule(),
        Code(CODE),
        Centered(say("Scan me on this page.")),
        Centered(say("White on black"), Style.INVERSE),
        Rule(),
        Pair(say("Cut comes after this line")),
    )
    return Slip(say("Test page"), blocks, speaks.code)
