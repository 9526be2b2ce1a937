"""The cart on the reader's own display: the newest one, and nothing while a payment may be on the reader.

Stripe lets a cart take a payment's place without a word. So no call goes out from before a payment begins to after it
has ended: one that is on its way is waited for. And the reader is looked at first, since a payment that nobody knows
of, or another till's, may wait there for its card. What fails is not told: the customer has the total from the seller.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from boxoffice.core.pricing import PricedOrder
from boxoffice.till.usecases.ports import CartLineShown, StripeRefused, Terminal, Unreachable

_PAUSE_S: Final = 1.0
"""Between two carts: a seller types faster than a display is read."""
_OFF_S: Final = 60.0
"""How long nothing is sent after one that nobody knows of."""
_MOST: Final = 20


class ReaderDisplay:
    """One per till. `show` never blocks; a thread of its own sends what is newest."""

    def __init__(self, terminal: Terminal, reader_id: Callable[[], str | None], pause_s: float = _PAUSE_S) -> None:
        self._terminal, self._reader_id, self._pause_s = terminal, reader_id, pause_s
        self._turn = threading.Lock()
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._wanted: PricedOrder | None = None
        self._is_shown, self._off_until = False, 0.0
        self._thread: threading.Thread | None = None

    def show(self, quote: PricedOrder | None) -> None:
        """Shows a cart soon, or none."""
        self._wanted = quote
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="till-reader-display", daemon=True)
            self._thread.start()
        self._news.set()

    @contextmanager
    def put_away(self) -> Iterator[None]:
        """Sends nothing within, and begins once nothing is on its way."""
        with self._turn:
            self._wanted, self._is_shown = None, False  # the payment takes the display
            self._news.clear()
            yield

    def close(self) -> None:
        self._stopped.set()
        self._news.set()

    def _run(self) -> None:
        while self._news.wait() and not self._stopped.is_set():
            self._news.clear()
            with self._turn:
                self._send(self._wanted)
            self._stopped.wait(self._pause_s)

    def _send(self, quote: PricedOrder | None) -> None:
        reader_id = self._reader_id()
        if reader_id is None or time.monotonic() < self._off_until or (quote is None and not self._is_shown):
            return
        try:
            action = self._terminal.reader(reader_id).action
            if action is not None and action.is_busy:
                return
            if quote is None:
                self._terminal.cancel_action(reader_id)
            else:
                self._terminal.show_cart(reader_id, _lines(quote), quote.total)
            self._is_shown = quote is not None
        except StripeRefused:
            self._is_shown = False
        except Unreachable:
            self._off_until = time.monotonic() + _OFF_S


def _lines(quote: PricedOrder) -> tuple[CartLineShown, ...]:
    """Returns the lines with all that they cost, as many as a reader has room for."""
    lines = [CartLineShown(f"{each.quantity} × {each.product.name}", each.total) for each in quote.lines]
    return tuple(lines[-_MOST:])
