"""What is looked at of this computer and its lines before doors open: network, hub, clock, disk, backup."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from boxoffice.core.languages import later
from boxoffice.core.preflight import Answer, Check, Outcome
from boxoffice.core.signed_time import NotTheHubsTime
from boxoffice.till.store.disk_proof import SLOW_FLUSH_S, DiskLook, look_at_disk
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.hub_word import ask_hub
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.mending import Mending
from boxoffice.till.usecases.ports import Connections, HubRefused, Unreachable
from boxoffice.till.usecases.side_by_side import Job
from boxoffice.till.usecases.status import LOW_DISK_BYTES
from boxoffice.till.usecases.syncing import Sync

CLOSE_S: Final = 10.0
"""As far as a clock may be off with nothing said."""
FAR_S: Final = 60.0
"""From there on papers show a time that people notice."""
_ROOMY: Final = 5
"""So many times the least that must be free there should be, for an evening of backups and PDFs."""
_GB: Final = 1_000_000_000
_SET_CLOCK: Final = later("Set this computer's clock. Nothing is decided by it, but papers show its time.")


@dataclass(frozen=True, slots=True)
class MachineChecks:
    context: TillContext
    link: Link
    sync: Sync
    mending: Mending
    connections: Connections
    hub_url: str
    stripe_base: str
    folder: Path
    has_key: Callable[[], bool]
    look: Callable[[Path], DiskLook] = look_at_disk

    def jobs(self) -> Mapping[Check, Job]:
        return {
            Check.NETWORK: self._network,
            Check.HUB: self._hub,
            Check.CLOCK: self._clock,
            Check.DISK: self._disk,
            Check.FLUSH: self._flush,
            Check.BACKUP: self.back_up,
        }

    def _network(self) -> Answer:
        hub_s = self._reach(self.hub_url)
        stripe_s = self._reach(self.stripe_base) if self.has_key() else hub_s
        if hub_s is None and stripe_s is None:
            return Answer(
                Check.NETWORK,
                Outcome.FAIL,
                later("Nobody can be reached"),
                later("Look at the cable or the Wi-Fi; a phone's hotspot does too. Cash goes on."),
            )
        if stripe_s is None:
            return Answer(
                Check.NETWORK,
                Outcome.FAIL,
                later("The network is there, but Stripe can't be reached"),
                later("No card goes through it: let this network pass Stripe, or take another one."),
            )
        milliseconds = f"{stripe_s * 1000:.0f}"
        return Answer(Check.NETWORK, Outcome.PASS, later("Answers in {ms} ms"), parts={"ms": milliseconds})

    def _reach(self, url: str) -> float | None:
        try:
            return self.connections.reach(url)
        except Unreachable:
            return None

    def _hub(self) -> Answer:
        began, unsent = self.context.clock.monotonic(), self.sync.unsent_count()
        self.link.call(lambda hub: hub.head(unsent))
        parts = {"ms": f"{(self.context.clock.monotonic() - began) * 1000:.0f}", "records": f"{unsent:,}"}
        if unsent:
            return Answer(
                Check.HUB,
                Outcome.TO_DO,
                later("Answers in {ms} ms, and {records} records wait to be sent"),
                later("Sync now: the hub should have all of the last evening."),
                parts,
            )
        return Answer(Check.HUB, Outcome.PASS, later("Answers in {ms} ms, has everything"), parts=parts)

    def _clock(self) -> Answer:
        try:
            off_s = ask_hub(self.context, self.link).off_s
        except NotTheHubsTime:
            return Answer(
                Check.CLOCK,
                Outcome.FAIL,
                later("The time that came is not signed by the hub"),
                later("Somebody may be between this till and the hub: take another network."),
            )
        except (Unreachable, HubRefused):
            return Answer(
                Check.CLOCK, Outcome.TO_DO, later("Not compared: the hub does not say its time"), later("Check again.")
            )
        parts = {"seconds": f"{abs(off_s):.1f}" if abs(off_s) < CLOSE_S else f"{abs(off_s):,.0f}"}
        if abs(off_s) <= CLOSE_S:
            return Answer(Check.CLOCK, Outcome.PASS, later("Within {seconds} s of the hub's signed time"), parts=parts)
        words = later("{seconds} s ahead of the hub") if off_s > 0 else later("{seconds} s behind the hub")
        outcome = Outcome.FAIL if abs(off_s) > FAR_S else Outcome.TO_DO
        return Answer(Check.CLOCK, outcome, words, _SET_CLOCK, parts)

    def _disk(self) -> Answer:
        free = self.look(self.folder).free_bytes
        parts = {"free": f"{free / _GB:,.1f}"}
        if free >= _ROOMY * LOW_DISK_BYTES:
            return Answer(Check.DISK, Outcome.PASS, later("{free} GB free"), parts=parts)
        outcome = Outcome.TO_DO if free >= LOW_DISK_BYTES else Outcome.FAIL
        return Answer(Check.DISK, outcome, later("Only {free} GB free"), later("Delete what nobody needs."), parts)

    def _flush(self) -> Answer:
        """Judges by kind first: memory and networks promise nothing, however long they take for it."""
        found = self.look(self.folder)
        parts = {"kind": found.kind or "?", "ms": _milliseconds(found.flush_s)}
        fix = later("Put this till's folder on a disk of this computer (BOXOFFICE_DATA_DIR).")
        if found.is_in_memory:
            return Answer(
                Check.FLUSH, Outcome.FAIL, later("Lies in memory ({kind}): a power cut takes all"), fix, parts
            )
        if found.is_far_away:
            return Answer(Check.FLUSH, Outcome.FAIL, later("Lies on a network ({kind}), which may lose it"), fix, parts)
        if found.is_too_fast:
            return Answer(
                Check.FLUSH,
                Outcome.FAIL,
                later("The disk says in {ms} ms that it has kept it: that is no disk's time ({kind})"),
                later("Switch its write cache off, or take another disk: a power cut would lose sales."),
                parts,
            )
        if found.flush_s > SLOW_FLUSH_S:
            return Answer(
                Check.FLUSH,
                Outcome.TO_DO,
                later("Kept in {ms} ms: each sale waits for it ({kind})"),
                later("Take a faster disk, or end what else writes on this one."),
                parts,
            )
        return Answer(Check.FLUSH, Outcome.PASS, later("Kept in {ms} ms (FULL, {kind})"), parts=parts)

    def back_up(self) -> Answer:
        """Makes a backup if the newest has not everything, and tells its age."""
        backups, context = self.mending.backups, self.context
        if self.mending.is_needed:
            return Answer(Check.BACKUP, Outcome.FAIL, later("Records are missing here"), later("Take them back first."))
        backups.make_if_new(context.store.path, context.clock.now())
        newest = backups.all()[0]
        is_beside = _disk_of(backups.folder) == _disk_of(self.folder)
        words = later("Of {time}, on this disk") if is_beside else later("Of {time}, on another disk")
        return Answer(Check.BACKUP, Outcome.PASS, words, at=context.local(newest.made_at))


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f}" if seconds < 0.001 else f"{seconds * 1000:.1f}"  # what is too fast needs digits


def _disk_of(path: Path) -> int:
    return path.stat().st_dev
