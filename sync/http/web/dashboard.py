"""The dashboard for organizers: the plan's eight targets beside what is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from boxoffice.documents.languages import later
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Viewer
from sync.operations.exception_list import count_open
from sync.operations.measuring import Measures, measure
from sync.operations.processes import all_processes, answers_of
from sync.operations.traffic import Answers
from sync.tills.help_calls import open_calls

router: Final = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Target:
    """`name` is English, to be said in the reader's language; `is_met` is None where there is nothing to judge yet."""

    name: str
    target: str
    value: str
    is_met: bool | None


@router.get("/dashboard")
def dashboard(hub: TheHub, organizer: Viewer) -> Response:
    with hub.database.transaction() as connection:
        found, processes = measure(connection), all_processes(connection)
        oversold = count_open(connection, "over_capacity")
        calls = open_calls(connection)
    return render(
        "dashboard.html",
        organizer=organizer,
        here="dashboard",
        targets=targets_of(found, answers_of(processes), oversold),
        processes=processes,
        pools=found.pools,
        tills=found.tills,
        calls=calls,
    )


def targets_of(found: Measures, answers: Answers, oversold: int) -> list[Target]:
    """Returns the eight targets with what is measured."""
    delivered = None if found.mails_lost is None else 1 - found.mails_lost
    return [
        _share(later("Payments that go through"), found.payment_success, "> 95 %", lambda value: value > 0.95),
        _seconds(later("From choosing to paid"), found.checkout_s, "< 2 min", 120),
        _share(later("Carts given up"), found.abandonment, "< 70 %", lambda value: value < 0.70),
        _seconds(later("Webhook worked on"), found.event_s, "< 500 ms", 0.5),
        _share(later("Mails delivered"), delivered, "> 98 %", lambda value: value > 0.98),
        _seconds(later("Answers (p95, all processes)"), answers.p95_s if answers.count else None, "< 200 ms", 0.2),
        _share(
            later("Errors (all processes)"),
            answers.error_rate if answers.count else None,
            "< 0.1 %",
            lambda v: v < 0.001,
        ),
        Target(later("Inventory is right"), "100 %", "100 %" if not oversold else f"{oversold} over", oversold == 0),
    ]


def _share(name: str, value: float | None, target: str, test: Callable[[float], bool]) -> Target:
    if value is None:
        return Target(name, target, "—", None)
    return Target(name, target, f"{100 * value:.1f} %", test(value))


def _seconds(name: str, value: float | None, target: str, most: float) -> Target:
    if value is None:
        return Target(name, target, "—", None)
    words = f"{value * 1000:.0f} ms" if value < 1 else f"{value:.0f} s"
    return Target(name, target, words, value < most)
