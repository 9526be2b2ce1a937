"""What tills have yet to send: noted as they say it, and shown to organizers and to Prometheus."""

import httpx
import pytest

from boxoffice.core.wire.protocol import UNSENT
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket

NOTED = "SELECT unsent_facts FROM devices WHERE id = %s"


def says(door: Door, unsent: str) -> None:
    door.http.get("/api/till/feed", headers={UNSENT: unsent}).raise_for_status()


def turn_comes(hub: Stand, door: Door) -> None:
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '31 seconds' WHERE id = %s", door.me.device_id)


def test_fewer_are_noted_at_once_and_more_at_the_next_turn(hub: Stand, door: Door) -> None:
    noted = []
    for unsent in ("7", "5", "9"):
        says(door, unsent)
        noted.append(hub.one(NOTED, door.me.device_id))
    turn_comes(hub, door)
    says(door, "9")

    assert [*noted, hub.one(NOTED, door.me.device_id)] == [7, 5, 5, 9]


def test_it_is_noted_also_when_the_push_comes_to_nothing(hub: Stand, door: Door) -> None:
    refused = door.http.post("/api/till/facts", json={"protocol": 99, "facts": []}, headers={UNSENT: "40"})

    assert (refused.status_code, hub.one(NOTED, door.me.device_id)) == (426, 40)


@pytest.mark.parametrize("header", [b"", b"-1", b"many", b"9999999999", b"\xb2", b"1.5"])
def test_what_is_no_number_is_as_if_nothing_were_said(hub: Stand, door: Door, header: bytes) -> None:
    says(door, "3")
    turn_comes(hub, door)
    headers = [(b"Authorization", f"Bearer {door.me.token}".encode()), (UNSENT.encode(), header)]
    taken = httpx.post(f"{hub.base_url}/api/till/facts", json={"facts": []}, headers=headers)

    assert (taken.status_code, hub.one(NOTED, door.me.device_id)) == (200, 3)


def test_organizers_and_prometheus_see_what_is_unsent_and_what_waits(hub: Stand) -> None:
    older, newer = hub.door(), hub.door()
    early = newer.cash_sale()[1:]
    newer.push(early)
    says(newer, "12")

    office = Office.open(hub)
    page = office.page("/dashboard")
    office.http.close()
    metrics = httpx.get(f"{hub.base_url}/metrics", headers={"Authorization": "Bearer metrics-token"}).text

    assert f'boxoffice_till_backlog{{state="unsent",till="{newer.me.name}"}} 12.0' in metrics
    assert f'boxoffice_till_backlog{{state="waiting",till="{newer.me.name}"}} {len(early)}.0' in metrics
    assert f'boxoffice_till_backlog{{state="waiting",till="{older.me.name}"}} 0.0' in metrics
    assert f'state="unsent",till="{older.me.name}"' not in metrics
    assert f'<td class="r">12</td><td class="r">{len(early)}</td>' in page
    assert '<td class="r">—</td><td class="r">0</td>' in page
