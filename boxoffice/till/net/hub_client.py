"""The hub over HTTP, as `services.ports.Hub` asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import httpx
from httpx_sse import SSEError, connect_sse
from pydantic import BaseModel, TypeAdapter, ValidationError

from boxoffice.core.facts import Head
from boxoffice.core.wire.after_sale import OrderLook, RefundAsk, RenameAsk, TransferAsk, VoidAsk
from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest
from boxoffice.core.wire.feed import FeedAnswer, WakeEvent
from boxoffice.core.wire.help import HelpAnswer, HelpRequest, TicketsLink
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest
from boxoffice.core.wire.lost import HistoryAnswer, KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.core.wire.orders_elsewhere import OrdersAnswer
from boxoffice.core.wire.pairing import EventBody, EventSummary, KeyAnswer, PairAnswer, PairRequest
from boxoffice.core.wire.parked import ParkedAnswer, ParkedCart, ParkedRequest
from boxoffice.core.wire.preflight import PreflightAnswer, PreflightAsk
from boxoffice.core.wire.problems import ProblemDecision, ProblemsAnswer
from boxoffice.core.wire.protocol import BUSY, GENERATION, KEY, READS, UNSENT, VERSION
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer, PushRequest
from boxoffice.core.wire.reports import ReportAsk, ReportMailed
from boxoffice.core.wire.staff import StaffAnswer
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk
from boxoffice.till.net.versions import installed_version
from boxoffice.till.usecases.ports import HubBusy, HubRefused, StoppedByOrganizer, Unreachable

M = TypeVar("M", bound=BaseModel)

_TIMEOUT: Final = httpx.Timeout(10.0, connect=4.0)
_SILENCE_S: Final = 45.0
"""The wake-up stream pings more often than this; longer silence is a dead line."""
_LONGEST_WAIT_S: Final = 300
_EVENTS: Final = TypeAdapter(list[EventSummary])


class HubClient:
    """One till's line to its hub."""

    def __init__(self, hub_url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=hub_url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT,
            transport=transport,
        )

    def events(self) -> Sequence[EventSummary]:
        return _EVENTS.validate_python(_ask(self._http, "GET", "/api/till/events"))

    def event(self, event_id: str) -> EventBody:
        return self._get(EventBody, f"/api/till/events/{event_id}")

    def push(self, request: PushRequest, unsent: int) -> PushAnswer:
        return self._post(PushAnswer, "/api/till/facts", request, {UNSENT: str(unsent)})

    def feed(self, after: int, event_id: str | None, unsent: int, key_id: str) -> FeedAnswer:
        query = {"after": str(after)} | ({"event_id": event_id} if event_id else {})
        told = {UNSENT: str(unsent), READS: str(GENERATION), KEY: key_id, VERSION: installed_version()}
        return self._get(FeedAnswer, "/api/till/feed", query, told)

    def orders(self, event_id: str, after: str, most: int) -> OrdersAnswer:
        query = {"event_id": event_id, "after": after, "most": str(most)}
        return self._get(OrdersAnswer, "/api/till/orders", query)

    def head(self, unsent: int) -> HeadAnswer:
        return self._get(HeadAnswer, "/api/till/head", headers={UNSENT: str(unsent)})

    def known(self, request: KnownRequest) -> KnownAnswer:
        return self._post(KnownAnswer, "/api/till/known", request)

    def tell_again(self, request: TellAgainRequest) -> PushAnswer:
        return self._post(PushAnswer, "/api/till/told", request)

    def history(self, head: Head, after: int) -> HistoryAnswer:
        query = {"epoch": str(head.epoch), "seq": str(head.seq), "hash": head.hash, "after": str(after)}
        return self._get(HistoryAnswer, "/api/till/history", query, {READS: str(GENERATION)})

    def key(self) -> KeyAnswer:
        return self._get(KeyAnswer, "/api/till/key")

    def staff(self) -> StaffAnswer:
        return self._get(StaffAnswer, "/api/till/staff")

    def problems(self) -> ProblemsAnswer:
        return self._get(ProblemsAnswer, "/api/till/problems")

    def decide(self, problem_id: str, decision: ProblemDecision) -> ProblemsAnswer:
        return self._post(ProblemsAnswer, f"/api/till/problems/{problem_id}", decision)

    def lease(self, request: LeaseRequest) -> LeaseAnswer:
        return self._post(LeaseAnswer, "/api/till/leases", request)

    def ask_card(self, ask: CardAsk) -> CardAnswer:
        return self._post(CardAnswer, "/api/till/gift-cards", ask)

    def preflight(self, ask: PreflightAsk) -> PreflightAnswer:
        return self._post(PreflightAnswer, "/api/till/preflight", ask)

    def open_checkout(self, request: CheckoutRequest) -> CheckoutAnswer:
        return self._post(CheckoutAnswer, "/api/till/checkouts", request)

    def checkout(self, tender_id: str) -> CheckoutAnswer:
        return self._get(CheckoutAnswer, f"/api/till/checkouts/{tender_id}")

    def cancel_checkout(self, tender_id: str) -> CheckoutAnswer:
        return self._post(CheckoutAnswer, f"/api/till/checkouts/{tender_id}/cancel")

    def extend_checkout(self, tender_id: str) -> CheckoutAnswer:
        return self._post(CheckoutAnswer, f"/api/till/checkouts/{tender_id}/extend")

    def send_mail(self, request: MailRequest) -> MailAnswer:
        return self._post(MailAnswer, "/api/till/mails", request)

    def tell_parked(self, request: ParkedRequest) -> ParkedAnswer:
        return self._post(ParkedAnswer, "/api/till/parked", request)

    def take_parked(self, event_id: str, cart_id: str) -> ParkedCart:
        query = urlencode({"event_id": event_id})
        return self._post(ParkedCart, f"/api/till/parked/{quote(cart_id, safe='')}?{query}")

    def call_help(self, request: HelpRequest) -> HelpAnswer:
        return self._post(HelpAnswer, "/api/till/help", request)

    def answer_help(self, call_id: str) -> HelpAnswer:
        return self._post(HelpAnswer, f"/api/till/help/{quote(call_id, safe='')}/answer")

    def tickets_link(self, order_id: str) -> TicketsLink:
        return self._get(TicketsLink, f"/api/till/orders/{quote(order_id, safe='')}/tickets")

    def look_at_order(self, order_id: str) -> OrderLook:
        return self._get(OrderLook, f"/api/till/orders/{order_id}")

    def rename(self, order_id: str, ask: RenameAsk) -> OrderLook:
        return self._post(OrderLook, f"/api/till/orders/{order_id}/name", ask)

    def transfer(self, order_id: str, ask: TransferAsk) -> OrderLook:
        return self._post(OrderLook, f"/api/till/orders/{order_id}/transfers", ask)

    def ask_void(self, order_id: str, ask: VoidAsk) -> OrderLook:
        return self._post(OrderLook, f"/api/till/orders/{order_id}/voids", ask)

    def mail_report(self, shift_id: str, ask: ReportAsk) -> ReportMailed:
        return self._post(ReportMailed, f"/api/till/shifts/{shift_id}/mails", ask)

    def ask_refund(self, order_id: str, ask: RefundAsk) -> OrderLook:
        return self._post(OrderLook, f"/api/till/orders/{order_id}/refunds", ask)

    def wake(self) -> Iterator[WakeEvent]:
        timeout = httpx.Timeout(_SILENCE_S, connect=4.0)
        try:
            with connect_sse(self._http, "GET", "/api/till/wake", timeout=timeout) as stream:
                _check(stream.response)
                for event in stream.iter_sse():
                    yield WakeEvent.model_validate_json(event.data)
        except (httpx.HTTPError, SSEError, ValidationError) as error:
            raise _unreachable() from error
        raise _unreachable()

    def close(self) -> None:
        self._http.close()

    def _get(
        self, kind: type[M], path: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> M:
        return _read(kind, _ask(self._http, "GET", path, params=query, headers=headers))

    def _post(
        self, kind: type[M], path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> M:
        sent = None if body is None else body.model_dump(mode="json")
        return _read(kind, _ask(self._http, "POST", path, json=sent, headers=headers))


def pair_with(hub_url: str, request: PairRequest) -> PairAnswer:
    """Pairs a till by its one-time code.

    Raises:
        Unreachable: if no hub answers there.
        HubRefused: if the code is not good.
    """
    try:
        with httpx.Client(base_url=hub_url.rstrip("/"), timeout=_TIMEOUT) as http:
            return _read(PairAnswer, _ask(http, "POST", "/api/till/pair", json=request.model_dump(mode="json")))
    except Unreachable as error:
        raise Unreachable(
            f"No hub answers at “{hub_url}”.",
            "Nothing was changed, and the code still works.",
            "Check the hub's address and this computer's network, then pair again.",
        ) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise Unreachable(
            f"“{hub_url}” is not an address.", "Nothing was changed.", "Check the hub's address."
        ) from error


def _ask(http: httpx.Client, method: str, path: str, **rest: Any) -> Any:
    try:
        response = http.request(method, path, **rest)
    except httpx.UnsupportedProtocol:
        raise
    except httpx.HTTPError as error:
        raise _unreachable() from error
    _check(response)
    try:
        return response.json()
    except ValueError as error:
        raise _unreachable() from error


def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    response.read()
    if stopped := _member(response, "stopped"):
        raise StoppedByOrganizer(stopped)
    if _member(response, "type") == BUSY:
        wait = response.headers.get("Retry-After", "")
        wait_s = int(wait) if wait.isascii() and wait.isdigit() else 1
        raise HubBusy(_text(response), min(wait_s, _LONGEST_WAIT_S))
    if response.status_code >= 500 or response.status_code == 429:
        raise _unreachable(_text(response))
    words = _text(response) or f"The hub answered {response.status_code}."
    raise HubRefused(response.status_code, words, _member(response, "type"))


def _member(response: httpx.Response, name: str) -> str:
    """Returns a member of a problem document that is a text, or nothing."""
    try:
        value = response.json().get(name)
    except (ValueError, AttributeError):
        return ""
    return value if isinstance(value, str) else ""


def _text(response: httpx.Response) -> str:
    """Returns the problem document's words, with its details."""
    try:
        body = response.json()
        details = "; ".join(f"{part['place']}: {part['message']}" for part in body.get("details", ()))
        return f"{body['error']} {details}".strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _read(kind: type[M], body: Any) -> M:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise _unreachable("Something answers there, but it is not a hub that this till understands.") from error


def _unreachable(what: str = "") -> Unreachable:
    return Unreachable(
        what or "The hub can't be reached.", "Everything is saved on this till.", "It is tried again by itself."
    )
