"""Watching and stopping: what Prometheus reads, the six alerts, the dashboard, and who may turn a switch."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

import httpx
import pytest

from boxoffice.resources import resource_path
from sync.app import build
from sync.config import Settings
from sync.http.services import services_in
from sync.operations.alerts import alerts_of
from sync.operations.measuring import WINDOW, measure, payments
from sync.operations.supervision import Beat, Part
from sync.store.queue import defer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_webhooks import event, send

pytestmark = pytest.mark.enable_socket

RAISED = "SELECT detail FROM exceptions WHERE kind = %s"


def pay(hub: Stand, bought: httpx.Response) -> None:
    session = bought.json()["sessionId"]
    hub.sessions.pay(session)
    hub.checkouts.settle_session(session)


def test_prometheus_reads_what_the_books_say(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("social", 2))

    page = shopper.http.get("/metrics", headers={"Authorization": "Bearer metrics-token"}).text

    assert 'boxoffice_inventory_level{event="boulder-fest-2026",pool="social",state="sold"} 2.0' in page
    with hub.database.transaction() as connection:
        went_through = measure(connection).payment_success  # others have paid and failed here before
    assert f"boxoffice_payment_success_ratio {went_through}" in page
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
    hub.until(True, "SELECT count(*) > 0 FROM processes")  # those of other tests are forgotten after a while
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
    others = len(hub.mail.sent)

    hub.watch.look()
    hub.watch.look()

    told = [detail for (detail,) in hub.sql(RAISED, "few_places_left") if detail.startswith("Rumba")]
    assert told == ["Rumba workshop: 3 of 60 places are not sold yet."]
    mails = [mail for mail in hub.mail.sent[others:] if "few places left" in mail.subject]
    assert [mail.to for mail in mails] == ["alerts@example.org"]


def test_places_that_are_only_held_or_with_tills_are_no_alert_however_often_they_go(hub: Stand) -> None:
    mine = "UPDATE pools SET available = %s, held = %s, leased = %s, sold = %s WHERE id = 'casino-workshop'"
    capacity = hub.one("SELECT capacity FROM pools WHERE id = 'casino-workshop'")
    before = hub.sql("SELECT available, held, leased, sold FROM pools WHERE id = 'casino-workshop'")[0]
    told = "SELECT count(*) FROM exceptions WHERE kind = 'few_places_left' AND detail LIKE 'Casino%%'"
    by_others = hub.one(told)

    for held, leased in ((capacity, 0), (0, capacity), (capacity - 5, 5), (0, 0)):
        hub.sql(mine, capacity - held - leased, held, leased, 0)
        hub.watch.look()

    hub.sql(mine, *before)
    assert hub.one(told) == by_others


def test_each_threshold_is_told_once_though_it_was_seen_and_though_refunds_pass_it_again(hub: Stand) -> None:
    mine = "UPDATE pools SET available = capacity - %s, held = 0, leased = 0, sold = %s WHERE id = 'casino-workshop'"
    capacity = hub.one("SELECT capacity FROM pools WHERE id = 'casino-workshop'")
    before = hub.one("SELECT sold FROM pools WHERE id = 'casino-workshop'")

    for left in (3, 2, capacity, 3, 0, 0, capacity, 3, 0):
        hub.sql(mine, capacity - left, capacity - left)
        hub.watch.look()
        hub.see_all("few_places_left")

    hub.sql(mine, before, before)
    told = "SELECT detail FROM exceptions WHERE kind = 'few_places_left' AND detail LIKE 'Casino%%' ORDER BY raised_at"
    assert hub.sql(told) == [
        (f"Casino workshop: 3 of {capacity} places are not sold yet.",),
        ("Casino workshop is sold out.",),
    ]


def test_a_long_queue_is_an_alert(hub: Stand) -> None:
    row = "INSERT INTO payment_events (provider, event_id, event_type, payload) VALUES ('stripe', %s, 'x', '{}')"
    for number in range(1001):
        hub.sql(row, f"evt_many_{number}")

    hub.watch.look()
    hub.sql("DELETE FROM payment_events WHERE event_type = 'x'")

    assert hub.sql(RAISED, "queue_is_long") == [("1001 events of providers wait to be worked on.",)]


def test_jobs_that_are_long_due_are_an_alert(hub: Stand) -> None:
    with hub.database.transaction() as connection:  # which no worker can see
        defer(connection, "waits", {}, at=datetime(2026, 1, 1, tzinfo=UTC))
        defer(connection, "not yet", {}, at=datetime(2999, 1, 1, tzinfo=UTC))
        connection.exec_driver_sql("UPDATE procrastinate_events SET at = at - interval '1 hour'")
        found = measure(connection)
        connection.rollback()

    (alert,) = [each for each in alerts_of(found, found, []) if each.kind == "jobs_wait"]

    assert re.fullmatch(r"\d+ jobs are due and not begun, the oldest for (59|6\d) minutes\.", alert.words)


def test_what_is_silent_at_any_process_is_an_alert_with_its_name(hub: Stand) -> None:
    row = "INSERT INTO processes (id, name, answers, errors, connections_in_use, connections, silent) SELECT"
    hub.until(1, "SELECT least(1, count(*)) FROM processes")
    hub.sql(f"{row} 'ill', 'elsewhere:7', answers, 0, 0, 9, '{{jobs,wake-ups}}' FROM processes LIMIT 1")

    hub.watch.look()

    assert hub.sql(RAISED, "part_is_silent") == [("Nothing is heard of jobs, wake-ups at elsewhere:7.",)]


def test_a_process_of_which_a_part_is_silent_is_not_ready_and_says_which(settings: Settings) -> None:
    app = build(settings)

    async def hangs(_beat: Beat) -> None:
        await asyncio.Event().wait()

    async def ask() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as http:
            services_in(app).beside.parts = [Part("jobs", hangs, 60)]
            async with services_in(app).beside.running():
                before = await http.get("/ready")
                services_in(app).beside.clock = lambda: monotonic() + 3600
                return before, await http.get("/ready")

    before, after = asyncio.run(ask())
    services_in(app).at_end.close()

    assert (before.status_code, after.status_code) == (200, 503)
    assert (after.json()["silent"], after.json()["status"]) == (["jobs"], "not heard of: jobs")


def test_the_dashboard_shows_the_eight_targets(hub: Stand, shopper: Shopper) -> None:
    pay(hub, shopper.buy("friday-pass"))
    office = Office.open(hub)

    page = office.page("/dashboard")

    office.http.close()
    assert page.count('class="card stat"') == 8
    assert "Payments that go through" in page
    with hub.database.transaction() as connection:
        share = measure(connection).payment_success  # of what others have paid here before, too
    assert share is not None
    assert f"{100 * share:.1f} %" in page


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
    hub.see_all("payments_fail")
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
