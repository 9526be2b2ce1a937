"""A process that ends turns nobody away who had come before it stopped listening."""

import socket
from threading import Thread
from typing import Any

import pytest
import uvicorn

from sync.patience import PatientProtocol

pytestmark = pytest.mark.enable_socket


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


class _Server(uvicorn.Server):
    """Runs what a test wants done at the moment the listener is closed."""

    def __init__(self, config: uvicorn.Config, caller: socket.socket) -> None:
        super().__init__(config)
        self.caller = caller

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")  # lies there, unread, as the connections end
        await super().shutdown(sockets)


def test_whoever_was_taken_before_the_stop_is_answered() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    caller = socket.create_connection(listener.getsockname(), timeout=150)
    config = uvicorn.Config(_hello, http=PatientProtocol, lifespan="off", log_config=None, timeout_graceful_shutdown=5)
    server = _Server(config, caller)
    running = Thread(target=server.run, args=([listener],))
    running.start()
    while not server.server_state.connections:
        running.join(0.01)

    server.should_exit = True
    answer = b""
    while part := caller.recv(4096):
        answer += part
    running.join(150)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"ok")
    assert not running.is_alive()
    caller.close()
