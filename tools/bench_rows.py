"""What a benchmark finds: one row a promise, and the table of all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Row:
    """One promise. `value` and `floor` are in `unit`; `ratio` is value to floor, or floor to value for rates."""

    name: str
    value: float
    unit: str
    aim: str
    is_met: bool | None
    floor: float | None = None
    floor_name: str = ""
    ratio: float | None = None
    p99: float | None = None


def clocked(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def alternate(
    subject: Callable[[], object], floor: Callable[[], object], rounds: int
) -> tuple[list[float], list[float]]:
    """Returns the times in milliseconds of both, taken in turns."""
    both: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        both[0].append(clocked(subject) * 1000)
        both[1].append(clocked(floor) * 1000)
    return both


def compared(name: str, times: Sequence[float], floor: Sequence[float], floor_name: str, most: float) -> Row:
    ratio = median(times) / median(floor)
    return Row(
        name,
        median(times),
        "ms",
        f"≤ {most:g} × floor",
        ratio <= most,
        median(floor),
        floor_name,
        ratio,
        quantiles(times, n=100)[98],
    )


def table(rows: Sequence[Row]) -> str:
    """Returns the rows as people read them."""
    lines = [f"{'what':38} {'measured':>17} {'p99':>8} {'floor':>9} {'ratio':>7}  aim"]
    for row in rows:
        measured = f"{row.value:.2f} {row.unit}"
        p99 = "" if row.p99 is None else f"{row.p99:.1f}"
        floor = "" if row.floor is None else f"{row.floor:.2f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = {True: "met", False: "NOT met", None: ""}[row.is_met]
        lines.append(f"{row.name:38} {measured:>17} {p99:>8} {floor:>9} {ratio:>7}  {row.aim} {met}")
    return "\n".join(lines)
