"""Migrations: in step with the tables, and safe to run again with data in them."""

import ast
import re
from pathlib import Path

import httpx
import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from pydantic import SecretStr
from sqlalchemy import text

from boxoffice.core.folding import is_found
from sync.__main__ import main
from sync.checkup import check_up
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.server import HubServer
from sync.store import gifts, stored_values
from sync.store import migrate as migrations
from sync.store.chain import new_id
from sync.store.database import Database
from sync.store.mails import mails_of
from sync.store.tables import metadata
from sync.tills.pairing import create_code
from tests.fest import fest
from tests.integration.sync.door import Door
from tests.postgres import new_database


@pytest.fixture
def empty_url(postgres_url: str) -> str:
    name = f"empty-{new_id()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return postgres_url.replace("/postgres?", f"/{name}?")


def test_an_empty_database_becomes_what_the_tables_say(empty_url: str) -> None:
    database = Database(empty_url)

    migrations.migrate(database)

    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": migrations._is_ours})
        differences = compare_metadata(context, metadata)
    assert differences == []
    assert migrations.is_current(database)
    database.close()


def test_migrating_again_with_data_changes_nothing(postgres_url: str) -> None:
    settings = Settings(
        postgres_url=SecretStr(new_database(postgres_url, "with-data")), hub_master_key=SecretStr("ab" * 32)
    )
    database = Database(settings.database())
    load_event(Hub.open(settings, database, ""), fest())

    revisions = {migrations.migrate(database) for _ in range(2)}

    assert len(revisions) == 1
    assert verify(database).problem is None
    with database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM pools")).scalar_one() == 8
    database.close()


def test_orders_of_before_stay_and_a_kiosks_can_come(empty_url: str) -> None:
    put = (
        "INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, created_at,"
        " placed_by) VALUES (%s, %s, 'e', %s, 'failed', 0, 'USD', now(), 'd')"
    )
    with Database(empty_url) as database:
        with database.transaction() as connection:
            command.upgrade(migrations._config(connection), "0088")
        with psycopg.connect(empty_url, autocommit=True) as before:
            before.execute("INSERT INTO devices (id, name, public_key) VALUES ('d', 'Door', '')")
            before.execute(put, ("o1", "A-1", "door"))
            with pytest.raises(psycopg.errors.CheckViolation):
                before.execute(put, ("o2", "A-2", "kiosk"))

        migrations.migrate(database)

    with psycopg.connect(empty_url, autocommit=True) as after:
        after.execute(put, ("o2", "A-2", "kiosk"))
        found = after.execute("SELECT id, channel FROM orders ORDER BY id").fetchall()
    assert found == [("o1", "door"), ("o2", "kiosk")]


def test_mails_and_gift_cards_of_before_stay_as_they_are(empty_url: str) -> None:
    rows = (
        "INSERT INTO devices (id, name, public_key) VALUES ('d', 'Door', '')",
        (
            "INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, created_at,"
            " placed_by) VALUES ('o', 'A-1', 'e', 'door', 'completed', 5000, 'USD', now(), 'd')"
        ),
        "INSERT INTO mails (id, order_id, email) VALUES ('m', 'o', 'ana@example.org')",
        (
            "INSERT INTO stored_values (id, order_id, event_id, currency, status, code_hash, last4, issued, spent)"
            " VALUES ('c', 'o', 'e', 'USD', 'active', 'h', 'WXYZ', 5000, 1000)"
        ),
    )
    with Database(empty_url) as database:
        with database.transaction() as connection:
            command.upgrade(migrations._config(connection), "0094")
        with psycopg.connect(empty_url, autocommit=True) as before:
            for row in rows:
                before.execute(row)

        migrations.migrate(database)

        with database.reading() as connection:
            (mail,) = mails_of(connection, "o")
            card = stored_values.by_id(connection, "c")
            assert gifts.standing(connection, "o") == []  # a till's card: nobody mails it
    assert (mail.kind, mail.card_id, mail.email) == ("tickets", None, "ana@example.org")
    assert card is not None
    assert (card.issued, card.free) == (5000, 4000)


