"""Payment by phone: whoever learns of its end first, and however often it is told, it ends once."""

from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from boxoffice.core.errors import BadInput, TryAgainLater
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.payments import PaymentFailed
from boxoffice.core.sales import changed
from boxoffice.core.wire.checkouts import CheckoutRequest
from sync.ledger.verify import verify
from sync.payments.checkouts import UnknownCheckout
from sync.provider_states import PaymentState
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.phone_links import exceptions_of, kinds, look, open_link, order_of, unearned


@pytest.fixture
def leased(door: Door) -> Door:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    return door


def test_asking_again_for_a_link_gives_the_same_one(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()

    first, again = open_link(leased, placed, tender), open_link(leased, placed, tender)

    assert (first["url"], first["state"]) == (again["url"], "open")
    assert hub.one("SELECT count(*) FROM checkouts WHERE order_id = %s", placed.order_id) == 1


def test_the_link_leads_to_the_payment_and_tells_the_till_that_it_was_opened(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    url = str(open_link(leased, placed, tender)["url"])

    followed = httpx.get(url)

    assert (followed.status_code, followed.headers["location"]) == (303, f"https://pay.test/{hub.sessions.of(tender)}")
    assert look(leased, tender)["state"] == "opened"


def test_a_poll_finds_the_payment_and_the_hub_issues_the_tickets(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order(("full-pass", 2))
    open_link(leased, placed, tender)
    hub.sessions.pay(hub.sessions.of(tender))

    answer = look(leased, tender)

    assert (answer["state"], kinds(answer)) == (
        "paid",
        ["payment_captured", "order_state_changed", "tickets_issued"],
    )
    assert order_of(hub, placed) == "completed"
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", placed.order_id) == 2
    assert hub.sql("SELECT DISTINCT sold FROM device_leases WHERE device_id = %s", leased.me.device_id) == [(2,)]
    assert unearned(hub, placed) == 0


def test_the_till_finds_the_hubs_facts_in_its_feed_too(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.sessions.pay(hub.sessions.of(tender))
    look(leased, tender)

    entries = leased.feed()["entries"]

    found = [entry["fact"]["kind"] for entry in entries if entry["kind"] == "fact"]
    assert found[-3:] == ["payment_captured", "order_state_changed", "tickets_issued"]


def test_however_many_learn_of_a_payment_at_once_it_is_booked_once(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    paid = hub.sessions.pay(hub.sessions.of(tender))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: hub.settle(paid), range(16)))

    captured = "SELECT count(*) FROM facts WHERE kind = 'payment_captured' AND payload ->> 'order_id' = %s"
    assert hub.one(captured, placed.order_id) == 1
    assert unearned(hub, placed) == 0
    assert exceptions_of(hub, placed) == []


@pytest.mark.parametrize("_round", range(6))
def test_when_cancelling_and_paying_race_the_provider_has_the_last_word(hub: Stand, leased: Door, _round: int) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    session = hub.sessions.of(tender)

    with ThreadPoolExecutor(3) as threads:
        calls: list[Future[object]] = [
            threads.submit(hub.door_checkouts.cancel, hub.device(leased), tender),
            threads.submit(lambda: hub.settle(hub.sessions.pay_if_open(session))),
            threads.submit(look, leased, tender),
        ]
        for call in calls:
            call.result()

    was_paid = hub.sessions.by_id[session].is_paid
    assert look(leased, tender)["state"] == ("paid" if was_paid else "expired")
    assert order_of(hub, placed) == ("completed" if was_paid else "processing")
    assert unearned(hub, placed) == 0


def test_cancelling_ends_the_session_at_stripe_before_anything_is_written(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)

    answer = leased.http.post(f"/api/till/checkouts/{tender}/cancel").json()

    assert (answer["state"], kinds(answer)) == ("expired", ["payment_failed"])
    assert answer["facts"][0]["payload"]["code"] == "canceled"
    assert hub.sessions.by_id[hub.sessions.of(tender)].state is PaymentState.ENDED


def test_cancelling_changes_nothing_while_stripe_can_not_be_reached(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)

    with hub.sessions.down():
        answer = leased.http.post(f"/api/till/checkouts/{tender}/cancel")

    assert answer.status_code == 503
    assert look(leased, tender)["state"] == "open"
    assert kinds(look(leased, tender)) == []


def test_cancelling_a_payment_that_went_through_says_paid(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.sessions.pay(hub.sessions.of(tender))

    answer = leased.http.post(f"/api/till/checkouts/{tender}/cancel").json()

    assert answer["state"] == "paid"
    assert order_of(hub, placed) == "completed"


def test_what_nobody_paid_in_time_ends_at_stripe_first(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 second' WHERE tender_id = %s", tender)

    hub.checkouts.close_if_due(tender)

    answer = look(leased, tender)
    assert hub.sessions.by_id[hub.sessions.of(tender)].state is PaymentState.ENDED
    assert (answer["state"], kinds(answer)) == ("expired", ["payment_failed"])
    assert answer["seconds_left"] == 0


def test_a_payment_that_was_given_more_time_is_not_closed_at_its_first_end(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    before = open_link(leased, placed, tender)

    after = leased.http.post(f"/api/till/checkouts/{tender}/extend").json()
    hub.checkouts.close_if_due(tender)

    assert int(after["seconds_left"]) > int(str(before["seconds_left"])) + 200
    assert look(leased, tender)["state"] == "open"


def test_a_payment_whose_page_nobody_was_shown_ends_without_its_provider(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    with hub.sessions.losing_answers():
        body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
        assert leased.http.post("/api/till/checkouts", json=body).status_code == 503

    with hub.sessions.down():
        hub.checkouts.close(tender, "expired")

    assert look(leased, tender)["state"] == "expired"
    assert hub.ensure_session(tender) is None
    assert look(leased, tender)["state"] == "expired"


@pytest.mark.parametrize("_round", range(6))
def test_when_opening_and_closing_race_no_page_is_left_open(hub: Stand, leased: Door, _round: int) -> None:
    placed, tender = leased.phone_order()
    with hub.sessions.down():
        body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
        assert leased.http.post("/api/till/checkouts", json=body).status_code == 503

    with ThreadPoolExecutor(4) as threads:
        calls: list[Future[object]] = [
            threads.submit(hub.ensure_session, tender),
            threads.submit(hub.checkouts.close, tender, "canceled"),
            threads.submit(hub.ensure_session, tender),
            threads.submit(hub.checkouts.close, tender, "canceled"),
        ]
        for call in calls:
            call.result()

    made = hub.sessions.by_key.get(f"checkout-{tender}")
    assert look(leased, tender)["state"] == "expired"
    assert made is None or hub.sessions.by_id[made].state is PaymentState.ENDED


def test_money_for_an_order_that_the_till_gave_up_is_taken_and_put_before_a_person(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    leased.push(leased.write(changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.FAILED)))

    hub.settle(hub.sessions.pay(hub.sessions.of(tender)))

    assert order_of(hub, placed) == "failed"
    assert unearned(hub, placed) == -placed.total
    assert exceptions_of(hub, placed) == ["paid_for_a_closed_order"]


def test_money_for_a_payment_that_was_called_off_is_taken_once_and_put_before_a_person(
    hub: Stand, leased: Door
) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.settle(hub.sessions.expire(hub.sessions.of(tender)))

    late = hub.sessions.pay(hub.sessions.of(tender))
    hub.settle(late)
    hub.settle(late)

    assert unearned(hub, placed) == -placed.total
    assert exceptions_of(hub, placed) == ["paid_late"]


def test_money_for_a_tender_that_the_till_itself_called_failed_is_taken_all_the_same(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    failed = PaymentFailed(
        order_id=placed.order_id,
        tender_id=tender,
        tender="checkout",
        amount=placed.total,
        currency="USD",
        code="canceled",
        message="Cancelled.",
    )
    leased.push(leased.write(failed))

    hub.settle(hub.sessions.pay(hub.sessions.of(tender)))

    assert unearned(hub, placed) == -placed.total
    assert exceptions_of(hub, placed) == ["paid_late"]


def test_an_amount_that_nobody_asked_for_is_taken_and_finishes_nothing(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)

    hub.settle(hub.sessions.pay(hub.sessions.of(tender), amount=1))

    assert order_of(hub, placed) == "processing"
    assert unearned(hub, placed) == -1
    assert exceptions_of(hub, placed) == ["wrong_amount"]


def test_the_rest_of_a_split_order_is_the_tills_to_finish_unless_the_phone_pays_last(hub: Stand, leased: Door) -> None:
    last, tender_of_last = leased.phone_order(("friday-pass", 1), cash_first=2000)
    open_link(leased, last, tender_of_last, 4500)

    hub.settle(hub.sessions.pay(hub.sessions.of(tender_of_last)))

    assert order_of(hub, last) == "completed"
    assert unearned(hub, last) == 0


def test_the_till_wakes_when_its_payment_went_through(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)

    with leased.http.stream("GET", "/api/till/wake") as stream:
        lines = (line for line in stream.iter_lines() if line)
        hello = next(lines)
        hub.settle(hub.sessions.pay(hub.sessions.of(tender)))
        woken = next(line for line in lines if tender in line)

    assert '"ping"' in hello
    assert '"checkout"' in woken


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount": 14999}, "amount"),
        ({"currency": "EUR"}, "amount"),
        ({"tender_id": "another"}, "tender_id"),
        ({"order_id": "another"}, "order_id"),
        ({"amount": 0}, "amount"),
        ({"amount": -15000}, "amount"),
        ({"amount": 150.5}, "amount"),
        ({"amount": 10**30}, "amount"),
    ],
)
def test_a_link_for_anything_but_what_the_orders_facts_say_is_refused(
    leased: Door, change: dict[str, object], place: str
) -> None:
    placed, tender = leased.phone_order()
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": 15000, "currency": "USD", **change}

    answer = leased.http.post("/api/till/checkouts", json=body)

    assert answer.status_code == 422
    assert [problem["place"] for problem in answer.json()["details"]] == [place]


def test_an_order_that_was_never_pushed_gets_no_link(hub: Stand, leased: Door) -> None:
    placed = leased.placed(("full-pass", 1))
    request = CheckoutRequest(order_id=placed.order_id, tender_id="t", amount=placed.total, currency="USD")

    with pytest.raises(BadInput, match="has not sent"):
        hub.door_checkouts.open(hub.device(leased), request)


def test_another_tills_payment_is_not_there(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    other = hub.device(hub.door())

    with pytest.raises(UnknownCheckout):
        hub.door_checkouts.cancel(other, tender)
    with pytest.raises(UnknownCheckout):
        hub.door_checkouts.look(other, tender)


def test_a_link_that_could_not_be_made_can_be_asked_for_again(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    request = CheckoutRequest(order_id=placed.order_id, tender_id=tender, amount=placed.total, currency="USD")

    with hub.sessions.down(), pytest.raises(TryAgainLater):
        hub.door_checkouts.open(hub.device(leased), request)

    assert open_link(leased, placed, tender)["state"] == "open"


def test_the_jobs_close_what_nobody_polls(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 second' WHERE tender_id = %s", tender)
    hub.sql("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE args ->> 'tender_id' = %s", tender)

    hub.work()

    hub.until("expired", "SELECT status FROM checkouts WHERE tender_id = %s", tender)


def test_after_all_of_this_the_books_agree(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.settle(hub.sessions.pay(hub.sessions.of(tender)))

    assert verify(hub.database).problem is None
