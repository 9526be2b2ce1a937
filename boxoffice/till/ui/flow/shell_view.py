"""Writes what stands around every page: rail, status strip, banner and toasts, always as the till really is."""

from datetime import datetime, timedelta

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.destinations import SignIn
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.views.parts import State
from boxoffice.till.ui.views.shell import BannerView, ChipView, RailItem, SellerView, ShellView
from boxoffice.till.ui.words import ago, clock, day, initials
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import PoolStock

_STALE = timedelta(minutes=2)
_FEW = 5

_RAIL = (
    ("Sell", "cart", Do.SELL, "F2"),
    ("Orders", "receipt", Do.ORDERS, "F3"),
    ("Shift", "drawer", Do.SHIFT, "Ctrl D"),
    ("Problems", "warning", Do.PROBLEMS, "F11"),
    ("Till", "till", Do.TILL, "F12"),
)
_STAFFED = (*_RAIL[:-1], ("Till", "till", Do.TILL, "Ctrl T"), ("Lock", "lock", Do.LOCK, "F12"))
"""Where staff signs in."""

READER_WORDS: dict[ReaderState, tuple[str, State]] = {
    ReaderState.NONE: ("not chosen", "warn"),
    ReaderState.CHECKING: ("checking", "info"),
    ReaderState.READY: ("ready", "ok"),
    ReaderState.IN_USE: ("in use", "info"),
    ReaderState.OFFLINE: ("offline", "warn"),
    ReaderState.NEEDS_INTERNET: ("no internet", "warn"),
}
PRINTER_WORDS: dict[PrinterState, tuple[str, State]] = {
    PrinterState.NONE: ("not set up", "plain"),
    PrinterState.READY: ("ready", "ok"),
    PrinterState.PAPER_LOW: ("paper low", "warn"),
    PrinterState.PAPER_OUT: ("no paper", "danger"),
    PrinterState.OFFLINE: ("offline", "warn"),
}


def shell_view(session: Session) -> ShellView:
    """Returns the frame of the page that is up."""
    catalogue, status, now = session.catalogue, session.status, session.till.now()
    place = f"{day(now.date())} · {catalogue.venue}" if catalogue else ""
    return ShellView(
        event_name=catalogue.name if catalogue else "Box Office",
        event_text=place,
        chips=chips(status, now) if status else (),
        device_name=status.device_name if status else "",
        device_initials=initials(status.device_name) if status else "",
        device_text=_hub_name(status.hub_url) if status else "",
        time_text=clock(now),
        rail=tuple(
            RailItem(
                label,
                icon,
                action,
                key,
                is_current=session.page.section is action,
                badge=status.unknown_payments + status.hub_problems if status and action is Do.PROBLEMS else 0,
            )
            for label, icon, action, key in (_STAFFED if session.team.is_kept else _RAIL)
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
    if team.person is None:
        return SellerView("", "Nobody yet", f"{place}{time}", "F12")
    return SellerView(initials(team.person.name), team.person.name, f"{place}{time}", "F12")


def _hub_name(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def chips(status: TillStatus, now: datetime) -> tuple[ChipView, ...]:
    """Returns sync, reader and printer, always in this order."""
    reader, reader_state = READER_WORDS[status.reader]
    printer, printer_state = PRINTER_WORDS[status.printer]
    return (
        sync_chip(status, now),
        ChipView("card", "Reader", reader, reader_state),
        ChipView("printer", "Printer", printer, printer_state),
    )


def sync_chip(status: TillStatus, now: datetime) -> ChipView:
    waiting = f"{status.unsent:,} to send" if status.unsent else ""
    if not status.is_online:
        return ChipView("offline", "Try now", waiting, "warn", Do.SYNC_NOW)
    if status.unsent:
        return ChipView("sync", "Sending", waiting, "info")
    if status.orders_to_take:
        return ChipView("sync", "Taking orders", f"{100 * status.orders_taken // status.orders_to_take} %", "info")
    if status.synced_at is None:
        return ChipView("sync", "Connecting", "", "info")
    age = now - status.synced_at
    return ChipView("sync", "Synced", ago(age), "warn" if age > _STALE else "ok")


def banner(status: TillStatus) -> BannerView | None:
    """Returns the one thing that a seller must know now, if there is one."""
    if status.is_disk_low:
        text = "Sales are still saved. Call whoever set up this till now."
        return BannerView("disk", "This till's disk is almost full", text, "danger")
    if status.silent:
        title = "This till has stopped working with the hub by itself"
        return BannerView("warning", title, "Sales are saved here. Start the till again.", "warn")
    if status.backup_problem:
        text = f"{status.backup_problem} Sales are saved here."
        return BannerView("disk", "This till makes no backups now", text, "warn")
    if not status.is_online:
        return _offline(status)
    if abs(status.clock_off_s) > 60:
        minutes = abs(status.clock_off_s) // 60
        way = "ahead" if status.clock_off_s > 0 else "behind"
        title = f"This till's clock is {minutes} min {way}"
        return BannerView("clock", title, "Sales are safe. Set the clock of this computer.", "warn")
    return None


def _offline(status: TillStatus) -> BannerView:
    since = f" since {clock(status.offline_since)}" if status.offline_since else ""
    scarce = min((pool for pool in status.stock if pool.overall), key=lambda pool: pool.here, default=None)
    text = _share_words(scarce) or "Sales are saved on this till."
    return BannerView("offline", f"Offline{since}", text, "warn")


def _share_words(pool: PoolStock | None) -> str:
    if pool is None:
        return ""
    if pool.here == 0:
        return f"{pool.name}: none left here."
    if pool.here <= _FEW:
        return f"{pool.name}: only {pool.here} left here."
    return f"{pool.here:,} more {pool.name} to sell here."
