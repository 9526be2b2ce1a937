"""A file of the version before is opened, and says afterwards what its facts say."""

from typing import Any

import pytest

from boxoffice.core.ids import PoolId
from boxoffice.core.money import Money
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.leases import LeaseReclaimed
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.tenders import TenderKind
from boxoffice.core.wire.leases import PoolLeft
from boxoffice.till.store import journal, pools_seen
from boxoffice.till.store.migrate import NEWEST
from boxoffice.till.store.pools_seen import Elsewhere
from boxoffice.till.usecases.shares import Shares
from tests.integration.till.kit import USD, TillOnDisk, cart

DISPUTES = "SELECT group_concat(id || ' ' || status || ' ' || withdrawn || ' ' || lost) FROM disputes"


def _without_later_tables(connection: Any) -> None:
    for table in (
        "papers",
        "hub_problems",
        "order_words",
        "order_index",
        "order_unindexed",
        "order_notes",
        "hub_requests",
        "shifts",
        "staff",
        "staff_credentials",
        "sign_in_tries",
        "parked_carts",
        "print_jobs",
        "scans",
        "value_leases",
        "stored_values",
        "grants_frozen",
    ):
        connection.execute(f"DROP TABLE {table}")
    for table, column in (
        ("payments", "rounding"),
        ("payments", "rounded_to"),
        ("refunds", "rounding"),
        ("payments", "card_id"),
    ):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _without_shares(connection: Any) -> None:
    """Takes a file back to before shares, frozen places, generations of leases and papers."""
    for column in ("share", "stock"):
        connection.execute(f"ALTER TABLE pools_seen DROP COLUMN {column}")
    for column in ("frozen", "generation"):
        connection.execute(f"ALTER TABLE leases DROP COLUMN {column}")
    _without_later_tables(connection)


def test_a_till_of_the_version_before_keeps_its_places_and_the_usual_share(till: TillOnDisk) -> None:
    left = "SELECT group_concat(pool_id || (granted - sold - held - returned), ' ') FROM leases"
    event = str(till.context.event.catalogue.id)
    seen = [PoolLeft(pool_id="friday", capacity=450, left=300, elsewhere=260, held=2)]
    with till.store.transaction() as connection:
        pools_seen.note(connection, event, seen)
    till.selling.place(cart("full-pass"))
    before = till.one(left)

    with till.damaging() as connection:
        _without_shares(connection)
        connection.execute("UPDATE alembic_version SET version_num = '0006'")

    assert till.one(left) == before
    with till.store.reading() as connection:
        assert pools_seen.read(connection, event) == {PoolId("friday"): Elsewhere(260, 2)}
    assert [order.lines[0].name for order in till.orders.find("festival", 5).orders] == ["Full Festival Pass"]
    assert Shares(till.context).units()[PoolId("friday")] == 40
    assert till.one("SELECT version_num FROM alembic_version") == NEWEST
    assert till.verify().problem is None


def test_leases_of_before_are_counted_as_they_were_and_go_on_in_generations(
    till: TillOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = "SELECT granted || ' ' || sold || ' ' || held || ' ' || returned FROM leases WHERE pool_id = 'friday'"
    taken = {"pool_id": "friday", "from_device": till.context.device.id, "units": 9}
    with monkeypatch.context() as before:
        before.setattr(journal, "takes_from_lease", lambda _: False)
        till.selling.place(cart("full-pass"))
        till.hear(LeaseReclaimed(**taken))
        till.grant("friday", 5)
    was = till.one(counts)
    with till.damaging() as connection:
        connection.execute("ALTER TABLE leases DROP COLUMN generation")
        _without_later_tables(connection)
        connection.execute("UPDATE alembic_version SET version_num = '0009'")

    assert till.one(counts) == was
    assert till.verify().problem is None
    till.hear(LeaseReclaimed(**taken, generation=0))
    till.grant("friday", 3, generation=0)
    till.grant("friday", 4, generation=1)

    assert till.one("SELECT generation FROM leases WHERE pool_id = 'friday'") == 1
    assert till.one("SELECT granted - sold - held - returned FROM leases WHERE pool_id = 'friday'") == 4
    assert till.verify().problem is None


def test_disputes_and_payments_by_another_page_are_kept_as_they_were_told(till: TillOnDisk) -> None:
    order = till.selling.place(cart("full-pass"))
    total = till.one("SELECT total_amount FROM orders")
    tender = till.tenders.begin(order, TenderKind.CHECKOUT, Money(total, USD))
    about: dict[str, Any] = {"order_id": order, "tender_id": tender.id, "amount": total, "currency": "USD"}
    about["tender"] = "paypal"
    till.hear(PaymentCaptured(**about, provider_reference="CAP-1"))
    told = {**about, "dispute_id": "PP-D-1", "why": "unauthorised"}
    till.hear(DisputeChanged(**told, status="open", withdrawn=total))
    till.hear(DisputeChanged(**told, status="lost", lost=total))
    now = till.one(DISPUTES), till.one("SELECT tender FROM payments")

    with till.damaging() as connection:  # as the version before left it
        _without_shares(connection)
        connection.execute("DROP TABLE disputes")
        connection.execute("UPDATE payments SET tender = 'checkout'")
        connection.execute("UPDATE alembic_version SET version_num = '0004'")

    assert (till.one(DISPUTES), till.one("SELECT tender FROM payments")) == now
    assert now == (f"PP-D-1 lost {total} {total}", "paypal")
    assert till.one("SELECT version_num FROM alembic_version") == NEWEST
    assert till.verify().problem is None
