"""The screens before the first sale: opening, pairing, choosing the event; and the one that says why it stops."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.till_actions import Pair
from boxoffice.till.ui.views.pages import EventsView, PairView, StartView, StoppedView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import GreyBars
from boxoffice.till.ui.widgets.field import LabelledField
from boxoffice.till.ui.widgets.notice import AdviceCard, Notice
from boxoffice.till.ui.widgets.poster import Poster
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Text, plain_ground


class HalfScreen(Screen):
    """A dark poster at the left, the question at the right."""

    def __init__(self, theme: Theme, title: str, text: str) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._halves = QHBoxLayout(self)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(0)
        self.poster = Poster(theme, title, text)
        self._halves.addWidget(self.poster, 44)
        inner = QWidget()
        self.right = QVBoxLayout(inner)
        self._halves.addWidget(Scroll(inner), 56)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        side = self.theme.pick(32, 64, 96)
        self.right.setContentsMargins(side, self.theme.px(48), side, self.theme.px(40))
        self.right.setSpacing(self.theme.px(16))


class StartScreen(HalfScreen):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, say("Opening the till"), "")
        self._text = Text(theme, "", 18, colour="ink-2", wraps=True)
        self.right.addStretch()
        self.right.addWidget(self._text)
        self.right.addStretch()

    def refresh(self, view: object) -> None:
        if isinstance(view, StartView):
            self.poster.show_words(view.title, "")
            self._text.set_text(view.text)


class PairScreen(HalfScreen):
    """Asks for the hub's address and a one-time code."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme, say("Pair this till"), say("The organizer makes a code for each till, on the hub. It works once.")
        )
        self._was_problem = ""
        self.right.addStretch(1)
        self.right.addWidget(Text(theme, say("Which hub?"), 28, head=True))
        self.hub = LabelledField(theme, say("Hub address"), icon="sync", hint="https://hub.example.org")
        self.code = LabelledField(theme, say("One-time code"), icon="till", hint="ABCD-EFGH")
        self._button = Button(
            theme, ButtonView(say("Pair this till"), Do.FINISH, "primary", key="Enter"), size=22, height=88
        )
        self._button.did.connect(lambda _: self._pair())
        self.hub.field.submitted.connect(lambda _: self.code.field.setFocus())
        self.code.field.submitted.connect(lambda _: self._pair())
        for widget in (self.hub, self.code):
            self.right.addWidget(widget)
        self._advice = Text(theme, "", 16, colour="ink-2", wraps=True)
        self.right.addWidget(self._advice)
        self.right.addWidget(self._button)
        self.right.addStretch(2)

    def _pair(self) -> None:
        self.did.emit(Pair(self.hub.field.edit.text(), self.code.field.edit.text()))

    def first_focus(self) -> QWidget | None:
        return self.code.field.edit if self.hub.field.edit.text() else self.hub.field.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, PairView):
            return
        if view.hub_url and not self.hub.field.edit.text():
            self.hub.field.show_text(view.hub_url)
        is_about_hub = "address" in view.problem
        self.hub.show_problem(view.problem if is_about_hub else "")
        self.code.show_problem("" if is_about_hub else view.problem)
        self._advice.set_text(view.advice)
        self._advice.setVisible(bool(view.advice))
        label = say("Pairing with the hub") if view.is_busy else say("Pair this till")
        self._button.show_view(ButtonView(label, Do.FINISH, "primary", key="Enter", is_on=not view.is_busy))
        if view.problem and view.problem != self._was_problem:
            (self.hub if is_about_hub else self.code).field.setFocus()
        self._was_problem = view.problem


class EventsScreen(HalfScreen):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, say("What do you sell for?"), "")
        self.right.addStretch(1)
        self.right.addWidget(Text(theme, say("Choose an event"), 28, head=True))
        self._loading = GreyBars(theme)
        self.rows = Rows(theme, height=96, title_size=18)
        self.rows.did.connect(self.did)
        self._problem = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._back = Button(theme, ButtonView("", Do.BACK))
        self._back.did.connect(self.did)
        for widget in (self._loading, self.rows, self._problem):
            self.right.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(self._back)
        line.addStretch()
        self.right.addLayout(line)
        self.right.addStretch(2)

    def first_focus(self) -> QWidget | None:
        return self.rows.rows[0] if self.rows.rows else None

    def refresh(self, view: object) -> None:
        if not isinstance(view, EventsView):
            return
        self.poster.show_words(view.title, view.hint)
        self._loading.setVisible(view.is_loading)
        self.rows.show_rows(view.events)
        self._problem.set_text(view.problem)
        self._problem.setVisible(bool(view.problem))
        self._back.show_view(view.back)


class StoppedScreen(Screen):
    """The till may not sell: what happened, what is safe, what to do."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        layout = self._column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        layout.setSpacing(theme.px(24))
        self._notice, self._advice = Notice(theme), AdviceCard(theme)
        self._button = Button(theme, ButtonView(say("Try again"), Do.TRY_AGAIN, "primary"), size=22, height=88)
        self._button.did.connect(self.did)
        layout.addWidget(self._notice)
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self._advice)
        middle.addStretch(1)
        layout.addWidget(Scroll(inner), 1)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(self._button)
        layout.addLayout(line)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        side = self.theme.px(24 if self.theme.is_low else 64)
        self._column.setContentsMargins(side, side, side, side)

    def refresh(self, view: object) -> None:
        if isinstance(view, StoppedView):
            self._notice.show_view(view.notice)
            self._advice.show_views(view.advice)
            self._button.show_view(view.button)
