"""What a till has yet to send: told to the hub with every push and pull, also while no push gets through."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxoffice.core.facts import GENESIS
from boxoffice.core.wire.feed import FeedAnswer
from boxoffice.core.wire.pairing import EventBody
from boxoffice.core.wire.protocol import BUSY, UNSENT
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.usecases.ports import HubBusy, Unreachable
from boxoffice.till.usecases.syncing import BATCH, Sync
from tests.integration.till.kit import TillOnDisk, cart, mending, no_key, usd


class HubThatHears:
    """Takes all facts, and remembers what was said beside them."""

    def __init__(self, event: EventBody) -> None:
        self.event = event
        self.heard: list[tuple[str, int]] = []
        self.is_broken = False
        self.is_busy = False
        self.breaks = 0
        self.client = HubClient("http://hub", "token", httpx.MockTransport(self._answer))

    def call(self, ask: Callable[[Any], Any]) -> Any:
        return ask(self.client)

    def note_time(self, hub_time: str) -> None: ...

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if UNSENT in request.headers:
            self.heard.append((request.url.path.rsplit("/", 1)[-1], int(request.headers[UNSENT])))
        if self.is_busy and request.method == "POST":
            return httpx.Response(503, headers={"Retry-After": "7"}, json={"type": BUSY, "error": "Busy."})
        if self.is_broken and request.method == "POST":
            return httpx.Response(500)
        if "/events/" in request.url.path:
            return self._json(self.event)
        if request.url.path.endswith("/head"):
            return self._json(HeadAnswer(epoch=1, seq=0, hash=GENESIS))
        if request.method == "GET":
            return self._json(FeedAnswer(cursor=0, entries=(), more=False, hub_time="2026-05-15T21:14:00Z"))
        last = json.loads(request.content)["facts"][-1]
        return self._json(PushAnswer(epoch=last["epoch"], acknowledged_seq=last["seq"], acknowledged_hash=last["hash"]))

    def _json(self, answer: PushAnswer | FeedAnswer | HeadAnswer | EventBody) -> httpx.Response:
        return httpx.Response(200, json=answer.model_dump(mode="json"))


@pytest.fixture
def till(tmp_path: Path) -> Iterator[TillOnDisk]:
    till = TillOnDisk(tmp_path)
    till.grant_all(60)
    yield till
    till.close()


@pytest.fixture
def hub(till: TillOnDisk) -> Iterator[HubThatHears]:
    hub = HubThatHears(till.event_body())
    yield hub
    hub.client.close()


def syncing(till: TillOnDisk, hub: HubThatHears) -> Sync:
    link: Any = hub  # of a link it needs these alone
    return Sync(till.context, link, no_key(), mending(till, link))


def test_a_till_says_how_much_it_has_to_send_and_then_that_it_is_done(till: TillOnDisk, hub: HubThatHears) -> None:
    while syncing(till, hub).unsent_count() <= BATCH:
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    unsent = syncing(till, hub).unsent_count()
    sync = syncing(till, hub)

    sync.push()
    sync.pull()

    assert hub.heard == [("facts", unsent), ("facts", unsent - BATCH), ("feed", 0)]


def test_it_says_so_also_while_no_push_gets_through(till: TillOnDisk, hub: HubThatHears) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    sync = syncing(till, hub)
    hub.is_broken = True

    with pytest.raises(Unreachable):
        sync.everything()

    assert hub.heard == [("head", sync.unsent_count()), ("facts", sync.unsent_count())]


def test_a_till_that_is_asked_to_wait_does_so_and_hears_the_hub_meanwhile(
    till: TillOnDisk, hub: HubThatHears, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    sync, passed_s = syncing(till, hub), [100.0]
    monkeypatch.setattr(type(till.context.clock), "monotonic", lambda _: passed_s[0])
    hub.is_busy = True

    with pytest.raises(HubBusy):
        sync.push()
    hub.is_busy, hub.heard = False, []
    passed_s[0] += 6
    with pytest.raises(HubBusy):
        sync.push()
    sync.pull()
    assert [what for what, _ in hub.heard] == ["feed"]
    passed_s[0] += 2
    sync.push()

    assert sync.unsent_count() == 0
