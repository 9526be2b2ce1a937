"""What tills call: pairing, events, facts, leases and the feed."""

import gzip
from contextlib import nullcontext
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response

from boxoffice.core.facts import GENESIS, Head, instant_text
from boxoffice.core.ids import DeviceId
from boxoffice.core.wire.feed import FeedAnswer
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest
from boxoffice.core.wire.lost import HistoryAnswer, KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.orders_elsewhere import A_FEW, A_PAGE, OrdersAnswer
from boxoffice.core.wire.pairing import EventBody, EventSummary, KeyAnswer, PairAnswer, PairRequest
from boxoffice.core.wire.preflight import PreflightAnswer, PreflightAsk
from boxoffice.core.wire.protocol import KEY, PROTOCOL, READS, VERSION
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer, PushRequest
from boxoffice.core.wire.staff import StaffAnswer
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk
from sync.http.access import PushingTill, Sender, TheHub, TheTill, TrustedTill, address_of
from sync.inventory import events
from sync.store.chain import utc_now
from sync.tills.elsewhere import orders_for
from sync.tills.feed import news_for
from sync.tills.gift_cards import NoSuchCard, ask_for_card
from sync.tills.history import head_of, history_for
from sync.tills.leases import grant_lease
from sync.tills.pairing import pair
from sync.tills.preflights import NoSuchEvent, tell_for_preflight
from sync.tills.pushing import take_again, take_push
from sync.tills.staff import told_to_tills
from sync.tills.till_keys import key_of, note_taken
from sync.tills.tills import hear_version
from sync.tills.told_again import lacking

router: Final = APIRouter(prefix="/api/till", tags=["till"])
A_SALE: Final = 12
"""So many facts at most come of one sale: they wait for no other till's batches."""


@router.post("/pair")
def pair_till(request: Request, body: PairRequest, hub: TheHub) -> PairAnswer:
    _check_protocol(body.protocol)
    return pair(hub, body, address_of(request))


@router.get("/events")
def get_events(hub: TheHub, till: TheTill) -> list[EventSummary]:  # noqa: ARG001  # for tills only
    with hub.database.transaction() as connection:
        return events.list_events(connection)


@router.get("/events/{event_id}")
def get_event(event_id: str, hub: TheHub, till: TrustedTill) -> EventBody:
    with hub.database.transaction() as connection:
        body = events.event_for(hub, connection, event_id, till)
    if body is None:
        raise HTTPException(404, f"There is no event “{event_id}”.")
    return body


@router.get("/staff")
def get_staff(hub: TheHub, till: TrustedTill) -> StaffAnswer:  # noqa: ARG001  # for tills only
    """Names, and what PINs and badges are held to: for tills that are trusted, and nobody else."""
    with hub.database.transaction() as connection:
        return told_to_tills(hub, connection)


@router.post("/facts")
def push_facts(body: PushRequest, hub: TheHub, till: PushingTill, sender: Sender) -> PushAnswer:
    """Takes facts of a till that was revoked too: its money is in its drawer, and its customers hold tickets."""
    _check_protocol(body.protocol)
    if sender is None:  # a signature speaks for its fact alone
        body = body.model_copy(update={"contacts": ()})
    if len(body.facts) <= A_SALE:  # somebody may be waiting for it
        return take_push(hub, till, body)
    with hub.batches.taken():
        return take_push(hub, till, body)


@router.post("/leases")
def ask_lease(body: LeaseRequest, hub: TheHub, till: TrustedTill) -> LeaseAnswer:
    return grant_lease(hub, till, body)


@router.post("/gift-cards")
def ask_gift_card(body: CardAsk, hub: TheHub, till: TrustedTill) -> CardAnswer:
    """What is on a gift card, and all that is free of it, if the till wants it."""
    try:
        return ask_for_card(hub, till, body)
    except NoSuchCard as error:
        raise HTTPException(404, str(error)) from None


@router.post("/preflight")
def ask_before_doors(body: PreflightAsk, hub: TheHub, till: TrustedTill) -> PreflightAnswer:  # noqa: ARG001  # for tills only
    """The hub's time with its signature, and who takes cash: what a till looks at before doors open."""
    try:
        return tell_for_preflight(hub, body)
    except NoSuchEvent:
        raise HTTPException(404, "There is no such event.") from None


@router.get("/feed")
def get_feed(
    request: Request,
    hub: TheHub,
    till: TheTill,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    event_id: str | None = None,
    reads: Annotated[int, Header(alias=READS, ge=1)] = 1,
) -> FeedAnswer:
    note_taken(hub, till.id, request.headers.get(KEY, ""))
    hear_version(hub, till, request.headers.get(VERSION, ""))
    return news_for(hub, till, after, event_id, instant_text(utc_now()), reads)


@router.get("/orders", response_model=None, responses={200: {"model": OrdersAnswer}})
def get_orders(
    request: Request,
    hub: TheHub,
    till: TrustedTill,
    event_id: Annotated[str, Query(max_length=200, pattern="^[^\\x00]*$")],
    after: Annotated[str, Query(max_length=300)] = "",
    most: Annotated[int, Query(ge=1, le=A_PAGE)] = A_FEW,
) -> Response:
    """Tells what others sold. Many at once wait their turn behind other tills' batches, and are packed."""
    with hub.batches.taken() if most > A_FEW else nullcontext():
        body = orders_for(hub, till, event_id, after, most).encode()
    headers = {"Cache-Control": "no-store"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=1)
    return Response(body, media_type="application/json", headers=headers)


@router.get("/head")
def get_head(hub: TheHub, till: TheTill) -> HeadAnswer:
    return head_of(hub, till)


@router.post("/known")
def find_lacking(body: KnownRequest, hub: TheHub, till: TheTill) -> KnownAnswer:
    return lacking(hub, till, body)


@router.post("/told")
def tell_again(body: TellAgainRequest, hub: TheHub, till: TheTill) -> PushAnswer:
    _check_protocol(body.protocol)
    with hub.batches.taken():
        return take_again(hub, till, body)


@router.get("/history")
def get_history(
    hub: TheHub,
    till: TheTill,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    epoch: Annotated[int, Query(ge=1, le=2**30)] = 1,
    seq: Annotated[int, Query(ge=0, le=2**62)] = 0,
    hash: Annotated[str, Query(pattern="^[0-9a-f]{64}$")] = GENESIS,  # as the fact names it
    reads: Annotated[int, Header(alias=READS, ge=1)] = 1,
) -> HistoryAnswer:
    return history_for(hub, till, Head(DeviceId(till.id), epoch, seq, hash), after, reads)


@router.get("/key")
def get_key(hub: TheHub, till: TrustedTill, response: Response) -> KeyAnswer:
    response.headers["Cache-Control"] = "no-store"
    with hub.database.transaction() as connection:
        return KeyAnswer(stripe_key=key_of(hub, connection, till.id))


def _check_protocol(protocol: int) -> None:
    if protocol not in (PROTOCOL, PROTOCOL - 1):
        raise HTTPException(426, f"This hub speaks version {PROTOCOL}. Update the till or the hub.")
