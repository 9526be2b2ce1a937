"""The messages by which a till is paired, and gets its key and its events."""

from typing import Any

from boxoffice.core.wire.message import Hex32, Hex64, Message
from boxoffice.core.wire.protocol import PROTOCOL


class PairRequest(Message):
    """`POST /api/till/pair`, with no token. `public_key` is the device's Ed25519 key, raw, in hex."""

    protocol: int = PROTOCOL
    code: str
    public_key: Hex32
    app_version: str = ""


class PairAnswer(Message):
    """`token` and `stripe_key` are secrets: straight into the keyring, never into a file or a log."""

    device_id: str
    device_code: str
    name: str
    token: str
    stripe_key: str | None
    stripe_base: str
    hub_time: str


class EventSummary(Message):
    id: str
    name: str
    venue: str
    days: tuple[str, ...]
    revision: int


class EventBody(Message):
    """One event for one till: `event` as `event_file_of`, the event's public key, and this till's certificate (hex).

    Beside the event, which older tills would else refuse: `sales` says when products are sold, by product, `hours` when
    the event and its products begin, `page` who sells, where and under which terms, and `taxation` its place of sale
    with all taxes there, from when to when; `event` has those that were valid when it was asked for. `cash` is how cash
    is rounded, and what drawers begin with, `doors` where people come in. `offers` are prices beside the products' own,
    and the products that an older till can't sell as it should. `public_url` is where customers reach the hub (empty
    from an older one).
    """

    event: dict[str, Any]
    revision: int
    public_key: Hex32
    certificate: Hex64
    sales: dict[str, dict[str, str]] = {}
    hours: tuple[dict[str, Any], ...] = ()
    page: dict[str, Any] = {}
    taxation: dict[str, Any] = {}
    cash: dict[str, Any] = {}
    offers: dict[str, Any] = {}
    doors: dict[str, Any] = {}
    comps: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    papers: dict[str, Any] = {}
    public_url: str = ""


class KeyAnswer(Message):
    """`GET /api/till/key`: the Stripe key that this till should have. A secret: straight into the keyring."""

    stripe_key: str | None
