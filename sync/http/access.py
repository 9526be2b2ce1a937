"""Who is calling: the hub behind a request, and the till behind a token."""

from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from boxoffice.core.wire.protocol import UNSENT
from boxoffice.core.wire.pushes import PushRequest
from sync.http.networks import network_of
from sync.http.services import services_of
from sync.ledger.hub import Hub
from sync.store.tills import Device, TillStatus
from sync.tills.pairing import device_of, revoked_device_of
from sync.tills.revoked import TillRevoked, signer_of

_SIGNALS: Final = ("sec-gpc", "dnt")
"""Global Privacy Control, and the older Do Not Track."""
_DIGITS: Final = 9
_bearer = HTTPBearer(auto_error=False, description="The token that a till got when it was paired")


def hub_of(request: Request) -> Hub:
    return services_of(request).hub


TheHub = Annotated[Hub, Depends(hub_of)]


Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def sender_of(request: Request, hub: TheHub, bearer: Bearer) -> Device | None:
    """Returns the till that calls, also one that was revoked; None for a token that nobody has or had."""
    if bearer is None:
        return None
    unsent = _count(request.headers.get(UNSENT, ""))
    with hub.database.transaction() as connection:
        return device_of(connection, bearer.credentials, unsent) or revoked_device_of(
            connection, bearer.credentials, unsent
        )


Sender = Annotated[Device | None, Depends(sender_of)]


def known_till(sender: Sender) -> Device:
    """Returns the till that calls, also one that was revoked: for what it has under way.

    Raises:
        HTTPException: 401, the same for no token and an unknown one.
    """
    if sender is None:
        raise not_paired()
    return sender


def not_paired() -> HTTPException:
    return HTTPException(401, "This till is not paired with this hub.", {"WWW-Authenticate": "Bearer"})


KnownTill = Annotated[Device, Depends(known_till)]


async def said_by_nobody(request: Request, sender: Sender) -> PushRequest | None:
    """Returns what is pushed with a token that nobody has or had, if it can be read at all."""
    if sender is not None:
        return None
    try:
        return PushRequest.model_validate(await request.json())
    except (ValueError, RecursionError):
        return None


def pushing_till(hub: TheHub, sender: Sender, said: Annotated[PushRequest | None, Depends(said_by_nobody)]) -> Device:
    """Returns the till whose facts are pushed: by its token, or, of one that was revoked, by their signature.

    Raises:
        HTTPException: 401, if it is neither.
    """
    till = sender
    if till is None and said is not None:
        with hub.database.transaction() as connection:
            till = signer_of(connection, said)
    if till is None:
        raise not_paired()
    return till


PushingTill = Annotated[Device, Depends(pushing_till)]


def till_of(sender: KnownTill) -> Device:
    """Returns the till that calls.

    Raises:
        TillRevoked: if an organizer has shut it out.
    """
    if sender.is_revoked:
        raise TillRevoked
    return sender


TheTill = Annotated[Device, Depends(till_of)]


def trusted_till(till: TheTill) -> Device:
    """Returns the till that calls, if nothing speaks against giving it something.

    Raises:
        HTTPException: 403 for a till that was cloned.
    """
    if till.status is not TillStatus.ACTIVE:
        raise HTTPException(403, "This till was copied. Pair it again before it gets anything more.")
    return till


TrustedTill = Annotated[Device, Depends(trusted_till)]


def _count(said: str) -> int | None:
    """Returns the number that was said, if it is one: nothing is refused for a header."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _DIGITS else None


def says_no(request: Request) -> bool:
    """Returns whether the browser has said for its owner that nobody is to follow it."""
    return any(request.headers.get(name) == "1" for name in _SIGNALS)


def address_of(request: Request) -> str:
    """Returns what limits by network count this request for."""
    return network_of(request.scope)
