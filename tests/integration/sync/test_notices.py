"""Mails to all customers of an event: nobody gets one by accident, and nobody gets it twice."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from boxoffice.core.errors import TryAgainLater
from sync.mail.notices import Notices
from sync.organizers.roles import Role
from sync.ports import Mail, MailRefused
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket

NOTICE = {
    "event": "boulder-fest-2026",
    "subject": "Sunday begins later",
    "words": "Dear all,\n\nthe workshop of Sunday begins at <noon>.\nSee you there.",
}


@pytest.fixture(scope="module")
def customers(hub: Stand) -> list[str]:
    """Seven paid orders of five people, and one that nobody paid."""
    people = ["ana@example.org", "Ana@Example.org", "ben@example.org", "cy@example.org", "dee@example.org"]
    people += ["ed@example.org", "ben@example.org"]
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        for i, email in enumerate([*people, "never@example.org"]):
            body = {
                "items": [{"id": "friday-pass", "quantity": 1}],
                "customerInfo": {"email": email, "name": "Someone"},
            }
            bought = http.post("/api/payment/create-checkout-session", json=body).json()
            if i < len(people):
                hub.sessions.pay(bought["sessionId"])
                hub.checkouts.settle_session(bought["sessionId"])
            if email.startswith("cy"):
                hub.sql("UPDATE holds SET language = 'es' WHERE order_id = %s", bought["orderId"])
    return ["ana@example.org", "ben@example.org", "cy@example.org", "dee@example.org", "ed@example.org"]


@pytest.fixture
def office(hub: Stand, customers: list[str]) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


def draft(office: Office, **more: str) -> str:
    csrf = office.hidden("/notices", "csrf")
    answer = office.http.post("/notices", data={**NOTICE, "csrf": csrf, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[1]


def send(office: Office, notice_id: str, typed: str) -> httpx.Response:
    csrf = office.hidden(f"/notices/{notice_id}", "csrf")
    return office.http.post(f"/notices/{notice_id}/send", data={"csrf": csrf, "typed": typed})


def got(hub: Stand, subject: str) -> list[Mail]:
    return [mail for mail in hub.mail.sent if mail.subject == subject]


def test_everyone_who_bought_gets_it_once_and_nobody_else(hub: Stand, office: Office, customers: list[str]) -> None:
    notice_id = draft(office, subject="To all")

    answers = [send(office, notice_id, "5").status_code for _ in range(2)]
    hub.until("sent", "SELECT status FROM notices WHERE id = %s", notice_id)

    mails = got(hub, "To all")
    assert answers == [303, 303]
    assert sorted(mail.to for mail in mails) == customers
    assert "begins at &lt;noon&gt;" in mails[0].html
    assert "begins at <noon>" in mails[0].text
    assert "5 of 5 sent." in office.page(f"/notices/{notice_id}")


def test_who_bought_in_spanish_gets_the_spanish_text(hub: Stand, office: Office) -> None:
    notice_id = draft(office, subject="Later", subject_es="Más tarde", words_es="El domingo empezamos más tarde.")

    send(office, notice_id, "5")
    hub.until("sent", "SELECT status FROM notices WHERE id = %s", notice_id)

    (spanish,) = got(hub, "Más tarde")
    assert spanish.to == "cy@example.org"
    assert "¿Preguntas?" in spanish.text
    assert len(got(hub, "Later")) == 4


@pytest.mark.parametrize("typed", ["", "4", "yes"])
def test_nothing_goes_out_without_the_number_typed(hub: Stand, office: Office, typed: str) -> None:
    notice_id = draft(office, subject="Not yet")

    answer = send(office, notice_id, typed)

    assert answer.status_code == 422
    assert "Type 5" in answer.text
    assert got(hub, "Not yet") == []


def test_the_preview_is_what_people_get(office: Office) -> None:
    notice_id = draft(office)

    page, words = (office.page(f"/notices/{notice_id}/preview?form={form}") for form in ("html", "text"))

    assert "SUNDAY" not in page
    assert "Sunday begins later" in page
    assert "begins at &lt;noon&gt;.<br>See you there." in page
    assert words.startswith("Sunday begins later\n\nDear all,")


def test_a_draft_with_faults_is_shown_again_with_all_of_them(office: Office) -> None:
    csrf = office.hidden("/notices", "csrf")

    answer = office.http.post("/notices", data={**NOTICE, "csrf": csrf, "words": " ", "words_es": "Hola"})

    assert answer.status_code == 422
    assert "Text: is empty" in answer.text
    assert "Subject in Spanish (optional): is empty" in answer.text
    assert 'value="Sunday begins later"' in answer.text


class Stops:
    """A provider at which an organizer presses stop after two mails."""

    def __init__(self, hub: Stand, notice_id: str) -> None:
        self.hub, self.notice_id, self.to = hub, notice_id, list[str]()

    def send(self, mail: Mail) -> str:
        self.to.append(mail.to)
        if len(self.to) == 2:
            Notices(self.hub.hub, None).stop(self.notice_id)
        return "id"


def test_stopped_it_stops_and_taken_up_again_it_goes_on_with_the_rest(
    hub: Stand, office: Office, customers: list[str]
) -> None:
    notice_id = draft(office, subject="Stopped")
    provider = Stops(hub, notice_id)
    hub.sql("UPDATE notices SET status = 'sending' WHERE id = %s", notice_id)
    for email in customers:
        hub.sql("INSERT INTO notice_mails (id, notice_id, email) VALUES (gen_random_uuid(), %s, %s)", notice_id, email)

    Notices(hub.hub, provider).work(notice_id)
    page = office.page(f"/notices/{notice_id}")
    refused = send(office, notice_id, "5").status_code
    send(office, notice_id, "3")
    hub.until("sent", "SELECT status FROM notices WHERE id = %s", notice_id)

    assert provider.to == customers[:2]
    assert "It would go on to 3 people, each once." in page
    assert refused == 422
    assert sorted(mail.to for mail in got(hub, "Stopped")) == customers[2:]


class Fails:
    """A provider that does not know one address, and breaks down once."""

    def __init__(self) -> None:
        self.to: list[str] = []
        self.is_down = True

    def send(self, mail: Mail) -> str:
        if mail.to == "ben@example.org":
            raise MailRefused("SendGrid refused the mail (400).", "The mail was not sent.", "Check the address.")
        if mail.to == "dee@example.org" and self.is_down:
            self.is_down = False
            raise TryAgainLater("SendGrid is busy.", "The mail was not sent.", "It will be tried again.")
        self.to.append(mail.to)
        return "id"


def test_one_bad_address_stops_nobody_and_an_outage_repeats_nothing(
    hub: Stand, office: Office, customers: list[str]
) -> None:
    notice_id = draft(office, subject="Faults")
    hub.sql("UPDATE notices SET status = 'sending' WHERE id = %s", notice_id)
    for email in customers:
        hub.sql("INSERT INTO notice_mails (id, notice_id, email) VALUES (gen_random_uuid(), %s, %s)", notice_id, email)
    provider = Fails()
    notices = Notices(hub.hub, provider)

    with pytest.raises(TryAgainLater):
        notices.work(notice_id)
    notices.work(notice_id)

    assert provider.to == [email for email in customers if not email.startswith("ben")]
    assert "ben@example.org" in office.page(f"/notices/{notice_id}")
    assert re.search(r"4 of 5 sent\. 1 did not arrive\.", office.page(f"/notices/{notice_id}"))


def test_a_viewer_sees_how_it_goes_and_has_nothing_to_press(hub: Stand, office: Office) -> None:
    notice_id = draft(office)
    viewer = Office.open(hub, Role.VIEWER)

    page = viewer.page(f"/notices/{notice_id}")
    viewer.http.close()

    assert "Send it" in page
    assert "Type 5 to confirm" not in page


def test_an_unknown_notice_is_not_found(office: Office) -> None:
    assert office.http.get("/notices/nothing").status_code == 404


class Slow:
    """A provider that takes its time, so that a second job comes while the first is at it."""

    def __init__(self) -> None:
        self.to: list[str] = []
        self.is_at_it, self.may_go_on = Event(), Event()

    def send(self, mail: Mail) -> str:
        self.to.append(mail.to)
        self.is_at_it.set()
        assert self.may_go_on.wait(150)
        return "id"


def test_two_jobs_at_the_same_notice_send_nothing_twice(hub: Stand, office: Office, customers: list[str]) -> None:
    notice_id = draft(office, subject="Raced")
    hub.sql("UPDATE notices SET status = 'sending' WHERE id = %s", notice_id)
    for email in customers:
        hub.sql("INSERT INTO notice_mails (id, notice_id, email) VALUES (gen_random_uuid(), %s, %s)", notice_id, email)
    provider = Slow()
    notices = Notices(hub.hub, provider)

    with ThreadPoolExecutor(1) as other:
        first = other.submit(notices.work, notice_id)
        assert provider.is_at_it.wait(150)
        notices.work(notice_id)
        provider.may_go_on.set()
        first.result(20)

    assert provider.to == customers
