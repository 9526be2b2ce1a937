"""The commands about the guest list: each prints what is so now, and names each line that is wrong."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.folding import number_key
from sync.commands import DONE, WRONG
from sync.config import Settings
from sync.guests.guest_list import Checked, GuestList, check
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.payments.refunds import Refunds
from sync.store import guests as store
from sync.store.database import Database
from sync.store.reports import report_events

_BY: Final = "command line"
Action = Callable[[Hub, argparse.Namespace, str], int]


def do_guests(arguments: argparse.Namespace, settings: Settings) -> int:
    with Database(settings.direct_database()) as database:
        hub = Hub.open(settings, database, settings.hub_public_url or "", "guests")
        with database.reading() as connection:
            events = [each.id for each in report_events(connection)]
        event = arguments.event or next(iter(events), "")
        if event not in events:
            raise BadInput([FieldError("--event", f"there is no event “{event}”")])
        return ACTIONS[arguments.action][1](hub, arguments, event)


def _check(hub: Hub, given: argparse.Namespace, event: str) -> int:
    with hub.database.reading() as connection:
        checked = check(connection, event, _text(given), given.held_for)
    print(*_told(checked), sep="\n")
    return WRONG if checked.wrong or checked.short else DONE


def _add(hub: Hub, given: argparse.Namespace, event: str) -> int:
    text = _text(given)
    with hub.database.reading() as connection:
        checked = check(connection, event, text, given.held_for)
    if checked.wrong and not given.leave_out_wrong:
        print(*_told(checked), "Nobody was added. Mend the lines, or say --leave-out-wrong.", sep="\n", file=sys.stderr)
        return WRONG
    guest_list = GuestList(hub, Refunds(hub, {}))
    done = guest_list.add(event, text, given.held_for, _BY, language=given.language, may_exceed=given.above_budget)
    print(*_told(done), f"{len(done.new)} added.", sep="\n")
    return WRONG if done.wrong else DONE


def _cancel(hub: Hub, given: argparse.Namespace, event: str) -> int:
    with hub.database.reading() as connection:
        found = {number_key(each.order_number): each for each in store.listed(connection, event, most=100_000)}
    guest = found.get(number_key(given.what))
    if guest is None:
        raise BadInput([FieldError("number", f"no guest of {event} has the order number “{given.what}”")])
    try:
        GuestList(hub, Refunds(hub, {})).cancel(guest.order_id, given.held_for, _BY)
    except NoSuchOrder as error:
        raise OperationFailed(str(error), "Nothing was changed.", "") from error
    print(f"{guest.name} is off the list; the places are free again.")
    return DONE


def _list(hub: Hub, _given: argparse.Namespace, event: str) -> int:
    with hub.database.reading() as connection:
        found = store.listed(connection, event, most=100_000)
        given = store.comps_given(connection, event)
    for each in found:
        state = "cancelled" if each.cancelled_at else "came in" if each.admitted else each.delivery.value
        print(f"{each.order_number}  {each.name}: {each.tickets} × {each.item_name}, {each.held_for}, {state}")
    print(f"{given} tickets are given away at {event}.")
    return DONE


def _text(given: argparse.Namespace) -> str:
    """Returns the lines of the file, or of standard input for `-`."""
    if given.what in ("", "-"):
        return sys.stdin.read()
    return Path(given.what).read_text(encoding="utf-8-sig")


def _told(checked: Checked) -> Iterator[str]:
    for line in checked.lines:
        if line.wrong:
            yield f"line {line.number}: {'; '.join(map(str, line.wrong))}"
        elif line.is_known:
            yield f"line {line.number}: on the list already"
    yield f"{len(checked.new)} new guests with {checked.tickets} tickets, worth {checked.worth}."
    for name, left, needed in checked.short:
        yield f"{name}: {left} places are left, {needed} are needed."
    if checked.over:
        yield f"{checked.over} tickets are above the {checked.catalogue.comps.per_event} that the event gives away."


ACTIONS: Final[Mapping[str, tuple[str, Action]]] = {
    "check": ("say what adding the lines of a file would do", _check),
    "add": ("add the guests of a file, all or none", _add),
    "cancel": ("take the guest of an order number off the list", _cancel),
    "list": ("who is on the list", _list),
}
"""What can be done, in words and by whom."""
