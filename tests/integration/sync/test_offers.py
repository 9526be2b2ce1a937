"""Offers: signed by a till that the hub does not hear, paid on the customer's own network, and booked once."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from PIL import Image

from boxoffice.core.facts import Fact
from boxoffice.core.ids import DeviceId, EventId, OrderId, ProductId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.offers import (
    Offer,
    OfferLine,
    PaidCode,
    decode_paid,
    encode_offer,
    encode_paid,
    event_digest,
    product_digest,
)
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted
from boxoffice.core.sales import changed
from boxoffice.core.typed_codes import plain, typed_code
from boxoffice.documents.qr import qr_matrix
from sync.ledger.verify import verify
from sync.operations.exceptions import Inbox, NotDone
from sync.payments.offers import tell_unclaimed
from sync.store.chain import new_id
from sync.tills.left_offers import LeftOffers
from sync.tills.pairing import revoke
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.phone_links import exceptions_of, kinds, look, order_of, unearned

USD = Currency("USD")


@dataclass
class Offered:
    """What a till with no network has sold and offered: `facts` are those that the hub has not heard."""

    door: Door
    placed: OrderPlaced
    offer: Offer
    facts: list[Fact]
    key: Ed25519PrivateKey

    @property
    def text(self) -> str:
        return encode_offer(self.offer, self.key)

    @property
    def path(self) -> str:
        return f"/O/{self.text}"

    def with_code(self, code: str, **changes: object) -> list[Fact]:
        """Writes what the till writes when it has scanned the customer's code."""
        paid = PaymentCaptured(
            order_id=self.placed.order_id,
            tender_id=self.offer.tender_id,
            tender="checkout",
            amount=self.offer.amount.minor,
            currency="USD",
            provider_reference=decode_paid(code, EventId(EVENT), event_key(self.door)).reference,
            paid_code=code,
        ).model_copy(update=changes)
        done = changed(OrderId(self.placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
        return self.door.write(paid, done, self.door.finished(self.placed))

    def with_letters(self, letters: str, **changes: object) -> list[Fact]:
        """Writes what the till writes when its seller has typed the letters under the code."""
        paid = PaymentCaptured(
            order_id=self.placed.order_id,
            tender_id=self.offer.tender_id,
            tender="checkout",
            amount=self.offer.amount.minor,
            currency="USD",
            paid_code=letters,
        ).model_copy(update=changes)
        done = changed(OrderId(self.placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
        return self.door.write(paid, done, self.door.finished(self.placed))

    @property
    def letters(self) -> str:
        """Returns the letters as this till works them out."""
        offer = self.offer
        args = (offer.order_id, offer.tender_id, offer.amount, EventId(EVENT), self.key)
        return typed_code(*args, event_key(self.door))


def event_key(door: Door) -> Ed25519PublicKey:
    body = door.http.get(f"/api/till/events/{EVENT}").raise_for_status().json()
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["public_key"]))


@pytest.fixture
def offered(door: Door) -> Offered:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    return offer_of(door)


def offer_of(door: Door) -> Offered:
    placed, tender = door.placed(("full-pass", 2)), TenderId(new_id())
    started = PaymentStarted(
        order_id=placed.order_id,
        tender_id=tender,
        tender="checkout",
        amount=placed.total,
        currency="USD",
        idempotency_key=tender,
        step="offered",
    )
    facts = door.write(placed, changed(OrderId(placed.order_id), OrderState.PENDING, OrderState.PROCESSING), started)
    line = OfferLine(product_digest(ProductId("full-pass")), 2, placed.total)
    offer = Offer(
        event_digest(EventId(EVENT)),
        DeviceId(door.me.device_id),
        OrderId(placed.order_id),
        tender,
        placed.order_number,
        datetime.now(UTC).replace(microsecond=0),
        Money(placed.total, USD),
        door.catalogue.revision,
        (line,),
    )
    return Offered(door, placed, offer, facts, door.key)


def get(hub: Stand, path: str) -> httpx.Response:
    return httpx.get(f"{hub.base_url}{path}", headers={"Accept": "text/html"})


def session_of(hub: Stand, offered: Offered) -> str:
    return hub.sessions.by_key[f"offer-{offered.offer.tender_id}"]


def pay(hub: Stand, offered: Offered) -> str:
    """Pays as a customer does; returns the code that their phone shows."""
    there = httpx.post(f"{hub.base_url}{offered.path}/pay")
    session = session_of(hub, offered)
    assert (there.status_code, there.headers["location"]) == (303, f"https://pay.test/{session}")
    hub.sessions.pay(session)
    return shown_code(get(hub, f"{offered.path}/done"))


def shown_code(page: httpx.Response) -> str:
    """Returns what another program reads in the code on a page."""
    assert page.status_code == 200, page.text
    figure = page.text.partition('class="paid-code"')[2].partition("</figure>")[0]
    assert figure, "the page shows no code"
    side = int(figure.split('viewBox="0 0 ')[1].split(" ")[0])
    picture = Image.new("L", (side, side), 255)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", figure):
        for dx in range(int(run)):
            picture.putpixel((int(x) + dx, int(y)), 0)
    (found,) = zxingcpp.read_barcodes(picture.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    return str(found.text)


def stripe_of(hub: Stand, offered: Offered) -> int:
    query = """SELECT coalesce(sum(l.amount), 0) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
               WHERE l.account = 'stripe' AND f.payload ->> 'order_id' = %s"""
    return int(hub.one(query, offered.placed.order_id))


def test_an_offer_shows_what_it_is_for_and_leads_to_the_payment(hub: Stand, offered: Offered) -> None:
    page = get(hub, offered.path)

    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "2 × Full Festival Pass" in page.text
    assert str(offered.offer.amount) in page.text
    assert hub.one("SELECT count(*) FROM orders WHERE id = %s", offered.placed.order_id) == 0


def test_what_is_paid_is_in_the_books_before_the_till_is_heard_of(hub: Stand, offered: Offered) -> None:
    code = pay(hub, offered)

    paid = decode_paid(code, EventId(EVENT), event_key(offered.door))
    assert (paid.order_id, paid.amount) == (offered.placed.order_id, offered.offer.amount)
    assert stripe_of(hub, offered) == offered.placed.total
    assert unearned(hub, offered.placed) == -offered.placed.total
    verify(hub.hub.database)


def test_a_scanned_code_issues_the_tickets_once_and_the_money_is_in_the_books_once(
    hub: Stand, offered: Offered
) -> None:
    code = pay(hub, offered)

    assert offered.door.push([*offered.facts, *offered.with_code(code)]).status_code == 200
    hub.work()

    assert (order_of(hub, offered.placed), exceptions_of(hub, offered.placed)) == ("completed", [])
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (offered.placed.total, 0)
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", offered.placed.order_id) == 2
    verify(hub.hub.database)


def test_a_till_that_is_back_gets_the_code_that_was_never_scanned(hub: Stand, offered: Offered) -> None:
    shown = pay(hub, offered)
    offered.door.push(offered.facts)

    answer = look(offered.door, offered.offer.tender_id)
    offered.door.push(offered.with_code(str(answer["paid_code"])))

    assert (answer["state"], answer["paid_code"], kinds(answer)) == ("paid", shown, [])
    assert (order_of(hub, offered.placed), exceptions_of(hub, offered.placed)) == ("completed", [])
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (offered.placed.total, 0)
    verify(hub.hub.database)


def test_what_nobody_has_opened_is_no_payment_of_the_hubs(hub: Stand, offered: Offered) -> None:
    offered.door.push(offered.facts)

    assert offered.door.http.get(f"/api/till/checkouts/{offered.offer.tender_id}").status_code == 404


def test_an_offer_that_was_opened_and_not_paid_can_be_ended_by_its_till(hub: Stand, offered: Offered) -> None:
    httpx.post(f"{hub.base_url}{offered.path}/pay")
    offered.door.push(offered.facts)

    answer = offered.door.http.post(f"/api/till/checkouts/{offered.offer.tender_id}/cancel").json()

    assert (answer["state"], kinds(answer), answer["paid_code"]) == ("expired", [], "")
    assert "This code has ended" in get(hub, offered.path).text


def settle(hub: Stand, offered: Offered) -> None:
    """Waits until the hub has looked at what its till has given up: whoever does its jobs."""
    hub.work()
    hub.until("settled", "SELECT status FROM offers WHERE tender_id = %s", offered.offer.tender_id)


def given_up(offered: Offered) -> list[Fact]:
    order = OrderId(offered.placed.order_id)
    failed = PaymentFailed(
        order_id=offered.placed.order_id,
        tender_id=offered.offer.tender_id,
        tender="checkout",
        amount=offered.placed.total,
        currency="USD",
        code="canceled",
        message="The payment was cancelled.",
    )
    return offered.door.write(failed, changed(order, OrderState.PROCESSING, OrderState.FAILED, "given up"))


def test_what_was_cancelled_at_the_till_and_paid_is_put_before_a_person(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)

    offered.door.push([*offered.facts, *given_up(offered)])
    settle(hub, offered)

    assert order_of(hub, offered.placed) == "failed"
    assert exceptions_of(hub, offered.placed) == ["paid_late"]
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (offered.placed.total, -offered.placed.total)
    verify(hub.hub.database)


def test_what_was_cancelled_at_the_till_can_be_opened_and_paid_no_more(hub: Stand, offered: Offered) -> None:
    offered.door.push([*offered.facts, *given_up(offered)])

    page = get(hub, offered.path)

    assert (page.status_code, "Ask the seller for a new code" in page.text) == (404, True)


def test_a_page_that_was_open_when_the_till_cancelled_is_ended(hub: Stand, offered: Offered) -> None:
    httpx.post(f"{hub.base_url}{offered.path}/pay")
    offered.door.push([*offered.facts, *given_up(offered)])
    settle(hub, offered)

    session = session_of(hub, offered)
    assert not hub.sessions.pay_if_open(session).is_paid
    assert exceptions_of(hub, offered.placed) == []


def test_however_many_phones_open_one_offer_it_is_paid_once(hub: Stand, offered: Offered) -> None:
    order = offered.placed.order_id
    with ThreadPoolExecutor(8) as threads:
        answers: Sequence[httpx.Response] = list(
            threads.map(lambda _: httpx.post(f"{hub.base_url}{offered.path}/pay", timeout=60), range(12))
        )
    hub.sessions.pay(session_of(hub, offered))
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda _: get(hub, f"{offered.path}/done"), range(8)))

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len({shown_code(page) for page in pages}) == 1
    assert hub.one("SELECT count(*) FROM facts WHERE kind = 'offer_paid' AND payload ->> 'order_id' = %s", order) == 1
    assert stripe_of(hub, offered) == offered.placed.total


def test_no_forged_altered_foreign_or_old_offer_is_opened(hub: Stand, offered: Offered) -> None:
    stranger = Ed25519PrivateKey.generate()
    dearer = replace(offered.offer, amount=Money(1, USD))
    odd = [
        encode_offer(offered.offer, stranger),
        encode_offer(dearer, stranger),
        encode_offer(replace(offered.offer, event=bytes(8)), offered.key),
        encode_offer(replace(offered.offer, device_id=DeviceId(new_id())), offered.key),
        encode_offer(replace(offered.offer, made_at=offered.offer.made_at - timedelta(hours=3)), offered.key),
        encode_offer(replace(offered.offer, made_at=offered.offer.made_at + timedelta(hours=1)), offered.key),
        offered.text[:-1],
        "A",
    ]

    assert {get(hub, f"/O/{each}").status_code for each in odd} == {404}
    assert hub.one("SELECT count(*) FROM offers WHERE tender_id = %s", offered.offer.tender_id) == 0


def test_another_offer_of_the_same_payment_is_not_paid(hub: Stand, offered: Offered) -> None:
    get(hub, offered.path)
    cheaper = replace(offered.offer, amount=Money(100, USD))

    assert get(hub, f"/O/{encode_offer(cheaper, offered.key)}").status_code == 404


def test_a_forged_code_brings_no_money_into_the_books(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)
    forged = encode_paid(
        PaidCode(offered.offer.order_id, offered.offer.tender_id, offered.offer.amount, "pi_mine"),
        EventId(EVENT),
        offered.key,
    )
    lie = offered.door.write(
        PaymentCaptured(
            order_id=offered.placed.order_id,
            tender_id=offered.offer.tender_id,
            tender="checkout",
            amount=offered.offer.amount.minor,
            currency="USD",
            provider_reference="pi_mine",
            paid_code=forged,
        )
    )
    offered.door.push([*offered.facts, *lie])

    assert exceptions_of(hub, offered.placed) == ["not_allowed"]
    assert look(offered.door, offered.offer.tender_id)["state"] == "paid"
    assert stripe_of(hub, offered) == offered.placed.total
    verify(hub.hub.database)


def test_a_code_of_one_order_pays_for_no_other(hub: Stand, offered: Offered) -> None:
    other = offer_of(offered.door)
    code = pay(hub, offered)
    stolen = other.with_code(code)

    offered.door.push([*offered.facts, *other.facts, *stolen])

    assert "not_allowed" in exceptions_of(hub, other.placed)
    assert (stripe_of(hub, other), unearned(hub, other.placed)) == (0, other.placed.total)
    assert stripe_of(hub, offered) == offered.placed.total


def test_a_paid_code_is_small_enough_for_a_scanner_at_the_phone(hub: Stand, offered: Offered) -> None:
    assert qr_matrix(pay(hub, offered)).size <= 57


def test_an_offer_whose_time_is_over_is_ended_at_the_provider_first(hub: Stand, offered: Offered) -> None:
    httpx.post(f"{hub.base_url}{offered.path}/pay")

    hub.checkouts.offers.close_if_due(offered.offer.tender_id)

    assert "This code has ended" in get(hub, offered.path).text
    assert not hub.sessions.pay_if_open(session_of(hub, offered)).is_paid


def test_the_letters_under_the_code_are_those_that_the_till_proves(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)

    page = get(hub, offered.path).text

    letters = page.partition('<b id="letters">')[2].partition("</b>")[0]
    assert plain(letters) == offered.letters


def test_typed_letters_issue_the_tickets_and_the_payment_gets_its_name_at_the_provider(
    hub: Stand, offered: Offered
) -> None:
    pay(hub, offered)

    offered.door.push([*offered.facts, *offered.with_letters(offered.letters)])
    hub.work()

    assert (order_of(hub, offered.placed), exceptions_of(hub, offered.placed)) == ("completed", [])
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (offered.placed.total, 0)
    kept = hub.one("SELECT reference FROM offers WHERE tender_id = %s", offered.offer.tender_id)
    named = hub.one("SELECT provider_reference FROM payments WHERE id = %s", offered.offer.tender_id)
    assert named == kept
    verify(hub.hub.database)


def test_letters_that_a_till_made_itself_pay_nothing_at_the_hub(hub: Stand, offered: Offered) -> None:
    get(hub, offered.path)

    offered.door.push([*offered.facts, *offered.with_letters(offered.letters)])

    assert "not_allowed" in exceptions_of(hub, offered.placed)
    assert stripe_of(hub, offered) == 0
    assert hub.one("SELECT status FROM payments WHERE id = %s", offered.offer.tender_id) == "started"


def test_typed_letters_name_no_other_money_than_was_paid(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)

    more = offered.offer.amount.minor + 1
    for lie in ({"amount": more}, {"provider_reference": "pi_mine"}):
        offered.door.push([*offered.facts, *offered.with_letters(offered.letters, **lie)])

    assert exceptions_of(hub, offered.placed).count("not_allowed") == 2
    assert hub.one("SELECT status FROM payments WHERE id = %s", offered.offer.tender_id) == "started"
    assert stripe_of(hub, offered) == offered.placed.total


def left(hub: Stand, offered: Offered) -> None:
    """Its till is revoked, and has told all that it had; the hub looks at what it left."""
    with hub.database.transaction() as connection:
        revoke(connection, offered.door.me.device_id)
    offered.door.push([])
    ends = LeftOffers(hub.hub, hub.checkouts.offers)
    for each in ends.all():
        ends.end(each)


def test_what_is_paid_at_a_till_that_never_comes_back_is_issued_here_and_mailed(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)
    session = session_of(hub, offered)
    hub.sessions.by_id[session] = replace(hub.sessions.by_id[session], payer_email="ana@example.org")
    offered.door.push(offered.facts)
    hub.sql("UPDATE offers SET paid_at = now() - interval '13 hours' WHERE tender_id = %s", offered.offer.tender_id)
    hub.hub.database.run(lambda connection: tell_unclaimed(hub.hub, connection))

    for _ in range(2):
        left(hub, offered)

    order = offered.placed.order_id
    assert order_of(hub, offered.placed) == "completed"
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order) == 2
    assert hub.sql("SELECT email FROM mails WHERE order_id = %s", order) == [("ana@example.org",)]
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (offered.placed.total, 0)
    told = hub.sql("SELECT status FROM exceptions WHERE subject_id = %s", offered.offer.tender_id)
    assert told == [("resolved",)]
    assert "Your tickets are issued" in get(hub, offered.path).text
    verify(hub.hub.database)


