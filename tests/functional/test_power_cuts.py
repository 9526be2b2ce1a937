"""The till's process is killed (SIGKILL) in the middle of each kind of payment, and started again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.core.orders import OrderState
from boxoffice.demo.command import drain
from boxoffice.demo.drive import add_readers
from boxoffice.demo.stack import STRIPE_KEY, Stack, post
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.paying import TenderPaid, TenderRefused
from boxoffice.till.usecases.gateway.standing import Ready
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub


class Victim:
    """A paired till in its own process."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._settings = Settings(
            data_dir=folder, documents_dir=folder / "docs", vault="file", vault_passphrase=SecretStr("correct horse")
        )
        self.sandbox = stack.addresses.sandbox_url
        self.reader = add_readers(self.sandbox, STRIPE_KEY, 1)[0]
        till = build_till(self._settings)
        till.open()
        till.pair(stack.addresses.hub_url, stack.pairing_code())
        till.choose_event(till.events()[0].id)
        till.choose_reader(self.reader)
        till.close()

    @contextmanager
    def running(self, what: str) -> "Iterator[subprocess.Popen[str]]":
        """Runs until the block ends, which kills it."""
        environment = {
            **os.environ,
            "BOXOFFICE_DATA_DIR": str(self._settings.data_dir),
            "BOXOFFICE_VAULT": "file",
            "BOXOFFICE_VAULT_PASSPHRASE": "correct horse",
        }
        command = [sys.executable, "-m", "tests.functional.till_process", what]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            try:
                yield process
            finally:
                process.kill()

    def restarted(self) -> tuple[Till, Ready]:
        till = build_till(self._settings)
        state = till.open()
        assert isinstance(state, Ready)
        return till, state

    def act(self, **what: Any) -> None:
        post(f"{self.sandbox}/control/readers/{self.reader}", what)


def line(process: "subprocess.Popen[str]", start: str) -> str:
    assert process.stdout is not None
    for each in process.stdout:
        if each.startswith(start):
            return each.split()[-1]
    raise AssertionError(f"it ended without “{start}”")


@pytest.fixture
def victim(stack: Stack, tmp_path: Path) -> Victim:
    return Victim(stack, tmp_path / "till")


@contextmanager
def restart(victim: Victim, stack: Stack) -> Iterator[tuple[Till, Ready]]:
    """Starts the till again; at the end, both programs must prove their books."""
    till, state = victim.restarted()
    try:
        yield till, state
        drain([till])
        assert verify_till(till.store, till.public_key).problem is None
        assert verify_hub(stack.database).problem is None
    finally:
        till.close()


def charged(victim: Victim, order_id: str) -> int:
    """Returns how many payments of the order Stripe has charged."""
    headers = {"Authorization": f"Bearer {STRIPE_KEY}"}
    found = httpx.get(f"{victim.sandbox}/v1/payment_intents", params={"limit": 100}, headers=headers).json()["data"]
    return sum(each["status"] == "succeeded" and each["metadata"].get("order_id") == order_id for each in found)


def test_every_sale_that_was_told_is_there_after_the_power_is_cut(stack: Stack, victim: Victim) -> None:
    with victim.running("cash") as process:
        told = [line(process, "sold") for _ in range(25)]

    with restart(victim, stack) as (till, _):
        assert all(till.find_orders(number, 20).orders[0].is_paid for number in told)


def test_a_card_that_was_not_presented_is_not_charged_after_the_power_is_cut(stack: Stack, victim: Victim) -> None:
    with victim.running("card") as process:
        line(process, "progress")

    with restart(victim, stack) as (till, state):
        (unknown,) = state.unknown
        outcome = till.check_again(unknown.id)
        till.sync_now()

        assert isinstance(outcome, TenderRefused)
        assert charged(victim, unknown.order.id) == 0
        assert till.order(unknown.order.id).state is OrderState.FAILED


def test_a_card_that_was_charged_while_the_power_was_cut_is_paid_once(stack: Stack, victim: Victim) -> None:
    with victim.running("card") as process:
        line(process, "progress")
    victim.act(do="present")

    with restart(victim, stack) as (till, state):
        (unknown,) = state.unknown
        outcome = till.check_again(unknown.id)

        assert isinstance(outcome, TenderPaid)
        assert till.order(unknown.order.id).state is OrderState.COMPLETED
        assert charged(victim, unknown.order.id) == 1


def test_a_code_that_was_paid_while_the_till_was_dead_has_its_tickets(stack: Stack, victim: Victim) -> None:
    with victim.running("phone") as process:
        link = line(process, "link")
    page = httpx.get(link, follow_redirects=True)
    session = page.url.path.rpartition("/")[2]
    post(f"{victim.sandbox}/control/checkout_sessions/{session}/pay", {"card": "4242424242424242", "wait": True})

    with restart(victim, stack) as (till, _):
        drain([till])
        order = till.find_orders("", 20).orders[0]

        assert order.is_paid
        assert len(till.services.papers.of(order.id)[1]) == 1


def test_a_code_that_nobody_paid_can_be_checked_and_ends_by_itself(stack: Stack, victim: Victim) -> None:
    with victim.running("phone") as process:
        link = line(process, "link")
    session = httpx.get(link, follow_redirects=True).url.path.rpartition("/")[2]

    with restart(victim, stack) as (till, state):
        (unknown,) = state.unknown
        post(f"{victim.sandbox}/control/checkout_sessions/{session}/expire", {})
        drain([till])
        till.sync_now()

        assert till.order(unknown.order.id).paid.minor == 0
        assert till.order(unknown.order.id).state is OrderState.FAILED
