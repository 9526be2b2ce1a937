"""The messages of a till's look before doors open."""

from boxoffice.core.wire.message import Hex32, Hex64, Message


class PreflightAsk(Message):
    """`POST /api/till/preflight`. `nonce` is made up for this one question."""

    event_id: str
    nonce: Hex32


class PreflightAnswer(Message):
    """`signature` is by the event's key, of `hub_time` and the nonce. `cash_tills` have a drawer open now, by name."""

    hub_time: str
    signature: Hex64
    cash_tills: tuple[str, ...] = ()
