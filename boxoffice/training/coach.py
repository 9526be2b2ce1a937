"""Leads through the drills: begins them, watches what happens, and scores it. It decides nothing about any sale."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from boxoffice.till.ui.actions import Action, BeginDrill, Drill
from boxoffice.till.ui.flow.destinations import CheckIn, Drills, Next, Sell
from boxoffice.till.ui.flow.payment_places import SaleComplete
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.speech import LANGUAGES, code, say
from boxoffice.till.ui.views.training import BandView, DrillsView, DrillView
from boxoffice.till.usecases.gateway.standing import Ended, TillEvent
from boxoffice.training import telling
from boxoffice.training.course import course
from boxoffice.training.goals import drawer_off, judge, scored
from boxoffice.training.moments import Finished, Running
from boxoffice.training.results import Result, Results
from boxoffice.training.score_card import card
from boxoffice.training.stage import Stage

HINT_AFTER_S: Final = 15.0
"""After so long at one goal, the keys are shown unasked."""
_LINGER_S: Final = 1.0
"""How long the till's own last page stays, before the score comes."""


class Coach:
    """Implements `ui.flow.coaching.Coaching`."""

    def __init__(self, stage: Stage, results: Results, now: Callable[[], datetime]) -> None:
        self.stage, self._results, self._now = stage, results, now
        self.plans = course(stage.cast)
        self.running: Running | None = None
        self.last: Finished | None = None
        self._known = results.all()
        self._tries: dict[int, int] = {}
        self._session: Session | None = None
        self._looking = threading.Lock()
        stage.till.subscribe(self._heard)

    # What the screens ask

    def meet(self, session: Session) -> None:
        self._session = session

    def band(self) -> BandView:
        session = self._met
        wants_pin = session.cover is not None
        is_among_drills = isinstance(session.at, Drills) or self.running is not None or session.catalogue is None
        return telling.band(wants_pin=wants_pin, has_drills=not is_among_drills and not wants_pin)

    def panel(self) -> DrillView | None:
        running = self.running
        if running is None or self._met.team.must_sign_in:
            return None
        now_s = self._clock_s()
        since_s = now_s - running.at_goal_since_s
        return telling.panel(
            running,
            now_s,
            len(self.plans),
            is_hinted=running.hinted or since_s >= HINT_AFTER_S,
            is_sold=isinstance(self._met.at, SaleComplete),
        )

    def drills(self) -> DrillsView:
        return telling.drills(self.plans, self._known, self.stage.seller, self.last, self.next_number)

    @property
    def next_number(self) -> int:
        """Which drill comes next: the first after the last one that was not passed yet, or the first of all."""
        passed = telling.passed(self._known, self.stage.seller)
        start = 0 if self.last is None else self.last.number
        order: list[int] = [*range(start + 1, len(self.plans) + 1), *range(1, start + 1)]
        return next((each for each in order if each not in passed), order[0])

    def act(self, action: Action) -> Next:
        match action:
            case BeginDrill(number) if 1 <= number <= len(self.plans):
                self._begin(number)
            case Drill.NEXT:
                self._begin(self.next_number)
            case Drill.AGAIN:
                self._again()
            case Drill.HINT if self.running is not None:
                self.running.hinted = True
            case Drill.SHOW:
                return self._show()
            case Drill.SKIP:
                return self._to_drills()
            case Drill.CARD:
                self._print_card()
            case Drill.LANGUAGE:
                self._met.speak(next(each for each in LANGUAGES if each != code()))
            case Drill.LEAVE:
                self._leave()
            case _:
                pass
        return None

    def pressed(self) -> None:
        running = self.running
        if running is not None and not running.is_done:
            running.presses += 1

    def tick(self) -> Next:
        running = self.running
        if running is None or running.ended_s is None or self._met.page.why_stay:
            return None
        if self._clock_s() - running.ended_s < _LINGER_S:
            return None
        return self._finish(running)

    # How it is done

    @property
    def _met(self) -> Session:
        if self._session is None:
            raise RuntimeError("the coach has met no session")
        return self._session

    def _clock_s(self) -> float:
        return self._met.till.elapsed_s()

    def _must_wait(self) -> bool:
        """Says so where somebody's money is under way: nothing is begun over it."""
        session = self._met
        order = session.order
        is_part_paid = order is not None and bool(order.paid.minor) and not order.is_paid
        if session.page.why_stay or is_part_paid:
            session.say(session.page.why_stay or say("Finish the sale first."), state="warn", icon="info")
            return True
        return False

    def _again(self) -> None:
        if self.running is not None:
            self._begin(self.running.number)
        elif self.last is not None:
            self._begin(self.last.number)

    def _begin(self, number: int) -> None:
        """Sets the stage, then starts the time."""
        session = self._met
        if self._must_wait():
            return
        self.running = None
        session.new_sale()
        plan = self.plans[number - 1]

        def begun(position: tuple[int, int]) -> Next:
            session.fall_silent()
            now_s = self._clock_s()
            self._tries[number] = self._tries.get(number, 0) + 1
            self.running = Running(
                number, plan, self.stage.seller, position, now_s, self._tries[number], at_goal_since_s=now_s
            )
            return Sell()

        session.call(lambda: self.stage.prepare(plan.begins), begun, lane=Lane.CONTROL, keys_wait=True)

    def _show(self) -> Next:
        """Has the guest at the gate hold their ticket to the scanner."""
        running, session = self.running, self._met
        if running is None or running.is_done:
            return None
        guest = running.plan.steps[running.progress.done].shows
        if guest is None:
            return None
        if not isinstance(session.at, CheckIn):
            session.say(say("Open check-in first: F4."), icon="scan")
            return None
        session.page.scanned((self.stage.token(guest),))
        return None

    def _to_drills(self) -> Next:
        if self._must_wait():
            return None
        self.running = None
        self._met.new_sale()
        self._met.call(self.stage.settle, lambda _: None, lane=Lane.CONTROL)
        return Drills()

    def _finish(self, running: Running) -> Next:
        """Scores the drill, and keeps that."""
        session, ended_s = self._met, running.ended_s or self._clock_s()
        score = scored(
            running.progress.faults,
            time_s=ended_s - running.began_s,
            goal_s=running.plan.goal_s,
            presses=running.presses,
            best=running.plan.best,
            off_minor=running.off_minor,
        )
        self.running, self.last = (
            None,
            Finished(running.number, running.plan, running.who, score, self.stage.cast.dear_sum.currency),
        )
        at = f"{self._now():%Y-%m-%dT%H:%M:%S}"
        result = Result(running.who, running.number, score.points, score.time_s, score.presses, at)
        self._known = (*self._known, result)
        session.call(lambda: self._results.add(result), lambda _: None, lane=Lane.PAPER)
        to_sale(session)
        session.new_sale()
        return Drills()

    def _print_card(self) -> None:
        session = self._met
        slip = card(self.plans, self._known, self.stage.seller, self._now())
        session.call(
            lambda: self.stage.print(slip),
            lambda _: session.say(say("The card is printed."), state="ok", icon="printer"),
            lane=Lane.PAPER,
        )

    def _leave(self) -> None:
        if not self._must_wait():
            self._met.on_leave(Ended.CLOSED)

    def _heard(self, _told: TillEvent) -> None:
        """Looks what has happened. It comes on whichever thread has done it, and does not wait for another look."""
        with self._looking:
            running = self.running
            if running is None or running.ended_s is not None:
                return
            happened = self.stage.since(running.position)
            progress = judge(running.plan.goals, happened)
            before, running.progress = running.progress.done, progress
            running.off_minor = drawer_off(running.plan.goals, happened)
            if progress.done == before:
                return
            running.at_goal_since_s, running.hinted = self._clock_s(), False
            if running.is_done:
                running.ended_s = self._clock_s()
            switches = [each for at in range(before + 1, progress.done + 1) for each in running.plan.at.get(at, ())]
        for each in switches:
            self.stage.turn(each)
