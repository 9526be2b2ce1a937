"""A dispute is answered by what is signed: a draft made by itself, looked at by a person, sent once, and followed."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from time import time

import httpx
import pytest
import stripe

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.evidence import WORDS
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.demo.stack import STRIPE_KEY
from sync.ledger.verify import verify
from sync.payments.dispute_answers import DisputeAnswers, NotAnswered
from sync.ports import DisputeDesk, ProviderDispute
from sync.providers.stripe_disputes import StripeDisputes
from sync.store.chain import new_id
from sync.tills.pairing import create_code
from tests.integration.sync.door import Door
from tests.integration.sync.house import House, until
from tests.integration.sync.office import form_of
from tests.integration.sync.provider_paths import dispute, paid
from tests.integration.sync.test_close import organizer

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

CASE = "SELECT status, staged IS NOT NULL, answer FROM dispute_cases WHERE dispute_id = %s"
TOLD = "SELECT payload FROM facts WHERE kind = 'dispute_answered' AND payload ->> 'dispute_id' = %s"


@pytest.fixture(autouse=True)
def books_hold(house: House) -> Iterator[None]:
    yield
    assert verify(house.stack.database).problem is None


@pytest.fixture
def disputed(house: House) -> str:
    """Somebody bought a Friday pass, and their bank takes the money back; returns the dispute with its draft."""
    paid()(house)
    until(lambda: house.one("SELECT 1 FROM mails WHERE order_id = %s AND sent_at IS NOT NULL", house.order))
    dispute("open")(house)
    return drafted(house)


def drafted(house: House) -> str:
    query = """
        SELECT c.dispute_id FROM dispute_cases c JOIN disputes d ON d.id = c.dispute_id
        JOIN payments p ON p.id = d.payment_id WHERE p.order_id = %s AND c.staged IS NOT NULL
    """
    return str(until(lambda: house.one(query, house.order)))


def at_stripe(house: House, dispute_id: str) -> stripe.Dispute:
    client = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": house.sandbox})
    return client.v1.disputes.retrieve(dispute_id)


def answers(house: House, desk: DisputeDesk | None = None) -> DisputeAnswers:
    return DisputeAnswers(house.hub, {"stripe": desk or StripeDisputes(STRIPE_KEY, house.sandbox)})


class DueSoon(StripeDisputes):
    """Its disputes are due in two days."""

    def look(self, dispute: str) -> ProviderDispute:
        return replace(super().look(dispute), due_at=int(time()) + 2 * 86_400)


class BreaksOff(StripeDisputes):
    """Its answers are lost after the work is done."""

    def send(self, dispute: str, evidence: Mapping[str, str], key: str) -> ProviderDispute:
        super().send(dispute, evidence, key)
        raise TryAgainLater("Stripe can't be reached.", "", "")


def scan_in(house: House) -> str:
    """Somebody comes in on the order's ticket; returns the fact of it."""
    with house.stack.database.transaction() as connection:
        code = create_code(connection, "Door A")
    door = Door.pair(house.stack.addresses.hub_url, code)
    ticket = until(lambda: house.one("SELECT id FROM tickets WHERE order_id = %s", house.order))
    where = {"zone": "festival", "gate": "Door A", "day": "2026-05-15", "clock": "19:12"}
    with closing(door.http):
        (fact,) = door.write(
            TicketScanned(scan_id=new_id(), ticket_id=ticket, direction="in", outcome="admitted", **where)
        )
        door.push([fact]).raise_for_status()
    return fact.id


def tamper(house: House, fact_id: str, gate: str) -> None:
    """Somebody at the database has a fact say that it was at another gate."""
    with house.stack.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE facts DISABLE TRIGGER USER")
        changed = "UPDATE facts SET payload = jsonb_set(payload, '{gate}', to_jsonb(%s::text)) WHERE id = %s"
        connection.exec_driver_sql(changed, (gate, fact_id))
        connection.exec_driver_sql("ALTER TABLE facts ENABLE TRIGGER USER")


def press(http: httpx.Client, dispute_id: str) -> httpx.Response:
    page = http.get(f"/disputes/{dispute_id}").text
    form = form_of(page)
    return http.post(f"/disputes/{dispute_id}/send", data={name: form[name][0] for name in ("csrf", "digest")})


def test_a_draft_is_kept_by_itself_that_the_bank_has_not_seen(house: House, disputed: str) -> None:
    found = at_stripe(house, disputed)

    assert (found.status, found.evidence_details.submission_count) == ("needs_response", 0)
    assert found.evidence_details.has_evidence
    assert "bought 1 × Friday Day Pass for $65.00" in str(found.evidence.uncategorized_text)
    assert "Ed25519 signature valid" in str(found.evidence.access_activity_log)
    assert house.sql(TOLD, disputed) == []


def test_a_scan_at_the_gate_is_in_it_unless_its_signature_does_not_hold(house: House) -> None:
    paid()(house)
    scanned = scan_in(house)
    dispute("open")(house)
    case = drafted(house)
    letter = at_stripe(house, case).evidence.uncategorized_text
    tamper(house, scanned, "Door Z")
    with organizer(house) as http:
        page = http.get(f"/disputes/{case}").text
    tamper(house, scanned, "Door A")

    assert "was scanned at Door A on May 15, 2026 at 7:12 PM, and a person was let in" in str(letter)
    assert "Its signature does not hold" in page
    assert page.count("Door Z") == 1


