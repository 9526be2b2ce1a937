"""The dashboard for organizers: the plan's eight targets beside what is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy import func, select
from starlette.responses import Response

from sync.api.access import TheHub
from sync.services.measuring import Measures, measure
from sync.services.traffic import Traffic
from sync.store import tables as t
from sync.web.pages import render
from sync.web.signed_in import Viewer

router: Final = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Target:
    """`is_met` is None where there is nothing to judge yet."""

    name: str
    target: str
    value: str
    is_met: bool | None


@router.get("/dashboard")
def dashboard(request: Request, hub: TheHub, organizer: Viewer, live: bool = False) -> Response:
    x = t.exceptions.c
    with hub.database.transaction() as connection:
        found = measure(connection)
        over = select(func.count()).select_from(t.exceptions)
        oversold = connection.execute(over.where(x.kind == "over_capacity", x.status == "open")).scalar_one()
    traffic: Traffic = request.app.state.traffic
    return render(
        "dashboard.html",
        organizer=organizer,
        here="dashboard",
        is_live=live,
        targets=targets_of(found, traffic, oversold),
        pools=found.pools,
        tills=found.tills,
    )


def targets_of(found: Measures, traffic: Traffic, oversold: int) -> list[Target]:
    """Returns the eight targets with what is measured."""
    delivered = None if found.mails_lost is None else 1 - found.mails_lost
    return [
        _share("Payments that go through", found.payment_success, "> 95 %", lambda value: value > 0.95),
        _seconds("From choosing to paid", found.checkout_s, "< 2 min", 120),
        _share("Carts given up", found.abandonment, "< 70 %", lambda value: value < 0.70),
        _seconds("Webhook worked on", found.event_s, "< 500 ms", 0.5),
        _share("Mails delivered", delivered, "> 98 %", lambda value: value > 0.98),
        _seconds("Answers (p95, this process)", traffic.p95_s if traffic.count else None, "< 200 ms", 0.2),
        _share("Errors (this process)", traffic.error_rate if traffic.count else None, "< 0.1 %", lambda v: v < 0.001),
        Target("Inventory is right", "100 %", "100 %" if not oversold else f"{oversold} over", oversold == 0),
    ]


def _share(name: str, value: float | None, target: str, test: Callable[[float], bool]) -> Target:
    if value is None:
        return Target(name, target, "—", None)
    return Target(name, target, f"{value:.1%}", test(value))


def _seconds(name: str, value: float | None, target: str, most: float) -> Target:
    if value is None:
        return Target(name, target, "—", None)
    words = f"{value * 1000:.0f} ms" if value < 1 else f"{value:.0f} s"
    return Target(name, target, words, value < most)
