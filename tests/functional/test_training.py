"""Training on the real till over the real sandbox: the whole course by the keys that it shows, and no way out of it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.core.ids import DeviceId, EventId, StaffId
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.training import TRAINING_EVENT
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pairing import PairRequest
from boxoffice.core.wire.pushes import PushRequest
from boxoffice.demo.stack import Stack
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import settings as kept
from boxoffice.till.ui.flow.page_port import Page
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.speech import speak
from boxoffice.till.ui.theme import Theme
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.till import Till
from boxoffice.training.command import Training, training
from boxoffice.training.goals import PASSES
from boxoffice.training.hub import PIN
from boxoffice.training.lines import NotInTraining
from boxoffice.training.results import Results
from boxoffice.training.source import Source, source_for
from boxoffice.training.workspace import Workspace
from tests.functional.backstage import Backstage

WAIT_MS = 150_000
KEYS = {"Enter": Qt.Key.Key_Return, **{f"F{n}": getattr(Qt.Key, f"Key_F{n}") for n in range(1, 13)}}
SHOWN = re.compile(r"Ctrl [A-Z]|F\d+|Enter|\b[A-Z]\b|\d+")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A till of this computer, with a vault of its own."""
    return Settings(
        data_dir=tmp_path / "till",
        documents_dir=tmp_path / "documents",
        vault="file",
        vault_passphrase="of the real till",
    )


@pytest.fixture
def speaks_again() -> Iterator[None]:
    yield
    speak("en")


class Learner:
    """Somebody who never saw the till: reads what stands beside it, and presses that."""

    def __init__(self, it: Training, qtbot: QtBot) -> None:
        self.it, self._qtbot = it, qtbot
        self.window = MainWindow(it.till, Theme(), trainer=it.coach)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.start()

    @property
    def page(self) -> Page:
        return self.window.flow.page

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def at(self, page: str) -> None:
        self.wait(lambda: type(self.page).__name__ == page and not self.window.flow.session.is_busy)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.wait(lambda: not self.window.flow.session.is_busy)
            if key.startswith("Ctrl "):
                letter = getattr(Qt.Key, f"Key_{key[-1]}")
                QTest.keyClick(self.window, letter, Qt.KeyboardModifier.ControlModifier)
            elif key in KEYS:
                QTest.keyClick(self.window, KEYS[key])
            else:
                for each in key.lower():
                    QTest.keyClick(self.window, each)  # type: ignore[call-overload]
                    self.window.flush_keys()

    def sign_in(self) -> None:
        self.at("SignInPage")
        self.press("q")
        self.press(PIN)

    def drill(self) -> None:
        """Begins the next drill, and does one thing after another as it is shown."""
        self.at("DrillsPage")
        self.press("Enter")
        self.wait(lambda: self.it.coach.running is not None)
        running = self.it.coach.running
        assert running is not None
        while not running.is_done:
            done = running.progress.done
            self.press("Ctrl H")
            panel = self.it.coach.panel()
            assert panel is not None
            self.press(*SHOWN.findall(panel.keys))
            self.wait(lambda done=done: running.progress.done > done)  # type: ignore[misc]
            self.wait(lambda: not self.page.why_stay and not self.window.flow.session.is_busy)
        self.wait(lambda: self.it.coach.running is None)


@pytest.mark.slow
@pytest.mark.usefixtures("speaks_again")
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_whole_course_is_done_by_pressing_what_it_shows(qtbot: QtBot, settings: Settings, language: str) -> None:
    workspace = Workspace.beside(settings.data_dir)
    source = Source(source_for(settings, workspace).catalogue, language=language)
    with training(settings, workspace, source) as it:
        learner = Learner(it, qtbot)
        learner.sign_in()
        if language == "es":
            learner.at("DrillsPage")
            learner.press("E")
            learner.wait(lambda: it.coach.drills().title == "Ejercicios")
        for _ in it.coach.plans:
            learner.drill()
        facts = [fact.kind.value for fact in it.hub.facts]
        learner.window.close()

    results = Results(workspace.folder).all()
    assert [each.drill for each in results] == [1, 2, 3, 4, 5, 6]
    assert all(each.points >= PASSES for each in results)
    assert sum(each.time_s for each in results) < 600
    assert {"payment_unknown", "refund_succeeded", "ticket_scanned", "shift_handed_over"} <= set(facts)
    assert not list(workspace.practice.iterdir())


def paired(stack: Stack, settings: Settings) -> Till:
    """Returns a real till at the real hub."""
    till = build_till(settings)
    till.open()
    till.pair(stack.addresses.hub_url, stack.pairing_code())
    till.choose_event(EventId(till.events()[0].id))
    return till


def test_a_training_takes_the_event_of_the_real_till_and_nothing_secret(stack: Stack, settings: Settings) -> None:
    till = paired(stack, settings)
    real = till.catalogue
    who = identity.load(till.store, till._environment.vault)
    till.close()
    workspace = Workspace.beside(settings.data_dir)

    source = source_for(settings, workspace)

    assert who is not None
    assert [(p.name, p.price) for p in source.catalogue.products] == [(p.name, p.price) for p in real.products]
    copy = (workspace.folder / "copy.json").read_text()
    assert source_for(settings, workspace).catalogue.products == source.catalogue.products
    for secret in (who.token, who.stripe_key or "none", who.key.private_bytes_raw().hex(), who.hub_url):
        assert secret not in copy


def test_while_the_till_is_open_its_last_copy_is_practised_with(stack: Stack, settings: Settings) -> None:
    workspace = Workspace.beside(settings.data_dir)
    till = paired(stack, settings)
    name = till.catalogue.name
    till.close()
    first = source_for(settings, workspace)
    (settings.data_dir / "till.db").write_bytes(b"damaged")

    again = source_for(settings, workspace)

    assert first.catalogue.name == again.catalogue.name == name


