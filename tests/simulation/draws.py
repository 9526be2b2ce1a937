"""Where all chance comes from: streams of numbers by name, from one seed, or from the tape of an earlier run.

A stream depends on the seed and its own name alone, so that a draw more in one place moves no draw elsewhere; and the
tape has each stream's numbers, so that a failure can be played again after the code has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

T = TypeVar("T")
Tape = Mapping[str, Sequence[float]]


@dataclass(slots=True)
class Stream:
    """Numbers of one name: the tape's first, then the seed's."""

    random: Random
    taped: Sequence[float] = ()
    drawn: list[float] = field(default_factory=list)

    def number(self) -> float:
        """Returns the next number in [0, 1)."""
        own = self.random.random()  # also where the tape has one: what follows it is then as it was
        place = len(self.drawn)
        self.drawn.append(self.taped[place] if place < len(self.taped) else own)
        return self.drawn[-1]

    def chance(self, probability: float) -> bool:
        return self.number() < probability

    def between(self, low: float, high: float) -> float:
        return low + self.number() * (high - low)

    def whole(self, low: int, high: int) -> int:
        """Returns one of the numbers from `low` to `high`, both among them."""
        return low + int(self.number() * (high - low + 1))

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self.number() * len(choices))]

    def bytes(self, size: int) -> bytes:
        return bytes(self.whole(0, 255) for _ in range(size))


class Draws:
    """All streams of a run."""

    def __init__(self, seed: int, tape: Tape | None = None) -> None:
        self.seed = seed
        self._tape = tape or {}
        self._streams: dict[str, Stream] = {}

    def of(self, name: str) -> Stream:
        """Returns the stream of this name, where it stands."""
        if name not in self._streams:
            self._streams[name] = Stream(Random(f"{self.seed}/{name}"), self._tape.get(name, ()))
        return self._streams[name]

    def tape(self) -> dict[str, list[float]]:
        return {name: list(stream.drawn) for name, stream in sorted(self._streams.items()) if stream.drawn}
