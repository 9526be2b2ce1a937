"""What every sender of mail owes the hub: the fake, and SendGrid's own SDK against the sandbox."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from boxoffice.core.errors import TryAgainLater
from boxoffice.sandbox.server import Sandbox
from sync.ports import Mail, MailRefused, MailSender
from sync.providers.mail import SendGrid
from tests.integration.sync.fakes import FakeMail

MAIL = Mail(
    to="ana@example.org",
    subject="Your tickets",
    text="Two tickets.",
    html="<p>Two tickets.</p>",
    attachments={"tickets.pdf": b"%PDF-1.7 tickets"},
    reference={"mail_id": "m1"},
)


def newest(sandbox: Sandbox) -> dict[str, Any]:
    mails: list[dict[str, Any]] = httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"]
    return max(mails, key=lambda mail: (mail["at"], mail["id"]))


class MailContract:
    """A mail that is accepted gets an id."""

    def test_an_accepted_mail_gets_an_id_of_its_own(self, sender: MailSender) -> None:
        first, second = sender.send(MAIL), sender.send(MAIL)

        assert first
        assert first != second


class TestFakeMail(MailContract):
    @pytest.fixture
    def sender(self) -> FakeMail:
        return FakeMail()

    def test_it_can_be_out_of_reach(self, sender: FakeMail) -> None:
        with sender.down(), pytest.raises(TryAgainLater):
            sender.send(MAIL)


class TestSendGrid(MailContract):
    @pytest.fixture
    def sender(self, sandbox: Sandbox) -> SendGrid:
        return SendGrid("SG.contract", sandbox.base_url, "office@example.org")

    def test_the_mail_arrives_with_its_attachment(self, sandbox: Sandbox, sender: SendGrid) -> None:
        sender.send(MAIL)

        mail = newest(sandbox)
        assert "ana@example.org" in str(mail)
        assert "tickets.pdf" in str(mail)
        assert "office@example.org" in str(mail)

    def test_it_comes_in_the_name_of_the_event(self, sandbox: Sandbox, sender: SendGrid) -> None:
        sender.send(replace(MAIL, sender="A Lo Cubano Boulder Fest 2026"))

        assert newest(sandbox)["from_name"] == "A Lo Cubano Boulder Fest 2026"

    def test_answers_go_where_somebody_reads_them(self, sandbox: Sandbox) -> None:
        SendGrid("SG.contract", sandbox.base_url, "noreply@example.org", reply_to="box@example.org").send(MAIL)

        assert newest(sandbox)["reply_to"] == "box@example.org"

    def test_a_template_of_ones_own_is_for_receipts_alone(self, sandbox: Sandbox) -> None:
        sender = SendGrid("SG.contract", sandbox.base_url, "office@example.org", "d-receipts")

        sender.send(replace(MAIL, data={"orderId": "7K2-F4Q"}))
        receipt = newest(sandbox)
        sender.send(MAIL)
        other = newest(sandbox)

        assert (receipt["template_id"], receipt["template_data"]) == ("d-receipts", {"orderId": "7K2-F4Q"})
        assert other["template_id"] is None

    def test_a_key_that_is_none_is_refused(self, sandbox: Sandbox) -> None:
        with pytest.raises(MailRefused):
            SendGrid("nonsense", sandbox.base_url, "office@example.org").send(MAIL)

    def test_a_provider_that_is_not_there_may_be_tried_again(self) -> None:
        with pytest.raises(TryAgainLater):
            SendGrid("SG.x", "http://127.0.0.1:9", "office@example.org").send(MAIL)