@pytest.fixture
def walled(
    stack: Stack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Training, identity.Identity, list[object]]]:
    """A training beside a real till, with all that leads to the real hub in reach; and whom it has called."""
    till = paired(stack, settings)
    who = identity.load(till.store, till._environment.vault)
    till.close()
    assert who is not None
    monkeypatch.setenv("BOXOFFICE_HUB_URL", stack.addresses.hub_url)
    called: list[object] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: object) -> None:
        called.append(address)
        connect(self, address)  # type: ignore[arg-type]

    workspace = Workspace.beside(settings.data_dir)
    source = source_for(settings, workspace)
    with training(settings.model_copy(update={"hub_url": stack.addresses.hub_url}), workspace, source) as it:
        monkeypatch.setattr(socket.socket, "connect", noted)
        it.till.open()
        it.till.sign_in(StaffId(it.till.team().people[0].person.id), PIN)
        yield it, who, called
        monkeypatch.setattr(socket.socket, "connect", connect)


def sell(it: Training) -> None:
    cast = it.coach.stage.cast
    it.till.sell_for_cash(Cart((CartLine(cast.cheap.id, 1),)), Money(100_000, cast.cheap_sum.currency))
    it.till.sync_now()


def books(stack: Stack) -> list[tuple[object, ...]]:
    """Returns what the real hub has in its books: orders, postings, and facts of any training."""
    return Backstage(stack).sql(
        "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM ledger_postings),"
        " (SELECT count(*) FROM facts WHERE event_id = %s)",
        TRAINING_EVENT,
    )


def test_no_way_leads_from_a_training_to_the_real_hub(
    stack: Stack, settings: Settings, walled: tuple[Training, identity.Identity, list[object]]
) -> None:
    it, who, called = walled
    before = books(stack)
    lines = it.till._environment.connections
    port = int(stack.addresses.hub_url.rsplit(":", 1)[1])

    for way in (
        lambda: lines.pair(stack.addresses.hub_url, PairRequest(code=stack.pairing_code(), public_key="00" * 32)),
        lambda: lines.hub(stack.addresses.hub_url, who.token),
        lambda: lines.terminal(stack.addresses.sandbox_url, "sk_live_real"),
        lambda: lines.terminal(it.sandbox.base_url, "sk_live_real"),
    ):
        with pytest.raises(NotInTraining):
            way()
    with pytest.raises(BoxofficeError):
        it.till.pair(stack.addresses.hub_url, stack.pairing_code())
    # The training's own file is told to belong to the real hub, with the real till's token: it opens nothing.
    with it.till.store.transaction() as connection:
        kept.put(connection, "hub_url", stack.addresses.hub_url)
    it.till._environment.vault.put("token", who.token)
    sell(it)
    it.till.close()
    with pytest.raises(NotInTraining):
        it.till.open()

    assert books(stack) == before
    assert [each for each in called if isinstance(each, tuple) and each[1] == port] == []


def test_what_was_practised_is_taken_by_no_real_hub_even_from_a_real_tills_hands(
    stack: Stack, walled: tuple[Training, identity.Identity, list[object]]
) -> None:
    it, who, _ = walled
    sell(it)
    with it.till.store.reading() as connection:
        facts = tuple(map(FactMessage.of, fact_store.own_after(connection, 0, 1000)))
    stolen = HubClient(who.hub_url, who.token)
    before = books(stack)

    assert facts
    assert {each.event_id for each in facts} == {TRAINING_EVENT}
    disguised = tuple(each.model_copy(update={"device_id": DeviceId(who.device.id)}) for each in facts)
    for tried in (facts, disguised):
        answer = stolen.push(PushRequest(facts=tried), 0)
        assert set(answer.quarantined) == {each.id for each in tried}
    stolen.close()
    assert books(stack) == before
    assert before[0][2] == 0


def test_a_training_takes_no_fact_of_a_real_till(walled: tuple[Training, identity.Identity, list[object]]) -> None:
    it, _, _ = walled
    sell(it)
    mine = it.hub.facts[-1]

    with pytest.raises(BadInput):
        it.hub.push(PushRequest(facts=(mine.model_copy(update={"event_id": "boulder-fest-2026"}),)), 0)
    with pytest.raises(BadInput):
        it.hub.push(PushRequest(facts=(mine.model_copy(update={"device_id": "another"}),)), 0)


def test_a_training_ticket_is_refused_at_a_real_gate_by_its_own_word(
    settings: Settings, walled: tuple[Training, identity.Identity, list[object]]
) -> None:
    it, _, _ = walled
    tokens = [it.coach.stage.token(guest) for guest in range(3)]
    gate = build_till(settings, sells=False)
    gate.open()

    verdicts = [gate.gate.scan((token,)) for token in tokens]
    gate.close()

    assert [(each.is_training, each.outcome.value, each.ticket_ids) for each in verdicts] == [
        (True, "wrong_event", ())
    ] * 3


def test_a_till_that_is_left_for_a_training_comes_back_as_it_was(tmp_path: Path) -> None:
    environment = os.environ | {
        "BOXOFFICE_DATA_DIR": str(tmp_path / "till"),
        "BOXOFFICE_DOCUMENTS_DIR": str(tmp_path / "documents"),
        "BOXOFFICE_VAULT": "file",
        "BOXOFFICE_VAULT_PASSPHRASE": "of the real till",
        "QT_QPA_PLATFORM": "offscreen",
    }

    done = subprocess.run(
        [sys.executable, "-m", "tests.functional.back_and_forth"],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["till PairPage", "training SignInPage", "till PairPage"],
    ), done.stderr
