"""An evening that goes wrong: tills are killed in an exchange, a hand-over and a close, two act on one order at once,
PINs are guessed. All is in the books once, and they balance whenever anybody looks.

As in `test_kills`, the suite kills each act at one step, and `--every-step` at all of them.
"""

import json
import random
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import sqlcipher3
from pydantic import SecretStr
from PySide6.QtCore import Qt

from boxoffice.core.cash_moves import drawer_account
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.demo.command import drain
from boxoffice.demo.stack import Stack
from boxoffice.till.app import build_till, vault_of
from boxoffice.till.usecases.identity import FILE, file_key
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.ledger.verify import verify as verify_hub
from sync.tills import staff
from tests.functional import evening
from tests.functional.evening import ACTS, drawer_of
from tests.functional.mixtures import CART, usd
from tests.functional.test_kills import FORKS, PATIENCE_S, Door, Told, ask, at_stripe
from tests.functional.test_rollback import until
from tests.functional.till_window import TillWindow
from tests.integration.sync.office import Office

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no fork"),
]

UNBALANCED: Final = """
    SELECT fact_id, sum(amount) FROM ledger_postings GROUP BY fact_id, currency HAVING sum(amount) <> 0
    UNION ALL SELECT 'swaps', sum(amount) FROM ledger_postings WHERE account = 'swaps' HAVING sum(amount) <> 0
"""
"""What must find nothing, in the file of a till and at the hub, at whatever moment somebody asks."""
ON_TILL: Final = "SELECT kind, payload FROM facts UNION ALL SELECT kind, payload FROM hub_facts"
AT_HUB: Final = "SELECT kind, payload FROM facts WHERE payload ->> 'drawer' = %s"
IN_DRAWER: Final = "SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = "
PROBLEMS: Final = "SELECT id, kind, detail FROM exceptions"
VALID: Final = "SELECT product_id FROM tickets WHERE order_id IN (SELECT id FROM orders WHERE {}) AND status = 'valid'"


