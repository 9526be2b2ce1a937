"""Each command of the hub says what it is for, and what is wrong with what was typed."""

import argparse
import socket
from pathlib import Path

import pytest

from boxoffice.__main__ import main as till
from boxoffice.__main__ import parser as till_parser
from sync.__main__ import main
from sync.__main__ import parser as hub_parser
from sync.store.database import Database
from sync.store.migrate import migrate
from tests.integration.sync.test_settings import KEY

pytestmark = pytest.mark.enable_socket

EMAIL = "dana@example.org"


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_URL", database_url)
    monkeypatch.setenv("HUB_MASTER_KEY", KEY)
    monkeypatch.setenv("HUB_ORGANIZER_PASSWORD", "correct horse battery")
    with Database(database_url, 1) as database:
        migrate(database)


def _commands(parser: argparse.ArgumentParser) -> list[str]:
    (found,) = (each.choices for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    return list(found)


def _names(name: str) -> list[str]:
    return _commands(hub_parser() if name == "hub" else till_parser())


@pytest.mark.parametrize(
    ("program", "command"), [(name, command) for name in ("hub", "till") for command in _names(name)]
)
def test_the_help_of_a_command_says_what_it_does(
    program: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        (main if program == "hub" else till)([command, "--help"])

    said = capsys.readouterr().out
    assert end.value.code == 0
    assert not said.split("\n\n")[1].startswith(("positional arguments", "options"))


@pytest.mark.parametrize("action", ["add", "role", "unlock"])
@pytest.mark.parametrize("email", [[], [""], [" "]])
def test_an_account_that_is_not_named_is_asked_for(
    action: str, email: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["organizer", action, *email]) == 2

    assert "name the account" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["role", "unlock"])
def test_an_account_that_is_not_there_is_told(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["organizer", action, "nobody@example.org"]) == 2

    assert "has no account" in capsys.readouterr().err


def test_an_account_that_is_there_may_try_again(capsys: pytest.CaptureFixture[str]) -> None:
    main(["organizer", "add", EMAIL])

    assert main(["organizer", "unlock", EMAIL.upper()]) == 0


@pytest.mark.parametrize("option", ["--file", "--file-es"])
@pytest.mark.parametrize("what", ["missing", "folder", "bytes"])
def test_a_text_that_can_not_be_read_is_named(
    option: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("We open at seven.")
    if what == "folder":
        bad.mkdir()
    elif what == "bytes":
        bad.write_bytes(b"\xff\xfe\x00")

    code = main(["notice", "an-event", "--subject", "Doors", "--file", str(good), option, str(bad)])

    assert code != 0
    assert str(bad) in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        assert main(["serve", "--port", port]) == 1
        assert till(["sandbox", "--port", port]) == 1

    assert capsys.readouterr().err.count(port) == 2


@pytest.mark.parametrize("days", ["-5", "0", "x", "1e3", "999999999999999", "1.5", ""])
def test_days_that_are_none_are_told(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["reconcile", f"--days={days}"])

    assert end.value.code == 2
    assert "--days" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["door\n2", "\u202edoor 2", "door\u200b 2", " door  2 ", "door\t2"])
def test_a_name_of_a_till_is_one_line_that_can_be_seen(name: str, database_url: str) -> None:
    main(["pairing-code", "--name", name])

    with Database(database_url, 1) as database, database.reading() as connection:
        newest = "SELECT name FROM pairing_codes ORDER BY expires_at DESC LIMIT 1"
        kept = connection.exec_driver_sql(newest).scalar_one()
    assert kept in {"door 2", "door2"}


def test_a_command_that_finds_nothing_says_so(capsys: pytest.CaptureFixture[str], database_url: str) -> None:
    with Database(database_url, 1) as database, database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM sessions")
        connection.exec_driver_sql("DELETE FROM organizers")

    assert main(["organizer", "list"]) == 0
    assert main(["refund-failed"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "Nobody can sign in yet: boxoffice-hub organizer add EMAIL",
        "There is no money that bought nothing.",
    ]
