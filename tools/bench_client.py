"""A client that costs the machine little: a crowd of connections must not be slower than the hub that it measures."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit


async def crowd(url: str, path: str, body: Any, count: int, connections: int) -> Sequence[tuple[int, float]]:
    """Returns status and time in milliseconds of so many equal requests, sent as fast as answers come."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    request, found, left = head.encode() + data, list[tuple[int, float]](), [count]

    async def one() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while left[0] > 0:
            left[0] -= 1
            began = time.perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
            found.append((int(answer.split(b" ", 2)[1]), (time.perf_counter() - began) * 1000))
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(connections)))
    return found
