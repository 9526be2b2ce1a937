"""The line between a till and the hub: messages that get lost, late, twice, or through in one direction only.

What stands at its far end is what the hub's routes for tills call, with the same checks of who is calling, and the same
table from errors to answers. Messages go through JSON, as they do on a wire.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel, TypeAdapter

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.facts import Head, instant_text
from boxoffice.core.wire.after_sale import OrderLook, RefundAsk, RenameAsk, TransferAsk, VoidAsk
from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest
from boxoffice.core.wire.feed import FeedAnswer, WakeEvent
from boxoffice.core.wire.help import HelpAnswer, HelpRequest, TicketsLink
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest
from boxoffice.core.wire.lost import HistoryAnswer, KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.core.wire.orders_elsewhere import OrdersAnswer
from boxoffice.core.wire.pairing import EventBody, EventSummary, KeyAnswer, PairAnswer, PairRequest
from boxoffice.core.wire.parked import ParkedAnswer, ParkedCart, ParkedRequest
from boxoffice.core.wire.preflight import PreflightAnswer, PreflightAsk
from boxoffice.core.wire.problems import ProblemDecision, ProblemsAnswer
from boxoffice.core.wire.protocol import GENERATION, REVOKED
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer, PushRequest
from boxoffice.core.wire.reports import ReportAsk, ReportMailed
from boxoffice.core.wire.staff import StaffAnswer
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from sync.http.problem_details import _STATUSES
from sync.inventory import events
from sync.orders.renaming import rename
from sync.payments.door_refunds import DoorRefunds
from sync.payments.voiding import DoorVoids
from sync.store.chain import utc_now
from sync.store.tills import Device, TillStatus
from sync.tills.elsewhere import orders_for
from sync.tills.feed import news_for
from sync.tills.gift_cards import ask_for_card
from sync.tills.history import head_of, history_for
from sync.tills.leases import grant_lease
from sync.tills.order_look import look_at
from sync.tills.pairing import device_of, pair, revoked_device_of
from sync.tills.parked import exchange, take_up
from sync.tills.preflights import tell_for_preflight
from sync.tills.problems import problems_of, tag_of
from sync.tills.pushing import take_again, take_push
from sync.tills.revoked import TillRevoked
from sync.tills.staff import told_to_tills
from sync.tills.till_keys import key_of, note_taken
from sync.tills.told_again import lacking
from sync.tills.transferring import Transfers
from tests.simulation.hub_process import HubDied, HubProcess
from tests.simulation.options import Fault
from tests.simulation.scheduler import SimEvent

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
TIMEOUT_S: Final = 10.0
_EVENTS: Final = TypeAdapter(list[EventSummary])


class NotTrusted(BoxofficeError):
    """What the hub's routes say to a till that was copied."""


