"""The till's wall clock is set while it works: it goes on with the hub at its pace, and what is being paid ends."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.stack import Stack, post
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.paying import Progress, TenderPaid
from boxoffice.till.usecases.till import Till
from sync.ledger.verify import verify
from tests.clocks import settable_wall_clock

pytestmark = [pytest.mark.enable_socket]
JUMPS = [timedelta(days=-3), timedelta(days=-366), timedelta(days=400)]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    return settable_wall_clock(monkeypatch)


@pytest.fixture
def till(stack: Stack, tmp_path: Path) -> Iterator[Till]:
    settings = Settings(
        data_dir=tmp_path, documents_dir=tmp_path / "docs", vault="file", vault_passphrase=SecretStr("correct horse")
    )
    it = build_till(settings)
    it.open()
    it.pair(stack.addresses.hub_url, stack.pairing_code())
    it.choose_event(it.events()[0].id)
    yield it
    it.close()


def eventually(look: Callable[[], object]) -> None:
    pause, ends = Event(), monotonic() + 150
    while not look():
        assert monotonic() < ends
        pause.wait(0.1)


def at_the_hub(stack: Stack, order_id: OrderId) -> str | None:
    with stack.database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT status FROM orders WHERE id = %s", (order_id,)).scalar()
    return None if found is None else str(found)


@pytest.mark.parametrize("jump", JUMPS)
def test_a_code_that_is_being_paid_ends_and_reaches_the_hub(
    stack: Stack, till: Till, set_clock: Callable[[timedelta], None], jump: timedelta
) -> None:
    order = till.place(Cart((CartLine(ProductId("friday-pass"), 1),)))
    shown, links = Event(), []

    def report(progress: Progress) -> None:
        if progress.link:
            links.append((progress.link, progress.seconds_left))
            shown.set()

    with ThreadPoolExecutor(1) as seller:
        paying = seller.submit(till.pay_by_phone, order.id, order.due, report)
        try:
            assert shown.wait(150)
            set_clock(jump)
            link, seconds_left = links[0]
            session = httpx.get(link, follow_redirects=True).url.path.rpartition("/")[2]
            checkout = f"{stack.addresses.sandbox_url}/control/checkout_sessions/{session}"
            post(f"{checkout}/pay", {"email": "c@e.org", "name": "C"})
            outcome = paying.result(timeout=150)
        finally:  # or the pool would wait for it for ever
            till.cancel_payment(order.id)

    assert isinstance(outcome, TenderPaid)
    assert seconds_left is not None
    assert 0 < seconds_left <= 15 * 60
    eventually(lambda: at_the_hub(stack, order.id) == "completed")
    eventually(lambda: till.services.sync.unsent_count() == 0)
    assert verify(stack.database).problem is None
