"""What becomes of a mail, told by SendGrid's signed event webhook."""

from typing import Any

import httpx
import pytest

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.post_office import PostOffice
from tests.integration.sandbox.test_mail import body, send


def mail_to(sandbox: Sandbox, *emails: str, **more: Any) -> str:
    to = [{"email": email} for email in emails]
    request = body(personalizations=[{"to": to, "custom_args": {"mail_id": "m-17"}}], **more)
    return str(send(sandbox, request).headers["X-Message-Id"])


def happen(sandbox: Sandbox, mail: str, **what: str) -> httpx.Response:
    return httpx.post(f"{sandbox.base_url}/control/mails/{mail}", json=what)


def test_a_mail_is_processed_and_then_delivered(sandbox: Sandbox, post_office: PostOffice) -> None:
    mail = mail_to(sandbox, "ada@example.com", categories=["tickets"])

    (delivered,) = post_office.wait_for("delivered")

    (processed,) = post_office.wait_for("processed")
    assert (delivered["email"], delivered["response"]) == ("ada@example.com", "250 OK")
    assert (delivered["mail_id"], delivered["category"]) == ("m-17", ["tickets"])
    assert delivered["sg_message_id"].partition(".")[0] == mail
    assert delivered["sg_event_id"] != processed["sg_event_id"]
    assert isinstance(delivered["timestamp"], int)


@pytest.mark.parametrize(
    ("mailbox", "story", "said"),
    [
        ("bounce", ["processed", "bounce"], {"status": "5.1.1", "type": "bounce"}),
        ("bounce+17", ["processed", "bounce"], {"type": "bounce"}),
        ("block", ["processed", "bounce"], {"type": "blocked"}),
        ("drop", ["dropped"], {"reason": "Bounced Address"}),
        ("defer", ["processed", "deferred"], {"attempt": "1"}),
        ("spam", ["processed", "delivered", "spamreport"], {}),
        ("open", ["processed", "delivered", "open"], {"sg_machine_open": False}),
    ],
)
def test_an_address_says_what_becomes_of_its_mail(
    sandbox: Sandbox, post_office: PostOffice, mailbox: str, story: list[str], said: dict[str, Any]
) -> None:
    mail_to(sandbox, f"{mailbox}@example.com")

    (last,) = post_office.wait_for(story[-1])

    assert sorted(post_office.types()) == sorted(story)
    assert said.items() <= last.items()
    (mail,) = httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"]
    assert mail["events"] == story


def test_recipients_of_one_mail_fare_each_in_their_own_way(sandbox: Sandbox, post_office: PostOffice) -> None:
    mail_to(sandbox, "ada@example.com", "bounce@example.com", "eve@example.com")

    (bounced,) = post_office.wait_for("bounce")

    assert bounced["email"] == "bounce@example.com"
    assert [each["email"] for each in post_office.wait_for("delivered", 2)] == ["ada@example.com", "eve@example.com"]
    assert len(post_office.wait_for("processed", 3)) == 3
    assert len(post_office.heard) == 3


def test_a_person_says_what_happens_next(sandbox: Sandbox, post_office: PostOffice) -> None:
    mail = mail_to(sandbox, "defer@example.com", "ada@example.com")
    post_office.wait_for("deferred")

    happen(sandbox, mail, do="delivered", email="defer@example.com").raise_for_status()
    happen(sandbox, mail, do="spam_report", email="ada@example.com").raise_for_status()

    assert [each["email"] for each in post_office.wait_for("delivered", 2)] == ["ada@example.com", "defer@example.com"]
    assert [each["email"] for each in post_office.wait_for("spamreport")] == ["ada@example.com"]
    told = httpx.get(f"{sandbox.base_url}/control/mails/{mail}").json()["events"]
    assert [each["event"] for each in told[-2:]] == ["delivered", "spamreport"]


@pytest.mark.parametrize(
    ("what", "status"), [({"do": "fly"}, 400), ({"do": "open", "email": "eve@example.com"}, 400), ({}, 400)]
)
def test_what_cannot_happen_is_said(sandbox: Sandbox, what: dict[str, str], status: int) -> None:
    refused = happen(sandbox, mail_to(sandbox, "ada@example.com"), **what)

    assert (refused.status_code, bool(refused.json()["error"])) == (status, True)
    assert happen(sandbox, "unknown", do="open").status_code == 404


def test_an_event_comes_again_until_it_is_taken(sandbox: Sandbox, post_office: PostOffice) -> None:
    post_office.answers = [500, 500]
    mail_to(sandbox, "drop@example.com")

    tries = post_office.wait_for("dropped", times=3)

    assert len({each["sg_event_id"] for each in tries}) == 1


def test_a_signature_is_good_for_one_body(sandbox: Sandbox, post_office: PostOffice) -> None:
    mail_to(sandbox, "drop@example.com")
    post_office.wait_for("dropped")

    ((raw, headers),) = post_office.heard

    assert post_office.is_signed(raw, headers)
    assert not post_office.is_signed(raw + b" ", headers)


def test_a_forged_event_comes_before_the_true_one(sandbox: Sandbox, post_office: PostOffice) -> None:
    rule = {"kind": "bad_signature", "match": "dropped", "times": 1}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()
    mail_to(sandbox, "drop@example.com")

    post_office.wait_for("dropped")

    assert [post_office.is_signed(*each) for each in post_office.heard] == [False, True]


def test_an_event_can_come_twice_and_be_sent_again_by_a_person(sandbox: Sandbox, post_office: PostOffice) -> None:
    rule = {"kind": "duplicate_webhook", "match": "dropped", "times": 1}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()
    mail_to(sandbox, "drop@example.com")
    twice = post_office.wait_for("dropped", times=2)

    event = twice[0]["sg_event_id"]
    httpx.post(f"{sandbox.base_url}/control/events/{event}/resend").raise_for_status()

    assert {each["sg_event_id"] for each in post_office.wait_for("dropped", times=3)} == {event}


def test_an_endpoint_hears_only_what_it_asked_for(sandbox: Sandbox, post_office: PostOffice) -> None:
    httpx.post(f"{sandbox.base_url}/control/reset").raise_for_status()
    post_office.register(post_office.url, enabled_events=["delivered"])

    mail_to(sandbox, "ada@example.com")

    post_office.wait_for("delivered")
    assert post_office.types() == ["delivered"]


def test_the_mails_of_one_request_have_one_message_id(sandbox: Sandbox, post_office: PostOffice) -> None:
    each = [{"to": [{"email": email}]} for email in ("ada@example.com", "eve@example.com")]

    sent = send(sandbox, body(personalizations=each)).headers["X-Message-Id"]

    events = post_office.wait_for("delivered", times=2)
    assert {event["sg_message_id"].partition(".")[0] for event in events} == {sent}
