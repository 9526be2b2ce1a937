"""The hub's command line: serving it, setting it up, and what to do when things go wrong."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any, Final

from psycopg.errors import UndefinedTable
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from boxoffice.core.commands import Commands
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.staff import LONGEST_LIMIT, StaffRole
from sync.commands import (
    DONE,
    STOPPED,
    UNUSABLE,
    WRONG,
    do_check,
    do_export_event,
    do_grant,
    do_line,
    do_load_event,
    do_migrate,
    do_notice,
    do_pairing_code,
    do_process_pending,
    do_rebuild,
    do_reclaim,
    do_reconcile,
    do_refund_failed,
    do_say,
    do_serve,
    do_take_facts,
    do_till_key,
    do_turn,
    do_verify,
)
from sync.config import NOT_POSTGRES, Settings
from sync.guests_commands import ACTIONS as GUEST_ACTIONS
from sync.guests_commands import do_guests
from sync.organizer_commands import do_organizer
from sync.organizers.roles import MAY, Role
from sync.payments.switches import CHANNELS
from sync.staff_commands import ACTIONS, do_staff
from sync.store.embedded import postgres_at_hand

_ANSWERS: Final[Mapping[type[Exception], tuple[int, Callable[[Any], Sequence[str]]]]] = {
    BadInput: (UNUSABLE, lambda error: [str(problem) for problem in error.problems]),
    ValidationError: (UNUSABLE, lambda error: [f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]),
    SettingsError: (UNUSABLE, lambda error: [f"The settings can't be read: {error}"]),
    ArgumentError: (UNUSABLE, lambda _: [f"POSTGRES_URL: {NOT_POSTGRES}"]),
    OperationFailed: (WRONG, lambda error: [str(error)]),
    OperationalError: (WRONG, lambda error: [f"The database can't be used: {str(error.orig).strip()}"]),
    OSError: (WRONG, lambda error: [f"This can't be done: {_of_system(error)}"]),
}
"""What each error says to whoever typed the command, and the exit code."""


def _of_system(error: OSError) -> str:
    words = error.strerror or str(error)
    return words if error.filename is None else f"{error.filename}: {words}"


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 something is wrong, 2 input or settings can't be used, 130 stopped before."""
    arguments = parser().parse_args(argv)
    command: Callable[[argparse.Namespace, Settings], int] = arguments.command
    try:
        with _told_to_stop(), postgres_at_hand():
            return command(arguments, Settings())
    except KeyboardInterrupt:  # what it is for with serve; anything else is not done
        return DONE if command is do_serve else STOPPED
    except tuple(_ANSWERS) as error:
        code, words = next(answer for kind, answer in _ANSWERS.items() if isinstance(error, kind))
        print(*words(error), sep="\n", file=sys.stderr)
        return code
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable):
            raise
        print("The database has no tables, or old ones. Run: boxoffice-hub migrate", file=sys.stderr)
        return WRONG


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Lets SIGTERM end a command as Ctrl C does, with all that it must leave in order."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def parser() -> argparse.ArgumentParser:
    """Returns what reads the command line."""
    whole = argparse.ArgumentParser(
        prog="boxoffice-hub", description="The hub of Boxoffice. Settings come from the environment."
    )
    whole.add_argument("--version", action="version", version=f"boxoffice-hub {version('boxoffice')}")
    commands = Commands(whole, is_required=True)

    serve = commands.add("serve", help="serve tills, webhooks and organizers")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
    serve.add_argument("--port", type=_port, default=8000, help="8000; 0 takes any free port")
    serve.add_argument("--workers", type=_workers, default=1, metavar="N", help="processes to serve with (1)")
    serve.set_defaults(command=do_serve)

    check = commands.add("check", help="look at all settings and the database; exits 1 if something is wrong")
    check.set_defaults(command=do_check)

    migrate = commands.add("migrate", help="bring the database to the newest tables")
    migrate.set_defaults(command=do_migrate)

    grants = commands.add("grant", help="give a role of Postgres what serve needs, and nothing more")
    grants.add_argument("role", help="its name in Postgres")
    grants.set_defaults(command=do_grant)

    load = commands.add("load-event", help="load or revise an event from its file")
    load.add_argument("file", type=Path, help="a .toml or .json event file")
    load.set_defaults(command=do_load_event)

    export = commands.add("export-event", help="write an event as the file that load-event takes")
    export.add_argument("event", help="its id")
    export.add_argument("file", type=Path, nargs="?", help="a .toml or .json file; the screen if none is named")
    export.set_defaults(command=do_export_event)

    verify = commands.add("verify", help="prove the books from the facts; exits 1 and names what is wrong")
    verify.set_defaults(command=do_verify)

    code = commands.add("pairing-code", help="make a one-time code for a till")
    code.add_argument("--name", help="what the till will be called")
    code.set_defaults(command=do_pairing_code)

    give = commands.add("reclaim", help="take back all places that a till has on lease, so that others sell them")
    give.add_argument("till", help="its name, as on the tills page")
    give.add_argument("--yes", action="store_true", help="do it; without this it is only listed")
    give.set_defaults(command=do_reclaim)
    key = commands.add("till-key", help="give tills a Stripe key; it is read from standard input")
    key.add_argument("name", nargs="?", help="of the till that gets a key of its own; all others share one")
    key.set_defaults(command=do_till_key)

    take = commands.add("take-facts", help="take what a till that reaches no hub has saved to a file")
    take.add_argument("file", type=Path, help="what the till has saved")
    take.set_defaults(command=do_take_facts)

    _add_trouble(commands)
    _add_people(commands)
    return whole


def _port(text: str) -> int:
    return _whole(text, 0, 65_535)


