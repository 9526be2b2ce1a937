"""What the hub says to one question before doors open: what time it is, with its signature, and who takes cash."""

from dataclasses import dataclass
from datetime import timedelta
from os import urandom

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.signed_time import read_time
from boxoffice.core.wire.preflight import PreflightAsk
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.link import Link

_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class HubWord:
    """`off_s` is how far this computer's clock is ahead of the hub's; half of the way there and back is taken off."""

    off_s: float
    cash_tills: tuple[str, ...]


def ask_hub(context: TillContext, link: Link) -> HubWord:
    """Returns what the hub says now.

    Raises:
        Unreachable: if it does not answer.
        HubRefused: if it will not, as one of an older version.
        NotTheHubsTime: if somebody else answers.
    """
    event_id, nonce = context.event.catalogue.id, urandom(_NONCE_BYTES).hex()
    asked, began = context.clock.now(), context.clock.monotonic()
    answer = link.call(lambda hub: hub.preflight(PreflightAsk(event_id=event_id, nonce=nonce)))
    half = timedelta(seconds=(context.clock.monotonic() - began) / 2)
    key = Ed25519PublicKey.from_public_bytes(context.event.public_key)
    hub_time = read_time(nonce, answer.hub_time, answer.signature, event_id, key)
    return HubWord((asked + half - hub_time).total_seconds(), answer.cash_tills)
