"""The commands about staff: each prints what is so now, and a PIN this once."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from getpass import getpass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.staff import StaffRole
from sync.commands import DONE
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.store.database import Database
from sync.store.staff import KeptStaff, read_all
from sync.tills import staff
from sync.tills.staff import About, staff_named

_BY: Final = "command line"
Action = Callable[[Hub, Connection, argparse.Namespace], Sequence[str]]


def do_staff(arguments: argparse.Namespace, settings: Settings) -> int:
    if not arguments.name.strip() and arguments.action != "list":
        raise BadInput([FieldError("name", f"say whom: boxoffice-hub staff {arguments.action} NAME")])
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, "", "staff")
        with database.transaction() as connection:
            told = ACTIONS[arguments.action][1](hub, connection, arguments)
    print(*told, sep="\n")
    return DONE


def _add(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    about = About(given.name, given.role or StaffRole.SELLER, given.language or "en", given.discount_limit or 0)
    person = staff.add(hub, connection, about, _BY)
    return [f"{given.name} works here now, as {about.role.value}.", _pin(hub, connection, person, given)]


def _change(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    one = staff_named(connection, given.name)
    limit = one.row.discount_limit if given.discount_limit is None else given.discount_limit
    about = About(given.rename or one.name, given.role or one.row.role, given.language or one.row.language, limit)
    staff.change(hub, connection, one.row.id, about, _BY)
    return [_told(staff_named(connection, one.row.id))]


def _new_pin(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    return [_pin(hub, connection, staff_named(connection, given.name).row.id, given)]


def _pin(hub: Hub, connection: Connection, staff_id: str, given: argparse.Namespace) -> str:
    if not given.own_pin:
        pin = staff.give_pin(hub, connection, staff_id, _BY)
        return f"PIN: {pin}. Nobody can read it again; who forgets it gets a new one."
    typed = getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    staff.give_pin(hub, connection, staff_id, _BY, typed)
    return "The PIN is set."


def _badge(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    one = staff_named(connection, given.name)
    return [_written(given.to, one, staff.give_badge(hub, connection, one.row.id, _BY))]


def _print_badge(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    one = staff_named(connection, given.name)
    text = staff.badge_of(hub, one.row)
    if not text:
        raise BadInput([FieldError("badge", f"{one.name} has none: boxoffice-hub staff badge NAME")])
    return [_written(given.to, one, text)]


def _written(to: Path | None, one: KeptStaff, text: str) -> str:
    from boxoffice.documents.badges import Badge, badges_pdf  # noqa: PLC0415  # ReportLab: 0.2 s nobody else waits for

    if to is None:
        raise BadInput([FieldError("--to", "say where the badge is written: --to badge.pdf")])
    to.write_bytes(badges_pdf([Badge(one.name, one.row.role.value, text)]))
    return f"The badge of {one.name} is in {to}. Print it; it works like a PIN."


def _lost(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    one = staff_named(connection, given.name)
    staff.end_badge(hub, connection, one.row.id, _BY)
    return [f"The badge of {one.name} works nowhere any more, at tills that have heard of it."]


def _end(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    one = staff_named(connection, given.name)
    staff.end(hub, connection, one.row.id, _BY)
    return [f"{one.name} can't sign in any more, at tills that have heard of it. What {one.name} sold stands."]


def _back(hub: Hub, connection: Connection, given: argparse.Namespace) -> Sequence[str]:
    one = staff_named(connection, given.name)
    staff.take_back(hub, connection, one.row.id, _BY)
    return [f"{one.name} works here again.", _pin(hub, connection, one.row.id, given)]


def _list(_hub: Hub, connection: Connection, _given: argparse.Namespace) -> Sequence[str]:
    nobody = "Nobody: tills ask for no PIN. Add somebody: boxoffice-hub staff add NAME"
    return [_told(each) for each in read_all(connection)] or [nobody]


def _told(one: KeptStaff) -> str:
    row = one.row
    parts = [row.role.value, row.language, f"discounts up to {row.discount_limit} %"]
    parts += ["PIN set" if one.pin else "no PIN", "badge" if row.has_badge else "no badge", row.status.value]
    return f"{one.name}: {', '.join(parts)}"


ACTIONS: Final[Mapping[str, tuple[str, Action]]] = {
    "add": ("somebody new, with a PIN", _add),
    "change": ("role, language, limit or name", _change),
    "pin": ("a new PIN", _new_pin),
    "badge": ("a new badge, which ends the one before", _badge),
    "print-badge": ("the badge again", _print_badge),
    "lost-badge": ("end a badge that was lost", _lost),
    "end": ("they sign in nowhere any more", _end),
    "back": ("they work here again, with a new PIN", _back),
    "list": ("who works here", _list),
}
"""What can be done, in words and by whom."""
