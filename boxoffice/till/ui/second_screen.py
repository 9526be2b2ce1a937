"""Where the customer's window stands: on the second screen, in a window of its own, or nowhere."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.customer_window import CustomerWindow
from boxoffice.till.ui.views.customer import CustomerView
from boxoffice.till.usecases.gateway.devices import CustomerDisplay


class SecondScreen(QObject):
    """Opens and closes the customer's window as the till is set up and as screens come and go."""

    def __init__(
        self,
        own: QWidget,
        did: Callable[[Action], None],
        screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens,
        *,
        is_training: bool = False,
    ) -> None:
        """`own` is the seller's window, which keeps the keys."""
        super().__init__(own)
        self._own, self._did, self._screens, self._is_training = own, did, screens, is_training
        self.window: CustomerWindow | None = None
        self._display = CustomerDisplay.OFF
        self._on: QScreen | None = None

    def set_up(self, display: CustomerDisplay) -> None:
        """Shows the window where it is to be, if it is not there."""
        place = self._place() if display is CustomerDisplay.SCREEN else None
        wanted = display is CustomerDisplay.WINDOW or place is not None
        if (display, place) == (self._display, self._on) and (self.window is not None) == wanted:
            return
        self.close()
        self._display, self._on = display, place
        if wanted:
            self._open(place)

    def show_view(self, view: CustomerView | None) -> None:
        if self.window is not None and view is not None:
            self.window.show_view(view)

    @property
    def is_open(self) -> bool:
        return self.window is not None

    def close(self) -> None:
        if self.window is not None:
            window, self.window = self.window, None
            window.close()
            window.deleteLater()

    def _place(self) -> QScreen | None:
        """Returns the first screen that the till's own window is not on."""
        own = self._own.screen()
        return next((screen for screen in self._screens() if screen is not own), None)

    def _open(self, place: QScreen | None) -> None:
        self.window = window = CustomerWindow(is_training=self._is_training)
        window.did.connect(self._did)
        window.did.connect(lambda _: self._own.activateWindow())
        if place is None:
            window.show()
        else:
            window.setGeometry(place.geometry())
            window.showFullScreen()
        self._own.activateWindow()
