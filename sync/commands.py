"""What the hub's commands do: each with what was typed and the settings, and returns the exit code."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.payloads.office import Subject
from boxoffice.core.sale_times import SaleState, sale_times
from boxoffice.core.stale_taxes import stale_taxes
from boxoffice.core.toml_text import to_toml
from sync.checkup import check_up
from sync.config import Settings
from sync.inventory.events import event_file_in, load_event, read_event_file
from sync.inventory.places import held_by
from sync.inventory.reclaiming import reclaim_within, till_named
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.ledger.verify import verify
from sync.mail.notices import NewNotice, Notices, notice, progress
from sync.operations.exceptions import Inbox, NotDone
from sync.operations.status import tell
from sync.payments.catching_up import CatchUp
from sync.payments.reconciling import reconcile
from sync.payments.refunds import Refunds
from sync.payments.switches import switches, turn
from sync.provider_states import PROVIDER_NAMES
from sync.shop.rebuilding import Rebuilt, end_healing, heal, rebuild
from sync.shop.waiting_room import people_a_minute, set_line
from sync.store.database import Database
from sync.store.grants import grant
from sync.store.migrate import migrate
from sync.tills.exported import read_export, take_export
from sync.tills.pairing import create_code
from sync.tills.till_keys import device_named, set_key

BY: Final = "command line"
"""Who it was, in facts."""
DONE, WRONG, UNUSABLE, STOPPED = 0, 1, 2, 130
"""Exit codes: it is done, something is wrong, the input or the settings can't be used."""


def do_serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from sync.server import serve  # noqa: PLC0415  # 1.7 s that no other command waits for

    wrong = [finding for finding in check_up(settings) if finding.is_wrong]
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return WRONG
    return serve(settings, arguments.host, arguments.port, arguments.workers)


def do_check(_arguments: argparse.Namespace, settings: Settings) -> int:
    findings = check_up(settings)
    print(*sorted(findings, key=lambda finding: not finding.is_wrong), sep="\n")
    is_wrong = any(finding.is_wrong for finding in findings)
    print("This hub can't be served like this." if is_wrong else "This hub can be served.")
    return WRONG if is_wrong else DONE


def do_migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        print(f"The database is at revision {migrate(database)}.")
    return DONE