def test_limited_codes_of_before_become_pools_and_verify(postgres_url: str) -> None:
    settings = Settings(
        postgres_url=SecretStr(new_database(postgres_url, "codes")), hub_master_key=SecretStr("ab" * 32)
    )
    database = Database(settings.database())
    load_event(Hub.open(settings, database, ""), fest())
    with database.transaction() as connection:
        for change in ("DELETE FROM pools WHERE id LIKE 'code:%'", "ALTER TABLE holds DROP COLUMN is_promo_counted"):
            connection.execute(text(change))

    with database.transaction() as connection, Operations.context(MigrationContext.configure(connection)):
        ScriptDirectory(str(migrations.MIGRATIONS)).get_revision("0056").module.upgrade()

    assert verify(database).problem is None
    with database.transaction() as connection:
        row = connection.execute(text("SELECT name, capacity, available FROM pools WHERE id LIKE 'code:%'")).one()
    assert tuple(row) == ("EARLYBIRD", 100, 100)
    database.close()


def test_leases_of_before_count_as_used_until_their_tills_sell_again(empty_url: str) -> None:
    before = "0015"
    with Database(empty_url) as database:
        with database.transaction() as connection:
            connection.connection.driver_connection.execute(SchemaManager.get_schema())  # type: ignore[union-attr]
            command.upgrade(migrations._config(connection), before)
            for row in (
                "INSERT INTO devices (id, name, public_key) VALUES ('t', 'till-1', 'k')",
                (
                    "INSERT INTO events (id, revision, name, timezone, currency, file, public_key, sealed_key)"
                    " VALUES ('e', 1, 'E', 'UTC', 'USD', '{}', 'k', 'k')"
                ),
                (
                    "INSERT INTO pools (event_id, id, name, capacity, available, leased, sold)"
                    " VALUES ('e', 'p', 'P', 10, 3, 4, 3)"
                ),
                "INSERT INTO device_leases (device_id, event_id, pool_id, granted, sold) VALUES ('t', 'e', 'p', 7, 3)",
            ):
                connection.execute(text(row))

        migrations.migrate(database)

        with database.transaction() as connection:
            query = "SELECT granted, sold, returned, reclaimed, counted_sold, last_sold_at IS NULL FROM device_leases"
            assert connection.execute(text(query)).one() == (7, 3, 0, 0, 3, False)


def test_the_version_before_serves_on_the_tables_of_the_next(postgres_url: str) -> None:
    settings = Settings(
        postgres_url=SecretStr(new_database(postgres_url, "ahead")), hub_master_key=SecretStr("ab" * 32)
    )
    with Database(settings.database()) as database:
        with database.transaction() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        at = migrations.migrate(database)

        assert at == "9999"
        assert [finding for finding in check_up(settings) if finding.is_wrong] == []
        with HubServer.start(settings) as server:
            assert httpx.get(f"{server.base_url}/ready").status_code == 200


def test_orders_of_before_are_found_without_accents_after_the_migration(empty_url: str) -> None:
    database = Database(empty_url)
    with database.transaction() as connection:
        command.upgrade(migrations._config(connection), "0015")
    with psycopg.connect(empty_url, autocommit=True) as before:
        before.execute("INSERT INTO devices (id, name, public_key) VALUES ('d', 'Door', '')")
        before.execute(
            "INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, customer_name,"
            " customer_phone, created_at, placed_by) SELECT 'o' || i, 'A-' || i, 'e', 'web', 'completed', 0, 'USD',"
            " CASE i WHEN 1500 THEN 'José\u202e\nMuñoz' ELSE 'Ana' END, '(303) 555-0123', now(), 'd'"
            " FROM generate_series(1, 2100) i"
        )

    migrations.migrate(database)

    with database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM orders WHERE found_by IS NULL")).scalar_one() == 0
        kept = connection.execute(text("SELECT found_by FROM orders WHERE id = 'o1500'")).scalar_one()
        name = connection.execute(text("SELECT customer_name FROM orders WHERE id = 'o1500'")).scalar_one()
    assert name == "José Muñoz"
    assert is_found("munoz jose", kept)
    assert is_found("3035550123", kept)
    database.close()


