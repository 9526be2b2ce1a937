"""The pages before the first sale: opening, pairing, choosing an event; and the one that says why nothing goes on."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError, OperationFailed
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.arriving import enter
from boxoffice.till.ui.flow.destinations import EventChoices, Next, Pairing, Stopped, ThisTill
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.till_actions import ChooseEvent, Pair
from boxoffice.till.ui.views.pages import EventsView, PairView, StartView, StoppedView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, RowView
from boxoffice.till.ui.words import days, explain
from boxoffice.till.usecases.gateway.standing import EventChoice, Ready

_SLOW_S = 5


class StartPage(BasePage):
    """While the till's file is opened; words come only when it takes long."""

    is_bare = comes_to_its_end = True

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self._since_s: float | None = None

    def tick(self) -> None:
        if self._since_s is None:
            self._since_s = self.session.till.elapsed_s()

    def view(self) -> StartView:
        waited = 0.0 if self._since_s is None else self.session.till.elapsed_s() - self._since_s
        text = (
            say("Opening the sales that are saved on this till. This takes longer than usual.")
            if waited > _SLOW_S
            else ""
        )
        return StartView(say("Opening the till"), text)

    def act(self, action: Action) -> Next:
        """Nothing can be done yet."""
        return None


class PairPage(BasePage):
    is_bare = comes_to_its_end = types_codes = True
    help_lines = (("Tab", later("next field")), ("Enter", later("pair this till")))

    def __init__(self, session: Session, to: Pairing) -> None:
        super().__init__(session, to)
        self.hub_url = to.hub_url
        self.code = ""
        self.problem = ""
        self.advice = ""

    def view(self) -> PairView:
        return PairView(self.hub_url, self.code, self.problem, self.advice, self.session.is_busy)

    def act(self, action: Action) -> Next:
        if isinstance(action, Pair):
            self._pair(action.hub_url.strip(), action.code.strip())
        return None

    def _pair(self, hub_url: str, code: str) -> None:
        self.hub_url, self.code = hub_url, code
        self.problem = _missing(hub_url, code)
        self.advice = ""
        if self.problem:
            return
        session = self.session
        session.call(
            lambda: session.till.pair(hub_url, code),
            lambda state: enter(session, state),
            failed=self._refused,
            keys_wait=True,
        )

    def _refused(self, error: BoxofficeError) -> None:
        self.problem, self.advice = explain(error)


def _missing(hub_url: str, code: str) -> str:
    if not hub_url:
        return say("The hub's address is missing. It stands beside the code on the organizer's page.")
    return "" if code else say("The code is missing. The organizer makes one for each till.")


class EventsPage(BasePage):
    """Chooses what to sell for."""

    is_bare = True
    help_lines = (("↑ ↓", later("choose an event")), ("Enter", later("sell for it")))

    def __init__(self, session: Session, to: EventChoices) -> None:
        super().__init__(session, to)
        self.events: tuple[EventChoice, ...] = ()
        self.problem = ""
        self.is_loading = True
        self.chosen = 0
        self.can_go_back = to.can_go_back
        session.call(session.till.events, self._loaded, failed=self._failed, lane=Lane.LOOK)

    def _loaded(self, events: tuple[EventChoice, ...]) -> None:
        self.events, self.is_loading = events, False

    def _chosen(self, ready: Ready) -> Next:
        self.session.new_sale()
        return enter(self.session, ready)

    def _failed(self, error: BoxofficeError) -> None:
        happened, rest = explain(error)
        self.problem, self.is_loading = f"{happened} {rest}", False

    def view(self) -> EventsView:
        back = ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc") if self.can_go_back else None
        again = None if self.events or self.is_loading else ButtonView(say("Try again"), Do.TRY_AGAIN, icon="sync")
        return EventsView(
            title=say("What do you sell for?"),
            hint=say("This till sells for one event at a time. You can change it later, under Till."),
            events=tuple(
                RowView(
                    each.name,
                    f"{days(each.first_day, each.last_day)} · {each.venue}",
                    "calendar",
                    action=ChooseEvent(each.id),
                    is_chosen=i == self.chosen,
                )
                for i, each in enumerate(self.events)
            ),
            problem=self.problem
            or ("" if self.events or self.is_loading else say("The hub has no event for this till.")),
            is_loading=self.is_loading,
            back=back or again,
        )

    def typed(self, key: Key) -> Next:
        if key.name in (Named.UP, Named.DOWN) and self.events:
            step = 1 if key.name is Named.DOWN else -1
            self.chosen = min(max(self.chosen + step, 0), len(self.events) - 1)
        elif key.name is Named.ENTER and self.events:
            return self.act(ChooseEvent(self.events[self.chosen].id))
        elif key.name is Named.ESC and self.can_go_back:
            return self.act(Do.BACK)
        return None

    def act(self, action: Action) -> Next:
        session = self.session
        match action:
            case ChooseEvent(event_id):
                name = next((each.name for each in self.events if each.id == event_id), "")
                allowed(
                    session,
                    Act(Right.SETTINGS, say("to sell for another event"), name),
                    lambda: session.till.choose_event(event_id),
                    self._chosen,
                    failed=self._failed,
                )
            case Do.TRY_AGAIN:
                return EventChoices(self.can_go_back)
            case Do.BACK if self.can_go_back:
                return ThisTill()
            case _:
                pass
        return None


class StoppedPage(BasePage):
    """The till may not sell: what happened, what is safe, and the way back."""

    is_bare = comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.TRY_AGAIN}

    def __init__(self, session: Session, to: Stopped) -> None:
        super().__init__(session, to)
        self.error = to.error

    def view(self) -> StoppedView:
        return StoppedView(
            NoticeView(say("This till has stopped selling"), self.error.what_happened, "danger", "warning"),
            tuple(
                AdviceView(icon, f"**{word}:** {text}")
                for icon, word, text in (
                    ("safe", say("Safe"), self.error.what_is_safe),
                    ("next", say("Next"), self.error.what_to_do),
                )
                if text
            ),
            ButtonView(say("Try again"), Do.TRY_AGAIN, "primary", "sync", "Enter"),
        )

    def act(self, action: Action) -> Next:
        session = self.session
        if action is Do.TRY_AGAIN:
            session.call(session.till.open, lambda state: enter(session, state), failed=self._still, keys_wait=True)
        return None

    def _still(self, error: BoxofficeError) -> None:
        if isinstance(error, OperationFailed):
            self.error = error
