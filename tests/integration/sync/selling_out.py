"""A pool sold to the last unit by tills and the web at once, and who was sent away while units lay elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Lock
from time import monotonic

import httpx

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import EventId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.till.usecases.till import Till
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import Seller, SteadyClock
from tests.integration.sync.shopper import Shopper

MUCH = Money(100_000_000, Currency("USD"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One customer: who was asked for how many units, from when to when, and whether they were sold."""

    place: str
    units: int
    began_s: float
    ended_s: float
    is_sold: bool
    words: str = ""


@dataclass
class Evening:
    """What happened until a pool was sold out, or nobody wanted to wait any longer."""

    capacity: int
    attempts: list[Attempt] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @property
    def sold(self) -> int:
        return sum(each.units for each in self.attempts if each.is_sold)

    def note(self, attempt: Attempt) -> None:
        with self._lock:
            self.attempts.append(attempt)

    def wrongly_refused(self, place: str = "") -> list[Attempt]:
        """Returns who was sent away though as much as they wanted was with nobody.

        What was sold later to somebody who came later, and what was left over, nobody can have had at that moment.
        """
        return [
            each
            for each in self.attempts
            if not each.is_sold and each.place.startswith(place) and self._free_after(each.ended_s) >= each.units
        ]

    def _free_after(self, at_s: float) -> int:
        later = sum(each.units for each in self.attempts if each.is_sold and each.began_s > at_s)
        return self.capacity - self.sold + later


@contextmanager
def tills_at(hub: Stand, folder: Path, event: str, count: int) -> Iterator[list[Till]]:
    """Opens whole tills, with all that they do by themselves, and closes them in the end."""
    tills: list[Till] = []
    try:
        for i in range(count):
            mine = folder / f"till-{i}"
            mine.mkdir()
            tills.append(Till(Seller(hub, mine, SteadyClock()).environment))
            tills[-1].open()
            hub.sql("DELETE FROM attempts")
            tills[-1].pair(hub.base_url, hub.code())
            tills[-1].choose_event(EventId(event))
        yield tills
    finally:
        with ThreadPoolExecutor(max(1, len(tills))) as threads:
            list(threads.map(Till.close, tills))


Sell = Callable[[int], str]
"""Sells so many units to one customer; returns why not, or nothing."""


def at_a_till(till: Till, product: str) -> Sell:
    def sell(units: int) -> str:
        try:
            till.sell_for_cash(Cart((CartLine(ProductId(product), units),)), MUCH)
        except BoxofficeError as error:
            return str(error) or type(error).__name__
        return ""

    return sell


def on_the_web(http: httpx.Client, product: str, event: str) -> Sell:
    def sell(units: int) -> str:
        body = {"eventId": event, "items": [{"id": product, "quantity": units}]}
        answer = Shopper(http).post("inventory/reserve-tickets", body)
        return "" if answer.status_code == 200 else f"{answer.status_code} {answer.json()}"

    return sell


def sell_out(
    capacity: int, places: Sequence[tuple[str, Sell]], seed: int, *, sizes: Iterable[int] = (1, 2, 3), patience_s: float
) -> Evening:
    """Lets customers come to all places at once until all is sold, or nobody was served for so long."""
    evening, is_over = Evening(capacity), Event()
    served = [monotonic()]

    def serve(i: int) -> None:
        place, sell = places[i]
        dice = Random(f"{seed} {i}")
        while not is_over.wait(dice.uniform(0.005, 0.1)):
            units, began = dice.choice(list(sizes)), monotonic()
            why = sell(units)
            evening.note(Attempt(place, units, began, monotonic(), not why, why))
            if not why:
                served[0] = monotonic()
            if evening.sold >= capacity or monotonic() - served[0] > patience_s:
                is_over.set()

    with ThreadPoolExecutor(len(places)) as threads:
        list(threads.map(serve, range(len(places))))
    return evening
