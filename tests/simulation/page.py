"""Draws a run as a page that plays: who did what when, what went wrong, and where each place was meanwhile."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from boxoffice.resources import resource_path
from tests.simulation.runs import Verdict

_TEMPLATE: Final = Path(__file__).with_name("page.html")
_WRONG: Final[Mapping[str, str]] = {
    "request_lost": "a message gets lost on its way",
    "reply_lost": "an answer gets lost: nobody knows whether it was done",
    "slow": "a message takes its time",
    "duplicate": "a message arrives twice",
    "partition": "the cable is cut for a while",
    "one_way": "messages get through in one direction only",
    "till_dies": "the power fails",
    "hub_dies": "the hub's process dies",
    "provider_down": "Stripe can't be reached",
    "provider_answer_lost": "Stripe does it, and its answer gets lost",
    "provider_refuses": "Stripe refuses for good",
    "card_declined": "the bank declines the card",
    "webhook_twice": "Stripe will tell of this twice",
    "webhook_late": "Stripe will tell of this much later",
    "webhook_never": "Stripe will never tell of this",
    "refund_pends": "the bank takes days over a refund",
    "refund_fails": "the bank sends a refund back",
    "clock_jumps": "somebody sets the till's clock",
    "foreign_event": "Stripe tells of another shop's business",
    "file_set_back": "the till's file is set back to an older one",
    "backup_restored": "the till's file is replaced by a backup",
    "mail_down": "mails can't be sent",
    "mail_answer_lost": "a mail is sent, and nobody hears so",
}
_MONEY: Final = ("sells", "pays", "is told: paid")
_PEOPLE: Final = ("customer", "web", "organizer", "clerk", "world")
_TOLD: Final = (
    ("places sold", ("sold at a till", "sold on the web"), "sales"),
    ("power", ("till_dies", "hub_dies"), "times the power failed"),
    (
        "messages",
        ("request_lost", "reply_lost", "duplicate", "partition", "one_way"),
        "messages lost, doubled or cut off",
    ),
    (
        "money",
        ("provider_down", "provider_answer_lost", "webhook_late", "webhook_never", "webhook_twice"),
        "faults at Stripe",
    ),
)


def page_of(verdict: Verdict) -> str:
    """Returns the page, with all that it needs in itself."""
    options = verdict.options
    lanes = [*(f"till-{number}" for number in range(1, options.tills + 1)), "hub", "Stripe", *_PEOPLE]
    events = [event for line in verdict.trace if (event := _event(line, lanes)) is not None]
    used = sorted({event[1] for event in events})
    data = {
        "lanes": [_title(lanes[lane]) for lane in used],
        "events": [[at, used.index(lane), what, kind] for at, lane, what, kind in events],
        "frames": [[at, [[name.title(), *counts] for name, *counts in pools]] for at, pools in verdict.frames],
    }
    numbers = "".join(
        f"<div><strong>{sum(verdict.counts[each] for each in of)}</strong>{words}</div>" for _, of, words in _TOLD
    )
    is_good = verdict.problem is None
    return Template(_TEMPLATE.read_text()).substitute(
        seed=options.seed,
        tills="one till" if options.tills == 1 else f"{options.tills} tills",
        capacity=options.capacity,
        verdict="Nothing was oversold, lost or doubled" if is_good else f"Broken: {verdict.problem}",
        verdict_class="ok" if is_good else "bad",
        told=numbers,
        data=json.dumps(data).replace("</", "<\\/"),
        bebas=_font("bebas-neue"),
        regular=_font("open-sans-400"),
        bold=_font("open-sans-700"),
    )


def _event(line: tuple[float, str, str], lanes: list[str]) -> tuple[float, int, str, str] | None:
    at, who, what = line
    is_fault = what.startswith("! ")
    if is_fault:
        what = _WRONG.get(what[2:], what[2:])
    kind = "fault" if is_fault or what == "loses power" else "money" if any(w in what for w in _MONEY) else "other"
    lane = _lane(who, lanes)
    return None if what == "loses power" else (at, lanes.index(lane), what, kind)


def _lane(who: str, lanes: list[str]) -> str:
    """Returns whose line something is: what befalls a part of somebody is that somebody's."""
    if who.startswith("provider ") or who in ("webhooks", "sessions", "paypal sessions", "refunds", "events"):
        return "Stripe"
    return next((lane for lane in lanes if who.startswith(lane)), "world")


def _title(lane: str) -> str:
    names = {"web": "web buyers", "world": "everything", "customer": "customers", "organizer": "organizers"}
    return names.get(lane, lane.replace("-", " "))


def _font(name: str) -> str:
    return base64.b64encode(resource_path("fonts", f"{name}.woff2").read_bytes()).decode()