def test_one_press_sends_what_was_shown_and_is_followed_to_the_end(house: House, disputed: str) -> None:
    with organizer(house) as http:
        page = http.get(f"/disputes/{disputed}").text
        assert press(http, disputed).status_code == 303
        after = http.get(f"/disputes/{disputed}").text
        dispute("won")(house)
        until(lambda: house.one("SELECT status = 'won' FROM dispute_cases WHERE dispute_id = %s", disputed))
        won = http.get(f"/disputes/{disputed}").text

    assert "signatures hold" in page
    assert "days left" in page
    assert "The bank looks at it" in after
    assert "Send to the bank" not in after
    assert ">Won<" in won
    found = at_stripe(house, disputed)
    assert found.evidence_details.submission_count == 1
    ((told,),) = house.sql(TOLD, disputed)
    assert (told["answer"], len(told["evidence"]), told["by"] != "") == ("sent", 64, True)


def test_a_second_press_sends_nothing(house: House, disputed: str) -> None:
    with organizer(house) as http:
        form = form_of(http.get(f"/disputes/{disputed}").text)
        data = {name: form[name][0] for name in ("csrf", "digest")}
        first, second = (http.post(f"/disputes/{disputed}/send", data=data) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 409)
    assert at_stripe(house, disputed).evidence_details.submission_count == 1
    assert len(house.sql(TOLD, disputed)) == 1


def test_nothing_else_is_sent_than_what_was_looked_at(house: House, disputed: str) -> None:
    with organizer(house) as http:
        form = form_of(http.get(f"/disputes/{disputed}").text)
        shown = form["digest"][0]
        words = {"csrf": form["csrf"][0], "words": "She came on Friday, and danced."}
        assert http.post(f"/disputes/{disputed}/words", data=words).status_code == 303
        refused = http.post(f"/disputes/{disputed}/send", data={"csrf": form["csrf"][0], "digest": shown})
        until(lambda: at_stripe(house, disputed).evidence.uncategorized_text == words["words"])
        assert press(http, disputed).status_code == 303

    assert refused.status_code == 409
    assert "has changed since you looked" in refused.text
    assert at_stripe(house, disputed).evidence.uncategorized_text == words["words"]


def test_a_send_that_breaks_off_after_it_arrived_is_found_and_told_once(house: House, disputed: str) -> None:
    packet = answers(house).packet(disputed)
    assert packet is not None
    with pytest.raises(NotAnswered, match="did not say"):
        answers(house, BreaksOff(STRIPE_KEY, house.sandbox)).send(disputed, packet.digest, "1")

    answers(house).prepare(disputed)
    answers(house).prepare(disputed)
    assert at_stripe(house, disputed).evidence_details.submission_count == 1
    assert [row[0]["answer"] for row in house.sql(TOLD, disputed)] == ["sent"]


def test_a_question_that_becomes_a_dispute_is_answered_again(house: House) -> None:
    paid()(house)
    dispute("inquire")(house)
    case = drafted(house)
    with organizer(house) as http:
        assert press(http, case).status_code == 303
        until(lambda: house.sql(CASE, case)[0][0] == "warning_under_review")
        dispute("escalate")(house)
        until(lambda: house.sql(CASE, case) == [("needs_response", True, None)])
        assert press(http, case).status_code == 303

    assert at_stripe(house, case).evidence_details.submission_count == 2
    assert len(house.sql(TOLD, case)) == 2


def test_a_dispute_is_given_up_after_it_was_asked_once_more(house: House, disputed: str) -> None:
    with organizer(house) as http:
        form = form_of(http.get(f"/disputes/{disputed}/give-up").text)
        gone = http.post(f"/disputes/{disputed}/give-up", data={"csrf": form["csrf"][0]})
    until(lambda: house.one("SELECT status = 'lost' FROM disputes WHERE id = %s", disputed))

    assert gone.status_code == 303
    assert at_stripe(house, disputed).status == "lost"
    assert [row[0]["answer"] for row in house.sql(TOLD, disputed)] == ["given_up"]


def test_what_is_not_answered_is_told_again_before_its_day(house: House, disputed: str) -> None:
    query = "SELECT status FROM exceptions WHERE kind = 'dispute_due' AND subject_id = %s"
    desk = DueSoon(STRIPE_KEY, house.sandbox)
    answers(house, desk).prepare(disputed)
    answers(house, desk).prepare(disputed)
    assert house.sql(query, disputed) == [("open",)]
    packet = answers(house, desk).packet(disputed)
    assert packet is not None
    answers(house, desk).send(disputed, packet.digest, "1")

    assert house.sql(query, disputed) == [("resolved",)]


def test_the_packet_is_a_pdf_with_the_statement_in_it(house: House, disputed: str) -> None:
    with organizer(house) as http:
        pdf = http.get(f"/disputes/{disputed}/packet.pdf")

    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    packet = answers(house).packet(disputed)
    assert packet is not None
    assert "Friday Day Pass" in packet.evidence[WORDS]