def test_what_nobody_paid_at_a_till_that_never_comes_back_ends_at_the_provider(hub: Stand, offered: Offered) -> None:
    httpx.post(f"{hub.base_url}{offered.path}/pay")
    offered.door.push(offered.facts)

    left(hub, offered)

    assert not hub.sessions.pay_if_open(session_of(hub, offered)).is_paid
    assert hub.one("SELECT status FROM payments WHERE id = %s", offered.offer.tender_id) == "failed"
    assert stripe_of(hub, offered) == 0


def test_a_till_that_still_sells_ends_its_offers_itself(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)
    offered.door.push(offered.facts)

    assert offered.offer.tender_id not in [each.tender_id for each in LeftOffers(hub.hub, hub.checkouts.offers).all()]


def unclaimed(hub: Stand, offered: Offered) -> str:
    """Has what was paid put before a person, as it is when its till stays away; returns the problem."""
    hub.sql("UPDATE offers SET paid_at = now() - interval '13 hours' WHERE tender_id = %s", offered.offer.tender_id)
    hub.hub.database.run(lambda connection: tell_unclaimed(hub.hub, connection))
    return str(hub.one("SELECT id FROM exceptions WHERE subject_id = %s", offered.offer.tender_id))


def give_back(hub: Stand, problem: str) -> None:
    Inbox(hub.hub, hub.refunds).resolve(problem, "give_offer_back", "7")


