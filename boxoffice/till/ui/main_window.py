"""The window: rail, bar and one screen; hands keys and taps to the till flow and draws what its views say."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.coaching import Coaching
from boxoffice.till.ui.flow.hardware import Hardware
from boxoffice.till.ui.flow.till import TillFlow
from boxoffice.till.ui.full_screen import FullScreen
from boxoffice.till.ui.garbage import ScreenCollector
from boxoffice.till.ui.hands import Hands
from boxoffice.till.ui.keys import Scan
from boxoffice.till.ui.screens.loading import screen_class
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pages import StartView
from boxoffice.till.ui.views.shell import HelpView
from boxoffice.till.ui.widgets.bar import Bar
from boxoffice.till.ui.widgets.focus_ring import FocusRing
from boxoffice.till.ui.widgets.help import Help
from boxoffice.till.ui.widgets.rail import Rail
from boxoffice.till.ui.widgets.text import plain_ground
from boxoffice.till.ui.widgets.toasts import Toasts
from boxoffice.till.ui.work import QtWork
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from boxoffice.till.usecases.gateway.port import TillGateway
from boxoffice.till.usecases.gateway.standing import Ended

if TYPE_CHECKING:
    from boxoffice.till.ui.gate_camera import GateCamera
    from boxoffice.till.ui.second_screen import SecondScreen
    from boxoffice.till.ui.widgets.training import Training

_TICK_MS: Final = 1000
_CLOSE_WAIT_MS: Final = 5000
_TURNS: Final = 4


class MainWindow(QWidget):
    """Owns the theme, the background work and the flow of one till."""

    opened = Signal()
    """Said once: the first screen that a person can use is drawn."""

    def __init__(
        self,
        till: TillGateway,
        theme: Theme,
        *,
        is_gate_only: bool = False,
        is_kiosk: bool = False,
        trainer: Coaching | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.theme = theme
        self._collector = ScreenCollector(self)
        self.work = QtWork()
        self.flow = TillFlow(till, self.work, is_gate_only=is_gate_only, is_kiosk=is_kiosk, trainer=trainer)
        self._full_screen = FullScreen(self, theme, self.flow.session)
        self.ended = Ended.CLOSED
        """How this window was left."""
        self._training = None if trainer is None else self._make_training()
        self._screens: dict[str, Screen] = {}
        self._page: object = None
        self._made_at = theme.zoom
        self._help: QWidget | None = None
        self._customer: SecondScreen | None = None
        self._camera: GateCamera | None = None
        self._dialog: Screen | None = None
        self._is_drawing = self._draws_again = self._is_open = False
        self._build()
        self._hands = Hands(self, self.flow, lambda: self.screen_widget, self._customers_window, clock)
        self.flow.session.on_change = self.draw
        self.flow.session.on_text_size = theme.step_text
        self.flow.session.hardware = Hardware(lambda: len(QGuiApplication.screens()), _cameras)
        self.flow.session.on_language = self._speak
        self.flow.session.on_look = self._full_screen.look
        self.flow.session.on_leave = self._leave
        theme.changed.connect(self._restyle)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.flow.session.tick)
        self._restyle()
        self.draw()

    def _build(self) -> None:
        self.setWindowTitle("Box Office")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plain_ground(self, "cream")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setSpacing(0)
        self._rail, self._bar = Rail(self.theme), Bar(self.theme)
        self._stack = QStackedWidget()
        main = QVBoxLayout()
        main.setSpacing(0)
        main.addWidget(self._bar)
        if self._training is None:
            main.addWidget(self._stack, 1)
        else:
            main.addLayout(self._training.beside(self._stack, self.flow.on_action), 1)
        row.addWidget(self._rail)
        row.addLayout(main, 1)
        self._toasts = Toasts(self.theme, self)
        self._ring = FocusRing(self.theme, self)
        for part in (self._rail, self._bar, self._toasts):
            part.did.connect(self.flow.on_action)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._full_screen.hear(event)

    def _speak(self) -> None:
        """Makes all that holds words of its own anew."""
        self._forget_screens()
        self.flow.is_help_open = False

    def _forget_screens(self) -> None:
        """Lets all screens be made anew; what a page has typed and chosen stays with the page."""
        for screen in self._screens.values():
            self._stack.removeWidget(screen)
            screen.hide()
            screen.deleteLater()
        self._screens, self._page, self._dialog = {}, None, None
        self._close_help()

    def _make_training(self) -> "Training":
        from boxoffice.till.ui.widgets.training import Training  # noqa: PLC0415  # no real till has one

        return Training(self.theme, self)

    def _leave(self, how: Ended) -> None:
        """Closes the window, for what comes next."""
        self.ended = how
        QTimer.singleShot(0, self.close)

    @property
    def _inside(self) -> QRect:
        """What of the window is the till's own: all of it, but for the stripes round a training."""
        return self.rect() if self._training is None else self._training.inside()

    def _fit(self) -> None:
        """Lets the till's own parts be as large as there is room for."""
        trainer = self.flow.session.trainer
        if self._training is None or trainer is None:
            self.theme.fit(self.width(), self.height())
        else:
            self._training.show_views(trainer.band(), trainer.panel())
            self._training.place(self._row)

    def start(self) -> None:
        """Opens the till and lets time pass."""
        self._hands.begin()
        self._timer.start(_TICK_MS)
        self.flow.start()

    # Drawing

    @property
    def screen_widget(self) -> Screen:
        """The screen that is up: the one that lies over the other, if one does."""
        current = self._dialog or self._stack.currentWidget()
        if not isinstance(current, Screen):
            raise TypeError("no screen is up")
        return current

    def draw(self) -> None:
        """Draws everything as it is now; widgets repaint only what changed. Keys that waited go on afterwards."""
        if self._is_drawing:
            self._draws_again = True
            return
        self._is_drawing = True
        try:
            self._draw_shell()
            self._draw_page()
            self._draw_dialog()
            self._draw_help()
            self._draw_customer()
            self._follow_camera()
        finally:
            self._is_drawing = False
        if self._draws_again:
            self._draws_again = False
            self.draw()
        self.flow.drain()

    def _draw_shell(self) -> None:
        shell = self.flow.shell()
        was_bare = self._bar.isHidden()
        for part in (self._rail, self._bar):
            part.setVisible(not shell.is_bare)
        if not shell.is_bare:
            self._rail.show_items(shell.rail)
            self._bar.show_view(shell)
            if was_bare:
                self._row.activate()
                self._bar.lay_out()
        if self._training is not None:
            self._fit()
        self._toasts.show_views(shell.toasts)
        self._place_toasts()

    def _follow_camera(self) -> None:
        """Lets the camera read where codes are wanted; it is loaded with the first that is chosen."""
        session = self.flow.session
        wanted = session.status.camera if session.status is not None and self.flow.page.reads_codes else ""
        if wanted and self._camera is None:
            from boxoffice.till.ui.gate_camera import GateCamera  # noqa: PLC0415  # 0.1 s: few tills have one

            self._camera = GateCamera(self.theme, self, lambda text: self.flow.on_key(Scan(text)))
        if self._camera is not None:
            self._camera.follow(wanted, self.screen_widget.finder_place())

    def _draw_page(self) -> None:
        view, name = self.flow.below.view(), self.flow.screen
        screen = self._screen(name)
        if self._stack.indexOf(screen) < 0:
            self._stack.addWidget(screen)
        screen.refresh(view)
        if not self._is_open and not isinstance(view, StartView):
            self._is_open = True
            QTimer.singleShot(0, self.opened.emit)
        is_new_screen = self._stack.currentWidget() is not screen
        if is_new_screen:
            self._stack.setCurrentWidget(screen)
        if is_new_screen or self._page is not self.flow.below:
            self._page = self.flow.below
            self._begin_screen(screen)

    def _draw_customer(self) -> None:
        """Draws what the customer may see, where they have a screen; made of values that hold nothing else."""
        status = self.flow.session.status
        if status is None or (status.customer_display is CustomerDisplay.OFF and self._customer is None):
            return
        if self._full_screen.is_kept:
            if self._customer is not None:
                self._customer.close()
            return
        if self._customer is None:
            from boxoffice.till.ui.second_screen import SecondScreen  # noqa: PLC0415  # few tills have one

            self._customer = SecondScreen(self, self.flow.on_action, is_training=self._training is not None)
        self._customer.set_up(status.customer_display)
        if self._customer.is_open:
            from boxoffice.till.ui.flow.customer import customer_view  # noqa: PLC0415  # few tills have one

            self._customer.show_view(customer_view(self.flow.session))

    def _customers_window(self) -> QWidget | None:
        return None if self._customer is None else self._customer.window

    def _screen(self, name: str) -> Screen:
        """Returns the screen of this name, made when it is first shown."""
        screen = self._screens.get(name)
        if screen is None:
            screen = screen_class(name)(self.theme)
            screen.did.connect(self.flow.on_action)
            self._screens[name] = screen
        return screen

    def _draw_dialog(self) -> None:
        """Draws the page that lies over the one that is up, over all of the window."""
        over = self.flow.dialog
        if over is None:
            if self._dialog is not None:
                self._dialog.hide()
                self._dialog = None
                self._begin_screen(self.screen_widget)
            return
        page, name = over
        screen = self._screen(name)
        screen.refresh(page.view())
        if self._dialog is not screen:
            self._dialog = screen
            screen.setParent(self)
            screen.setGeometry(self._inside)
            screen.show()
            screen.raise_()
            self._begin_screen(screen)

    def _begin_screen(self, screen: Screen) -> None:
        self._hands.see_new_screen()
        first = screen.first_focus()
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)
        self._ring.place()

    def _draw_help(self) -> None:
        view = self.flow.help()
        if view is None and self._help is not None:
            self._close_help()
            self.setFocus()
        elif view is not None and self._help is None:
            self._help = self._make_help(view)

    def _close_help(self) -> None:
        if self._help is not None:
            self._help.hide()
            self._help.deleteLater()
            self._help = None

    def _make_help(self, view: HelpView) -> QWidget:
        shade = Help(self.theme, self, view, self._inside)
        shade.did.connect(self.flow.on_action)
        shade.setGeometry(self._inside)
        shade.show()
        shade.raise_()
        return shade

    def _restyle(self) -> None:
        sheet = self.theme.style_sheet()
        if sheet != self.styleSheet():  # Qt polishes every widget anew, and another size of text changes no line of it
            self.setStyleSheet(sheet)
        if self._made_at != self.theme.zoom:  # gaps and edges are as large as when they were made
            self._made_at = self.theme.zoom
            self._forget_screens()
        self.draw()
        self._place_once_settled(_TURNS)

    def _place_once_settled(self, turns: int) -> None:
        """Places messages as layouts settle: each turn of the event loop lays out one level more."""
        self._place_toasts()
        if turns:
            QTimer.singleShot(0, self, lambda: self._place_once_settled(turns - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._place_once_settled(_TURNS)
        self._ring.place()
        for over in (self._dialog, self._help):
            if over is not None:
                over.setGeometry(self._inside)

    def _place_toasts(self) -> None:
        """At the foot of where the screen has room for messages; else in the bar, which has nothing of money."""
        if not self._stack.count() or self._toasts.isHidden():
            return
        px, screen = self.theme.px, self.screen_widget
        place = screen.toast_place().translated(screen.mapTo(self, QPoint(0, 0)))
        edge = px(8 if place.width() < px(400) else 16)
        self._toasts.place_above(min(place.width() - 2 * edge, px(760)), place.bottom() - edge, place.left() + edge)
        if not place.contains(self._toasts.geometry()) or self._toasts.lie_on_money(screen):
            self._toasts.place_in(self._top_place())

    def _top_place(self) -> QRect:
        edge = self.theme.px(4)
        if self._bar.isHidden():
            inside = self._inside
            return QRect(inside.x() + edge, inside.y() + edge, inside.width() - 2 * edge, self.theme.tall(64))
        return self._bar.geometry().adjusted(edge, edge, -edge, -edge)

    def flush_keys(self) -> None:
        """Takes typed characters at once instead of waiting whether they are a scanner's."""
        self._hands.flush()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A kiosk is closed by staff alone: whoever closes its window is asked for a PIN."""
        if self._full_screen.is_kept:
            event.ignore()
            self.flow.on_action(Do.STAFF)
            return
        self._timer.stop()
        for part in (self._customer, self._camera):
            if part is not None:
                part.close()
        self._hands.end()
        self.work.close(_CLOSE_WAIT_MS)
        super().closeEvent(event)


def _cameras() -> tuple[str, ...]:
    from boxoffice.till.ui.camera import cameras_here  # noqa: PLC0415  # 0.1 s: only who looks for one waits for it

    return cameras_here()