TAKES_AWAY = (
    r"op\.(drop_table|drop_column|rename_table)\(",
    r"op\.add_column\((?=.*nullable=False)(?!.*server_default)",
    r"op\.alter_column\(.*(nullable=False|new_column_name)",
    r"op\.execute\(.*(DROP (TABLE|COLUMN)|RENAME|SET NOT NULL)",
)
"""What of a migration a version that still runs would stumble over, call by call."""


def taken_away(source: str) -> list[str]:
    calls = [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in calls if any(re.match(pattern, call, re.DOTALL) for pattern in TAKES_AWAY)]


@pytest.mark.parametrize("path", sorted((migrations.MIGRATIONS / "versions").glob("0*.py")), ids=lambda path: path.stem)
def test_a_migration_takes_nothing_away_from_a_version_that_runs(path: Path) -> None:
    assert taken_away(path.read_text()) == []


@pytest.mark.parametrize(
    "change",
    [
        'op.drop_column("orders", "status")',
        'op.add_column("orders", sa.Column("x", sa.Text, nullable=False))',
        'op.alter_column("orders", "status", new_column_name="state")',
        'op.execute("ALTER TABLE orders RENAME COLUMN status TO state")',
    ],
)
def test_a_migration_that_took_something_away_would_be_found(change: str) -> None:
    assert taken_away(change)


@pytest.mark.parametrize("command", [["verify"], ["pairing-code"], ["serve", "--port", "0"]])
def test_a_database_without_tables_is_told_what_to_do(
    empty_url: str, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", empty_url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)

    code = main(command)

    assert (code, "boxoffice-hub migrate" in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"POSTGRES_URL": "nonsense"}, "POSTGRES_URL: is not an address"),
        ({"POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/x"}, "The database can't be used"),
        ({"CHECKOUT_MINUTES": "soon"}, "CHECKOUT_MINUTES: "),
        ({}, "POSTGRES_URL: is not set; the database needs it"),
    ],
)
def test_settings_that_can_not_be_used_are_named(
    names: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("POSTGRES_URL", "HUB_MASTER_KEY", "CHECKOUT_MINUTES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)

    code = main(["verify"])

    assert code in (1, 2)
    assert words in capsys.readouterr().err


def test_what_was_there_before_tills_were_judged_verifies_and_goes_on(postgres_url: str) -> None:
    """A till that sold, and one that was revoked, on the tables of a version that knew neither rules nor keys."""
    settings = Settings(
        postgres_url=SecretStr(new_database(postgres_url, "judged")), hub_master_key=SecretStr("ab" * 32)
    )
    with Database(settings.database()) as database, HubServer.start(settings) as server:
        hub = Hub.open(settings, database, "")
        load_event(hub, fest())
        with database.transaction() as connection:
            codes = [create_code(connection) for _ in range(2)]
        active, lost = (Door.pair(server.base_url, code) for code in codes)
        for door in (active, lost):
            door.push(door.cash_sale(("social", 1))).raise_for_status()
        unsent = lost.cash_sale(("social", 1))
        with database.transaction() as connection:
            for change in (*_NOT_YET, f"UPDATE devices SET status = 'revoked' WHERE id = '{lost.me.device_id}'"):
                connection.execute(text(change))

        with database.transaction() as connection, Operations.context(MigrationContext.configure(connection)):
            for revision in ("0024", "0025"):
                script = ScriptDirectory(str(migrations.MIGRATIONS)).get_revision(revision)
                script.module.upgrade()

        assert verify(database).problem is None
        answers = [active.push(active.cash_sale(("social", 1))), lost.push(unsent)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert verify(database).problem is None
        for door in (active, lost):
            door.http.close()


_NOT_YET = (
    "DROP TABLE leaked_keys, till_keys",
    "ALTER TABLE devices DROP COLUMN stripe_key_id, DROP COLUMN former_token_hash",
    "ALTER TABLE facts DROP COLUMN refused, DROP COLUMN as_it_came",
)