def _workers(text: str) -> int:
    return _whole(text, 1, 256)


def _days(text: str) -> int:
    return _whole(text, 1, 3_650)


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
    return int(text)


def _percent(text: str) -> int:
    return _whole(text, 0, LONGEST_LIMIT)


def _named(words: type[Enum]) -> str:
    return ", ".join(str(each.value) for each in words)


def _add_trouble(commands: Commands) -> None:
    """Adds the steps of the rollback plan."""
    stop = commands.add("stop", help="stop new payments of a channel, with a word to the public")
    stop.add_argument("channel", choices=CHANNELS)
    stop.add_argument("--message", default="", help="what the public is told")
    stop.set_defaults(command=do_turn, share=0)

    start = commands.add("start", help="open a channel again, for all buyers or for some of them first")
    start.add_argument("channel", choices=CHANNELS)
    start.add_argument("--share", type=int, default=100, help="how many of a hundred buyers may buy (100)")
    start.add_argument("--message", default="", help="what the others are told")
    start.set_defaults(command=do_turn)

    say = commands.add("say", help="put words on the public status page")
    say.add_argument("words", help="in one argument: put them into quotes")
    say.set_defaults(command=do_say)

    line = commands.add("line", help="open a waiting line before the shop, or end it")
    line.add_argument("per_minute", type=int, help="how many people are let in each minute; 0 ends the line")
    line.set_defaults(command=do_line)

    compare = commands.add(
        "reconcile", help="compare Stripe's and PayPal's own lists with the books; exits 1 if they differ"
    )
    compare.add_argument("--days", type=_days, default=7, help="how far to look back (7)")
    compare.set_defaults(command=do_reconcile)

    again = commands.add(
        "rebuild", help="after a restore: make paid orders again from Stripe's list; exits 1 while something is missing"
    )
    again.add_argument("--days", type=_days, help="how far to look back (to shortly before the newest record)")
    again.add_argument("--without-tills", action="store_true", help="sell on though tills have not told what they have")
    again.set_defaults(command=do_rebuild)

    pending = commands.add(
        "process-pending-webhooks", help="read what Stripe told and never came, and work on all that is not done"
    )
    pending.set_defaults(command=do_process_pending)

    give_back = commands.add("refund-failed", help="give back all money that bought nothing")
    give_back.add_argument("--yes", action="store_true", help="do it; without this it is only listed")
    give_back.set_defaults(command=do_refund_failed)


def _add_people(commands: Commands) -> None:
    notice = commands.add("notice", help="mail all customers of an event, each address once")
    notice.add_argument("event", help="the event's id")
    notice.add_argument("--subject", required=True, help="of the mail")
    notice.add_argument("--file", type=Path, required=True, help="the text")
    notice.add_argument("--subject-es", default="", help="for who bought in Spanish")
    notice.add_argument("--file-es", type=Path, help="the text for who bought in Spanish")
    notice.add_argument("--yes", action="store_true", help="send it; without this it is kept as a draft")
    notice.set_defaults(command=do_notice)

    organizer = commands.add("organizer", help="who may sign in at the hub's pages, and what they may do")
    actions = (
        "add (or set a new password), role (change it), unlock (forget wrong passwords), "
        "reset (take a lost telephone and passkeys off), end (sign in no more), list"
    )
    organizer.add_argument("action", choices=["add", "role", "unlock", "reset", "end", "list"], help=actions)
    organizer.add_argument("email", nargs="?", default="", help="of the account")
    roles = "; ".join(f"{role.value} {words}" for role, words in MAY.items())
    organizer.add_argument("--role", type=Role, choices=list(Role), metavar="ROLE", help=f"{roles} (admin)")
    organizer.set_defaults(command=do_organizer)

    staff = commands.add("staff", help="who works at the tills: once there is somebody, tills ask who sells")
    actions = "; ".join(f"{name}: {words}" for name, (words, _) in ACTIONS.items())
    staff.add_argument("action", choices=list(ACTIONS), help=actions)
    staff.add_argument("name", nargs="?", default="", help="of the person")
    staff.add_argument("--role", type=StaffRole, choices=list(StaffRole), metavar="ROLE", help=_named(StaffRole))
    staff.add_argument("--language", choices=list(LANGUAGES), help="that the till speaks with them (en)")
    staff.add_argument("--discount-limit", type=_percent, metavar="N", help="a seller gives up to N percent alone (0)")
    staff.add_argument("--rename", default="", metavar="NAME", help="what they are called from now on (change)")
    staff.add_argument("--own-pin", action="store_true", help="take the PIN from standard input, do not make one")
    staff.add_argument("--to", type=Path, metavar="FILE", help="where the badge is written, as a PDF to print")
    staff.set_defaults(command=do_staff)

    guests = commands.add("guests", help="the guest list: check, add, cancel and list who is given tickets")
    actions = "; ".join(f"{name}: {words}" for name, (words, _) in GUEST_ACTIONS.items())
    guests.add_argument("action", choices=list(GUEST_ACTIONS), help=actions)
    guests.add_argument("what", nargs="?", default="", help="a file, - for standard input; the order number (cancel)")
    guests.add_argument("--event", default="", metavar="ID", help="the newest, if it is not said")
    guests.add_argument("--held-for", default="", metavar="WORDS", help="why, where a line does not say it")
    guests.add_argument("--language", choices=list(LANGUAGES), default="en", help="of their mails (en)")
    guests.add_argument("--leave-out-wrong", action="store_true", help="add the good lines beside wrong ones")
    guests.add_argument("--above-budget", action="store_true", help="give more away than the event's limit")
    guests.set_defaults(command=do_guests)


if __name__ == "__main__":
    sys.exit(main())