def do_grant(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        grant(connection, arguments.role)
    print(f"{arguments.role} may serve now: it can change no fact and no posting, and no table.")
    return DONE


def do_load_event(arguments: argparse.Namespace, settings: Settings) -> int:
    data = read_event_file(arguments.file)
    with Database(settings.direct_database()) as database:
        catalogue = load_event(Hub.open(settings, database, "", "load-event"), data, "command line")
    print(f"{catalogue.name}: revision {catalogue.revision}.")
    if words := _nothing_on_sale(catalogue):
        print(words, file=sys.stderr)
    for stale in stale_taxes(catalogue, catalogue.day_of(datetime.now(UTC))):
        print(stale.words(), file=sys.stderr)
    return DONE


def do_export_event(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.reading() as connection:
        file = event_file_in(connection, arguments.event)
    if file is None:
        raise BadInput([FieldError("event", f"there is no event “{arguments.event}”")])
    is_json = arguments.file is not None and arguments.file.suffix == ".json"
    text = json.dumps(file, ensure_ascii=False, indent=2) + "\n" if is_json else to_toml(file)
    if arguments.file is None:
        print(text, end="")
        return DONE
    try:
        arguments.file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput([FieldError(str(arguments.file), error.strerror or "can't be written")]) from error
    print(f"{arguments.event} is in {arguments.file}.")
    return DONE


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


def do_verify(_arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        verdict = verify(database)
    print(verdict)
    return DONE if verdict.problem is None else WRONG


def do_pairing_code(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        code = create_code(connection, arguments.name)
    print(code)
    return DONE


def do_reclaim(arguments: argparse.Namespace, settings: Settings) -> int:
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
    return DONE


def do_till_key(arguments: argparse.Namespace, settings: Settings) -> int:
    key = getpass("Key (rk_…): ") if sys.stdin.isatty() else sys.stdin.readline()
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, "", "till-key")
        with database.transaction() as connection:
            device = None if arguments.name is None else device_named(connection, arguments.name)
            wanted = set_key(hub, connection, key, "command line", device)
    print(f"{arguments.name or 'All tills without a key of their own'} will take {wanted.hint} at the next sync.")
    return DONE


def do_take_facts(arguments: argparse.Namespace, settings: Settings) -> int:
    export = read_export(arguments.file)
    with Database(settings.direct_database()) as database:
        taken = take_export(Hub.open(settings, database, "", "take-facts"), export)
    print(taken)
    return DONE


def do_turn(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, noting(settings, database) as (hub, connection):
        turn(connection, arguments.channel, arguments.share, arguments.message, BY)
        after = str(arguments.share)
        note_change(hub, connection, Subject.SWITCH, arguments.channel, "turned", BY, after=after)
        for switch in switches(connection):
            print(f"{switch.channel}: {'open' if switch.is_open else f'{switch.share} of 100 buyers'}")
    return DONE


def do_say(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, database.transaction() as connection:
        tell(connection, arguments.words, "command line")
    print("It stands on the status page: /status")
    return DONE


def do_line(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database, noting(settings, database) as (hub, connection):
        words = {"before": str(people_a_minute(connection)), "after": str(arguments.per_minute)}
        set_line(connection, arguments.per_minute)
        note_change(hub, connection, Subject.LINE, "web", "line", BY, **words)
    many = arguments.per_minute
    print(f"{many} people a minute are let into the shop." if many else "There is no line: everyone may buy.")
    return DONE


def do_reconcile(arguments: argparse.Namespace, settings: Settings) -> int:
    since = int(time.time()) - arguments.days * 86_400
    from sync.app import records_of  # noqa: PLC0415  # 1.4 s that most commands do not wait for
    from sync.providers.events import READERS  # noqa: PLC0415  # as above

    payouts = {PROVIDER_NAMES[its]: reader.payouts for its, reader in READERS.items()}
    with Database(settings.direct_database()) as database, records_of(settings) as lists:
        found = [reconcile(database, name, records, since, payouts[name]) for name, records in lists.items()]
    print(*found, sep="\n")
    return WRONG if any(each.differences for each in found) else DONE


def do_rebuild(arguments: argparse.Namespace, settings: Settings) -> int:
    from sync.app import records_of  # noqa: PLC0415  # as above

    with Database(settings.direct_database()) as database, records_of(settings) as lists:
        hub = Hub.open(settings, database, "", "rebuild")
        done = heal(hub, lists)
        if arguments.days is not None:
            more = rebuild(hub, lists, int(time.time()) - arguments.days * 86_400)
            done = Rebuilt([*done.numbers, *more.numbers], more.problems, done.waits_for)
        if arguments.without_tills:
            last = end_healing(hub, "command line")
            done = Rebuilt([*done.numbers, *last.numbers], [*done.problems, *last.problems], done.waits_for)
    print(f"{len(done.numbers)} orders were made again{': ' if done.numbers else ''}{', '.join(done.numbers)}.")
    print(*(f"Not made again: {each}" for each in done.problems), sep="\n", end="\n" if done.problems else "")
    if done.waits_for:
        waits = f"These tills have not told yet what they have: {', '.join(done.waits_for)}."
        on = "All is sold again without them." if arguments.without_tills else "Until then the web sells nothing."
        print(f"{waits} {on}")
    return WRONG if done.problems or (done.waits_for and not arguments.without_tills) else DONE


def do_process_pending(_arguments: argparse.Namespace, settings: Settings) -> int:
    from sync.providers.events import READERS  # noqa: PLC0415  # Stripe's SDK: 0.2 s that no other command waits for
    from sync.providers.stripe_records import StripeRecords  # noqa: PLC0415  # as above

    records = StripeRecords(settings.secret("payment by phone", "stripe_secret_key"), settings.stripe_api_base)
    with Database(settings.direct_database()) as database:
        catch_up = CatchUp(Hub.open(settings, database, "", "catch-up"), READERS, records)
        missed, waiting = catch_up.read_again(), [*catch_up.work_again(), *catch_up.work_on_early()]
    print(f"{missed} events had never come. {len(waiting)} are queued; the running hub works on them.")
    return DONE


def do_refund_failed(arguments: argparse.Namespace, settings: Settings) -> int:
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
    return DONE


def do_notice(arguments: argparse.Namespace, settings: Settings) -> int:
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
    return DONE


def _text_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInput([FieldError(str(path), "is no text in UTF-8")]) from error


@contextmanager
def noting(settings: Settings, database: Database) -> Iterator[tuple[Hub, Connection]]:
    """Yields a hub that writes down what is changed, and the transaction to change it in."""
    hub = Hub.open(settings, database, "", "command-line")
    with database.transaction() as connection:
        yield hub, connection
