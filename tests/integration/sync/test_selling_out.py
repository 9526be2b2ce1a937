"""The last places: sold by whoever has the customer, with nobody sent away while a till that answers has some."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.selling_out import Evening, at_a_till, on_the_web, sell_out, tills_at
from tests.integration.sync.test_on_sale import event_of


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    """As a hub is that nobody has told how much a till may hold."""
    return Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_webhook_secret=SecretStr(WEBHOOK_SECRET),
        database_connections=20,
        requests_per_second=10_000,
        places_per_address=1_000_000,
        holds_per_address=1_000_000,
    )


@pytest.fixture
def web(hub: Stand) -> Iterator[httpx.Client]:
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 day' WHERE kind = 'till'")
    with httpx.Client(base_url=hub.base_url, timeout=60) as http:
        yield http


@pytest.mark.parametrize(
    ("capacity", "selling", "idle", "buyers", "sizes"),
    [
        pytest.param(450, 2, 1, 2, (1, 2, 3), id="three tills, one of them idle"),
        pytest.param(60, 12, 0, 2, (1,), id="twelve tills on sixty places"),
        pytest.param(40, 3, 3, 2, (1, 2, 4), id="groups on few places"),
    ],
)
def test_all_is_sold_and_nobody_is_sent_away_while_a_till_has_some(  # a table of evenings
    hub: Stand,
    web: httpx.Client,
    tmp_path: Path,
    capacity: int,
    selling: int,
    idle: int,
    buyers: int,
    sizes: tuple[int, ...],
) -> None:
    event = f"evening-{capacity}"
    load_event(hub.hub, event_of(event, capacity))

    with tills_at(hub, tmp_path, event, selling + idle) as tills:
        doors = [(f"till {i}", at_a_till(till, "pass")) for i, till in enumerate(tills[:selling])]
        shops = [(f"web {i}", on_the_web(web, "pass", event)) for i in range(buyers)]
        evening = sell_out(capacity, doors + shops, capacity, sizes=sizes, patience_s=10)

    assert evening.wrongly_refused() == [], told(evening)
    assert evening.sold == capacity, told(evening)
    assert hub.sql("SELECT available, leased FROM pools WHERE event_id = %s", event) == [(0, 0)]
    assert hub.sql("SELECT detail FROM exceptions WHERE kind = 'over_capacity'") == []
    assert verify(hub.database).problem is None


def told(evening: Evening) -> str:
    """Returns the end of an evening, for whoever looks why it went wrong."""
    began = evening.attempts[0].began_s
    last = sorted(evening.attempts, key=lambda each: each.ended_s)[-40:]
    return "\n".join(
        f"{each.began_s - began:7.3f} {each.ended_s - began:7.3f} {each.place:8} {each.units} "
        f"{'sold' if each.is_sold else each.words}"
        for each in last
    )
