"""The world of a run: hub, tills, provider and people, and the steps that people take."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.rights import NeedsApproval
from boxoffice.till.usecases.gateway.paying import OnProgress, Progress
from boxoffice.till.usecases.till import Till
from sync.config import Settings
from sync.inventory.events import load_event
from sync.inventory.reclaiming import reclaim
from sync.mail.mails import ComposedMail
from sync.store import feed
from sync.tills.pairing import create_code
from tests.simulation.buyers import Buyers
from tests.simulation.chaos import Chaos
from tests.simulation.counter import Counter
from tests.simulation.door import LAST, Door
from tests.simulation.draws import Stream
from tests.simulation.event import PRODUCTS, PROMO, event_file, sold_in
from tests.simulation.hub_process import PERIODIC, HubProcess
from tests.simulation.kiosk import Kiosks
from tests.simulation.line import Cable
from tests.simulation.options import Fault, Options, Rule
from tests.simulation.organizers import Organizers
from tests.simulation.provider import Provider
from tests.simulation.scheduler import Scheduler
from tests.simulation.stage import Image, on_virtual_time
from tests.simulation.till_process import TillProcess
from tests.simulation.visitors import Visitors

USD: Final = Currency("USD")
IMAGE_EACH: Final = 8
"""After so many steps the hub's database is copied, where it may be put back."""


