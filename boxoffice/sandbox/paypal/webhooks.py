"""PayPal's webhooks: which endpoints hear an event, how it is signed for each, and the call that checks that."""

import json
import uuid
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from boxoffice.sandbox.deliveries import Deliveries, Post
from boxoffice.sandbox.errors import Document, invalid
from boxoffice.sandbox.paypal.errors import malformed
from boxoffice.sandbox.paypal.merchant import Merchant, moment, new_id
from boxoffice.sandbox.paypal.signing import ALGORITHM, CERTIFICATE_PATH, Signer, message

_SIGNED_FIELDS: Final = (
    *("auth_algo", "cert_url", "transmission_id", "transmission_sig", "transmission_time", "webhook_id"),
    "webhook_event",
)


class PayPalWebhooks:
    """Sends the merchant's events to its endpoints."""

    def __init__(self, merchant: Merchant, deliveries: Deliveries) -> None:
        self._merchant = merchant
        self._deliveries = deliveries
        self.signer = Signer()
        self.endpoints: dict[str, Document] = {}

    @property
    def certificate_url(self) -> str:
        return self._merchant.base_url + CERTIFICATE_PATH

    def register(self, url: str, events: list[str], id_: str | None = None) -> Document:
        """Adds an endpoint; its id is part of what is signed for it, and may be given for a listener that knows it.

        Raises:
            StripeError: 400, for an address that is none.
        """
        if not url.startswith(("http://", "https://")):
            raise invalid("A webhook needs an address that begins with http:// or https://.", "url")
        endpoint: Document = {"id": id_ or new_id(), "url": url, "event_types": [{"name": name} for name in events]}
        self.endpoints[endpoint["id"]] = endpoint
        return endpoint

    def publish(self, event: Document) -> None:
        """Sends an event to whoever listens."""
        hearing = [each for each in self.endpoints.values() if _hears(each, event["event_type"])]
        self._deliveries.publish([self._post(event, each) for each in hearing])

    def send_again(self, event: Document) -> None:
        """Sends an event once more, to every endpoint."""
        self._deliveries.send_again([self._post(event, each) for each in self.endpoints.values()])

    def verify(self, request: str) -> Document:
        """Answers whether an event came from here. The event counts as it is written in the request, to the byte.

        Raises:
            PayPalError: 400, for a request that is no JSON or lacks a field.
        """
        try:
            given = _members(request)
        except ValueError as error:
            raise malformed("MALFORMED_REQUEST_JSON") from error
        for name in _SIGNED_FIELDS:
            if name not in given:
                raise malformed("MISSING_REQUIRED_PARAMETER", f"/{name}")
        raw_event = given.pop("webhook_event")
        said: dict[str, Any] = {name: json.loads(given[name]) for name in _SIGNED_FIELDS if name in given}
        signed = message(
            said["transmission_id"], said["transmission_time"], said["webhook_id"], raw_event.encode("utf-8")
        )
        is_ours = (
            said["auth_algo"] == ALGORITHM
            and said["cert_url"] == self.certificate_url
            and said["webhook_id"] in self.endpoints
            and self.signer.is_signed(signed, str(said["transmission_sig"]))
        )
        return {"verification_status": "SUCCESS" if is_ours else "FAILURE"}

    def _post(self, event: Document, endpoint: Document) -> Post:
        def sign(body: bytes, at: int, *, is_forged: bool) -> Mapping[str, str]:
            transmission_id, time = str(uuid.uuid4()), moment(at)
            signed = message(transmission_id, time, "forged" if is_forged else endpoint["id"], body)
            return {
                "Content-Type": "application/json",
                "User-Agent": "PayPal/AUHD-214.0-57000000",
                "PAYPAL-TRANSMISSION-ID": transmission_id,
                "PAYPAL-TRANSMISSION-TIME": time,
                "PAYPAL-TRANSMISSION-SIG": self.signer.sign(signed),
                "PAYPAL-CERT-URL": self.certificate_url,
                "PAYPAL-AUTH-ALGO": ALGORITHM,
            }

        return Post(
            provider="paypal",
            event=event["id"],
            type=event["event_type"],
            url=endpoint["url"],
            body=json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode(),
            sign=sign,
            is_awaited=lambda: endpoint["id"] in self.endpoints,
        )


def _hears(endpoint: Document, type: str) -> bool:
    return any(fnmatchcase(type, each["name"]) for each in endpoint["event_types"])


def _members(text: str) -> dict[str, str]:
    """Returns the members of a JSON object, each as it is written.

    Raises:
        ValueError: if it is no object.
    """
    decoder, found = json.JSONDecoder(), {}
    place = _skip(text, 0, "{")
    while text[place : place + 1] != "}":
        name, place = decoder.raw_decode(text, place)
        start = _skip(text, place, ":")
        _, place = decoder.raw_decode(text, start)
        found[str(name)] = text[start:place]
        place = _skip(text, place, ",") if text[place:].lstrip().startswith(",") else _skip(text, place)
    return found


def _skip(text: str, place: int, mark: str = "") -> int:
    """Returns the place after white space, and after a mark and its white space."""
    rest = text[place:].lstrip()
    if not rest.startswith(mark):
        raise ValueError
    return len(text) - len(rest.removeprefix(mark).lstrip())
