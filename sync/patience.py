"""How long the hub waits for the rest of a request: a head or a body that never comes is not waited for for ever.

The server itself has a deadline for silent connections only; each half-sent request would keep one open for good.
"""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S: Final = 15.0
BODY_S: Final = 30.0
SLOWEST_BYTES_PER_S: Final = 4096
"""A body that comes slowly, but comes, has so much more time."""
HEAD_BYTES: Final = 32 * 1024
LAST_S: Final = 1.0
"""How long a connection that has said nothing yet may still ask, when the process ends."""
_WORDS: Final = b"The rest of the request did not come. Nothing was done. Send it again."
_TOO_SLOW: Final = (
    b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_WORDS), _WORDS)
)


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a deadline for what is awaited from the other side."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._awaited: tuple[str, int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._since = 0.0
        self._received = 0
        self._is_last = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server has it
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._received += len(data)
        has_asked = self.cycle is not None
        if self._is_last and has_asked:
            self.cycle.keep_alive = False
        self._look(len(data))

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Ends the connection when nothing is under way; a new one is asked first.

        It was taken before the process stopped listening, and its request may lie there unread: closed at once, it
        would be reset, and whoever asked turned away while another process could have answered.
        """
        has_asked = self.cycle is not None
        if not has_asked and not self._is_last:
            self._is_last = True
            self.loop.call_later(LAST_S, self.shutdown)
        elif not self.transport.is_closing():
            super().shutdown()

    def _look(self, received: int = 0) -> None:
        """Begins to wait for what is missing now, if it is something else than before."""
        awaited = self._missing()
        if awaited == self._awaited:
            return
        self._forget()
        if awaited is not None:
            self._awaited, self._since, self._received = awaited, self.loop.time(), received
            self._timer = self.loop.call_later(HEAD_S if awaited[0] == "head" else BODY_S, self._is_over)

    def _missing(self) -> tuple[str, int] | None:
        """Returns what the other side owes us, and of which request."""
        request = id(self.cycle)
        if self.conn.their_state is h11.SEND_BODY:
            return ("body", request)
        is_first = self.cycle is None
        has_begun = bool(self.conn.trailing_data[0])
        return ("head", request) if self.conn.their_state is h11.IDLE and (is_first or has_begun) else None

    def _is_over(self) -> None:
        waited_s = self.loop.time() - self._since
        if self._awaited is not None and self._awaited[0] == "body":
            missing_s = BODY_S + self._received / SLOWEST_BYTES_PER_S - waited_s
            if missing_s > 0:
                self._timer = self.loop.call_later(missing_s, self._is_over)
                return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # nothing is answered yet
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._awaited = self._timer = None
