"""The alerts: looked at every minute, put before a person once, and mailed.

Six are of the customer's plan; the others tell that the hub's own work stands still.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, text

from boxoffice.core.errors import OperationFailed
from sync.exception_kinds import ExceptionKind
from sync.ledger.hub import Hub
from sync.operations.measuring import LATELY, Measures, PoolLevel, measure
from sync.operations.processes import Process, all_processes, answers_of
from sync.operations.supervision import Beat
from sync.ports import Mail, MailSender
from sync.store import tables as t
from sync.store.chain import utc_now
from sync.tills.shifts import CashPlace, cash_under_way

PAYMENT_FAILURES: Final = 0.05
QUEUE_DEPTH: Final = 1_000
SLOW_S: Final = 1.0
LOW_INVENTORY: Final = (0.0, 0.10)
"""Shares of a pool that nobody has bought; each is told once while the pool has this size, the smallest first."""
BOUNCES: Final = 0.05
JOBS_WAIT_S: Final = 300
CARRY_S: Final = 2 * 3_600
"""From one drawer to another, or to the safe, nobody walks for longer."""
EVERY_S: Final = 60.0
_FEW: Final = 5
"""A share of fewer cases than this says nothing."""
_x: Final = t.exceptions.c


@dataclass(frozen=True, slots=True)
class Alert:
    """`subject` tells two alerts of one kind apart, such as two pools. `is_once` is not told again when it was seen."""

    kind: ExceptionKind
    subject: str
    words: str
    is_once: bool = False


def alerts_of(recent: Measures, day: Measures, processes: Sequence[Process]) -> Iterator[Alert]:
    """Yields what is beyond its threshold."""
    ended = recent.captured + recent.failed
    if ended >= _FEW and recent.failed / ended > PAYMENT_FAILURES:
        yield Alert("payments_fail", "", f"{recent.failed} of the last {ended} tries to pay failed, within 5 minutes.")
    if day.events_waiting > QUEUE_DEPTH:
        yield Alert("queue_is_long", "", f"{day.events_waiting} events of providers wait to be worked on.")
    if day.job_lag_s > JOBS_WAIT_S:
        words = f"{day.jobs_due} jobs are due and not begun, the oldest for {day.job_lag_s / 60:.0f} minutes."
        yield Alert("jobs_wait", "", words)
    yield from _alerts_of_processes(processes)
    for pool in day.pools:
        yield from _alerts_of_pool(pool)
    mails = sum(day.mails.values())
    if mails >= _FEW and (day.mails_lost or 0) > BOUNCES:
        yield Alert("mails_bounce", "", f"{day.mails_lost:.0%} of the mails of the last day did not arrive.")


def _alerts_of_pool(pool: PoolLevel) -> Iterator[Alert]:
    """Yields what is told of places that are sold: those that are held or on lease come and go."""
    reached = [share for share in LOW_INVENTORY if pool.capacity > 0 and pool.unsold <= pool.capacity * share]
    if reached:
        subject = f"{pool.event_id} {pool.id} {reached[0]:.0%} of {pool.capacity}"
        words = f"{pool.name}: {max(0, pool.unsold)} of {pool.capacity} places are not sold yet."
        is_out = pool.unsold <= 0
        yield Alert("few_places_left", subject, f"{pool.name} is sold out." if is_out else words, is_once=True)


def _alerts_of_processes(processes: Sequence[Process]) -> Iterator[Alert]:
    for process in processes:
        if process.silent:
            words = f"Nothing is heard of {', '.join(process.silent)} at {process.name}."
            yield Alert("part_is_silent", process.name, words)
    full = [process for process in processes if process.connections_in_use >= process.connections]
    if full:
        words = f"All {full[0].connections} connections of {full[0].name} to the database are in use"
        yield Alert("no_connections", "", f"{words}, at {len(full)} of {len(processes)} processes.")
    answers = answers_of(processes)
    if answers.count >= _FEW and answers.p95_s > SLOW_S:
        yield Alert("answers_are_slow", "", f"One answer of twenty takes longer than {answers.p95_s:.1f} s.")


def alerts_of_cash(under_way: Sequence[CashPlace], now: datetime) -> Iterator[Alert]:
    """Yields what somebody has carried for too long; each is told once."""
    for each in under_way:
        hours = int((now - each.since).total_seconds() // 3_600)
        if (now - each.since).total_seconds() > CARRY_S:
            who = each.name if each.name != "cash" else "somebody"
            words = f"{each.amount} has been under way with {who} for {hours} hours."
            yield Alert("cash_is_late", f"{each.name} {each.since.isoformat()}", words, is_once=True)


def alerts_of_log(hub: Hub) -> Iterator[Alert]:
    """Yields that what this process writes stands in the database alone, if it does."""
    if hub.log is not None and hub.log.problem is not None:
        yield Alert("facts_not_logged", str(hub.log.folder), hub.log.problem)


def _is_told(connection: Connection, alert: Alert) -> bool:
    """Returns whether a person has it before them, or, if it is told once, had it."""
    same = select(_x.id).where(_x.kind == alert.kind, _x.subject_id == alert.subject)
    return connection.execute(same if alert.is_once else same.where(_x.status == "open")).first() is not None


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at the measures, and tells of what is wrong."""

    hub: Hub
    mail: MailSender | None
    every_s: float = EVERY_S

    async def keep_looking(self, beat: Beat) -> None:
        """Looks until it is cancelled. It is no job: when jobs stand still, this must be told all the same."""
        while True:
            await asyncio.sleep(self.every_s)
            await asyncio.to_thread(self.look)
            beat()

    def look(self) -> list[Alert]:
        """Raises an exception for each new alert and mails it; returns the new ones."""
        new: list[Alert] = []
        with self.hub.database.transaction() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('alerts'))"))
            recent, day = measure(connection, LATELY), measure(connection)
            processes = all_processes(connection)
            cash = alerts_of_cash(cash_under_way(connection), utc_now())
            for alert in (*alerts_of(recent, day, processes), *cash, *alerts_of_log(self.hub)):
                if not _is_told(connection, alert):
                    self.hub.raise_exception(
                        connection, alert.kind, alert.words, subject_id=alert.subject, remedies=("seen",)
                    )
                    new.append(alert)
        for alert in new:
            self._mail(alert)
        return new

    def _mail(self, alert: Alert) -> None:
        to = self.hub.settings.alert_email
        if self.mail is None or to is None:
            return
        link = f"{self.hub.public_url}/exceptions"
        html = f"<p>{alert.words}</p><p><a href='{link}'>{link}</a></p>"
        subject = f"Box office: {alert.kind.replace('_', ' ')}"
        try:
            self.mail.send(Mail(to, subject, f"{alert.words}\n{link}\n", html, {}, {"alert": alert.kind}))
        except OperationFailed:  # it stands in the inbox all the same
            return
