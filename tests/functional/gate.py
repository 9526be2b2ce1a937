"""A way to a server that can be shut: connections are cut, and new ones are refused at once."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Gate:
    """Stands before a server on this machine."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_shut = False
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._let_in, daemon=True).start()

    def shut(self) -> None:
        with self._lock:
            self._is_shut = True
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def open(self) -> None:
        with self._lock:
            self._is_shut = False

    def _let_in(self) -> None:
        while True:
            try:
                inside, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                is_shut = self._is_shut
            if is_shut:
                inside.close()
                continue
            outside = socket.create_connection(self._target)
            with self._lock:
                self._lines |= {inside, outside}
            for one, other in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for line in (one, other):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        one.close()
        with self._lock:
            self._lines.discard(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.close()
        self.shut()
