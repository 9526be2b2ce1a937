"""The hub's command line: serving it, setting it up, and what to do when things go wrong."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getpass
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any, Final

from psycopg.errors import UndefinedTable
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.commands import Commands
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.sale_times import SaleState, sale_times
from sync.checkup import check_up
from sync.config import NOT_POSTGRES, Settings
from sync.inventory.events import load_event, read_event_file
from sync.inventory.places import held_by
from sync.inventory.reclaiming import reclaim_within, till_named
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.mail.notices import NewNotice, Notices, notice, progress
from sync.operations.exceptions import Inbox, NotDone
from sync.operations.status import tell
from sync.organizers.organizers import accounts, add_organizer, set_role, unlock
from sync.organizers.roles import MAY, Role
from sync.payments.catching_up import CatchUp
from sync.payments.reconciling import reconcile
from sync.payments.refunds import Refunds
from sync.payments.switches import CHANNELS, switches, turn
from sync.shop.waiting_room import set_line
from sync.store.database import Database
from sync.store.embedded import postgres_at_hand
from sync.store.grants import grant
from sync.store.migrate import migrate
from sync.tills.exported import read_export, take_export
from sync.tills.pairing import create_code
from sync.tills.till_keys import device_named, set_key

_DONE, _WRONG, _UNUSABLE, _STOPPED = 0, 1, 2, 130

_ANSWERS: Final[Mapping[type[Exception], tuple[int, Callable[[Any], Sequence[str]]]]] = {
    BadInput: (_UNUSABLE, lambda error: [str(problem) for problem in error.problems]),
    ValidationError: (_UNUSABLE, lambda error: [f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]),
    SettingsError: (_UNUSABLE, lambda error: [f"The settings can't be read: {error}"]),
    ArgumentError: (_UNUSABLE, lambda _: [f"POSTGRES_URL: {NOT_POSTGRES}"]),
    OperationFailed: (_WRONG, lambda error: [str(error)]),
    OperationalError: (_WRONG, lambda error: [f"The database can't be used: {str(error.orig).strip()}"]),
    OSError: (_WRONG, lambda error: [f"This can't be done: {_of_system(error)}"]),
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
        return _DONE if command is _serve else _STOPPED
    except tuple(_ANSWERS) as error:
        code, words = next(answer for kind, answer in _ANSWERS.items() if isinstance(error, kind))
        print(*words(error), sep="\n", file=sys.stderr)
        return code
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable):
            raise
        print("The database has no tables, or old ones. Run: boxoffice-hub migrate", file=sys.stderr)
        return _WRONG


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
    serve.set_defaults(command=_serve)

    check = commands.add("check", help="look at all settings and the database; exits 1 if something is wrong")
    check.set_defaults(command=_check)

    migrate = commands.add("migrate", help="bring the database to the newest tables")
    migrate.set_defaults(command=_migrate)

    grants = commands.add("grant", help="give a role of Postgres what serve needs, and nothing more")
    grants.add_argument("role", help="its name in Postgres")
    grants.set_defaults(command=_grant)

    load = commands.add("load-event", help="load or revise an event from its file")
    load.add_argument("file", type=Path, help="a .toml or .json event file")
    load.set_defaults(command=_load_event)

    verify = commands.add("verify", help="prove the books from the facts; exits 1 and names what is wrong")
    verify.set_defaults(command=_verify)

    code = commands.add("pairing-code", help="make a one-time code for a till")
    code.add_argument("--name", help="what the till will be called")
    code.set_defaults(command=_pairing_code)

    give = commands.add("reclaim", help="take back all places that a till has on lease, so that others sell them")
    give.add_argument("till", help="its name, as on the tills page")
    give.add_argument("--yes", action="store_true", help="do it; without this it is only listed")
    give.set_defaults(command=_reclaim)
    key = commands.add("till-key", help="give tills a Stripe key; it is read from standard input")
    key.add_argument("name", nargs="?", help="of the till that gets a key of its own; all others share one")
    key.set_defaults(command=_till_key)

    take = commands.add("take-facts", help="take what a till that reaches no hub has saved to a file")
    take.add_argument("file", type=Path, help="what the till has saved")
    take.set_defaults(command=_take_facts)

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


def _add_trouble(commands: Commands) -> None:
    """Adds the steps of the rollback plan."""
    stop = commands.add("stop", help="stop new payments of a channel, with a word to the public")
    stop.add_argument("channel", choices=CHANNELS)
    stop.add_argument("--message", default="", help="what the public is told")
    stop.set_defaults(command=_turn, share=0)

    start = commands.add("start", help="open a channel again, for all buyers or for some of them first")
    start.add_argument("channel", choices=CHANNELS)
    start.add_argument("--share", type=int, default=100, help="how many of a hundred buyers may buy (100)")
    start.add_argument("--message", default="", help="what the others are told")
    start.set_defaults(command=_turn)

    say = commands.add("say", help="put words on the public status page")
    say.add_argument("words", help="in one argument: put them into quotes")
    say.set_defaults(command=_say)

    line = commands.add("line", help="open a waiting line before the shop, or end it")
    line.add_argument("per_minute", type=int, help="how many people are let in each minute; 0 ends the line")
    line.set_defaults(command=_line)

    compare = commands.add(
        "reconcile", help="compare Stripe's and PayPal's own lists with the books; exits 1 if they differ"
    )
    compare.add_argument("--days", type=_days, default=7, help="how far to look back (7)")
    compare.set_defaults(command=_reconcile)

    pending = commands.add(
        "process-pending-webhooks", help="read what Stripe told and never came, and work on all that is not done"
    )
    pending.set_defaults(command=_process_pending)

    give_back = commands.add("refund-failed", help="give back all money that bought nothing")
    give_back.add_argument("--yes", action="store_true", help="do it; without this it is only listed")
    give_back.set_defaults(command=_refund_failed)


def _add_people(commands: Commands) -> None:
    notice = commands.add("notice", help="mail all customers of an event, each address once")
    notice.add_argument("event", help="the event's id")
    notice.add_argument("--subject", required=True, help="of the mail")
    notice.add_argument("--file", type=Path, required=True, help="the text")
    notice.add_argument("--subject-es", default="", help="for who bought in Spanish")
    notice.add_argument("--file-es", type=Path, help="the text for who bought in Spanish")
    notice.add_argument("--yes", action="store_true", help="send it; without this it is kept as a draft")
    notice.set_defaults(command=_notice)

    organizer = commands.add("organizer", help="who may sign in at the hub's pages, and what they may do")
    actions = "add (or set a new password), role (change it), unlock (forget wrong passwords), list"
    organizer.add_argument("action", choices=["add", "role", "unlock", "list"], help=actions)
    organizer.add_argument("email", nargs="?", default="", help="of the account")
    roles = "; ".join(f"{role.value} {words}" for role, words in MAY.items())
    organizer.add_argument("--role", type=Role, choices=list(Role), metavar="ROLE", help=f"{roles} (admin)")
    organizer.set_defaults(command=_organizer)


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from sync.server import serve  # noqa: PLC0415  # 1.7 s that no other command waits for

    wrong = [finding for finding in check_up(settings) if finding.is_wrong]
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return _WRONG
    return serve(settings, arguments.host, arguments.port, arguments.workers)


def _check(_arguments: argparse.Namespace, settings: Settings) -> int:
    findings = check_up(settings)
    print(*sorted(findings, key=lambda finding: not finding.is_wrong), sep="\n")
    is_wrong = any(finding.is_wrong for finding in findings)
    print("This hub can't be served like this." if is_wrong else "This hub can be served.")
    return _WRONG if is_wrong else _DONE


def _migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        print(f"The database is at revision {migrate(database)}.")
    return _DONE


def _grant(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        grant(connection, arguments.role)
    print(f"{arguments.role} may serve now: it can change no fact and no posting, and no table.")
    return _DONE


def _load_event(arguments: argparse.Namespace, settings: Settings) -> int:
    data = read_event_file(arguments.file)
    with Database(settings.direct_database()) as database:
        catalogue = load_event(Hub.open(settings, database, "", "load-event"), data)
    print(f"{catalogue.name}: revision {catalogue.revision}.")
    if words := _nothing_on_sale(catalogue):
        print(words, file=sys.stderr)
    return _DONE


def _nothing_on_sale(catalogue: Catalogue) -> str:
    """Returns a warning if nothing of an event can be sold any more."""
    now = datetime.now(UTC)
    times = [sale_times(catalogue, product) for product in catalogue.products]
    if any(each.state(now) is not SaleState.ENDED for each in times):
        return ""
    last = max(each.last_moment for each in times)
    return (
        f"Nothing of it is on sale: its last sale ended on {last:%Y-%m-%d}. Neither tills nor the shop will sell it. "
        "Move its days, or give its products a later sale_ends."
    )


def _verify(_arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        verdict = verify(database)
    print(verdict)
    return _DONE if verdict.problem is None else _WRONG


def _pairing_code(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        code = create_code(connection, arguments.name)
    print(code)
    return _DONE


def _reclaim(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, "", "reclaim")
        with database.transaction() as connection:
            till = till_named(connection, arguments.till)
            found = held_by(connection, till)
            for back in found[1] if found else []:
                print(f"{back.name}: {back.free:,} free now, {back.units:,} come back.")
            units = 0
            if arguments.yes:
                units = sum(each.units for each in reclaim_within(hub, connection, till, "command line"))
    if arguments.yes:
        print(f"{units:,} places can be sold again. What {arguments.till} sold of them meanwhile stays good.")
    else:
        print("Nothing was taken back. Run it with --yes to do so.")
    return _DONE


def _till_key(arguments: argparse.Namespace, settings: Settings) -> int:
    key = getpass("Key (rk_…): ") if sys.stdin.isatty() else sys.stdin.readline()
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, "", "till-key")
        with database.transaction() as connection:
            device = None if arguments.name is None else device_named(connection, arguments.name)
            wanted = set_key(hub, connection, key, "command line", device)
    print(f"{arguments.name or 'All tills without a key of their own'} will take {wanted.hint} at the next sync.")
    return _DONE


def _take_facts(arguments: argparse.Namespace, settings: Settings) -> int:
    export = read_export(arguments.file)
    with Database(settings.direct_database()) as database:
        taken = take_export(Hub.open(settings, database, "", "take-facts"), export)
    print(taken)
    return _DONE


def _turn(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        turn(connection, arguments.channel, arguments.share, arguments.message, "command line")
        for switch in switches(connection):
            print(f"{switch.channel}: {'open' if switch.is_open else f'{switch.share} of 100 buyers'}")
    return _DONE


def _say(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        tell(connection, arguments.words, "command line")
    print("It stands on the status page: /status")
    return _DONE


def _line(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        set_line(connection, arguments.per_minute)
    many = arguments.per_minute
    print(f"{many} people a minute are let into the shop." if many else "There is no line: everyone may buy.")
    return _DONE


def _reconcile(arguments: argparse.Namespace, settings: Settings) -> int:
    since = int(time.time()) - arguments.days * 86_400
    from sync.app import records_of  # noqa: PLC0415  # 1.4 s that most commands do not wait for

    with Database(settings.direct_database()) as database, records_of(settings) as lists:
        found = [reconcile(database, provider, records, since) for provider, records in lists.items()]
    print(*found, sep="\n")
    return _WRONG if any(each.differences for each in found) else _DONE


def _process_pending(_arguments: argparse.Namespace, settings: Settings) -> int:
    from sync.providers.stripe_records import StripeRecords  # noqa: PLC0415  # 0.2 s that no other command waits for

    records = StripeRecords(settings.secret("payment by phone", "stripe_secret_key"), settings.stripe_api_base)
    with Database(settings.direct_database()) as database:
        catch_up = CatchUp(Hub.open(settings, database, "", "catch-up"), records)
        missed, waiting = catch_up.read_again(), [*catch_up.work_again(), *catch_up.work_on_early()]
    print(f"{missed} events had never come. {len(waiting)} are queued; the running hub works on them.")
    return _DONE


def _refund_failed(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, "", "refund-failed")
        inbox = Inbox(hub, Refunds(hub, {}))
        found = inbox.with_remedy("refund")
        for exception_id, words in found:
            print(words)
            if arguments.yes:
                try:
                    inbox.resolve(exception_id, "refund", "command line")
                except NotDone as error:
                    print(f"  {error}")
    if not found:
        print("There is no money that bought nothing.")
    elif not arguments.yes:
        print("Nothing was given back. Run it with --yes to do so.")
    return _DONE


def _notice(arguments: argparse.Namespace, settings: Settings) -> int:
    from sync.app import mail_of  # noqa: PLC0415  # 1.4 s that most commands do not wait for

    spanish = "" if arguments.file_es is None else _text_in(arguments.file_es)
    words = _text_in(arguments.file)
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, "", "notice")
        notices = Notices(hub, mail_of(settings))
        new = NewNotice(arguments.event, arguments.subject, words, arguments.subject_es, spanish)
        notice_id = notices.write(new, "command line")
        with database.transaction() as connection:
            count = progress(connection, notice(connection, notice_id)).affected
        if arguments.yes:
            notices.send_all(notice_id, str(count))
    people = f"{count} {'person' if count == 1 else 'people'}"
    if arguments.yes:
        print(f"It goes to {people}; the running hub sends it. See its page: /notices/{notice_id}")
    else:
        print(f"It is kept as a draft for {people}. Look at it at /notices/{notice_id}, or send it with --yes.")
    return _DONE


def _text_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInput([FieldError(str(path), "is no text in UTF-8")]) from error


def _organizer(arguments: argparse.Namespace, settings: Settings) -> int:
    email, role = arguments.email.strip(), arguments.role
    if not email and arguments.action != "list":
        raise BadInput([FieldError("email", f"name the account: boxoffice-hub organizer {arguments.action} EMAIL")])
    password = _password() if arguments.action == "add" else ""
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        match arguments.action:
            case "add":
                print(f"{add_organizer(connection, email, password, role)} can sign in now.")
            case "role":
                set_role(connection, email, role or Role.ADMIN)
                print(f"{email} is {(role or Role.ADMIN).value} now.")
            case "unlock":
                unlock(connection, email)
                print(f"{email} may try again.")
            case _:
                found = [f"{address}: {its.value}" for address, its in accounts(connection)]
                print(*found or ["Nobody can sign in yet: boxoffice-hub organizer add EMAIL"], sep="\n")
    return _DONE


def _password() -> str:
    """Returns the password from the environment, from a person at the keyboard, or from a pipe."""
    given = os.environ.get("HUB_ORGANIZER_PASSWORD")
    if given is not None:
        return given
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
