"""SendGrid's mail send, by its own client, and the outbox."""

import base64
from typing import Any

import httpx
import pytest
import sendgrid
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped]  # it has no types

from boxoffice.sandbox.server import Sandbox

PDF = b"%PDF-1.7 a ticket"


def body(**more: Any) -> dict[str, Any]:
    attachment = {"content": base64.b64encode(PDF).decode(), "filename": "tickets.pdf", "type": "application/pdf"}
    return {
        "personalizations": [{"to": [{"email": "ada@example.com"}], "custom_args": {"order": "17"}}],
        "from": {"email": "tickets@example.com", "name": "Box office"},
        "subject": "Your tickets",
        "content": [{"type": "text/plain", "value": "Hello"}, {"type": "text/html", "value": "<p>Hello</p>"}],
        "attachments": [{**attachment, "disposition": "attachment"}],
        "tracking_settings": {"click_tracking": {"enable": False, "enable_text": False}},
        **more,
    }


def send(sandbox: Sandbox, request: dict[str, Any], key: str = "SG.any") -> Any:
    return sendgrid.SendGridAPIClient(key, host=sandbox.base_url).client.mail.send.post(request_body=request)


def test_a_mail_is_accepted_and_lies_in_the_outbox(sandbox: Sandbox) -> None:
    answer = send(sandbox, body())

    assert (answer.status_code, answer.body) == (202, b"")
    (mail,) = httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"]
    assert mail["id"] == answer.headers["X-Message-Id"]
    assert (mail["to"], mail["subject"], mail["custom_args"]) == (["ada@example.com"], "Your tickets", {"order": "17"})
    (attachment,) = mail["attachments"]
    assert attachment["filename"] == "tickets.pdf"
    assert httpx.get(sandbox.base_url + attachment["url"]).content == PDF


def test_the_outbox_page_shows_the_mail_without_running_it(sandbox: Sandbox) -> None:
    content = [{"type": "text/html", "value": "<p>Hi</p><script>alert(1)</script>"}]
    mail_id = send(sandbox, body(content=content, subject="<b>Tickets</b>")).headers["X-Message-Id"]

    listed = httpx.get(f"{sandbox.base_url}/outbox").text
    shown = httpx.get(f"{sandbox.base_url}/outbox/{mail_id}").text
    html = httpx.get(f"{sandbox.base_url}/outbox/{mail_id}/html")

    assert "&lt;b&gt;Tickets&lt;/b&gt;" in listed
    assert "tickets.pdf" in shown
    assert html.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, "personalizations.0.to.0.email"),
        ({"from": {}}, "from"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"attachments": [{"content": "!", "filename": "a"}]}, "attachments.0.content"),
        ({"attachments": [{"content": "YQ=="}]}, "attachments.0.filename"),
        ({"attachments": [{"content": "YQ==", "filename": "a", "content_id": "qr"}]}, "attachments.0.content_id"),
        ({"custom_args": {"count": 17}}, "custom_args"),
        ({"categories": ["x"] * 11}, "categories"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_mail_is_refused_with_its_field(sandbox: Sandbox, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(HTTPError) as refused:
        send(sandbox, body(**wrong))

    assert refused.value.status_code == 400
    assert refused.value.to_dict["errors"][0]["field"] == field
    assert httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"] == []


def test_a_key_that_is_none_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(HTTPError) as refused:
        send(sandbox, body(), key="nonsense")

    assert refused.value.status_code == 401


def test_a_mail_that_is_too_large_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(HTTPError) as refused:
        send(sandbox, body(subject="x" * (31 * 1024 * 1024)))

    assert refused.value.status_code == 413


def test_a_mail_in_sandbox_mode_is_only_checked(sandbox: Sandbox) -> None:
    answer = send(sandbox, body(mail_settings={"sandbox_mode": {"enable": True}}))

    assert answer.status_code == 202
    assert httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"] == []


@pytest.mark.parametrize(("kind", "mails"), [("drop_before_work", 0), ("timeout_after_success", 1)])
def test_a_line_that_breaks_keeps_the_mail_only_after_the_work(sandbox: Sandbox, kind: str, mails: int) -> None:
    rule = {"match": "POST /v3/mail/send", "kind": kind, "times": 1}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()

    with pytest.raises(OSError, match=r"closed connection|reset by peer"):
        send(sandbox, body())

    assert len(httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"]) == mails
