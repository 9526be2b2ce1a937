"""Serves the hub with uvicorn: in the foreground for the command line, in a thread for demo and tests."""

import socket
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import uvicorn
from fastapi import FastAPI

from sync.app import build
from sync.config import Settings
from sync.error_reports import report_errors
from sync.http.services import services_in
from sync.logs import set_up_logs
from sync.patience import HEAD_BYTES, PatientProtocol
from sync.ports import MailSender, Refunder, Sessions
from sync.relay import Relay
from sync.workers import SWITCH_S, serve_workers


class HubServer:
    """A hub that runs in a thread of this process until it is stopped."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket, base_url: str) -> None:
        self.base_url = base_url
        self._server = server
        self._thread = threading.Thread(target=server.run, args=([listener],), name="hub", daemon=True)

    @classmethod
    def start(
        cls,
        settings: Settings,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        at: tuple[socket.socket, str] | None = None,
        sessions: Sessions | None = None,
        mail: MailSender | None = None,
        refunders: Mapping[str, Refunder] | None = None,
        others: Mapping[str, Sessions] | None = None,
    ) -> Self:
        """Returns a hub that answers requests already; the last four stand in for the providers.

        `at` is what `listen` returned, for callers that must know the address first.

        Raises:
            BadInput: naming every setting that is missing.
        """
        listener, url = at or listen(host, port)
        try:
            server = _server(build(settings, url, sessions=sessions, mail=mail, refunders=refunders, others=others))
        except BaseException:
            listener.close()
            raise
        running = cls(server, listener, url)
        running._thread.start()
        while not server.started:
            running._thread.join(0.01)
            if not running._thread.is_alive():
                raise RuntimeError("the hub did not start; its log says why")
        return running

    def stop(self) -> None:
        """Lets requests end, then closes everything."""
        self._server.should_exit = True
        self._thread.join(15)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """Returns a bound socket and the address that it can be reached at.

    Raises:
        OSError: if it can't be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, or asyncio leaves Nagle's algorithm on, and every answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except UnicodeError as error:
        listener.close()
        raise OSError(f"{host} is no name of a machine") from error
    except OSError as error:
        listener.close()
        raise OSError(f"{host}, port {port}: {error.strerror or error}") from error
    shown = f"[{host}]" if family is socket.AF_INET6 else host
    return listener, f"http://{shown}:{listener.getsockname()[1]}"


def serve(settings: Settings, host: str, port: int, workers: int = 1) -> int:
    """Serves until it is told to stop; with several workers, one that dies is replaced."""
    listener, url = listen(host, port)
    with listener:

        def say() -> None:
            print(f"Boxoffice hub at {settings.hub_public_url or url}", flush=True)

        if workers > 1:
            serve_workers(workers, listener, url, say)
        else:
            say()
            run(settings, [listener], url)
    return 0


def run(settings: Settings, sockets: list[socket.socket], url: str) -> None:
    """Serves in this process."""
    # Jobs run in threads beside the event loop: with Python's own 5 ms it waits too long for its turn.
    sys.setswitchinterval(SWITCH_S)
    set_up_logs()
    report_errors(settings)
    _server(build(settings, url)).run(sockets)


class _Server(uvicorn.Server):
    """Ends the wake-up streams first: they would keep the server waiting."""

    def __init__(self, config: uvicorn.Config, relay: Relay) -> None:
        super().__init__(config)
        self._relay = relay

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._relay.close()
        await super().shutdown(sockets)


def _server(app: FastAPI) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,  # longer than balancers keep a silent connection, or they would meet a closed one
        backlog=2048,
        http=PatientProtocol,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    return _Server(config, services_in(app).relay)