@dataclass
class Cable:
    """One till's way to the hub. It is cut until `cut_until`, in one direction or both."""

    name: str
    hub: HubProcess
    point: Callable[[str], None] = lambda _: None
    cut_until: float = 0.0
    back_cut_until: float = 0.0

    def ask(self, what: str, kind: type[M], work: Callable[[], M], *, may_repeat: bool = True) -> M:
        """Returns the hub's answer, if it comes.

        Raises:
            Unreachable: if none came; what was asked for may have been done or not.
            HubRefused: if the hub said no.
        """
        answer = self._there_and_back(what, lambda: work().model_dump_json(), may_repeat=may_repeat)
        return kind.model_validate_json(answer)

    def ask_events(self, work: Callable[[], list[EventSummary]]) -> Sequence[EventSummary]:
        return _EVENTS.validate_json(self._there_and_back("events", lambda: _EVENTS.dump_json(work()).decode()))

    def _there_and_back(self, what: str, work: Callable[[], str], *, may_repeat: bool = True) -> str:
        chaos, who = self.hub.chaos, self.name
        self.point(f"hub {what}: before")
        self._fails()
        chaos.scheduler.sleep(chaos.delay_s(who))
        if chaos.scheduler.now < self.cut_until or chaos.strikes(Fault.REQUEST_LOST, who):
            self._silence()
        answer = self._answer(what, work)
        if may_repeat and chaos.strikes(Fault.DUPLICATE, who):  # a proxy on the way sends it once more
            again_s = chaos.scheduler.draws.of(f"again {who}").between(0.01, 30)
            chaos.scheduler.spawn(f"{who}'s {what} again", lambda: self._once_more(work), None, again_s)
        if chaos.scheduler.now < max(self.cut_until, self.back_cut_until) or chaos.strikes(Fault.REPLY_LOST, who):
            self._silence()
        chaos.scheduler.sleep(chaos.delay_s(who))
        self.point(f"hub {what}: after")
        if isinstance(answer, HubRefused):
            raise answer
        return answer

    def _answer(self, what: str, work: Callable[[], str]) -> str | HubRefused:
        answer = self._served(what, work)
        if not isinstance(answer, BoxofficeError):
            return answer
        statuses: dict[type[BoxofficeError], int] = {NotTrusted: 403, **_STATUSES}
        status = next((code for each, code in statuses.items() if isinstance(answer, each)), 500)
        if status >= 500 or status == 429:
            self.hub.chaos.scheduler.note("hub", f"says {status} to {self.name}'s {what}: {answer}")
            raise Unreachable(str(answer), "Everything is saved on this till.", "It is tried again.") from answer
        self.hub.chaos.scheduler.note("hub", f"refuses {self.name}'s {what} with {status}: {answer}")
        return HubRefused(status, str(answer), REVOKED if isinstance(answer, TillRevoked) else "")

    def _served(self, what: str, work: Callable[[], str]) -> str | BoxofficeError:
        """Lets the hub work on it, as a task of its own: it goes on if whoever asked dies, or waits no longer."""
        scheduler = self.hub.chaos.scheduler
        answers, is_there = list[str | BoxofficeError](), SimEvent(scheduler)

        def serve() -> None:
            try:
                answers.append(self.hub.run(work))
            except BoxofficeError as error:
                answers.append(error)
            except HubDied:
                return
            is_there.set()

        if scheduler.is_alone:
            serve()
        else:
            scheduler.spawn(f"hub: {self.name}'s {what}", serve)
            is_there.wait(TIMEOUT_S)
        if not answers:
            raise _no_answer()
        return answers[0]

    def _once_more(self, work: Callable[[], str]) -> None:
        try:
            self.hub.run(work)
        except (HubDied, BoxofficeError):
            return

    def _fails(self) -> None:
        """Lets the line be cut from now on."""
        chaos, who = self.hub.chaos, self.name
        draws = chaos.scheduler.draws.of(f"cuts {who}")
        if chaos.strikes(Fault.PARTITION, who, 0.3):
            self.cut_until = chaos.scheduler.now + draws.between(10, 900)
        if chaos.strikes(Fault.ONE_WAY, who, 0.3):
            self.back_cut_until = chaos.scheduler.now + draws.between(10, 300)

    def _silence(self) -> None:
        self.hub.chaos.scheduler.sleep(TIMEOUT_S)
        raise _no_answer()