def test_money_whose_order_never_came_goes_back_once_and_its_code_is_shown_no_more(
    hub: Stand, offered: Offered
) -> None:
    pay(hub, offered)
    problem = unclaimed(hub, offered)

    for _ in range(2):
        give_back(hub, problem)

    assert [each for each in hub.refunder.by_key if offered.offer.tender_id in each] == [
        f"offer-back-{offered.offer.tender_id}"
    ]
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (0, 0)
    assert hub.one("SELECT remedy FROM exceptions WHERE id = %s", problem) == "give_offer_back"
    page = get(hub, offered.path).text
    assert "Your money goes back" in page
    assert "paid-code" not in page
    verify(hub.hub.database)


def test_a_till_that_comes_back_after_that_hears_that_its_offer_has_ended(hub: Stand, offered: Offered) -> None:
    pay(hub, offered)
    give_back(hub, unclaimed(hub, offered))
    offered.door.push(offered.facts)

    answer = look(offered.door, offered.offer.tender_id)
    offered.door.push(given_up(offered))
    hub.work()

    assert (answer["state"], answer["paid_code"]) == ("expired", "")
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (0, 0)
    assert (order_of(hub, offered.placed), exceptions_of(hub, offered.placed)) == ("failed", [])
    verify(hub.hub.database)


