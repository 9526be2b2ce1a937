"""Writes what stands around every page: rail, status strip, banner and toasts, always as the till really is."""

from datetime import datetime, timedelta

from boxoffice.till.ui.actions import Do, GoTo
from boxoffice.till.ui.flow.destinations import PrinterSettings, SignIn
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import count, later, number, say, told
from boxoffice.till.ui.views.parts import State
from boxoffice.till.ui.views.shell import BannerView, ChipView, RailItem, SellerView, ShellView
from boxoffice.till.ui.words import ago, clock, day, initials
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import PoolStock

_STALE = timedelta(minutes=2)
_FEW = 5

_AHEAD = later("This till's clock is {minutes} min ahead")
_BEHIND = later("This till's clock is {minutes} min behind")
_RAIL = (
    (later("Sell"), "cart", Do.SELL, "F2"),
    (later("Orders"), "receipt", Do.ORDERS, "F3"),
    (later("Check-in"), "scan", Do.CHECK_IN, "F4"),
    (later("Shift"), "drawer", Do.SHIFT, later("Ctrl D")),
    (later("Problems"), "warning", Do.PROBLEMS, "F11"),
    (later("Till"), "till", Do.TILL, "F12"),
)
_STAFFED = (*_RAIL[:-1], (later("Till"), "till", Do.TILL, later("Ctrl T")), (later("Lock"), "lock", Do.LOCK, "F12"))
"""Where staff signs in."""
_OF_A_GATE = frozenset({Do.CHECK_IN, Do.PROBLEMS, Do.TILL, Do.LOCK})
"""What is there for somebody who only lets people in."""

_READERS: dict[ReaderState, tuple[str, State]] = {
    ReaderState.NONE: (later("not chosen"), "warn"),
    ReaderState.CHECKING: (later("checking"), "info"),
    ReaderState.READY: (later("ready"), "ok"),
    ReaderState.IN_USE: (later("in use"), "info"),
    ReaderState.OFFLINE: (later("offline"), "warn"),
    ReaderState.NEEDS_INTERNET: (later("no internet"), "warn"),
}
_PRINTERS: dict[PrinterState, tuple[str, State]] = {
    PrinterState.NONE: (later("not set up"), "plain"),
    PrinterState.READY: (later("ready"), "ok"),
    PrinterState.PAPER_LOW: (later("paper low"), "warn"),
    PrinterState.PAPER_OUT: (later("no paper"), "danger"),
    PrinterState.OFFLINE: (later("offline"), "warn"),
    PrinterState.UNKNOWN: (later("set up"), "ok"),
    PrinterState.COVER_OPEN: (later("cover open"), "danger"),
    PrinterState.FAULT: (later("stopped"), "danger"),
}


def reader_words(state: ReaderState) -> tuple[str, State]:
    """Returns what is said of a reader, and how it looks."""
    words, look = _READERS[state]
    return say(words), look


def printer_words(state: PrinterState) -> tuple[str, State]:
    """Returns what is said of a printer, and how it looks."""
    words, look = _PRINTERS[state]
    return say(words), look


def shell_view(session: Session) -> ShellView:
    """Returns the frame of the page that is up."""
    catalogue, status, now = session.catalogue, session.status, session.till.now()
    place = f"{day(now.date())} · {catalogue.venue}" if catalogue else ""
    return ShellView(
        event_name=catalogue.name if catalogue else "Box Office",
        event_text=place,
        chips=_chips(session, status, now) if status else (),
        device_name=status.device_name if status else "",
        device_initials=initials(status.device_name) if status else "",
        device_text=_hub_name(status.hub_url) if status else "",
        time_text=clock(now),
        rail=tuple(
            RailItem(
                say(label),
                icon,
                action,
                key,
                is_current=session.page.section is action,
                badge=status.unknown_payments + status.hub_problems if status and action is Do.PROBLEMS else 0,
            )
            for label, icon, action, key in (_STAFFED if session.team.is_kept else _RAIL)
            if not session.only_scans or action in _OF_A_GATE
        ),
        banner=banner(status) if status else None,
        toasts=() if isinstance(session.cover_at, SignIn) else session.toasts,
        seller=_seller(session, status, clock(now)),
        is_bare=session.page.is_bare or isinstance(session.cover_at, SignIn),
    )