@dataclass
class SimHub:
    """Implements `till.usecases.ports.Hub`."""

    cable: Cable
    token: str

    def events(self) -> Sequence[EventSummary]:
        def work() -> list[EventSummary]:
            self._till()
            with self._hub.database.transaction() as connection:
                return events.list_events(connection)

        return self.cable.ask_events(work)

    def event(self, event_id: str) -> EventBody:
        def work() -> EventBody:
            till = self._trusted()
            with self._hub.database.transaction() as connection:
                body = events.event_for(self._hub.hub, connection, event_id, till)
            assert body is not None
            return body

        return self.cable.ask("event", EventBody, work)

    def staff(self) -> StaffAnswer:
        def work() -> StaffAnswer:
            self._trusted()
            with self._hub.database.transaction() as connection:
                return told_to_tills(self._hub.hub, connection)

        return self.cable.ask("staff", StaffAnswer, work)

    def push(self, request: PushRequest, unsent: int) -> PushAnswer:
        body = request.model_dump_json()

        def work() -> PushAnswer:
            return take_push(self._hub.hub, self._known(unsent), PushRequest.model_validate_json(body))

        return self.cable.ask("push", PushAnswer, work)

    def feed(self, after: int, event_id: str | None, unsent: int, key_id: str) -> FeedAnswer:
        def work() -> FeedAnswer:
            till = self._till(unsent)
            note_taken(self._hub.hub, till.id, key_id)
            return news_for(self._hub.hub, till, after, event_id, instant_text(utc_now()), GENERATION)

        return self.cable.ask("feed", FeedAnswer, work)

    def orders(self, event_id: str, after: str, most: int) -> OrdersAnswer:
        def work() -> OrdersAnswer:
            return OrdersAnswer.model_validate_json(orders_for(self._hub.hub, self._trusted(), event_id, after, most))

        return self.cable.ask("orders", OrdersAnswer, work)

    def tell_parked(self, request: ParkedRequest) -> ParkedAnswer:
        return self.cable.ask("parked", ParkedAnswer, lambda: exchange(self._hub.hub, self._trusted(), request))

    def take_parked(self, event_id: str, cart_id: str) -> ParkedCart:
        work = lambda: take_up(self._hub.hub, self._trusted(), event_id, cart_id)  # noqa: E731
        return self.cable.ask("cart of another", ParkedCart, work)

    def call_help(self, request: HelpRequest) -> HelpAnswer:
        raise NotImplementedError("nobody calls for help here")

    def answer_help(self, call_id: str) -> HelpAnswer:
        raise NotImplementedError("nobody calls for help here")

    def tickets_link(self, order_id: str) -> TicketsLink:
        raise NotImplementedError("nobody shows tickets on a phone here")

    def look_at_order(self, order_id: str) -> OrderLook:
        return self.cable.ask("look", OrderLook, lambda: look_at(self._hub.hub, self._trusted(), order_id))

    def rename(self, order_id: str, ask: RenameAsk) -> OrderLook:
        def work() -> OrderLook:
            rename(self._hub.hub, order_id, ask.name)
            return look_at(self._hub.hub, self._trusted(), order_id)

        return self.cable.ask("name", OrderLook, work)

    def transfer(self, order_id: str, ask: TransferAsk) -> OrderLook:
        def work() -> OrderLook:
            Transfers(self._hub.hub).transfer(self._trusted(), order_id, ask)
            return look_at(self._hub.hub, self._trusted(), order_id)

        return self.cable.ask("transfer", OrderLook, work)

    def ask_void(self, order_id: str, ask: VoidAsk) -> OrderLook:
        def work() -> OrderLook:
            DoorVoids(self._hub.hub).void(self._trusted(), order_id, ask)
            return look_at(self._hub.hub, self._trusted(), order_id)

        return self.cable.ask("void", OrderLook, work)

    def mail_report(self, shift_id: str, ask: ReportAsk) -> ReportMailed:
        raise NotImplementedError("nobody reads reports here")

    def ask_refund(self, order_id: str, ask: RefundAsk) -> OrderLook:
        def work() -> OrderLook:
            DoorRefunds(self._hub.hub).give_back(self._trusted(), order_id, ask)
            return look_at(self._hub.hub, self._trusted(), order_id)

        return self.cable.ask("refund", OrderLook, work)

    def head(self, unsent: int) -> HeadAnswer:
        return self.cable.ask("head", HeadAnswer, lambda: head_of(self._hub.hub, self._till(unsent)))

    def known(self, request: KnownRequest) -> KnownAnswer:
        body = request.model_dump_json()
        work = lambda: lacking(self._hub.hub, self._till(), KnownRequest.model_validate_json(body))  # noqa: E731
        return self.cable.ask("known", KnownAnswer, work)

    def tell_again(self, request: TellAgainRequest) -> PushAnswer:
        body = request.model_dump_json()
        work = lambda: take_again(self._hub.hub, self._till(), TellAgainRequest.model_validate_json(body))  # noqa: E731
        return self.cable.ask("told", PushAnswer, work)

    def history(self, head: Head, after: int) -> HistoryAnswer:
        work = lambda: history_for(self._hub.hub, self._till(), head, after, GENERATION)  # noqa: E731
        return self.cable.ask("history", HistoryAnswer, work)

    def key(self) -> KeyAnswer:
        def work() -> KeyAnswer:
            till = self._trusted()
            with self._hub.database.transaction() as connection:
                return KeyAnswer(stripe_key=key_of(self._hub.hub, connection, till.id))

        return self.cable.ask("key", KeyAnswer, work)

    def problems(self) -> ProblemsAnswer:
        def work() -> ProblemsAnswer:
            with self._hub.database.transaction() as connection:
                return ProblemsAnswer(tag=tag_of(problems_of(self._hub.hub, connection, self._till())))

        return self.cable.ask("problems", ProblemsAnswer, work)

    def decide(self, problem_id: str, decision: ProblemDecision) -> ProblemsAnswer:
        raise NotImplementedError("nobody decides anything here")

    def lease(self, request: LeaseRequest) -> LeaseAnswer:
        body = request.model_dump_json()

        def work() -> LeaseAnswer:
            return grant_lease(self._hub.hub, self._trusted(), LeaseRequest.model_validate_json(body))

        return self.cable.ask("lease", LeaseAnswer, work)

    def ask_card(self, ask: CardAsk) -> CardAnswer:
        return self.cable.ask("gift card", CardAnswer, lambda: ask_for_card(self._hub.hub, self._trusted(), ask))

    def preflight(self, ask: PreflightAsk) -> PreflightAnswer:
        return self.cable.ask("preflight", PreflightAnswer, lambda: tell_for_preflight(self._hub.hub, ask))

    def open_checkout(self, request: CheckoutRequest) -> CheckoutAnswer:
        work = lambda: self._hub.door_checkouts.open(self._trusted(), request)  # noqa: E731
        return self.cable.ask("payment", CheckoutAnswer, work)

    def checkout(self, tender_id: str) -> CheckoutAnswer:
        work = lambda: self._hub.door_checkouts.look(self._known(), tender_id)  # noqa: E731
        return self.cable.ask("look at a payment", CheckoutAnswer, work)

    def cancel_checkout(self, tender_id: str) -> CheckoutAnswer:
        work = lambda: self._hub.door_checkouts.cancel(self._known(), tender_id)  # noqa: E731
        return self.cable.ask("end of a payment", CheckoutAnswer, work)

    def extend_checkout(self, tender_id: str) -> CheckoutAnswer:
        work = lambda: self._hub.door_checkouts.extend(self._till(), tender_id)  # noqa: E731
        return self.cable.ask("more time", CheckoutAnswer, work)

    def send_mail(self, request: MailRequest) -> MailAnswer:
        return self.cable.ask("mail", MailAnswer, lambda: self._hub.mailer.queue(self._known(), request))

    def wake(self) -> Iterator[WakeEvent]:
        raise NotImplementedError("tills poll here")

    def close(self) -> None:
        """Nothing is open."""

    @property
    def _hub(self) -> HubProcess:
        return self.cable.hub

    def _known(self, unsent: int | None = None) -> Device:
        with self._hub.database.transaction() as connection:
            found = device_of(connection, self.token, unsent) or revoked_device_of(connection, self.token, unsent)
        assert found is not None
        return found

    def _till(self, unsent: int | None = None) -> Device:
        till = self._known(unsent)
        if till.is_revoked:
            raise TillRevoked
        return till

    def _trusted(self) -> Device:
        till = self._till()
        if till.status is not TillStatus.ACTIVE:
            raise NotTrusted
        return till


def _no_answer() -> Unreachable:
    return Unreachable("The hub can't be reached.", "Everything is saved on this till.", "It is tried again.")


def pair_at(cable: Cable, request: PairRequest) -> PairAnswer:
    return cable.ask("pairing", PairAnswer, lambda: pair(cable.hub.hub, request, cable.name), may_repeat=False)
