"""The command about organizers: who may sign in at the hub's pages, and what they may do."""

import argparse
import os
import sys
from getpass import getpass

from sqlalchemy import Connection

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.payloads.office import Subject
from sync.commands import BY, DONE, noting
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers import second_factors
from sync.organizers.accounts import end as end_account
from sync.organizers.organizers import account_id, accounts, add_organizer, set_role, unlock
from sync.organizers.roles import Role
from sync.store.database import Database


def do_organizer(arguments: argparse.Namespace, settings: Settings) -> int:
    email, role = arguments.email.strip(), arguments.role
    if not email and arguments.action != "list":
        raise BadInput([FieldError("email", f"name the account: boxoffice-hub organizer {arguments.action} EMAIL")])
    password = _password() if arguments.action == "add" else ""
    with Database(settings.direct_database()) as database, noting(settings, database) as (hub, connection):
        match arguments.action:
            case "add":
                address = add_organizer(connection, email, password, role)
                _note_account(hub, connection, address, "added", (role or Role.ADMIN).value)
                print(f"{address} can sign in now.")
            case "role":
                set_role(connection, email, role or Role.ADMIN)
                _note_account(hub, connection, email, "role", (role or Role.ADMIN).value)
                print(f"{email} is {(role or Role.ADMIN).value} now.")
            case "reset":
                second_factors.reset(hub, connection, account_id(connection, email), BY)
                print(f"{email} signs in with the password alone now. Telephone, passkeys and codes are gone.")
            case "end":
                end_account(hub, connection, account_id(connection, email), BY)
                print(f"{email} signs in no more.")
            case "unlock":
                unlock(connection, email)
                print(f"{email} may try again.")
            case _:
                found = [f"{address}: {its.value}" for address, its in accounts(connection)]
                print(*found or ["Nobody can sign in yet: boxoffice-hub organizer add EMAIL"], sep="\n")
    return DONE


def _note_account(hub: Hub, connection: Connection, email: str, what: str, after: str) -> None:
    number = str(account_id(connection, email))
    note_change(hub, connection, Subject.ORGANIZER, number, what, BY, after=after)


def _password() -> str:
    """Returns the password from the environment, from a person at the keyboard, or from a pipe."""
    given = os.environ.get("HUB_ORGANIZER_PASSWORD")
    if given is not None:
        return given
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
