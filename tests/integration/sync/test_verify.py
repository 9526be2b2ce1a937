"""`verify` names what broke, whatever part of the database was damaged."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from boxoffice.resources import resource_path
from sync.__main__ import main
from sync.ledger.verify import verdict_on, verify
from sync.ledger.verify_chains import Wrong, check_ends, check_span, spans_of
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.postgres import new_database


@pytest.fixture(scope="module")
def evening(hub: Stand) -> Door:
    """An evening with a bit of everything."""
    door = hub.door()
    door.lease({"friday": 9, "saturday": 9, "sunday": 9})
    for _ in range(3):
        door.push(door.cash_sale(("full-pass", 1), ("friday-pass", 1)))
    placed, tender = door.phone_order()
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    hub.settle(hub.sessions.pay(hub.sessions.of(tender)))
    door.push(door.cash_sale(("rumba-workshop", 1)))
    return door


@pytest.fixture
def damaged(hub: Stand, evening: Door) -> Iterator[Connection]:
    """A connection on which anything may be damaged; all of it is undone."""
    with hub.database.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
        for check in ("no_oversell", "in_balance"):
            connection.execute(text(f"ALTER TABLE pools DROP CONSTRAINT ck_pools_{check}"))
        connection.execute(text("ALTER TABLE device_leases DROP CONSTRAINT ck_device_leases_no_oversell"))
        yield connection
        connection.rollback()


def test_an_evening_that_nobody_touched_agrees(hub: Stand, evening: Door) -> None:
    verdict = verify(hub.database)

    assert verdict.problem is None
    assert str(verdict).endswith("everything agrees.")
    assert verdict.orders == 5


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE facts SET signature = repeat('0', 128) WHERE seq = 3",
        "UPDATE facts SET payload = '{}' WHERE seq = 2",
        "UPDATE facts SET prev_hash = repeat('0', 64) WHERE seq = 4",
        "UPDATE facts SET hash = repeat('0', 64) WHERE seq = 5",
        "DELETE FROM facts WHERE seq = 1",
        "DELETE FROM facts WHERE seq = 2",
        "DELETE FROM facts WHERE seq BETWEEN 2 AND 4",
        "DELETE FROM facts f WHERE seq = (SELECT max(seq) FROM facts g WHERE g.device_id = f.device_id)",
        "UPDATE facts SET seq = 2^61 WHERE seq = (SELECT max(seq) FROM facts)",
        "UPDATE facts SET epoch = 2 WHERE seq > 3",
        "DELETE FROM devices WHERE kind = 'till'",
    ],
)
def test_damage_to_a_chain_is_found_wherever_it_is_cut_into_parts(damaged: Connection, sql: str, size: int) -> None:
    damaged.execute(text(sql))

    spans = spans_of(damaged, size)

    with pytest.raises(Wrong):
        check_ends(damaged, spans, [check_span(span, damaged) for span in spans])


def test_several_processes_judge_as_one_does(hub: Stand, evening: Door) -> None:
    damage = """
        SET session_replication_role = replica;
        UPDATE facts SET signature = reverse(signature) WHERE kind = 'order_placed'
    """
    good, together = verify(hub.database), verify(hub.database, many=0)
    hub.sql(damage)
    broken = verify(hub.database, many=0)
    hub.sql(damage)

    assert together == good
    assert broken.problem is not None
    assert "its signature is not its device's" in broken.problem


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "UPDATE facts SET payload = jsonb_set(payload, '{total}', '1') WHERE kind = 'order_placed'",
            "its content does not match its hash",
        ),
        ("UPDATE facts SET payload = '[1]' WHERE kind = 'order_placed'", "can't be read"),
        ("UPDATE facts SET kind = 'nonsense' WHERE kind = 'order_placed'", "nonsense"),
        ("UPDATE facts SET occurred_at = occurred_at + interval '1 hour' WHERE seq = 2", "does not match its hash"),
        ("UPDATE facts SET signature = repeat('0', 128) WHERE seq = 3", "its signature is not its device's"),
        ("UPDATE facts SET signature = 'x' WHERE seq = 3", "its signature is not its device's"),
        ("UPDATE facts SET prev_hash = repeat('0', 64) WHERE seq = 4", "does not follow fact number 3"),
        ("DELETE FROM facts WHERE seq = 2 AND kind = 'payment_captured'", "number 3 does not follow number 1"),
        (
            "DELETE FROM facts f WHERE seq = (SELECT max(seq) FROM facts g WHERE g.device_id = f.device_id)",
            "its end should be fact",
        ),
        ("DELETE FROM facts", "its end should be fact 0"),
        ("UPDATE facts SET is_applied = false WHERE kind = 'order_placed'", "there is no order"),
        ("UPDATE devices SET public_key = repeat('0', 63) WHERE kind = 'till'", "its public key can't be read"),
        ("UPDATE chains SET seq = seq + 1 WHERE seq > 5", "its end should be fact"),
        ("DELETE FROM chains", "nothing says where it ends"),
        ("UPDATE ledger_postings SET amount = amount + 1 WHERE account LIKE 'cash:%'", "don't add up to zero"),
        ("UPDATE ledger_postings SET amount = -amount", "instead of"),
        ("UPDATE ledger_postings SET account = 'bank' WHERE account LIKE 'cash:%'", "instead of cash:"),
        ("UPDATE ledger_postings SET currency = 'EUR'", "instead of"),
        ("DELETE FROM ledger_postings WHERE account LIKE 'sales:%'", "don't add up to zero"),
        ("INSERT INTO ledger_postings VALUES ('ghost', 0, 'bank', 0, 'USD')", "there is no such fact"),
        ("UPDATE orders SET total_amount = total_amount + 1", "total_amount is"),
        ("UPDATE orders SET status = 'refunded'", "status is 'refunded', but the facts say 'completed'"),
        ("DELETE FROM orders", "is missing"),
        ("UPDATE order_items SET quantity = quantity + 1", "order item"),
        ("UPDATE payments SET amount = amount - 1", "payment"),
        ("UPDATE tickets SET status = 'voided'", "ticket"),
        ("DELETE FROM tickets WHERE id = (SELECT min(id) FROM tickets)", "ticket"),
        (
            "INSERT INTO tickets SELECT 'forged', order_id, product_id, status FROM tickets LIMIT 1",
            "ticket forged rests on no fact",
        ),
        ("UPDATE pools SET sold = sold - 1, available = available + 1 WHERE id = 'friday'", "pool friday"),
        ("UPDATE pools SET capacity = capacity + 1 WHERE id = 'friday'", "pool friday"),
        ("DELETE FROM pools WHERE id = 'friday'", "pool friday of boulder-fest-2026 is missing"),
        ("UPDATE device_leases SET sold = sold - 1 WHERE pool_id = 'friday'", "lease of device"),
        ("UPDATE device_leases SET granted = granted + 1 WHERE pool_id = 'friday'", "lease of device"),
        ("DELETE FROM device_leases", "is missing"),
        ("DELETE FROM exceptions", "exception"),
    ],
)
def test_each_kind_of_damage_is_named(damaged: Connection, sql: str, words: str) -> None:
    assert damaged.execute(text(sql)).rowcount > 0

    verdict = verdict_on(damaged)

    assert verdict.problem is not None
    assert words in verdict.problem


@pytest.mark.parametrize("table", ["facts", "ledger_postings"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_itself_refuses_to_change_the_past(hub: Stand, evening: Door, table: str, sql: str) -> None:
    column = {"facts": "seq", "ledger_postings": "amount"}[table]

    with pytest.raises(psycopg.errors.RestrictViolation, match="is append-only"):
        hub.sql(sql.format(table, column, column))


def test_the_database_itself_refuses_postings_that_do_not_add_up(hub: Stand, evening: Door) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="do not add up"):
        hub.sql("INSERT INTO ledger_postings SELECT id, 90, 'bank', 1, 'USD' FROM facts LIMIT 1")


@pytest.mark.parametrize("sql", ["available = -1, sold = sold + available + 1", "capacity = capacity + 1"])
def test_the_database_itself_refuses_a_pool_that_is_oversold_or_out_of_balance(
    hub: Stand, evening: Door, sql: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        hub.sql(f"UPDATE pools SET {sql} WHERE id = 'friday'")


def test_the_command_exits_with_1_and_says_what_is_wrong(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(postgres_url, "verify-command")
    monkeypatch.setenv("POSTGRES_URL", url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    main(["load-event", str(resource_path("events", "boulder-fest-2026.toml"))])
    good = main(["verify"])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE pools SET capacity = capacity + 1, available = available + 1 WHERE id = 'friday'")

    bad = main(["verify"])

    assert (good, bad) == (0, 1)
    assert (
        "WRONG: pool friday of boulder-fest-2026: 451 = 451 + 0 + 0 + 0, but the facts say 450"
        in capsys.readouterr().out
    )
