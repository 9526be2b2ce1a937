"""Watching and stopping: what Prometheus reads, the six alerts, the dashboard, and who may turn a switch."""

import re
from dataclasses import replace

import httpx
import pytest

from boxoffice.resources import resource_path
from sync.services.alerts import alerts_of
from sync.services.measuring import WINDOW, measure, payments
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_webhooks import event, send

pytestmark = pytest.mark.enable_socket


def pay(hub: Stand, bought: httpx.Response) -> None:
    session = bought.json()["sessionId"]
    hub.sessions.pay(session)
    hub.checkouts.settle_session(session)


def test_prometheus_reads_what_the_books_say(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("social", 2))

    page = shopper.http.get("/metrics", headers={"Authorization": "Bearer metrics-token"}).text

    assert 'boxoffice_inventory_level{event="boulder-fest-2026",pool="social",state="sold"} 2.0' in page
    assert "boxoffice_payment_success_ratio 1.0" in page
    assert 'boxoffice_api_latency_seconds_bucket{le="0.005",method="POST",route="/api/payment' in page


def test_prometheus_reads_how_long_payments_take(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("sunday-pass"))

    page = shopper.http.get("/metrics", headers={"Authorization": "Bearer metrics-token"}).text

    kind = 'provider="stripe",success="true"'
    within = re.findall(rf'^boxoffice_payment_duration_seconds_bucket{{le="(.+)",{kind}}} (\S+)$', page, re.MULTILINE)
    (count,) = re.findall(rf"^boxoffice_payment_duration_seconds_gcount{{{kind}}} (\S+)$", page, re.MULTILINE)
    assert [bound for bound, _ in within][-3:] == ["600.0", "900.0", "+Inf"]
    assert within[-1][1] == count
    assert float(count) >= 1


def test_prometheus_finds_all_that_its_alerts_ask_for(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("friday-pass"))
    hub.until(1, "SELECT count(*) FROM processes")
    rules = resource_path("alerts.yml").read_text("utf-8")

    page = shopper.http.get("/metrics", headers={"Authorization": "Bearer metrics-token"}).text

    asked = set(re.findall(r"boxoffice_\w+", rules))
    assert len(asked) == 7
    assert asked <= set(re.findall(r"^boxoffice_\w+", page, re.MULTILINE))


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "metrics"}])
def test_the_metrics_are_for_the_monitoring_only(hub: Stand, header: dict[str, str]) -> None:
    assert httpx.get(f"{hub.base_url}/metrics", headers=header).status_code == 403


def test_an_alert_is_raised_and_mailed_once(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("rumba-workshop", 57))

    first, second = hub.watch.look(), hub.watch.look()

    assert [alert.words for alert in first] == ["Rumba workshop: 3 of 60 places are left."]
    assert second == []
    assert [mail.to for mail in hub.mail.sent if "few places left" in mail.subject] == ["alerts@example.org"]


def test_a_long_queue_is_an_alert(hub: Stand) -> None:
    row = "INSERT INTO payment_events (provider, event_id, event_type, payload) VALUES ('stripe', %s, 'x', '{}')"
    for number in range(1001):
        hub.sql(row, f"evt_many_{number}")

    alerts = hub.watch.look()
    hub.sql("DELETE FROM payment_events WHERE event_type = 'x'")

    assert [alert.kind for alert in alerts] == ["queue_is_long"]


def test_the_dashboard_shows_the_eight_targets(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("friday-pass"))
    office = Office.open(hub)

    page = office.page("/dashboard")

    office.http.close()
    assert page.count('class="card stat"') == 8
    assert "Payments that go through" in page
    assert "100.0%" in page


def test_only_an_organizer_can_stop_a_channel_and_the_shop_says_why(hub: Stand, shopper: Shopper) -> None:
    office = Office.open(hub)
    csrf = office.hidden("/control", "csrf")
    stranger = shopper.http.post("/control/web", data={"csrf": csrf, "share": "0"})

    stopped = office.http.post("/control/web", data={"csrf": csrf, "share": "0", "message": "Back <soon>."})
    told, refused = shopper.http.get("/tickets").text, shopper.buy("friday-pass")
    office.http.post("/control/web", data={"csrf": csrf, "share": "100"})

    office.http.close()
    assert (stranger.status_code, stopped.status_code) == (403, 303)
    assert "Back &lt;soon&gt;." in told
    assert (refused.status_code, "Back <soon>." in refused.json()["error"]) == (503, True)
    assert shopper.buy("friday-pass").status_code == 200


def test_the_public_reads_what_an_organizer_says_until_it_is_taken_back(hub: Stand, office: Office) -> None:
    csrf = office.hidden("/control", "csrf")

    def public() -> str:
        return httpx.get(f"{hub.base_url}/status").text

    said = office.http.post("/control/status", data={"csrf": csrf, "words": " Doors open at 9 & <not> 8. "})
    empty = office.http.post("/control/status", data={"csrf": csrf, "words": "   "})
    before = public()
    (update,) = hub.sql("SELECT id FROM status_updates WHERE withdrawn_at IS NULL")[0]
    back = office.http.post(f"/control/status/{update}", data={"csrf": csrf})

    assert (said.status_code, empty.status_code, back.status_code) == (303, 422, 303)
    assert "Doors open at 9 &amp; &lt;not&gt; 8." in before
    assert "Doors open" not in public()
    assert "Doors open" not in office.page("/control")


def test_each_refused_card_counts_however_many_there_are_for_one_order(hub: Stand, shopper: Shopper) -> None:
    hub.sql("DELETE FROM declines")
    bought = shopper.buy("friday-pass")
    tender = hub.one("SELECT tender_id FROM checkouts WHERE order_id = %s", bought.json()["orderId"])
    before = shares(hub)

    for number in range(40):
        decline(hub, tender, f"ch_{bought.json()['orderId']}_{number}")
    decline(hub, tender, f"ch_{bought.json()['orderId']}_0")  # told twice
    hub.until(40, "SELECT count(*) FROM declines")
    pay(hub, bought)

    after = shares(hub)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 40)


def test_forty_refused_cards_and_one_that_went_through_are_two_percent_and_an_alert(
    hub: Stand, shopper: Shopper
) -> None:
    hub.sql("DELETE FROM declines")
    hub.sql("UPDATE exceptions SET status = 'resolved' WHERE kind = 'payments_fail'")
    with hub.database.transaction() as connection:
        found = replace(measure(connection), captured=1, failed=0)
    quiet = [alert.kind for alert in alerts_of(found, found, [])]
    loud = [alert for alert in alerts_of(replace(found, failed=40), found, []) if alert.kind == "payments_fail"]

    assert "payments_fail" not in quiet
    assert [alert.words for alert in loud] == ["40 of the last 41 tries to pay failed, within 5 minutes."]
    assert f"{replace(found, failed=40).payment_success:.0%}" == "2%"


def decline(hub: Stand, tender: str, charge: str) -> None:
    intent = {
        "id": f"pi_of_{tender}",
        "metadata": {"tender_id": tender},
        "last_payment_error": {"charge": charge, "code": "card_declined", "decline_code": "insufficient_funds"},
    }
    assert send(hub, event("payment_intent.payment_failed", intent)).status_code == 200


def shares(hub: Stand) -> tuple[int, int]:
    with hub.database.transaction() as connection:
        return payments(connection, WINDOW)
