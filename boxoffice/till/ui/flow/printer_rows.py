"""Rows and words of the printer's page."""

from collections.abc import Sequence
from typing import Final

from boxoffice.documents.rolls import Roll, RollWidth
from boxoffice.till.ui.actions import Of, Pick
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.parts import NoticeView, RowView, State, TagView
from boxoffice.till.ui.words import clock
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import FoundPrinter, Job, JobState, PaperKind, Plug, PrinterNow

_NOTES: Final[dict[PrinterState, tuple[str, str, State]]] = {
    PrinterState.NONE: (
        later("No printer"),
        later("Receipts and tickets are saved as PDF, or sent by e-mail."),
        "info",
    ),
    PrinterState.READY: (later("Ready to print"), later("All sales are saved, whatever the printer does."), "ok"),
    PrinterState.UNKNOWN: (
        later("Set up"),
        later("This printer takes papers, and does not say how it is. Look at it now and then."),
        "info",
    ),
    PrinterState.PAPER_LOW: (later("Paper is low"), later("Have a new roll at hand."), "warn"),
    PrinterState.PAPER_OUT: (
        later("Out of paper"),
        later("All sales are saved. Put in a roll and close the cover. Nothing prints twice by itself."),
        "danger",
    ),
    PrinterState.COVER_OPEN: (
        later("Cover open"),
        later("All sales are saved. Close the cover. Nothing prints twice by itself."),
        "danger",
    ),
    PrinterState.OFFLINE: (
        later("Not reached"),
        later("All sales are saved. Check its power and cable. Nothing prints twice by itself."),
        "warn",
    ),
    PrinterState.FAULT: (
        later("It has stopped"),
        later("All sales are saved. Switch it off and on, and look for jammed paper."),
        "danger",
    ),
}
_KINDS: Final = {
    PaperKind.RECEIPT: (later("Receipt {number}"), "receipt"),
    PaperKind.TICKETS: (later("Tickets {number}"), "ticket"),
    PaperKind.REPORT: ("{number}", "drawer"),
    PaperKind.TEST: (later("Test page"), "printer"),
}
_TAGS: Final[dict[JobState, tuple[str, State, str]]] = {
    JobState.WAITING: (later("Waits"), "plain", "clock"),
    JobState.PRINTING: (later("Printing"), "info", "printer"),
    JobState.STOPPED: (later("Look at it"), "danger", "warning"),
    JobState.PRINTED: (later("Printed"), "ok", "check"),
    JobState.SKIPPED: (later("Left out"), "plain", "cross"),
}
_PLUGS: Final = {
    Plug.USB: later("USB"),
    Plug.NETWORK: later("Network"),
    Plug.SERIAL: later("Serial port"),
    Plug.FILE: later("Device file"),
    Plug.SYSTEM: later("A printer of this computer, for PDF"),
    Plug.PICTURE: later("Pictures of papers, to try it out"),
}


def note_of(now: PrinterNow, *, drawer_problem: str) -> NoticeView:
    """Returns how the printer is, as the one thing to know."""
    title, text, state = _NOTES[now.state]
    if drawer_problem:
        return NoticeView(say("The drawer did not open"), say(text), "warn", "drawer")
    return NoticeView(say(title), say(text), state, "printer")


def job_rows(jobs: Sequence[Job]) -> tuple[RowView, ...]:
    return tuple(map(_job_row, jobs))


def _job_row(job: Job) -> RowView:
    title, icon = _KINDS[job.kind]
    words, state, mark = _TAGS[job.state]
    parts = [clock(job.asked_at)]
    if job.pieces > 1:
        parts.append(say("{done} of {all} printed", done=job.done, all=job.pieces))
    if job.is_open and job.why is not None and _NOTES[job.why][2] in ("warn", "danger"):
        parts.append(say(_NOTES[job.why][0]))
    if job.state is JobState.STOPPED:
        parts.append(say("one may be out or torn"))
    tag = TagView(say(words), state, mark)
    return RowView(
        say(title, number=job.title), " · ".join(parts), icon, state if state == "danger" else "plain", tag=tag
    )


def found_rows(printers: Sequence[FoundPrinter], chosen: str, keys: str) -> tuple[RowView, ...]:
    return tuple(
        RowView(
            each.name if each.address else say("No printer: PDF on this computer"),
            say(_PLUGS[each.plug]) + _place(each) if each.address else say("Papers are saved, or sent by e-mail"),
            "save" if not each.address else "printer",
            action=Pick(Of.PRINTER, i),
            is_chosen=each.address == chosen,
            tick=each.address == chosen,
            key=keys[i],
        )
        for i, each in enumerate(printers)
    )


def _place(printer: FoundPrinter) -> str:
    rest = printer.address.partition(":")[2]
    return f" · {rest}" if rest != printer.name else ""


def paper_words(width: RollWidth) -> str:
    """Returns how much of the roll is printed on."""
    return say("{printed} mm of {wide}", printed=Roll(width).dots // 8, wide=int(width))
