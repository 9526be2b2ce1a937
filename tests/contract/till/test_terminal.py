"""What Stripe Terminal owes the till: the fake, and the till's own client against the sandbox."""

import time
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from boxoffice.core.terminal import IntentStatus
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.net import stripe_terminal
from boxoffice.till.net.stripe_terminal import StripeTerminal
from boxoffice.till.usecases.ports import Unreachable
from tests.contract.till.terminal_contract import AMOUNT, TerminalContract
from tests.fakes.terminal import FakeStripe, FakeTerminal


class TestFakeTerminal(TerminalContract):
    @pytest.fixture
    def door(self) -> FakeStripe:
        return FakeStripe()

    @pytest.fixture
    def terminal(self, door: FakeStripe) -> FakeTerminal:
        return FakeTerminal(door)

    @pytest.fixture
    def stranger(self) -> FakeTerminal:
        return FakeTerminal(key="nonsense")

    @pytest.fixture
    def cut_off(self) -> FakeTerminal:
        return FakeTerminal(FakeStripe(is_down=True))


SOMEBODY: Final = {"Authorization": "Bearer sk_test_any"}


class SandboxDoor:
    """The sandbox's first reader, told over its control paths."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._url = f"{sandbox.base_url}/control"
        httpx.post(f"{self._url}/reset").raise_for_status()
        listed = httpx.get(f"{sandbox.base_url}/v1/terminal/readers", headers=SOMEBODY).json()["data"]
        self._reader: str = listed[0]["id"]

    def present(self) -> None:
        self.act(do="present")

    def present_slowly(self) -> None:
        self.act(do="present", authorise_s=60)

    def decline(self, code: str) -> None:
        self.act(do="decline", decline_code=code)

    def cancel_on_reader(self) -> None:
        self.act(do="cancel")

    def lose_connection(self) -> None:
        self.act(do="connection_error", paid=True)

    def die(self) -> None:
        self.act(do="die", paid=True)

    def be_busy(self) -> None:
        self.act(do="busy")

    def go_offline(self) -> None:
        self.act(do="offline")

    def time_out(self, *, is_received: bool) -> None:
        self.act(do="timeout", received=is_received)

    def act(self, **what: object) -> None:
        httpx.post(f"{self._url}/readers/{self._reader}", json=what).raise_for_status()

    def fault(self, match: str, kind: str, times: int | None = None) -> None:
        rule = {"match": match, "kind": kind, "times": times, "delay_s": 0}
        httpx.post(f"{self._url}/faults", json=rule).raise_for_status()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


class TestStripeTerminal(TerminalContract):
    @pytest.fixture(autouse=True)
    def hurry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Leaves out the pauses between tries."""
        monkeypatch.setattr(stripe_terminal, "_PAUSE_S", 0)

    @pytest.fixture
    def door(self, sandbox: Sandbox) -> SandboxDoor:
        return SandboxDoor(sandbox)

    @pytest.fixture
    def terminal(self, sandbox: Sandbox, door: SandboxDoor) -> Iterator[StripeTerminal]:
        yield from opened(sandbox.base_url, "rk_test_till_1")

    @pytest.fixture
    def stranger(self, sandbox: Sandbox, door: SandboxDoor) -> Iterator[StripeTerminal]:
        yield from opened(sandbox.base_url, "nonsense")

    @pytest.fixture
    def cut_off(self) -> Iterator[StripeTerminal]:
        yield from opened("http://127.0.0.1:9", "rk_test_till_1")

    def test_a_lost_answer_makes_one_intent(
        self, sandbox: Sandbox, terminal: StripeTerminal, door: SandboxDoor
    ) -> None:
        door.fault("POST /v1/payment_intents", "timeout_after_success", 1)

        terminal.create_intent("key-1", AMOUNT, {})

        listed = httpx.get(f"{sandbox.base_url}/v1/payment_intents", headers=SOMEBODY).json()["data"]
        assert len(listed) == 1

    @pytest.mark.parametrize("kind", ["error_500", "error_503", "rate_limit", "lock_timeout", "drop_before_work"])
    def test_trouble_that_passes_is_not_noticed(
        self, terminal: StripeTerminal, reader: str, door: SandboxDoor, kind: str
    ) -> None:
        door.fault("* /v1/*", kind, 2)

        assert terminal.readers()[0].id == reader

    @pytest.mark.parametrize("kind", ["error_500", "error_503", "rate_limit", "lock_timeout", "drop_before_work"])
    def test_trouble_that_stays_is_out_of_reach(
        self, terminal: StripeTerminal, reader: str, door: SandboxDoor, kind: str
    ) -> None:
        door.fault("* /v1/*", kind)

        with pytest.raises(Unreachable):
            terminal.readers()

    def test_a_reader_that_acts_by_itself_needs_nobody(self, terminal: StripeTerminal, door: SandboxDoor) -> None:
        door.act(auto="approve", delay_s=0.05)
        intent = terminal.create_intent("key-1", AMOUNT, {})
        terminal.process(terminal.readers()[0].id, intent.id)

        deadline = time.monotonic() + 150
        while terminal.intent(intent.id).status is not IntentStatus.SUCCEEDED:
            assert time.monotonic() < deadline


def opened(*whereto: Any) -> Iterator[StripeTerminal]:
    terminal = StripeTerminal(*whereto)
    yield terminal
    terminal.close()
