"""The gate: whatever is scanned is answered at once; a party, an ID and an undo wait for a press."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from boxoffice.core.door_list import LIST_CODE
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.rights import Right
from boxoffice.core.scans import Outcome, Seen
from boxoffice.till.ui.actions import Action, Do, Of, Pick, Sound
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import CheckIn, Next, Orders
from boxoffice.till.ui.flow.gate_view import PLACE_KEYS, WAYS, Standing, entering, gate_view, posts_of
from boxoffice.till.ui.flow.gate_words import UNDO_REASONS, said_of, who
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import OpenOrder, SearchFor, SubmitSearch
from boxoffice.till.ui.speech import code, later, say
from boxoffice.till.ui.views.gate import GateView
from boxoffice.till.usecases.gateway.gate import Entered, GateNow, ListEntered, Post, Verdict
from boxoffice.till.usecases.gateway.orders import Order

T = TypeVar("T")
_SHOWN_S: Final = 6.0
"""A plain answer leaves by itself after so long, and at the next code."""
_FRESH_S: Final = 3.0
_MOST_FOUND: Final = 8
_LETTERS: Final = {"U": Do.UNDO, "O": Do.SEE_ORDER, "L": Do.DOOR_LIST, "P": Do.SAVE_LIST}


class CheckInPage(BasePage):
    section = Do.CHECK_IN
    reads_codes = True
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.F8: Do.LET_BACK_IN,
    }
    help_lines = (
        ("Enter", later("let in who is ticked, or whose card is right")),
        (later("1 to 9"), later("tick somebody of a party off, or on")),
        ("F8", later("let back in: you have seen the wrist stamp")),
        ("U", later("undo the scan that is shown, with a supervisor")),
        ("/", later("find somebody by name, number or phone")),
        ("Q W", later("let people in, or out")),
        ("A S D F Z X C V", later("stand at another gate")),
        ("L P", later("enter the ticks of a printed list, and save one")),
        ("Esc", later("no card: not in; or close the answer")),
    )

    def __init__(self, session: Session, to: CheckIn) -> None:
        super().__init__(session, to)
        session.has_gate = True
        self.now: GateNow | None = None
        self.verdict: Verdict | None = None
        self.query = ""
        self.found: tuple[Order, ...] = ()
        self.ticked: frozenset[str] = frozenset()
        self.is_undoing = False
        self.is_listing = False
        self.entered: tuple[Entered, ...] = ()
        self._shown_s = self._looked_s = session.till.elapsed_s()
        self._held: list[tuple[str, ...]] = []
        self._asked = 0
        self._is_looking = self._looks_again = False
        self._look()

    # What it hears

    def scanned(self, readings: Sequence[str]) -> bool:
        """Takes a code. One that comes while somebody's card is looked at waits for that; a party goes in before."""
        if any(each.upper().startswith(LIST_CODE) for each in readings):
            self.is_listing = True
            return True
        if self.verdict is not None and self.verdict.outcome is Outcome.LOOK_ID:
            self._held.append(tuple(readings))
            return True
        self._scan(tuple(readings))
        return True

    def _scan(self, readings: tuple[str, ...]) -> None:
        gate = self.session.till.gate
        waiting, ticked = self.verdict, self._entering()

        def judge() -> tuple[Verdict, bool]:
            verdict = gate.scan(readings)
            is_other = waiting is None or not waiting.party or waiting.order_id != verdict.order_id
            if waiting is not None and waiting.party and is_other and ticked:
                gate.let_in(ticked, waiting.how, (Seen.ID,))
            return verdict, is_other

        def judged(answer: tuple[Verdict, bool]) -> None:
            verdict, is_other = answer
            if is_other or not verdict.party:
                self._show(verdict)
            else:
                self._merge(verdict)

        self._ask_gate(judge, judged)

    def _merge(self, verdict: Verdict) -> None:
        """Somebody else of the party that waits has shown a code of it: all of them still wait for one press."""
        if self.verdict is None:
            return
        shown = {each.ticket_id for each in self.verdict.party if each.has_the_code} | set(verdict.ticket_ids)
        party = tuple(replace(each, has_the_code=each.ticket_id in shown) for each in verdict.party)
        self.verdict = replace(verdict, party=party)
        self.session.play(Sound.LOOK)

    def _show(self, verdict: Verdict) -> None:
        self.verdict, self.is_undoing, self.is_listing = verdict, False, False
        self.query, self.found, self._asked = "", (), self._asked + 1  # what is still looked for was for that
        self.ticked = frozenset(each.ticket_id for each in verdict.party if each.can_enter)
        self._shown_s = self.session.till.elapsed_s()
        self.session.play(said_of(verdict).sound)
        self._look()

    def _ask_gate(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        self.session.call(job, done, failed=self._failed, lane=Lane.GATE, keys_wait=True)

    def _failed(self, error: BoxofficeError) -> None:
        self.session.play(Sound.STOP)
        self.session.say_failed(error)

    def _look(self) -> None:
        """Looks who is inside, once at a time: what happens meanwhile is looked at after that."""
        if self._is_looking:
            self._looks_again = True
            return
        self._is_looking, self._looked_s = True, self.session.till.elapsed_s()
        self.session.call(self.session.till.gate.now, self._looked, failed=self._not_looked, lane=Lane.LOOK)

    def _looked(self, now: GateNow) -> None:
        self._is_looking = False
        self._got(now)
        if self._looks_again:
            self._looks_again = False
            self._look()

    def _not_looked(self, _error: BoxofficeError) -> None:
        self._is_looking = self._looks_again = False

    def _got(self, now: GateNow) -> None:
        self.now = now

    def tick(self) -> None:
        at_s = self.session.till.elapsed_s()
        is_plain = self.verdict is not None and not self.verdict.waits and not self.is_undoing
        if is_plain and at_s - self._shown_s >= _SHOWN_S:
            self.verdict = None
        if at_s - self._looked_s >= _FRESH_S:
            self._look()

    # What it does

    def typed(self, key: Key) -> Next:
        letter = key.text.upper()
        if letter.isdigit() and self.verdict is not None and self.verdict.party:
            return self.act(Pick(Of.GUEST, int(letter) - 1))
        if self.is_undoing:
            return self.act(Pick(Of.WHY, key.tile)) if key.tile is not None else None
        if letter in _LETTERS:
            return self.act(_LETTERS[letter])
        if key.tile is None:
            return None
        letter = TILE_LETTERS[key.tile]
        of = Of.GATE if letter in PLACE_KEYS else Of.WAY
        return self.act(Pick(of, (PLACE_KEYS if of is Of.GATE else TILE_LETTERS).index(letter)))

    def act(self, action: Action) -> Next:
        match action:
            case Do.SEE_ORDER if self.verdict is not None and not self.session.only_scans:
                return Orders(self.verdict.order_number)
            case Do() if action in _DOES:
                _DOES[action](self)
            case Pick(of, which):
                self._pick(of, which)
            case SearchFor(text):
                self._find(text)
            case SubmitSearch(text):
                self._submit(text)
            case OpenOrder(order_id):
                self._open(order_id)
            case _:
                pass
        return None

    def _begin_undo(self) -> None:
        self.is_undoing = bool(self._undoable())

    def _turn_to_list(self) -> None:
        self.is_listing, self.verdict = not self.is_listing, None

    def _pick(self, of: Of, which: int) -> None:
        posts = posts_of(self.now)
        match of:
            case Of.GUEST if self.verdict is not None and 0 <= which < len(self.verdict.party):
                guest = self.verdict.party[which]
                self.ticked ^= {guest.ticket_id} if guest.can_enter else frozenset()
            case Of.WAY if self.now is not None and which < len(WAYS):
                self._stand(replace(self.now.post, direction=WAYS[which][0]))
            case Of.GATE if 0 <= which < len(posts):
                self._stand(posts[which])
            case Of.WHY if which < len(UNDO_REASONS):
                self._undo(say(UNDO_REASONS[which]))
            case _:
                pass

    def _entering(self) -> tuple[str, ...]:
        return entering(self.verdict, self.ticked)

    def _finish(self) -> None:
        """Lets in who waits: a party as it is ticked off, or somebody whose card was right."""
        verdict = self.verdict
        if verdict is None or not verdict.waits:
            self._close()
            return
        who_enters = self._entering() if verdict.party else verdict.ticket_ids
        if who_enters:
            gate = self.session.till.gate
            self._ask_gate(lambda: gate.let_in(who_enters, verdict.how, (Seen.ID,)), self._decided)

    def _let_back_in(self) -> None:
        verdict = self.verdict
        if verdict is not None and verdict.may_return:
            gate = self.session.till.gate
            self._ask_gate(lambda: gate.let_in(verdict.ticket_ids, verdict.how, (Seen.STAMP, Seen.ID)), self._decided)

    def _close(self) -> None:
        """Takes the answer away; somebody without a card is turned away by it."""
        verdict, gate = self.verdict, self.session.till.gate
        if self.is_undoing or self.is_listing:
            self.is_undoing = self.is_listing = False
        elif verdict is None:
            self.query, self.found = "", ()
        elif verdict.outcome is Outcome.LOOK_ID and not verdict.party:
            self._ask_gate(lambda: gate.turn_away(verdict.ticket_ids[0]), lambda _: self._decided(None))
        else:
            self._decided(None)

    def _decided(self, verdict: Verdict | None) -> None:
        """Shows what came of a press, and judges the code that has waited for it."""
        if verdict is not None:
            self._show(verdict)
        else:
            self.verdict = None
            self._look()
        if self._held:
            self._scan(self._held.pop(0))

    def _stand(self, post: Post) -> None:
        gate = self.session.till.gate
        self.verdict = None
        self._ask_gate(lambda: gate.stand(post), self._got)

    def _undoable(self) -> tuple[str, ...]:
        """Returns the scans that an undo takes back: those of the answer that is shown, or else the last one."""
        if self.verdict is not None:
            return self.verdict.scan_ids if self.verdict.outcome is Outcome.ADMITTED else ()
        last = () if self.now is None else self.now.last
        return tuple(each.scan_id for each in last[:1] if each.outcome is Outcome.ADMITTED and not each.is_undone)

    def _undo(self, why: str) -> None:
        ids, gate = self._undoable(), self.session.till.gate
        if not ids:
            return
        name = "" if self.verdict is None else who(self.verdict)
        act = Act(Right.UNDO_SCAN, say("to undo a scan"), why, notes=(("person", name),) if name else ())

        def undone(now: GateNow) -> None:
            self.verdict, self.is_undoing, self.now = None, False, now
            self.session.say(say("The scan is undone. The ticket lets in again."), icon="back")

        allowed(self.session, act, lambda: gate.undo(ids, why), undone, failed=self._failed, lane=Lane.GATE)

    # Finding somebody

    def _find(self, text: str) -> None:
        self._asked += 1
        asked, self.query = self._asked, text
        if not text.strip() or self.is_listing:
            self.found = ()
            return

        def found(orders: tuple[Order, ...]) -> None:
            if asked == self._asked:
                self.found = orders

        self.session.call(lambda: self._matching(text.strip()), found, failed=self._failed, lane=Lane.LOOK)

    def _submit(self, text: str) -> None:
        """Enter in the field: a code that was typed, an order's number, or the only one that was found."""
        if self.is_listing:
            self._enter(text)
        elif wanted := text.strip():
            self._ask_gate(lambda: self._matching(wanted), lambda found: self._take(wanted, found))

    def _take(self, text: str, found: Sequence[Order]) -> None:
        """Takes up what was found for this very text: what the list shows may be for less of it."""
        if len(found) == 1:
            self._open(found[0].id)
        else:
            self._scan((text,))

    def _matching(self, text: str) -> tuple[Order, ...]:
        """Returns orders with tickets that a text finds."""
        found = self.session.till.find_orders(text, _MOST_FOUND)
        return tuple(each for each in found.orders if each.ticket_count)

    def _enter(self, text: str) -> None:
        """Lets in what was ticked on a list."""
        self.query, gate = "", self.session.till.gate

        def entered(done: ListEntered) -> None:
            self.entered = (*self.entered, *done.lines)
            self.session.play(Sound.STOP if any(each.why_not for each in done.lines) else Sound.GOOD)
            self._look()

        if text.strip():
            self._ask_gate(lambda: gate.enter_list(text), entered)

    def _save_list(self) -> None:
        def saved(path: Path) -> None:
            self.session.say(say("The door list is saved."), icon="save", detail=str(path))

        gate, language = self.session.till.gate, code()
        self.session.call(lambda: gate.door_list(language), saved, failed=self._failed, lane=Lane.PAPER)

    def _open(self, order_id: OrderId) -> None:
        gate = self.session.till.gate
        self._ask_gate(lambda: gate.open(order_id), self._show)

    def view(self) -> GateView:
        return gate_view(
            Standing(
                now=self.now,
                verdict=self.verdict,
                ticked=self.ticked,
                is_undoing=self.is_undoing,
                is_listing=self.is_listing,
                entered=self.entered,
                query=self.query,
                found=self.found,
                only_scans=self.session.only_scans,
                at=self.session.till.now(),
            )
        )


_DOES: Final[Mapping[Do, Callable[[CheckInPage], None]]] = {
    Do.FINISH: CheckInPage._finish,
    Do.BACK: CheckInPage._close,
    Do.LET_BACK_IN: CheckInPage._let_back_in,
    Do.UNDO: CheckInPage._begin_undo,
    Do.DOOR_LIST: CheckInPage._turn_to_list,
    Do.SAVE_LIST: CheckInPage._save_list,
}
"""What each press does that leads nowhere else."""