def _seller(session: Session, status: TillStatus | None, time: str) -> SellerView | None:
    team = session.team
    if not team.is_kept:
        return None
    place = f"{status.device_name} · " if status is not None else ""
    if session.trainer is not None:
        place = say("Practice · ")
    if team.person is None:
        return SellerView("", say("Nobody yet"), f"{place}{time}", "F12")
    return SellerView(initials(team.person.name), team.person.name, f"{place}{time}", "F12")


def _hub_name(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def chips(status: TillStatus, now: datetime) -> tuple[ChipView, ...]:
    """Returns sync, reader and printer, always in this order."""
    reader, reader_state = reader_words(status.reader)
    return (
        sync_chip(status, now),
        ChipView("card", say("Reader"), reader, reader_state),
        _printer_chip(status),
    )


def _chips(session: Session, status: TillStatus, now: datetime) -> tuple[ChipView, ...]:
    """Returns the three; those of a training are nothing real, and say so while nothing is practised about them."""
    real = chips(status, now)
    if session.trainer is None:
        return real
    practice = (("sync", say("Hub")), ("card", say("Reader")), ("printer", say("Printer")))
    return tuple(
        each if each.state in ("warn", "danger") else ChipView(icon, word, say("practice"), "plain")
        for each, (icon, word) in zip(real, practice, strict=True)
    )


def _printer_chip(status: TillStatus) -> ChipView:
    """Says how many papers wait, where some do."""
    words, state = printer_words(status.printer)
    if status.papers_waiting:
        words = count(status.papers_waiting, "waits", "wait")
        state = state if state in ("warn", "danger") else "warn"
    return ChipView("printer", say("Printer"), words, state, GoTo(PrinterSettings()))


def sync_chip(status: TillStatus, now: datetime) -> ChipView:
    waiting = say("{unsent} to send", unsent=number(status.unsent)) if status.unsent else ""
    if not status.is_online:
        return ChipView("offline", say("Try now"), waiting, "warn", Do.SYNC_NOW)
    if status.unsent:
        return ChipView("sync", say("Sending"), waiting, "info")
    if status.orders_to_take:
        share = 100 * status.orders_taken // status.orders_to_take
        return ChipView("sync", say("Fetching orders"), f"{share} %", "info")
    if status.synced_at is None:
        return ChipView("sync", say("Connecting"), "", "info")
    age = now - status.synced_at
    return ChipView("sync", say("Synced"), ago(age), "warn" if age > _STALE else "ok")


def banner(status: TillStatus) -> BannerView | None:
    """Returns the one thing that a seller must know now, if there is one."""
    if status.is_disk_low:
        text = say("Sales are still saved. Call whoever set up this till now.")
        return BannerView("disk", say("This till's disk is almost full"), text, "danger")
    if status.silent:
        title = say("This till has stopped working with the hub by itself")
        return BannerView("warning", title, say("Sales are saved here. Start the till again."), "warn")
    if status.backup_problem:
        text = say("{problem} Sales are saved here.", problem=told(status.backup_problem))
        return BannerView("disk", say("This till makes no backups now"), text, "warn")
    if not status.is_online:
        return _offline(status)
    return _of_this_computer(status)


def _of_this_computer(status: TillStatus) -> BannerView | None:
    if status.drawer_problem:
        text = say("{problem} The sale is saved.", problem=told(status.drawer_problem))
        return BannerView("drawer", say("The drawer did not open"), text, "warn")
    if abs(status.clock_off_s) > 60:
        minutes = abs(status.clock_off_s) // 60
        title = say(_AHEAD if status.clock_off_s > 0 else _BEHIND, minutes=minutes)
        return BannerView("clock", title, say("Sales are safe. Set the clock of this computer."), "warn")
    return None


def _offline(status: TillStatus) -> BannerView:
    since = say(" since {time}", time=clock(status.offline_since)) if status.offline_since else ""
    scarce = min((pool for pool in status.stock if pool.overall), key=lambda pool: pool.here, default=None)
    text = _share_words(scarce) or say("Sales are saved on this till.")
    return BannerView("offline", say("Offline{since}", since=since), text, "warn")


def _share_words(pool: PoolStock | None) -> str:
    if pool is None:
        return ""
    if pool.here == 0:
        return say("{name}: none left here.", name=pool.name)
    if pool.here <= _FEW:
        return say("{name}: only {here} left here.", name=pool.name, here=pool.here)
    return say("{here} more {name} to sell here.", here=number(pool.here), name=pool.name)