def test_a_till_that_had_taken_the_code_before_has_its_order_found_given_back(hub: Stand, offered: Offered) -> None:
    code = pay(hub, offered)
    give_back(hub, unclaimed(hub, offered))

    offered.door.push([*offered.facts, *offered.with_code(code)])
    hub.work()

    hub.until("refunded_outside", "SELECT max(kind) FROM exceptions WHERE order_id = %s", offered.placed.order_id)
    assert (stripe_of(hub, offered), exceptions_of(hub, offered.placed)) == (0, ["refunded_outside"])
    verify(hub.hub.database)


def test_what_the_provider_refuses_to_give_back_waits_for_its_till_as_before(hub: Stand, offered: Offered) -> None:
    code = pay(hub, offered)
    problem = unclaimed(hub, offered)
    hub.refunder.verdict = "failed"

    with pytest.raises(NotDone, match="refused"):
        give_back(hub, problem)
    hub.refunder.verdict = "succeeded"
    offered.door.push([*offered.facts, *offered.with_code(code)])
    hub.work()

    assert (order_of(hub, offered.placed), exceptions_of(hub, offered.placed)) == ("completed", [])
    assert (stripe_of(hub, offered), unearned(hub, offered.placed)) == (offered.placed.total, 0)
    verify(hub.hub.database)