@dataclass
class Onlooker:
    """Looks into a till's file and into the hub's database from outside, all the time, by plain SQL."""

    door: Door
    looks: int = 0
    wrong: list[Any] = field(default_factory=list)
    key: str = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        settings = self.door.settings
        self.key = file_key(vault_of(settings), settings.data_dir)
        ((self.name,),) = self.on_till("SELECT value FROM settings WHERE name = 'device_name'")

    @contextmanager
    def watching(self) -> Iterator[None]:
        ended = threading.Event()

        def look_on() -> None:
            while not ended.wait(0.02):
                self.look()

        thread = threading.Thread(target=look_on)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
        self.look()
        assert self.wrong == []

    def look(self) -> None:
        self.wrong += self.on_till(UNBALANCED)
        self.wrong += ask(self.door.stack, UNBALANCED.replace("'swaps', sum", "'swaps'::text, sum"))
        with self._file() as file:
            file.execute("BEGIN")  # both are of one moment
            told = [(kind, json.loads(payload)) for kind, payload in file.execute(ON_TILL).fetchall()]
            (booked,) = file.execute(IN_DRAWER + "?", (drawer_account(self.name),)).fetchone()
        if (counted := drawer_of(self.name, told)) != booked:
            self.wrong.append(("drawer", booked, counted))
        self.looks += 1

    def on_till(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._file() as file:
            return [tuple(row) for row in file.execute(query, values).fetchall()]

    @contextmanager
    def _file(self) -> Iterator[sqlcipher3.Connection]:
        file = sqlcipher3.connect(str(self.door.folder / FILE), isolation_level=None, timeout=30)
        try:
            file.execute(f"PRAGMA key = \"x'{self.key}'\"")
            yield file
        finally:
            file.close()


@pytest.fixture
def door(stack: Stack, tmp_path: Path) -> Door:
    return Door(stack, tmp_path / "till")


@pytest.fixture
def other(stack: Stack, tmp_path: Path) -> Door:
    return Door(stack, tmp_path / "other")


@pytest.fixture(autouse=True)
def hub_agrees(stack: Stack) -> Iterator[None]:
    yield

    assert ask(stack, UNBALANCED.replace("'swaps', sum", "'swaps'::text, sum")) == []
    assert verify_hub(stack.database).problem is None


@contextmanager
def opened(door: Door) -> Iterator[Till]:
    """Opens the door's till in this process; at the end the hub has all of it, and both prove their books."""
    till = build_till(door.settings)
    till.open()
    try:
        yield till
        drain([till])
        assert verify_till(till.store, till.public_key).problem is None
        name = till.device_name
        told = [(kind, payload) for kind, payload in ask(door.stack, AT_HUB, name)]
        ((at_hub,),) = ask(door.stack, IN_DRAWER + "%s", drawer_account(name))
        with till.store.reading() as connection:
            here = connection.exec_driver_sql(IN_DRAWER + "?", (drawer_account(name),)).scalar_one()
        assert at_hub == here == drawer_of(name, told)
    finally:
        till.close()


def synced(till: Till) -> Till:
    till.sync_now()
    return till


def kill(door: Door, act: str, step: int) -> tuple[Told, str]:
    """Kills a till at a step of the act while somebody looks on; returns what it had told."""
    with Onlooker(door).watching():
        told = door.sells(ACTS[act].sell, step)
    door.customers_go_on(pay=step % 2 == 0)
    return told, door.folder.with_suffix(".told").read_text()


def after_a_swap(till: Till, words: str) -> None:
    """One ticket works, whichever it is, and what was kept is what it cost."""
    placed = [each.split()[1:] for each in words.splitlines() if each.startswith("swaps")]
    old = [each.split()[1] for each in words.splitlines() if each.startswith("paid")][:1]
    for order in till.parked():
        till.take_cash(order.id, order.due, order.due)
    drain([till])
    orders = [till.order(OrderId(each)) for each in dict.fromkeys([*old, *(id_ for pair in placed for id_ in pair)])]
    assert sum(order.ticket_count for order in orders if order.state is OrderState.COMPLETED) == len(old)


def after_a_shift(till: Till, words: str) -> None:
    """The shift that was open is open, goes on, and closes; numbers have no gaps."""
    told = [int(each.split()[1]) for each in words.splitlines() if each.startswith("closed")]
    shifts = till.services.shifts
    if shifts.current() is None:
        shifts.open()
    till.sell_for_cash(CART, usd(100))
    shifts.count(evening.counted(till, 0))
    last = shifts.close(usd(0))
    numbers = [each.z_number for each in reversed(shifts.closed(100))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert last.z_number == len(numbers) > max(told, default=0)


AFTER: Final = {
    "swap": after_a_swap,
    "swap-by-card": after_a_swap,
    "hand-over": after_a_shift,
    "close": after_a_shift,
}


@pytest.mark.parametrize("act", ACTS)
def test_a_till_that_is_killed_in_the_middle_goes_on_and_nothing_is_lost_or_double(
    door: Door, act: str, *, every_step: bool
) -> None:
    drawn, steps = random.Random(f"{random.random()} {act}"), ACTS[act].steps
    step = 1 if every_step else drawn.randint(1, steps)
    while True:
        told, words = kill(door, act, step)
        with opened(door) as till:
            drain([till])
            AFTER[act](till, words)
        if not every_step and (told.was_killed or steps == 1):
            return
        if every_step and not told.was_killed:
            return
        step = step + 1 if every_step else drawn.randint(1, max(1, len(told.steps)))


def at_once(*acts: tuple[Callable[..., None], Door, str], here: Callable[[], object] | None = None) -> list[str]:
    """Does all of this at one moment, each till in a process of its own; returns what each has told."""
    barrier = FORKS.Barrier(len(acts) + (here is not None))
    told = [door.folder.with_suffix(".told") for _, door, _ in acts]
    processes = [
        FORKS.Process(target=act, args=(door.settings, barrier, order_id, file))
        for (act, door, order_id), file in zip(acts, told, strict=True)
    ]
    for process in processes:
        process.start()
    if here is not None:
        barrier.wait(PATIENCE_S)
        here()
    for process in processes:
        process.join(PATIENCE_S)
        assert process.exitcode == 0
    return [file.read_text() for file in told]


@pytest.fixture
def office(stack: Stack) -> Iterator[Office]:
    """The organizer, at a browser."""
    a = stack.addresses
    with httpx.Client(base_url=a.hub_url, timeout=150) as http:
        made = Office(http)
        form = {"email": a.organizer_email, "password": a.organizer_password}
        http.post("/sign-in", data={"csrf": made.hidden("/sign-in", "csrf"), **form})
        yield made


def sold(door: Door, *, by_card: bool = False) -> str:
    """Returns an order that is finished, and known to the hub."""
    with opened(door) as till:
        if not by_card:
            return str(till.sell_for_cash(CART, usd(100)).id)
    (order_id,) = door.sells(evening.sell_by_card, sys.maxsize).paid
    with opened(door):
        return order_id


def test_a_refund_at_the_till_while_an_organizer_refunds_the_same_gives_the_card_its_money_back_once(
    stack: Stack, door: Door, office: Office
) -> None:
    order_id = sold(door, by_card=True)
    looked = office.look(order_id)

    at_once((evening.refund, door, order_id), here=lambda: office.press(order_id, looked))

    with opened(door) as till:
        until(lambda: at_stripe(stack, order_id), 0)
        drain([till])
        until(lambda: synced(till).order(OrderId(order_id)).state, OrderState.REFUNDED)
    money = "SELECT count(*), sum(r.amount)::bigint FROM refunds r JOIN payments p ON p.id = r.payment_id "
    ((times, amount),) = ask(stack, f"{money} WHERE p.order_id = %s AND r.status = 'succeeded'", order_id)
    ((total,),) = ask(stack, "SELECT total_amount FROM orders WHERE id = %s", order_id)
    assert (times, amount) == (1, total)


@pytest.mark.parametrize("act", ["refund", "swap"])
def test_two_tills_that_both_take_one_ticket_back_are_put_before_a_person_if_both_did(
    stack: Stack, door: Door, other: Door, act: str
) -> None:
    order_id = sold(door)
    before = ask(stack, PROBLEMS)

    first, second = at_once((getattr(evening, act), door, order_id), (evening.refund, other, order_id))

    with opened(door), opened(other):
        pass
    done = [words for words in (first, second) if "done" in words]
    about = [each for each in ask(stack, PROBLEMS) if each not in before]
    assert done
    assert bool(about) is (len(done) == 2), (first, second, about)
    assert ask(stack, VALID.format("id = %s"), order_id) == []


def test_wrong_pins_shut_somebody_out_for_longer_each_time_whatever_is_unplugged(stack: Stack, door: Door) -> None:
    hub = Hub.open(hub_settings(stack), stack.database, stack.addresses.hub_url, "staff")
    with stack.database.transaction() as connection:
        maya = staff.add(hub, connection, staff.About("Maya R."), "test")
        staff.give_pin(hub, connection, maya, "test", "4081")

    try:
        with opened(door) as till:
            until(lambda: len(synced(till).team().people), 1)
        nights = [
            guess(door, maya, ["1111"] * 5 + ["4081"], 0),
            guess(door, maya, ["4081"], 30),
            guess(door, maya, ["2222", "4081"], 61),
            guess(door, maya, ["3333"], 121),
            guess(door, maya, ["4081", "1111"], 241),
        ]
    finally:
        with stack.database.transaction() as connection:
            staff.end(hub, connection, maya, "test")

    assert nights == [
        ["wrong 0", "wrong 0", "wrong 0", "wrong 0", "wrong 60", "shut 60"],
        ["shut 30"],
        ["wrong 120", "shut 59"],
        ["wrong 240"],
        ["in", "wrong 0"],
    ]
    with opened(door) as till:
        until(lambda: synced(till).team().people, ())


def guess(door: Door, staff_id: str, pins: Sequence[str], waits_s: float) -> list[str]:
    """Types PINs at a till that is then unplugged."""
    told = door.folder.with_suffix(".told")
    process = FORKS.Process(target=evening.try_pins, args=(door.settings, staff_id, pins, waits_s, told))
    process.start()
    process.join(PATIENCE_S)
    return told.read_text().splitlines()


COUNTS: Final = "SELECT kind FROM facts WHERE kind IN ('cash_counted', 'shift_closed')"


def test_a_count_that_makes_no_sense_is_said_to_be_and_signs_nothing(open_window: Callable[[], TillWindow]) -> None:
    window = open_window()
    till = window.till
    till.shifts.open(None, usd(100), is_from_safe=False, why="")
    window.press_with_control(Qt.Key.Key_D)
    window.wait_for("ShiftPage")
    window.type("c")
    window.wait_for("CountPage")

    window.type("199999")  # of the largest bill
    window.press(Qt.Key.Key_Return)

    assert "can't be right" in window.view.side.foot
    assert window.page == "CountPage"
    with till.store.reading() as connection:
        assert connection.exec_driver_sql(COUNTS).all() == []
    window.press(Qt.Key.Key_Delete)
    window.type("w100")
    window.press(Qt.Key.Key_Return)
    window.wait_for("ClosePage")
    window.press(Qt.Key.Key_Return)
    window.wait_for("ReportPage")
    assert till.shifts.report(till.services.shifts.closed(1)[0].id).difference == usd(0)


def hub_settings(stack: Stack) -> Settings:
    a = stack.addresses
    return Settings(postgres_url=SecretStr(a.postgres_url), hub_master_key=SecretStr(stack.master_key))
