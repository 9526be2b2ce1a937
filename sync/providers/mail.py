"""Mail by SendGrid's v3 API: the only place of the hub that knows its client and its errors."""

import base64
from typing import Any, Final

import sendgrid
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped]  # it has no types

from boxoffice.core.errors import TryAgainLater
from sync.ports import Mail, MailRefused

_TIMEOUT_S: Final = 20
_SAFE: Final = "The mail was not sent."


class SendGrid:
    """Sends mails; accepted is not delivered.

    `template` is the id of a dynamic template for receipts, `d-…`; answers go to `reply_to`, or else to the sender.
    """

    def __init__(
        self, key: str, base_url: str, sender: str, template: str | None = None, reply_to: str | None = None
    ) -> None:
        self._client = sendgrid.SendGridAPIClient(key, host=base_url.rstrip("/")).client
        self._client.timeout = _TIMEOUT_S
        self._sender = sender
        self._template = template
        self._reply_to = {} if reply_to is None else {"reply_to": {"email": reply_to}}

    def send(self, mail: Mail) -> str:
        """Returns SendGrid's id of the message that it accepted.

        Raises:
            TryAgainLater: if SendGrid can't be reached, or is busy.
            MailRefused: if it does not take the mail.
        """
        try:
            answer = self._client.mail.send.post(request_body=self._body(mail))
        except HTTPError as error:
            if error.status_code == 429 or error.status_code >= 500:
                raise TryAgainLater("SendGrid is busy.", _SAFE, "It will be tried again.") from error
            raise MailRefused(
                f"SendGrid refused the mail ({error.status_code}).", _SAFE, "Check the address."
            ) from error
        except OSError as error:
            raise TryAgainLater("SendGrid can't be reached.", _SAFE, "It will be tried again.") from error
        return str(answer.headers.get("X-Message-Id", ""))

    def _body(self, mail: Mail) -> dict[str, Any]:
        recipient: dict[str, Any] = {"to": [{"email": mail.to}], "custom_args": dict(mail.reference)}
        template = {}
        if self._template is not None and mail.data is not None:
            recipient["dynamic_template_data"] = dict(mail.data)
            template = {"template_id": self._template}
        return (
            template
            | self._reply_to
            | {
                "personalizations": [recipient],
                "from": {"email": self._sender, "name": mail.sender},
                "subject": mail.subject,
                "content": [{"type": "text/plain", "value": mail.text}, {"type": "text/html", "value": mail.html}],
                "attachments": [
                    {
                        "content": base64.b64encode(content).decode(),
                        "filename": name,
                        "type": "application/pdf",
                        "disposition": "attachment",
                    }
                    for name, content in mail.attachments.items()
                ],
                # A ticket's link must stay the link that we wrote.
                "tracking_settings": {
                    "click_tracking": {"enable": False, "enable_text": False},
                    "open_tracking": {"enable": False},
                    "subscription_tracking": {"enable": False},
                },
            }
        )
