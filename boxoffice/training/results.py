"""The scores of all trainings here, in one plain file that only grows; a line that can't be read is left out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_NAME: Final = "results.jsonl"


@dataclass(frozen=True, slots=True)
class Result:
    """How a drill went for somebody; `at` is a time in ISO 8601."""

    name: str
    drill: int
    points: int
    time_s: int
    presses: int
    at: str


@dataclass(frozen=True, slots=True)
class Results:
    """One a workspace."""

    folder: Path

    def add(self, result: Result) -> None:
        """Writes a result behind all others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")

    def all(self) -> tuple[Result, ...]:
        """Returns all results, the oldest first."""
        try:
            lines = (self.folder / _NAME).read_text("utf-8").splitlines()
        except (OSError, ValueError):
            return ()
        return tuple(result for line in lines if (result := _read(line)) is not None)


def _read(line: str) -> Result | None:
    try:
        found = json.loads(line)
        return Result(
            str(found["name"]),
            int(found["drill"]),
            int(found["points"]),
            int(found["time_s"]),
            int(found["presses"]),
            str(found["at"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def best_of(results: Sequence[Result], name: str) -> dict[int, int]:
    """Returns the best points of somebody, by drill."""
    best: dict[int, int] = {}
    for each in results:
        if each.name == name:
            best[each.drill] = max(best.get(each.drill, 0), each.points)
    return best


def best_in_team(results: Sequence[Result]) -> int:
    """Returns the most points that anybody has of all drills together."""
    return max((sum(best_of(results, name).values()) for name in {each.name for each in results}), default=0)
