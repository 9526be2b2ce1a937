"""Before doors open, on the real window: each check answers by itself, each red gets well by its button."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.preflight import CHECKS, Answer, Check, Outcome
from boxoffice.core.terminal import IntentStatus
from boxoffice.documents.slip_pdf import slip_pdf
from boxoffice.till.store.disk_proof import DiskLook
from boxoffice.till.ui.flow.preflight import PreflightPage
from boxoffice.till.ui.widgets.rows import Row
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import DrawerOpens, PrinterSetup
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.gui.pages import F12

FACTS = "SELECT json_extract(payload, '$.opened'), payload FROM facts WHERE kind = 'preflight_done' ORDER BY position"


@pytest.fixture
def at_doors(door: Door, till: FakeTill) -> Callable[[], PreflightPage]:
    def go() -> PreflightPage:
        door.press(F12)
        door.at("TillPage")
        door.press("b")
        door.at("PreflightPage")
        settle(door)
        return page(door)

    return go


def page(door: Door) -> PreflightPage:
    found = door.page
    assert isinstance(found, PreflightPage)
    return found


def settle(door: Door) -> None:
    door.qtbot.waitUntil(lambda: not page(door).is_looking and page(door).looked_at is not None, timeout=150_000)


def outcomes(door: Door) -> dict[Check, Outcome]:
    return {each.check: each.outcome for each in page(door).verdict.answers}


def answer(door: Door, check: Check) -> Answer:
    return next(each for each in page(door).verdict.answers if each.check is check)


def until(door: Door, check: Check, outcome: Outcome) -> None:
    door.qtbot.waitUntil(lambda: outcomes(door).get(check) is outcome, timeout=150_000)


def facts(till: FakeTill) -> list[tuple[object, str]]:
    with till.context.store.reading() as connection:
        return [(row[0], row[1]) for row in connection.exec_driver_sql(FACTS)]


def make_ready(till: FakeTill) -> None:
    """All that a till needs for an evening."""
    till.printer.has_drawer = True
    till.shifts.open(None, None, is_from_safe=False, why="")
    till.sync_now()


def test_every_check_is_shown_and_each_that_is_not_well_says_what_to_do(
    at_doors: Callable[[], PreflightPage], door: Door
) -> None:
    found = at_doors()

    assert {each.check for each in found.verdict.answers} == set(CHECKS)
    for each in found.verdict.answers:
        assert each.is_well or each.fix
    rows = [row.accessibleName() for row in door.window.findChildren(Row) if row.isVisible()]
    assert all(any(name.startswith(row.words) for name in rows) for row in CHECKS.values())
    door.sees(f"{found.verdict.passed} / {found.verdict.counted}")


def test_a_till_gets_green_by_its_own_buttons_and_the_doors_are_opened_on_it(
    at_doors: Callable[[], PreflightPage], door: Door, till: FakeTill
) -> None:
    make_ready(till)
    at_doors()

    for label, check in (
        ("Try it", Check.TEST_PAYMENT),
        ("Print one", Check.TEST_PRINT),
        ("Make it", Check.DOOR_LIST),
    ):
        door.tap(label)
        until(door, check, Outcome.PASS)
    door.scan("ANY CODE AT ALL")
    until(door, Check.SCANNER, Outcome.PASS)
    settle(door)

    assert [each for each in page(door).verdict.answers if not each.is_well] == []
    door.sees("Green")
    door.press(ENTER)
    door.at("SellPage")
    opened, said = facts(till)[-1]
    assert opened == 1
    assert '"fail"' not in said
    assert '"to_do"' not in said
    assert [intent.status for intent in till.stripe.intents.values()] == [IntentStatus.CANCELED]


def test_doors_can_be_opened_on_what_failed_and_that_is_kept(
    at_doors: Callable[[], PreflightPage], door: Door, till: FakeTill
) -> None:
    till.printer.state = PrinterState.PAPER_OUT
    at_doors()

    assert answer(door, Check.PRINTER).words == "The printer is out of paper."
    door.tap("Open all the same")

    door.at("SellPage")
    looked, opened = facts(till)[-2:]
    assert (looked[0], opened[0]) == (0, 1)
    assert '"printer":"fail"' in opened[1]


def test_a_look_that_comes_to_the_same_is_no_second_fact(
    at_doors: Callable[[], PreflightPage], door: Door, till: FakeTill
) -> None:
    at_doors()
    before = len(facts(till))

    page(door)._look(Check.DISK)
    settle(door)

    assert len(facts(till)) == before


def test_a_check_that_hangs_freezes_nothing(door: Door, till: FakeTill) -> None:
    hung = threading.Event()

    def hang(_: object) -> DiskLook:
        hung.wait(150)
        return till.disk

    till._preflight = replace(till._preflight, machine=replace(till._preflight.machine, look=hang))
    door.press(F12)
    door.at("TillPage")
    door.press("b")
    door.at("PreflightPage")
    door.qtbot.waitUntil(lambda: page(door).waiting == {Check.DISK, Check.FLUSH}, timeout=150_000)

    door.sees("Checking, 2 left")
    door.press(ESC)
    door.at("SellPage")
    hung.set()


@pytest.mark.parametrize(
    ("disk", "check", "outcome"),
    [
        (DiskLook(10**11, 2e-3, "ext4"), Check.FLUSH, Outcome.PASS),
        (DiskLook(10**11, 20e-6, "ext4"), Check.FLUSH, Outcome.FAIL),
        (DiskLook(10**11, 2e-3, "tmpfs"), Check.FLUSH, Outcome.FAIL),
        (DiskLook(10**11, 2e-3, "nfs4"), Check.FLUSH, Outcome.FAIL),
        (DiskLook(10**11, 0.4, "ext4"), Check.FLUSH, Outcome.TO_DO),
        (DiskLook(10**6, 2e-3, "ext4"), Check.DISK, Outcome.FAIL),
        (DiskLook(5 * 10**8, 2e-3, "ext4"), Check.DISK, Outcome.TO_DO),
    ],
)
def test_a_disk_is_judged_by_what_it_keeps(till: FakeTill, disk: DiskLook, check: Check, outcome: Outcome) -> None:
    till.open()
    till.disk = disk

    assert look(till, check).outcome is outcome


@pytest.mark.parametrize(
    ("ahead_s", "outcome"),
    [(0, Outcome.PASS), (-9, Outcome.PASS), (30, Outcome.TO_DO), (-30, Outcome.TO_DO), (7200, Outcome.FAIL)],
)
def test_the_clock_is_compared_to_the_hubs_signed_time(till: FakeTill, ahead_s: int, outcome: Outcome) -> None:
    till.open()
    till.hub.is_ahead = timedelta(seconds=ahead_s)

    assert look(till, Check.CLOCK).outcome is outcome


def test_a_time_that_another_signed_is_said_to_be_no_hubs(till: FakeTill) -> None:
    till.open()
    till.hub.event_key = Ed25519PrivateKey.generate()

    assert "not signed by the hub" in look(till, Check.CLOCK).words


def test_the_law_wants_one_till_with_cash_and_knows_which_it_is(till: FakeTill) -> None:
    till.open()
    assert "Colorado, C.R.S. 11-61-102" in told(look(till, Check.CASH_TILL))

    till.hub.cash_tills = ("Door B",)
    assert told(look(till, Check.CASH_TILL)) == "Cash is taken at Door B"

    till.hub.is_down = True
    assert look(till, Check.CASH_TILL).outcome is Outcome.TO_DO

    till.shifts.open(None, None, is_from_safe=False, why="")
    assert told(look(till, Check.CASH_TILL)) == "This till takes cash"


def test_with_no_network_each_check_that_needs_it_says_so(till: FakeTill) -> None:
    till.open()
    till.hub.is_down = till.stripe.is_down = True
    till.network.cut_off = {"https://hub.example", "https://stripe.example"}

    found = list[Answer]()
    till.preflight.look(2, found.append, (Check.NETWORK, Check.HUB, Check.STRIPE, Check.READER))

    assert {each.check: each.outcome for each in found} == dict.fromkeys((each.check for each in found), Outcome.FAIL)


def test_a_look_is_printed_and_saved_with_what_to_do(
    at_doors: Callable[[], PreflightPage], door: Door, till: FakeTill
) -> None:
    at_doors()

    door.tap("Print")
    door.sees("Printed.")
    door.tap("Save PDF")
    door.sees("Saved.")

    slip = till.printer.slips[-1]
    said = " ".join(str(block) for block in slip.blocks)
    assert slip.title == "Before doors open"
    assert "Count what is in the drawer" in said
    assert slip_pdf(slip).startswith(b"%PDF")


def test_the_reader_is_not_tried_while_a_payment_may_wait_on_it(
    at_doors: Callable[[], PreflightPage], door: Door, till: FakeTill
) -> None:
    at_doors()
    intent = till.terminal.create_intent("k", usd("65"), {})
    till.terminal.process("tmr_1", intent.id)

    door.tap("Try it")

    door.sees("The reader is busy with a payment.")
    assert till.stripe.intents[intent.id].status is IntentStatus.REQUIRES_PAYMENT_METHOD
    assert outcomes(door)[Check.TEST_PAYMENT] is Outcome.TO_DO


def test_a_drawer_at_another_till_is_asked_there(till: FakeTill) -> None:
    till.open()
    till._printing.choose(PrinterSetup("a", drawer=DrawerOpens.NEIGHBOUR, neighbour="Till 2", neighbour_address="b"))
    assert told(look(till, Check.DRAWER)) == "Opens at Till 2"

    till.printers.all["b"].state = PrinterState.OFFLINE
    assert told(look(till, Check.DRAWER)) == "Till 2 can't be reached"


def look(till: FakeTill, check: Check) -> Answer:
    found = list[Answer]()
    till.preflight.look(2, found.append, (check,))
    return found[0]


def told(answer: Answer) -> str:
    return answer.told(answer.words, str, lambda at: f"{at:%H:%M}")