@dataclass
class World:
    """All that a run has; `step` lets somebody do something."""

    options: Options
    scheduler: Scheduler
    chaos: Chaos
    provider: Provider
    hub: HubProcess
    image: Image
    tills: list[TillProcess]
    twins: list[TillProcess] = field(default_factory=list)
    """Copies of tills that are at work beside them."""

    def __post_init__(self) -> None:
        self.buyers = Buyers(self.chaos, self.hub, self.cart, self._customer_pays)
        self.organizers = Organizers(self.chaos, self.hub, self.options.capacity)
        self.door = Door(self.chaos, self.hub, self.cart, self._look)
        self.counter = Counter(self.chaos, self.cart, self._look, PROMO)
        self.visitors = Visitors(self.chaos, self.cart, self._look, self.door.one_of_ours)
        self.kiosks = Kiosks(self.chaos, self.cart, self._look, self.door.pins)

    @classmethod
    def built(
        cls, options: Options, scheduler: Scheduler, patch: pytest.MonkeyPatch, image: Image, folder: Path
    ) -> "World":
        """Returns a world that is paired and loaded, before anything goes wrong."""
        chaos = Chaos(options, scheduler, is_over=True)
        provider = Provider(chaos)
        url = image.url
        settings = Settings(
            postgres_url=SecretStr(url),
            hub_master_key=SecretStr("ab" * 32),
            stripe_till_key=SecretStr("rk_test_till"),
            stripe_secret_key=SecretStr("sk_test_sim"),
            free_places_per_buyer=1_000,
            hub_facts_dir=str(folder / "log"),
        )
        hub = HubProcess(settings, chaos, provider, url, on_virtual_time)
        provider.deliver = hub.deliver
        load_event(hub.hub, event_file(options.capacity, **sold_in(options)))
        world = cls(options, scheduler, chaos, provider, hub, image, [])
        for number in range(1, options.tills + 1):
            name = f"till-{number}"
            (folder / name).mkdir()
            with hub.database.transaction() as connection:
                code = create_code(connection, name)
            process = TillProcess(name, folder / name, Cable(name, hub), provider, chaos, patch)
            process.on_copy = world._copy
            world.tills.append(process)
            process.start(code)
        patch.setattr(feed, "wake", world._wake)
        patch.setattr(ComposedMail, "attachments", lambda _: {})  # drawing them is slow, and tested elsewhere
        scheduler.spawn("hub works", world._work)
        for name, every_s in PERIODIC.items():
            scheduler.spawn(f"hub: {name}", partial(world._periodic, name, every_s))
        scheduler.spawn("readers", world._readers)
        scheduler.spawn("refunds end", world._refunds)
        scheduler.run(scheduler.now + 1)
        chaos.is_over = False
        return world

    @property
    def everybody(self) -> list[TillProcess]:
        return [*self.tills, *self.twins]

    def _copy(self, process: TillProcess) -> None:
        """Copies a till with all that lies in its folder and its keyring: both go on."""
        name = f"{process.name}'"
        folder = process.folder.with_name(name)
        folder.mkdir()
        twin = TillProcess(name, folder, Cable(name, self.hub), self.provider, self.chaos, process.patch)
        shutil.copytree(process.folder, folder, dirs_exist_ok=True)
        twin.vault = deepcopy(process.vault)
        twin.is_copied = process.is_copied = True
        self.twins.append(twin)
        self.scheduler.spawn(f"{name} starts", twin.start_again, twin, 30)

    def close(self) -> None:
        for till in self.everybody:
            if till.store is not None:
                till.store.drop()
        self.hub.database.close()

    # What goes on by itself.

    def _wake(self, _connection: object, _reason: str, _event: object, device: str, _tender: object = None) -> None:
        """Lets a till look at once, as it does when the hub wakes it: that is only sooner than it would by itself."""
        delay_s = self.scheduler.draws.of("wakes").between(0.05, 0.3)
        for till in self.everybody:
            if till.till is not None and till.till.services.context.device.id == device:
                self.scheduler.after(delay_s, till.wake)

    def _work(self) -> None:
        waited_s = 0.0
        while True:
            if self.hub.is_dirty or waited_s > 20:
                self.hub.work()
                waited_s = 0.0
            self.scheduler.sleep(1.0)
            waited_s += 1.0 / self.chaos.pace

    def _periodic(self, name: str, every_s: int) -> None:
        while True:
            self.scheduler.sleep(every_s * self.chaos.pace)
            self.hub.periodic(name)

    def _readers(self) -> None:
        own = self.scheduler.draws.of("cards")
        while True:
            self.scheduler.sleep(own.between(1, 6) * self.chaos.pace)
            for till in self.everybody:
                if till.name in self.provider.readers:
                    self.provider.at_reader(till.name)

    def _refunds(self) -> None:
        while True:
            self.scheduler.sleep(400)
            self.provider.end_refunds()

    # What people do, one step each.

    def step(self, number: int) -> None:
        """Somebody does something; then a while passes."""
        own = self.scheduler.draws.of(f"step {number}")
        rule = own.one_of(sorted(self.options.rules, key=lambda rule: rule.value))
        wait_s = own.between(0.5, 25)
        if Fault.HUB_RESTORED in self.options.faults and number % IMAGE_EACH == 0:
            self.hub.keep(self.image)
        if number not in self.options.skipped:
            self._clocks(own)
            if self.image.is_there and self.chaos.strikes(Fault.HUB_RESTORED, "hub", 0.2):
                self.hub.put_back(self.image)
            if self._act(rule, own):
                self.chaos.counts[f"tried: {rule.value}"] += 1
        self.scheduler.run(self.scheduler.now + wait_s)

    def _act(self, rule: Rule, own: Stream) -> bool:
        till = own.one_of(self.everybody)
        numbers = [own.number() for _ in range(4)]
        at_till: dict[Rule, Callable[[TillProcess, Till, list[float]], object]] = {
            Rule.CASH: self._cash,
            Rule.CARD: self._card,
            Rule.PHONE: self._phone,
            Rule.SPLIT: self._split,
            Rule.PARK: lambda _, t, numbers: t.place(self.cart(numbers)),
            Rule.GIVE_BACK: self._give_back,
            Rule.ROUNDING: self._cash,
            Rule.SHIFT: self.door.shift,
            Rule.SWAP: self.door.swap,
            Rule.REFUND_AT_DOOR: self.door.give_back,
            Rule.COLLECT: self.door.collect,
            Rule.GIFT_CARD: self.counter.gift_card,
            Rule.CODE_AT_TILL: self.counter.code,
            Rule.PARK_CART: self.counter.wait_or_go_on,
            Rule.REDUCED: self.visitors.reduced,
            Rule.TOGETHER: self.visitors.together,
            Rule.VOID: self.visitors.void,
            Rule.HAND_ON: self.visitors.hand_on,
            Rule.LET_IN: self.visitors.let_in,
            Rule.KIOSK: self.kiosks.serve,
        }
        if rule in at_till:
            self.at_till(till, rule.value, at_till[rule], numbers, [own.number() for _ in range(4)])
            return True
        acts: dict[Rule, Callable[[], object]] = {
            Rule.STAFF: lambda: self.organizers.does("staff", lambda: self.door.change_people(numbers)),
            Rule.WEB: lambda: self.buyers.comes(numbers),
            Rule.PROMO: lambda: self.buyers.comes(numbers, promo=PROMO),
            Rule.MAIL: lambda: self.buyers.comes(numbers, email="ana{}@example.org"),
            Rule.PAYPAL: lambda: self.buyers.comes(numbers, provider="paypal"),
            Rule.DISPUTE: lambda: self.provider.dispute(numbers),
            Rule.REFUND: lambda: self.organizers.does("refund", lambda: self.organizers.refund(numbers)),
            Rule.REVISE: lambda: self.organizers.does("revise", lambda: self.organizers.revise(numbers)),
            Rule.RECALL: lambda: self.organizers.does("recall", lambda: self.organizers.recall(till)),
            Rule.SEAT: lambda: self.organizers.does("seat elsewhere", lambda: self.organizers.seat(numbers)),
            Rule.RECLAIM: lambda: self.organizers.does("reclaim", lambda: self.organizers.reclaim(till, numbers)),
            Rule.CLOSE: lambda: till.do("close", lambda t: self._close(till, t)),
        }
        acts[rule]()
        return True

    def at_till(
        self,
        till: TillProcess,
        what: str,
        act: Callable[[TillProcess, Till, list[float]], object],
        numbers: list[float],
        sits: list[float],
    ) -> None:
        """Lets whoever sits at a till do something."""
        till.do(what, lambda t: self.door.act(till, t, sits, lambda: act(till, t, numbers)))

    def _clocks(self, own: Stream) -> None:
        till = own.one_of(self.tills)
        jump = own.between(-90_000, 90_000)
        if self.chaos.strikes(Fault.CLOCK_JUMPS, till.name, 0.3):
            till.clock.off_s = jump

    def cart(self, numbers: list[float]) -> Cart:
        product = PRODUCTS[int(numbers[0] * len(PRODUCTS))]
        return Cart((CartLine(ProductId(product), 1 + int(numbers[1] * 3)),))

    def _cash(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        order = till.sell_for_cash(self.cart(numbers), Money(1_000_000, USD))
        assert order.is_paid
        self.door.sold_by[str(order.id)] = till.services.context.operator.acting.staff_id
        self._shown(
            process, str(order.id), f"sells {order.lines[0].count} {order.lines[0].name} for {order.total} cash"
        )

    def _card(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        order = till.place(self.cart(numbers))
        if numbers[3] < 0.4:
            self.scheduler.spawn("impatient", lambda: self._cancel(process, order.id), process.life, 10 * numbers[2])
        till.pay_by_reader(order.id, order.due, lambda _: None)
        self._look(process, till, order.id, "by card")

    def _phone(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        order = till.place(self.cart(numbers))
        if numbers[3] < 0.2:
            self.scheduler.spawn("impatient", lambda: self._cancel(process, order.id), process.life, 8)
        elif numbers[3] < 0.4:
            self.scheduler.spawn("next please", lambda: self._stop(process, order.id), process.life, 8)
        till.pay_by_phone(order.id, order.due, self._code_shown(order.id, numbers[2]))
        self._look(process, till, order.id, "by phone")

    def _code_shown(self, order_id: OrderId, number: float) -> OnProgress:
        """Returns who looks at the screen: nobody pays by a code that was never on it."""
        seen: set[str] = set()

        def look(progress: Progress) -> None:
            if progress.link and not seen:
                seen.add(progress.link)
                self._customer_pays(number, str(order_id))

        return look

    def _cancel(self, process: TillProcess, order_id: OrderId) -> None:
        if process.till is not None:
            process.till.cancel_payment(order_id)

    def _stop(self, process: TillProcess, order_id: OrderId) -> None:
        if process.till is not None:
            process.till.stop_waiting(order_id)

    def _customer_pays(self, number: float, order_id: str) -> None:
        """Whoever has the page open pays there after a while, or never."""
        if number > 0.8:
            return

        def pay() -> None:
            for pages in (self.provider.sessions, self.provider.paypal):
                for key, new in list(pages.asked.items()):
                    if new.order_id == order_id and key in pages.by_key:
                        self.provider.pay(pages.by_key[key])

        self.scheduler.after(3 + 60 * number, pay)
        self.scheduler.after(30 + 400 * number, pay)

    def _split(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        order = till.place(self.cart(numbers))
        part = Money(order.due.minor // 2, USD)
        till.take_cash(order.id, part, part)
        if numbers[3] < 0.5:
            till.pay_by_phone(order.id, order.due - part, self._code_shown(order.id, numbers[2]))
        else:
            till.pay_by_reader(order.id, order.due - part, lambda _: None)
        self._look(process, till, order.id, "in two parts")

    def _give_back(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Takes up a sale that waits: its money goes back, or the rest is paid in cash."""
        parked = till.parked()
        if not parked:
            return
        order = parked[int(numbers[0] * len(parked))]
        if numbers[1] < 0.5:
            till.give_back(order.id, "changed their mind")
            self.chaos.counts["given back"] += 1
        else:
            till.take_cash(order.id, order.due, order.due)
            self._look(process, till, order.id, "the rest in cash")

    def _close(self, process: TillProcess, till: Till) -> None:
        """Ends the day's work, and begins it again a while later."""
        process.close(till)
        self.scheduler.spawn(f"{process.name} opens", process.start_again, process, 60)

    def _look(self, process: TillProcess, till: Till, order_id: OrderId, how: str) -> None:
        order = till.order(order_id)
        if order.state is OrderState.COMPLETED:
            self._shown(process, str(order_id), f"sells {order.lines[0].count} {order.lines[0].name} {how}")

    def _shown(self, process: TillProcess, order_id: str, words: str) -> None:
        process.shown.add(order_id)
        self.chaos.counts["sold at a till"] += 1
        self.scheduler.note(process.name, words)

    # Healing.

    def heal(self) -> None:
        """Nothing goes wrong any more, and people go on buying until all is over."""
        self.chaos.is_over = True
        for till in self.everybody:
            till.cable.cut_until = till.cable.back_cut_until = 0.0
            till.clock.off_s = 0.0
        self.scheduler.note("world", "heals: nothing goes wrong any more")
        self.organizers.does("work on what failed", self.hub.catch_up.work_again)
        if Rule.STAFF in self.options.rules:
            self.organizers.does("takes somebody on", self.door.take_on_who_can_all)
        self.scheduler.run(self.scheduler.now + 400)
        own = self.scheduler.draws.of("after")
        for till in self.everybody:
            numbers = [own.number() for _ in range(4)]
            self.at_till(till, "cash", self._cash, numbers, LAST)
            self.buyers.comes([own.number(), own.number(), 0.1, 0.9])
            self.scheduler.run(self.scheduler.now + 30)
        self.scheduler.run(self.scheduler.now + 100)
        self.chaos.pace = 10.0
        self.scheduler.run(self.scheduler.now + 4_000)
        for till in self.tills:
            self.at_till(till, "clear", self._clear, [], LAST)
        self.scheduler.run(self.scheduler.now + 3_000)
        for till in self.tills:
            if till.till is not None:
                till.do("sync", Till.sync_now)
            if (till.restored and not till.losses) or till.is_copied:
                # what it may have sold unseen is kept from everybody until somebody says otherwise
                device = self.organizers.device(till)
                self.organizers.does("reclaim", partial(reclaim, self.hub.hub, device, "organizer", "restored"))
        self.scheduler.run(self.scheduler.now + 60)

    def _clear(self, _process: TillProcess, till: Till, _numbers: list[float]) -> None:
        """Ends all sales that still wait, as a clerk does at the end of the day."""
        for order in till.parked():
            try:
                till.give_back(order.id, "end of the day")
            except NeedsApproval:
                raise
            except BoxofficeError as error:
                self.scheduler.note("clerk", str(error)[:120])


@contextmanager
def world_of(
    options: Options, scheduler: Scheduler, patch: pytest.MonkeyPatch, image: Image, folder: Path
) -> Iterator[World]:
    world = World.built(options, scheduler, patch, image, folder)
    try:
        yield world
    finally:
        scheduler.close()
        world.close()
