"""A process of its own that takes what others sold, as a new till does; it says how long that took, and its memory.

With `--floor` it fetches the same pages, reads nothing of them, and writes them into one table of an encrypted file.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any, Final

import httpx
import sqlcipher3

from boxoffice.core.wire.orders_elsewhere import A_PAGE
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.store.elsewhere import NAME, Elsewhere

KEY: Final = "5a" * 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floor", action="store_true")
    for name in ("hub", "token", "event", "folder"):
        parser.add_argument(name)
    arguments = parser.parse_args()
    before, began = _memory(), time.perf_counter()
    (floor if arguments.floor else take)(arguments)
    print(json.dumps({"seconds": time.perf_counter() - began, "megabytes": _memory() - before}))


def take(where: Any) -> None:
    hub, elsewhere = HubClient(where.hub, where.token), Elsewhere(Path(where.folder) / NAME, KEY)
    elsewhere.belong_to("bench", where.event)
    more = True
    while more:
        answer = hub.orders(where.event, elsewhere.kept().cursor, A_PAGE)
        elsewhere.take(answer, "all")
        more = answer.more
    elsewhere.close()
    hub.close()


def floor(where: Any) -> None:
    raw = sqlcipher3.connect(str(Path(where.folder) / "floor.db"), isolation_level=None)
    for pragma in (f"key = \"x'{KEY}'\"", "journal_mode = WAL", "synchronous = NORMAL"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE page (body BLOB NOT NULL) STRICT")
    cursor, more = "", True
    with httpx.Client(base_url=where.hub, headers={"Authorization": f"Bearer {where.token}"}, timeout=60) as http:
        while more:
            query = {"event_id": where.event, "after": cursor, "most": str(A_PAGE)}
            body = http.get("/api/till/orders", params=query).raise_for_status().content
            raw.execute("INSERT INTO page VALUES (?)", (body,))
            rest = json.loads(b"{" + body[body.rindex(b'"cursor"') :])
            cursor, more = rest["cursor"], rest["more"]
    raw.close()


def _memory() -> float:
    """Returns the most that this process ever had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


if __name__ == "__main__":
    main()
