"""The page that shows whether a printer is set up well: letters, width, money, a code, white on black."""

from datetime import datetime
from typing import Final

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style
from boxoffice.documents.languages import Language
from boxoffice.documents.model import Ticket
from boxoffice.documents.rolls import Roll
from boxoffice.documents.slips import Slip

_LETTERS = "á é í ó ú ñ ü ¿ ¡ € “ ” – ’"
_NAMES = "Peña Núñez · Dvořák · Zoë"
CODE = "BOXOFFICE TEST PAGE"
"""What the code says, for whoever scans it."""


_LONG_CODE: Final = (f"{CODE} " + "7K2F4Q8 $%*+-./:" * 20)[:302]
"""As long as that of a ticket."""


def trial_ticket(device_name: str, at: datetime, speaks: Language) -> Ticket:
    """Returns the same as a ticket: on its stock or on a wristband."""
    return Ticket(
        event_name=(speaks.say("Test page").upper(),),
        event_dates=f"{at:%Y-%m-%d %H:%M}",
        venue=(device_name,),
        product_name=_NAMES,
        days=(_LETTERS,),
        order_number="000-000",
        position="1",
        token=_LONG_CODE,
        small_print=(speaks.say("Scan me on this page."),),
        language=speaks.code,
    )


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
