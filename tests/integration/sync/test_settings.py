"""Whatever stands in a setting: the operator reads a plain sentence, never a traceback, and nothing secret."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from pydantic import SecretStr

from boxoffice.__main__ import main as till
from boxoffice.resources import resource_path
from sync.__main__ import main, parser
from sync.checkup import check_up
from sync.config import Settings
from sync.inventory.events import load_event, read_event_file
from sync.ledger.event_keys import WrongKey
from sync.ledger.hub import Hub
from sync.store.database import Database

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]

KEY = "ab" * 32
NAMES = sorted(name.upper() for name in Settings.model_fields)
NUMBERS = [" ", "x", "-1", "0", "1e400", "nan", "inf", "true", "null", "99999999999999999999", "\t\n"]
STRUCTURES = ["[", "[1]", '["a"', "{}", "[" * 2000, "*", "\udcff\udcfe", "é" * 300, "a@b.c"]
ADDRESSES = ["https://", "https://…", "https://www.example.org", "http://[::1", "http://a:99999", "https://a b"]
DATABASES = [
    "mysql://a@b/c", "sqlite://", "postgresql://", "postgresql://a:b:c@d:e/f", "postgresql://h:99999/x",
    "postgres://%zz@/", "host=a port=b", "postgresql+asyncpg://u@127.0.0.1/x",
]  # fmt: skip
KEYS = ["sk_test_", "whsec_", "SG.", "d-", "G-"]
OTHERS = [name for name in NAMES if not name.startswith("POSTGRES")]
_parser = cache(parser)
GARBAGE = [*NUMBERS, *STRUCTURES, *ADDRESSES, *DATABASES, *KEYS]


def _run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def only(database_url: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POSTGRES_URL", database_url)
    monkeypatch.setenv("HUB_MASTER_KEY", KEY)
    monkeypatch.setattr("sync.__main__.parser", _parser)  # half of what one of these two thousand commands costs
    return monkeypatch


def _is_told(name: str, value: str, only: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Does nothing if `check` ends with words of its own."""
    only.setenv(name, value)
    code = main(["check"])
    said = capsys.readouterr()
    only.delenv(name)
    only.setenv("HUB_MASTER_KEY", KEY)
    assert code in (0, 1, 2), (name, value)
    assert said.out or said.err
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize("name", NAMES)
def test_any_value_of_any_setting_is_good_or_plainly_refused(
    name: str, only: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = os.environ["POSTGRES_URL"]
    if not name.startswith("POSTGRES"):  # what is asked of the database is told of once, below
        only.setenv("POSTGRES_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    for value in GARBAGE:
        _is_told(name, value, only, capsys)
        only.setenv(
            "POSTGRES_URL", database if name.startswith("POSTGRES") else "postgresql://nobody@127.0.0.1:1/nothing"
        )


@rules(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([name for name in NAMES if not name.startswith("POSTGRES")]),
    value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60),
)
def test_any_text_in_any_setting_is_good_or_plainly_refused(
    name: str, value: str, only: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only.setenv("POSTGRES_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    _is_told(name, value, only, capsys)


@pytest.mark.parametrize(
    "written",
    [
        "https://a.example,https://b.example",
        " https://a.example , https://b.example, ",
        '["https://a.example", "https://b.example"]',
    ],
)
def test_lists_are_read_as_people_write_them(written: str, only: pytest.MonkeyPatch) -> None:
    only.setenv("SHOP_ORIGINS", written)

    assert Settings().shop_origins == ("https://a.example", "https://b.example")
    assert [each.name for each in check_up(Settings()) if each.is_wrong] == []


# The master key


@pytest.fixture
def sealed(database_url: str) -> Iterator[Settings]:
    """A database in which an event lies, and the settings that go with it."""
    settings = Settings(postgres_url=SecretStr(database_url), hub_master_key=SecretStr(KEY))
    with Database(database_url) as database:
        hub = Hub.open(settings, database, "", "test")
        load_event(hub, read_event_file(resource_path("events", "boulder-fest-2026.toml")))
        yield settings


def test_another_key_than_the_one_that_sealed_is_told_before_anything_is_served(sealed: Settings) -> None:
    other = {"POSTGRES_URL": sealed.database(), "HUB_MASTER_KEY": "cd" * 32}
    event = str(resource_path("events", "boulder-fest-2026.toml"))

    for command in (["check"], ["serve", "--port", "0"], ["load-event", event], ["process-pending-webhooks"]):
        ran = _run(["sync", *command], other | {"STRIPE_SECRET_KEY": "sk_test_x"})

        assert ran.returncode == 1, ran.stderr
        assert "HUB_MASTER_KEY is not the key of this database" in ran.stdout + ran.stderr
        assert "boulder-fest-2026" in ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
    with Database(sealed.database()) as database, pytest.raises(WrongKey):
        Hub.open(sealed.model_copy(update={"hub_master_key": SecretStr("cd" * 32)}), database, "", "test")


def test_the_key_that_sealed_is_good(sealed: Settings) -> None:
    assert [each.name for each in check_up(sealed) if each.is_wrong] == []


# The command line


@pytest.mark.parametrize("port", ["80808", "-1", "x", "1e3", "٣", "99999999999999999999", ""])
def test_a_port_that_is_none_is_told(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    for program, command in ((main, "serve"), (till, "sandbox")):
        with pytest.raises(SystemExit) as end:
            program([command, f"--port={port}"])

        assert end.value.code == 2
        assert "--port" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["no such host", "a" * 100, "256.1.1.1", "..", "-"])
def test_a_host_that_is_none_is_told(host: str, only: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", f"--host={host}", "--port", "0"]) == 1
    assert "can't be done" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(database_url: str) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = _run(["sync", "serve", "--port", str(port)], {"POSTGRES_URL": database_url, "HUB_MASTER_KEY": KEY})

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(("program", "name"), [(main, "boxoffice-hub"), (till, "boxoffice")])
def test_both_programs_tell_their_version(program: object, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(program)
    with pytest.raises(SystemExit) as end:
        program(["--version"])

    assert end.value.code == 0
    assert capsys.readouterr().out.split()[0] == name


# One laptop


def test_the_hub_brings_a_postgres_of_its_own_for_one_night(tmp_path: Path) -> None:
    night = {"POSTGRES_URL": f"embedded:{tmp_path / 'postgres'}", "HUB_MASTER_KEY": KEY}
    event = str(resource_path("events", "boulder-fest-2026.toml"))

    ran = [_run(["sync", *command], night) for command in (["migrate"], ["load-event", event], ["check"], ["verify"])]

    assert [each.returncode for each in ran] == [0, 0, 0, 0], ran
    assert "This hub can be served." in ran[2].stdout
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


@contextmanager
def _served(folder: Path, night: dict[str, str]) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Serves on a migrated Postgres of its own; yields the process and its address."""
    command = [sys.executable, "-m", "sync", "serve", "--port", "0"]
    with (
        (folder / "hub.log").open("w") as log,
        subprocess.Popen(command, env={**os.environ, **night}, stdout=subprocess.PIPE, stderr=log, text=True) as hub,
    ):
        assert hub.stdout is not None
        try:
            yield hub, hub.stdout.readline().split()[-1]
        finally:
            hub.kill()


def _until(is_so: Callable[[], bool]) -> None:
    ends = monotonic() + 150
    while not is_so():
        assert monotonic() < ends
        sleep(0.2)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready").status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are killed as the kernel does it")
@pytest.mark.parametrize("is_stopped_by", [signal.SIGINT, signal.SIGTERM])
def test_its_postgres_comes_back_when_it_is_killed_and_ends_with_it(
    tmp_path: Path, is_stopped_by: signal.Signals
) -> None:
    night = {"POSTGRES_URL": f"embedded:{tmp_path / 'postgres'}", "HUB_MASTER_KEY": KEY}
    assert _run(["sync", "migrate"], night).returncode == 0
    pid_file = tmp_path / "postgres" / "postmaster.pid"

    with _served(tmp_path, night) as (hub, url):
        _until(lambda: _is_ready(url))
        first = pid_file.read_text().splitlines()[0]
        os.kill(int(first), signal.SIGKILL)
        # Between the two there is no file.
        _until(lambda: pid_file.exists() and not pid_file.read_text().startswith(f"{first}\n") and _is_ready(url))
        hub.send_signal(is_stopped_by)

        assert hub.wait(60) == 0
    assert not pid_file.exists()
    assert "\nTraceback" not in (tmp_path / "hub.log").read_text()


@pytest.mark.parametrize("folder", ["", "here", "/no/such/folder/at/all"])
def test_a_folder_that_can_be_none_is_told(
    folder: str, only: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only.setenv("POSTGRES_URL", f"embedded:{folder}")

    assert main(["check"]) == 2
    assert "POSTGRES_URL: needs the whole path" in capsys.readouterr().err
