"""Payments that are still unknown, which at the start come first and are asked about at once; then the hub's list."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import TenderId
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next, Problems
from boxoffice.till.ui.flow.hub_problems import advice_on, age_of, buttons_for, rows_of
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.resolved import note_check, say_resolved
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import CheckPayment
from boxoffice.till.ui.speech import code, count, later, say, told
from boxoffice.till.ui.till_actions import ChooseProblem, Decide
from boxoffice.till.ui.views.pages import ProblemsView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, RowView
from boxoffice.till.ui.words import clock, clock_s, money
from boxoffice.till.usecases.gateway.paying import TenderOutcome, TenderUnknown, UnknownPayment
from boxoffice.till.usecases.gateway.problems import HubProblem, HubProblems
from boxoffice.till.usecases.gateway.standing import PaymentResolved, TillEvent, TillStatus

_AT_HUB, _MORE_AT_HUB = later("{problems} at the hub"), later("more than {problems} at the hub")
_STEPS = {Named.UP: -1, Named.DOWN: 1}


class ProblemsPage(BasePage):
    section = Do.PROBLEMS
    keys: ClassVar = {Named.ENTER: Do.CHECK_AGAIN, Named.F10: Do.SERVE_NEXT, Named.ESC: Do.SERVE_NEXT}
    help_lines = (
        ("Enter", later("ask Stripe about all of them now")),
        ("F10", later("sell; the till keeps asking")),
        ("↑ ↓", later("the hub's problems")),
    )

    def __init__(self, session: Session, to: Problems) -> None:
        super().__init__(session, to)
        self.is_start = to.is_start
        self.asking: set[TenderId] = set()
        self.hub = HubProblems()
        self.chosen_id = ""
        self.is_deciding = False
        if to.is_start:
            self._ask_all()
        else:
            session.call(session.till.unknown_payments, self._loaded, lane=Lane.LOOK)
        self._look_at_hub()

    def _look_at_hub(self) -> None:
        self.session.call(self.session.till.hub_problems, self._heard_of_hub, lane=Lane.LOOK)

    def _heard_of_hub(self, known: HubProblems) -> None:
        self.hub = known

    @property
    def chosen(self) -> HubProblem | None:
        """The problem of the hub that is looked at: the first by itself where no payment is more urgent."""
        problems = self.hub.problems
        found = next((each for each in problems if each.id == self.chosen_id), None)
        return found or (problems[0] if problems and not self.session.unknown else None)

    @property
    def is_online(self) -> bool:
        return self.session.status is not None and self.session.status.is_online

    def heard(self, told: TillEvent) -> Next:
        if isinstance(told, TillStatus) and told.problems_tag != self.hub.tag:
            self._look_at_hub()
        return None

    def _loaded(self, payments: tuple[UnknownPayment, ...]) -> None:
        self.session.unknown = payments

    def view(self) -> ProblemsView:
        payments = self.session.unknown
        title = say("First, what is still open") if self.is_start and payments else say("Problems")
        ask = ButtonView(
            say("Asking Stripe") if self.asking else say("Ask Stripe now"),
            Do.CHECK_AGAIN,
            "strong",
            key="" if self.asking else "Enter",
            is_on=not self.asking,
        )
        sell = ButtonView(
            say("Sell, keep asking") if payments else say("Sell"), Do.SERVE_NEXT, "primary", "cart", "F10"
        )
        chosen = self.chosen
        if chosen is not None:
            return self._view_of(chosen, sell)
        return ProblemsView(
            title=title,
            hint=self._hint(),
            rows=self._rows(),
            empty_title=say("No problems"),
            empty_text=say("Every payment is known: paid, or not charged."),
            advice=(
                AdviceView("safe", say("**Safe:** no second charge can be made for these orders.")),
                AdviceView("cross", say("**Do not** take money for them another way yet.")),
                AdviceView(
                    "clock",
                    say("**Next:** if Stripe says paid, the tickets are there at once. If not, they can pay again."),
                ),
            )
            if payments
            else (
                AdviceView(
                    "safe", say("**Safe:** the till asks about each payment until it is known, also after a restart.")
                ),
            ),
            buttons=(ask, sell) if payments else (sell,),
        )

    def _view_of(self, problem: HubProblem, sell: ButtonView) -> ProblemsView:
        ours = buttons_for(problem, is_online=self.is_online, is_busy=self.is_deciding)
        return ProblemsView(
            say("Problems"),
            self._hint(),
            self._rows(),
            "",
            "",
            advice_on(problem, is_online=self.is_online),
            (*ours, sell),
        )

    def _rows(self) -> tuple[RowView, ...]:
        return (*(self._row(payment) for payment in self.session.unknown), *rows_of(self.hub, self.chosen))

    def _hint(self) -> str:
        payments, problems = self.session.unknown, self.hub.problems
        at_hub = say(_MORE_AT_HUB if self.hub.has_more else _AT_HUB, problems=len(problems)) if problems else ""
        parts = [say("{payments} unknown", payments=count(len(payments), "payment")) if payments else "", at_hub]
        age = age_of(self.hub, self.session.till.now(), is_online=self.is_online)
        return " · ".join(part for part in (*parts, age) if part)

    def _row(self, payment: UnknownPayment) -> RowView:
        is_asked = payment.id in self.asking
        checked = (
            say(" Check {checks} at {time}.", checks=payment.checks, time=clock_s(payment.checked_at))
            if payment.checked_at
            else ""
        )
        return RowView(
            say("Payment unknown, {amount}", amount=money(payment.amount)),
            say(
                "Order {number} · {time}. {reason}{checked}",
                number=payment.order.number,
                time=clock(payment.since),
                reason=told(payment.reason),
                checked=checked,
            ),
            "unknown",
            "unknown",
            button=ButtonView(
                say("Asking") if is_asked else say("Ask now"), CheckPayment(payment.id), "plain", is_on=not is_asked
            ),
        )

    def act(self, action: Action) -> Next:
        match action:
            case Do.CHECK_AGAIN:
                self._ask_all()
            case CheckPayment(payment_id):
                self._ask(payment_id)
            case ChooseProblem(problem_id):
                self.chosen_id = problem_id
            case Decide(problem_id, remedy):
                self._decide(problem_id, remedy)
            case Do.SERVE_NEXT:
                return to_sale(self.session)
            case _:
                pass
        return None

    def typed(self, key: Key) -> Next:
        """Goes through the hub's problems with the arrows."""
        ids = [each.id for each in self.hub.problems]
        if ids and key.name in _STEPS:
            at = -1 if self.chosen is None else ids.index(self.chosen.id)
            self.chosen_id = ids[max(0, min(at + _STEPS[key.name], len(ids) - 1))]
        return None

    def _decide(self, problem_id: str, remedy: str) -> None:
        if self.is_deciding:
            return
        session = self.session

        def begun() -> None:
            self.is_deciding = True

        def decided(left: HubProblems) -> None:
            self.is_deciding = False
            self._heard_of_hub(left)
            session.say(_decided(left.made))

        def not_decided(error: BoxofficeError) -> None:
            self.is_deciding = False
            session.say_failed(error)
            self._look_at_hub()

        allowed(
            session,
            self._act(problem_id, remedy),
            lambda: session.till.decide(problem_id, remedy),
            decided,
            failed=not_decided,
            begun=begun,
            lane=Lane.LOOK,
            keys_wait=False,
        )

    def _act(self, problem_id: str, remedy: str) -> Act:
        problem = next((each.said_in(code()) for each in self.hub.problems if each.id == problem_id), None)
        found = next((each for each in problem.remedies if each.name == remedy), None) if problem is not None else None
        notes = () if problem is None else (("warning", f"**{problem.title}**"), ("info", problem.detail))
        return Act(Right.DECIDE, say("to decide"), remedy if found is None else found.label, notes=notes)

    def _ask_all(self) -> None:
        for payment in self.session.unknown:
            self._ask(payment.id)

    def _ask(self, payment_id: TenderId) -> None:
        payment = next((each for each in self.session.unknown if each.id == payment_id), None)
        if payment is None or payment_id in self.asking:
            return
        self.asking.add(payment_id)
        session = self.session

        def checked(outcome: TenderOutcome) -> None:
            self.asking.discard(payment_id)
            note_check(session, payment, outcome)
            if not isinstance(outcome, TenderUnknown):
                say_resolved(session, PaymentResolved(payment_id, outcome))

        def not_checked(error: BoxofficeError) -> None:
            self.asking.discard(payment_id)
            session.say_failed(error)

        session.call(lambda: session.till.check_again(payment_id), checked, failed=not_checked, lane=Lane.CHECK)


def _decided(made: str) -> str:
    if made:
        return say("Decided. Order {number} has the new tickets: find it by that number.", number=made)
    return say("Decided. The hub has written it down.")
