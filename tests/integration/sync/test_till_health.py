"""The page of tills says of each how well it is: heard of, share, what it has to send, and its software."""

import pytest

from boxoffice.core.wire.protocol import UNSENT, VERSION
from boxoffice.documents.languages import language
from boxoffice.till.net.versions import installed_version
from sync.http.web.till_health import Health, ago, health_of, overview
from sync.store.tills import ListedTill, TillStatus
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket
EN = language("en")


def till(silent_s: float | None, status: TillStatus = TillStatus.ACTIVE, version: str = "2.10.0") -> ListedTill:
    return ListedTill("t", "Door A", status, None, 5, 0, False, version, silent_s, 32)


@pytest.mark.parametrize(
    ("silent_s", "health"),
    [
        (None, Health.NEVER),
        (0, Health.ONLINE),
        (120, Health.ONLINE),
        (121, Health.SILENT),
        (1199, Health.SILENT),
        (1200, Health.LOST),
    ],
)
def test_a_till_is_lost_after_twenty_minutes(silent_s: float | None, health: Health) -> None:
    assert health_of(till(silent_s)) is health
    assert health_of(till(silent_s, TillStatus.REVOKED)) is Health.REVOKED


@pytest.mark.parametrize(
    ("seconds", "words"), [(2, "2 s ago"), (1320, "22 min ago"), (7300, "2 h ago"), (172_800, "2 days ago")]
)
def test_how_long_ago_is_said_in_numbers(seconds: float, words: str) -> None:
    assert ago(seconds, EN) == words


def test_the_newest_software_is_told_by_its_number_and_who_has_an_older_one() -> None:
    said = overview([till(1), till(1, version="2.9.1"), till(1500)], EN)

    software = said["numbers"][3]
    assert (software.value, software.words) == ("2.10.0", "Older: Door A")
    assert said["head"] == "One till is lost, the rest sell"
    assert overview([till(1, TillStatus.REVOKED)], EN)["numbers"] == []


def test_a_till_says_its_software_and_what_it_has_to_send_with_each_look_at_the_news(
    hub: Stand, office: Office
) -> None:
    door = hub.door()
    headers = {"Authorization": f"Bearer {door.me.token}", VERSION: "9.8.7", UNSENT: "41"}
    door.http.get("/api/till/feed", headers=headers).raise_for_status()

    page = office.page("/tills")

    assert hub.one("SELECT app_version FROM devices WHERE id = %s", door.me.device_id) == "9.8.7"
    assert all(words in page for words in ("9.8.7", ">41<", "Online", "Every till sells", "s ago"))
    assert installed_version()
