"""Runs the stand-in on loopback: in a thread for demo and tests, in the foreground for the command line."""

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from boxoffice.standin.account import Account
from boxoffice.standin.app import build
from boxoffice.standin.checkout import expire_due
from boxoffice.standin.faults import Faults
from boxoffice.standin.operations import Stand
from boxoffice.standin.sendgrid import Outbox
from boxoffice.standin.terminal import Readers
from boxoffice.standin.webhooks import Webhooks

_EXPIRY_LOOK_S = 1.0
_ADDRESS = {"line1": "6185 Arapahoe Rd", "city": "Boulder", "state": "CO", "postal_code": "80303", "country": "US"}


class Sandbox:
    """A stand-in that runs in a thread of this process until it is stopped."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket, stand: Stand, webhooks: Webhooks) -> None:
        self.base_url = stand.base_url
        self.account = stand.account
        self._server = server
        self._webhooks = webhooks
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=server.run, args=([listener],), name="sandbox", daemon=True),
            threading.Thread(target=self._expire, name="sandbox expiry", daemon=True),
        ]

    @classmethod
    def start(cls, port: int = 0) -> Self:
        """Returns a stand-in that answers requests already. Port 0 takes a free one."""
        listener = socket.create_server(("127.0.0.1", port), backlog=2048)
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        account, faults = Account(), Faults()
        stand = Stand(account, Readers(account), base_url)
        add_readers(stand)
        webhooks = Webhooks(account, faults)
        app = build(stand, faults, webhooks, Outbox())
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        sandbox = cls(server, listener, stand, webhooks)
        for thread in sandbox._threads:
            thread.start()
        while not server.started:
            sandbox._threads[0].join(0.01)
            if not sandbox._threads[0].is_alive():
                raise RuntimeError("the sandbox did not start")
        return sandbox

    def stop(self) -> None:
        """Ends everything that it started."""
        self._stopping.set()
        self._server.should_exit = True
        for thread in self._threads:
            thread.join(10)
        self._webhooks.stop()

    def wait(self) -> None:
        """Waits until it is stopped."""
        self._threads[0].join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _expire(self) -> None:
        while not self._stopping.wait(_EXPIRY_LOOK_S):
            expire_due(self.account)


def add_readers(stand: Stand) -> None:
    """Adds the two readers that every sandbox begins with."""
    location = stand.readers.create_location({"display_name": "Avalon Ballroom", "address": _ADDRESS})
    for label in ("Door reader 1", "Door reader 2"):
        stand.readers.create({"registration_code": "simulated-wpe", "label": label, "location": location["id"]})


def serve(port: int) -> None:
    """Serves until it is interrupted."""
    sandbox = Sandbox.start(port)
    print(f"Sandbox at {sandbox.base_url} (any sk_test_ key works; readers, mails and faults are on its first page)")
    try:
        sandbox.wait()
    except KeyboardInterrupt:
        sandbox.stop()
