"""The contract's outside, around a real till over its real file, with the real hub and its providers' stand-in."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import func, select, text

from boxoffice.core.effect_kinds import Announcement, FeedKind
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.demo.drive import add_readers
from boxoffice.demo.stack import STRIPE_KEY, Stack, post, sample_event
from boxoffice.demo.tills import MemoryVault
from boxoffice.documents.model import Paper
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import HandOver, Ready
from boxoffice.till.usecases.ports import Hub, Unreachable
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.till_services import Environment
from sync.config import Settings
from sync.inventory.events import load_event
from sync.inventory.reclaiming import reclaim
from sync.ledger.hub import Hub as RealHub
from sync.payments.giving_back import NewOrderRefund
from sync.payments.refunds import Refunds
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import new_id
from sync.tills.pairing import revoke
from tests.contract.gateway.outside import Outside
from tests.fakes.printer import FakePrinter

_SHRINK = text("UPDATE pools SET capacity = capacity - available + :left, available = :left WHERE id = :pool")


class SkippingClock:
    """The computer's own, which a test can move on."""

    def __init__(self) -> None:
        self.skipped_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped_s


class Cable(HttpConnections):
    """The way to the hub, which can be cut."""

    is_cut = False

    def hub(self, hub_url: str, token: str) -> Hub:
        return _Cut(self, super().hub(hub_url, token))


class _Cut:
    def __init__(self, cable: Cable, hub: Hub) -> None:
        self._cable, self._hub = cable, hub

    def close(self) -> None:
        self._hub.close()

    def __getattr__(self, name: str) -> Any:
        if self._cable.is_cut:
            raise Unreachable("The hub can't be reached.", "Nothing was changed.", "")
        return getattr(self._hub, name)


class RealOutside(Outside):
    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack, self.cable, self.clock = stack, Cable(), SkippingClock()
        self.printer = FakePrinter("Receipt printer")
        self._sandbox = stack.addresses.sandbox_url
        self._environment = Environment(
            folder=folder,
            documents=folder / "documents",
            paper=Paper.LETTER,
            vault=MemoryVault(),
            connections=self.cable,
            printer=self.printer,
            clock=self.clock,
            hub_url=stack.addresses.hub_url,
        )
        self.real = Till(self._environment)
        self.real.open()
        self.real.pair(stack.addresses.hub_url, stack.pairing_code())
        ready = self.real.choose_event(self.real.events()[0].id)
        self.reader = add_readers(self._sandbox, STRIPE_KEY, 1)[0]
        self.real.choose_reader(self.reader)
        super().__init__(self.real, ready.catalogue, ready.status)

    def worry(self) -> None:
        mine = str(self.real.services.context.device.id)
        with self.stack.database.transaction() as connection:
            words = "2 of friday came back that were not on lease"
            self._hub().raise_exception(connection, "lease_does_not_fit", words, device_id=mine)

    def at_reader(self, what: str) -> None:
        reader = f"{self._sandbox}/control/readers/{self.reader}"
        match what:
            case "lose" | "drop":
                post(f"{self._sandbox}/control/faults", [{"match": "* /v1/*", "kind": "error_503"}])
                if what == "lose":
                    post(reader, {"do": "present"})
                self.clock.skipped_s += 60
            case _:
                post(reader, {"do": what})

    def at_phone(self, what: str, order_id: OrderId, link: str) -> None:
        match what:
            case "cancel":
                self.till.cancel_payment(order_id)
            case "leave":
                self._left_link = link
                self.till.stop_waiting(order_id)
            case _:
                session = httpx.get(link, follow_redirects=True).url.path.rpartition("/")[2]
                post(f"{self._sandbox}/control/checkout_sessions/{session}/{what}", {"card": "4242424242424242"})

    def answers_come(self) -> None:
        post(f"{self._sandbox}/control/faults", [])

    def cut(self) -> None:
        self.cable.is_cut = True
        self.hear()

    def mend(self) -> None:
        self.cable.is_cut = False
        self.hear()

    def leave_elsewhere(self, product: str, left: int) -> None:
        d, mine = t.devices.c, self.real.services.context.device.id
        with self.stack.database.reading() as connection:
            others = connection.scalars(select(d.id).where(d.kind == "till", d.id != mine)).all()
        for other in others:  # tills of tests before
            reclaim(self._hub(), other, "test")
        for pool in self.catalogue.products_by_id[ProductId(product)].uses:
            with self.stack.database.transaction() as connection:
                connection.execute(_SHRINK, {"left": left, "pool": pool})
                feed.tell(connection, [Announcement(FeedKind.POOLS, self.catalogue.id)])

    def end_sale(self, product: str) -> None:
        event = sample_event()
        ends = {"sale_ends": (datetime.now(UTC) - timedelta(days=2)).date().isoformat()}
        products = [{**each, **(ends if each["id"] == product else {})} for each in event["products"]]
        load_event(self._hub(), {**event, "products": products})
        self.until(lambda: self.status.off_sale_of(ProductId(product)) is not None)

    def refund(self, order: Order) -> None:
        self.until(lambda: self.till.order(order.id).is_synced)
        (tender,) = order.tenders
        with self.stack.database.transaction() as connection:
            organizer = connection.execute(select(func.min(t.organizers.c.id))).scalar_one()
        new = NewOrderRefund(new_id(), order.id, tender.id, order.total.minor, [(0, 0)], "Ill", str(organizer))
        Refunds(self._hub(), {}).request(new)

    def revoke(self) -> None:
        with self.stack.database.transaction() as connection:
            revoke(connection, str(self.real.services.context.device.id))
        self.until(lambda: any(isinstance(each, HandOver) for each in self.news))

    def lose_power(self) -> None:
        self.real.close()
        state = self.real.open()
        assert isinstance(state, Ready)

    def hear(self) -> None:
        self.real.sync_now()

    def _hub(self) -> RealHub:
        a = self.stack.addresses
        settings = Settings(postgres_url=SecretStr(a.postgres_url), hub_master_key=SecretStr(self.stack.master_key))
        return RealHub.open(settings, self.stack.database, a.hub_url, "contract")
