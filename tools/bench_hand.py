"""Measures what a seller feels: the start, each key, a cash sale in the real window, and a long sitting's memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import psycopg

from boxoffice.demo.stack import Stack
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from tools.bench_rows import Row

_KEY_MS: Final = 16.0
_SALE_MS: Final = 100.0
_PAID_MS: Final = 60.0
_START_S: Final = 1.0
_START_MB: Final = 200.0
_SITTING_MB: Final = 300.0
_SLOPE_MB: Final = 10.0
"""What memory may grow by in a thousand sales with their scans, and count as flat: caches fill, and then no more."""

_SETTLED: Final = 3
"""By how many of the looks at the memory all screens were up, and all caches full."""


_AS_INSTALLED: Final = {"PYTHONDONTWRITEBYTECODE": ""}
"""An installed program has been compiled once; the first start here does that."""


def key_rows() -> list[Row]:
    """Key press to repaint, beside one number that is drawn anew in a bare window."""
    told = _run("tools.bench_keys", {})
    took = [wall for wall, _ in told["presses"]]
    least = [wall for wall, _ in told["least"]]
    row = _within("key to repaint, 200 products, 50 lines", took, _KEY_MS, least, "one number in a bare window")
    processor = [each for _, each in told["presses"]]
    return [row, Row("the same, of the processor alone", median(processor), "ms", "told", None, p99=_p99(processor))]


def start_rows(stack: Stack, folder: Path, rounds: int) -> list[Row]:
    """A new process until the first screen that can sell, beside Python and Qt alone."""
    environment = {**paired(stack, folder), **_AS_INSTALLED, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    found = [_run("tools.bench_start", environment, str(time.time())) for _ in range(1 + rounds)][1:]
    bare = [_bare_start() for _ in range(rounds)]
    seconds, megabytes = median(f["seconds"] for f in found), median(f["megabytes"] for f in found)
    processor = median(f["processor"] for f in found)
    return [
        Row(
            name="till to first sellable screen",
            value=seconds,
            unit="s",
            aim=f"< {_START_S:.1f} s",
            is_met=seconds < _START_S,
            floor=median(bare),
            floor_name="Python and Qt with an empty window",
            ratio=seconds / median(bare),
        ),
        Row("the same, of the processor alone", processor, "s", "told", None),
        Row("till's memory at that moment", megabytes, "MB", f"< {_START_MB:g} MB", megabytes < _START_MB),
    ]


def sitting_rows(stack: Stack, folder: Path, sales: int, scans: int) -> list[Row]:
    """So many cash sales and scans in one sitting: how long each takes, and what becomes of the memory."""
    with psycopg.connect(stack.addresses.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE pools SET capacity = capacity + 100000, available = available + 100000")
    told = _run("tools.bench_sitting", paired(stack, folder), str(sales), str(scans))
    held: Sequence[float] = told["megabytes"]
    looks = len(held) - _SETTLED
    grown = (held[-1] - held[_SETTLED - 1]) / looks * len(held) * 1_000 / sales
    floor, alone = told["floor"], "a transaction alone"
    return [
        _within("cash sale, first key to next customer", told["sale"], _SALE_MS, floor, alone),
        Row("the same, of the processor alone", median(told["cpu"]), "ms", "told", None, p99=_p99(told["cpu"])),
        _within("Enter to “Paid” on the screen", told["paid"], _PAID_MS, floor, alone),
        Row(
            f"memory, {sales:,} sales, {scans:,} scans",
            max(held),
            "MB",
            f"< {_SITTING_MB:g} MB",
            max(held) < _SITTING_MB,
        ),
        Row("its growth by 1,000 sales", grown, "MB", f"< {_SLOPE_MB:g} MB", grown < _SLOPE_MB, held[0], "at first"),
    ]


def paired(stack: Stack, folder: Path) -> Mapping[str, str]:
    """Pairs a till that sells for the stack's event; returns what its program is to be started with."""
    settings = Settings(data_dir=folder, vault="file", vault_passphrase="bench", documents_dir=folder / "papers")
    till = build_till(settings)
    till.open()
    till.pair(stack.addresses.hub_url, stack.pairing_code())
    till.choose_event(till.events()[0].id)
    till.close()
    return {
        "BOXOFFICE_DATA_DIR": str(folder),
        "BOXOFFICE_DOCUMENTS_DIR": str(folder / "papers"),
        "BOXOFFICE_VAULT": "file",
        "BOXOFFICE_VAULT_PASSPHRASE": "bench",
    }


def _within(name: str, took: Sequence[float], most: float, floor: Sequence[float], floor_name: str) -> Row:
    """Returns a row of what must be so 19 times of 20."""
    ninety_five = _p95(took)
    return Row(
        name=name,
        value=median(took),
        unit="ms",
        aim=f"p95 {ninety_five:.1f} < {most:g} ms",
        is_met=ninety_five < most,
        floor=median(floor),
        floor_name=floor_name,
        ratio=median(took) / median(floor),
        p99=_p99(took),
    )


def _p95(took: Sequence[float]) -> float:
    return quantiles(took, n=20)[18]


def _p99(took: Sequence[float]) -> float:
    return quantiles(took, n=100)[98]


_BARE: Final = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app, window = QApplication([]), QWidget()
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
print(time.time() - float(sys.argv[1]))
"""


def _bare_start() -> float:
    return float(_output([sys.executable, "-c", _BARE, str(time.time())], {}))


def _run(module: str, environment: Mapping[str, str], *arguments: str) -> Any:
    """Runs one of the benchmarks that have a window, in a process of its own."""
    return json.loads(_output([sys.executable, "-m", module, *arguments], environment))


def _output(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Returns the last line that a command prints."""
    whole = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment}
    done = subprocess.run(command, env=whole, capture_output=True, text=True, check=True, timeout=900)
    return done.stdout.splitlines()[-1]
