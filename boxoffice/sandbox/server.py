"""Runs the sandbox on loopback: for a person until it is stopped, for tests and the demo in the background."""

import asyncio
import contextlib
import socket
import threading
from types import TracebackType
from typing import Final, Self

import uvicorn

from boxoffice.sandbox.app import App
from boxoffice.sandbox.lines import BreakableLine

_HOST: Final = "127.0.0.1"
_WAITING: Final = 512


class Sandbox:
    """A running sandbox; its state lives in this process and ends with it."""

    def __init__(self, listener: socket.socket) -> None:
        self.base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
        self._listener = listener
        self._server = _Server(_config(self.base_url))
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @classmethod
    def start(cls, port: int = 0) -> Self:
        """Returns a sandbox that accepts connections.

        Raises:
            OSError: if the port is taken.
        """
        sandbox = cls(_listen(port))
        sandbox._thread.start()
        sandbox._server.is_up.wait()
        return sandbox

    def stop(self) -> None:
        """Ends it; what it knew is gone."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


class _Server(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.is_up.set()


def serve(port: int) -> None:
    """Prints its address, and serves until it is stopped.

    Raises:
        OSError: if the port is taken.
    """
    listener = _listen(port)
    base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
    print(f"Sandbox for Stripe, PayPal, SendGrid, GA4 at {base_url} (no real money). Stop it: Ctrl+C.", flush=True)
    with contextlib.closing(listener), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_Server(_config(base_url)).serve(sockets=[listener]))


def _config(base_url: str) -> uvicorn.Config:
    return uvicorn.Config(
        App(base_url),
        http=BreakableLine,
        lifespan="on",
        log_level="error",
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )


def _listen(port: int) -> socket.socket:
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # named, or asyncio leaves Nagle on
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(_WAITING)
    except OSError:
        listener.close()
        raise
    return listener
