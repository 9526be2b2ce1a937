"""The composition root of the till: the only place that builds its parts and joins them."""

import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.preflight import CHECKS, Answer, Check, Outcome
from boxoffice.till.config import Settings
from boxoffice.till.devices.finding_printers import PrintersHere
from boxoffice.till.devices.printer import printer_from
from boxoffice.till.devices.sounds import SystemSounds
from boxoffice.till.devices.vault import FileVault, KeyringVault
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.store.database import open_store
from boxoffice.till.store.one_writer import AlreadyOpen, OneWriter
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from boxoffice.till.usecases.gateway.printing import PrinterSetup
from boxoffice.till.usecases.gateway.standing import NeedsPairing, Ready
from boxoffice.till.usecases.ports import Vault
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.till_services import Environment

_TO_DO: Final = 3
"""The exit code of a look that found nothing wrong, and something to do."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def build_till(settings: Settings, *, sells: bool = True) -> Till:
    """Returns a till that is not opened yet."""
    set_up = PrinterSetup(settings.printer)
    return Till(
        Environment(
            folder=settings.data_dir,
            documents=settings.documents_dir,
            paper=settings.paper,
            vault=vault_of(settings),
            connections=HttpConnections(),
            printer=printer_from(set_up, settings.paper, "BOXOFFICE_PRINTER"),
            printers=PrintersHere(settings.paper),
            printer_setup=set_up,
            customer_display=CustomerDisplay(settings.customer_display),
            clock=SystemClock(),
            hub_url=settings.hub_url,
            backups=settings.backup_dir,
            backup_every_s=settings.backup_minutes * 60.0,
            backups_kept=settings.backups_kept,
            sells=sells,
        )
    )


def vault_of(settings: Settings) -> Vault:
    """Returns where this till's secrets lie; tills with other folders have other secrets."""
    if settings.vault == "file":
        vault = FileVault(settings.data_dir / "secrets.vault", settings.vault_passphrase.get_secret_value())
        vault.begin()
        return vault
    return KeyringVault(f"boxoffice {settings.data_dir}")


def run_till(on_shown: Callable[[], None] = lambda: None, *, is_gate_only: bool = False, is_kiosk: bool = False) -> int:
    """Opens the window and returns the exit code when it is closed; where one is open already, shows that instead.

    Args:
        on_shown: called when the first screen that a person can use is drawn.
        is_gate_only: a steward's machine, that lets people in and can't sell: it takes no places either.
        is_kiosk: customers serve themselves, until staff ends it.

    Raises:
        AlreadyOpen: if another program has the till's folder, and shows no window.
    """
    gc.disable()  # what a start makes stays: looking for garbage among it costs a tenth of the time

    def shown() -> None:
        gc.freeze()  # the window collects what comes after
        on_shown()

    settings = Settings.from_environment()
    try:
        only = OneWriter(settings.data_dir)
    except AlreadyOpen:
        from boxoffice.till.ui.doorbell import ring  # noqa: PLC0415  # 10 ms that only a second start needs

        if ring(settings.data_dir):
            return 0
        raise

    with only:
        till, sounds = build_till(settings, sells=not is_gate_only), SystemSounds()
        try:
            from boxoffice.till.ui.start import run_window  # noqa: PLC0415  # 0.3 s, while the vault's key is derived

            return run_window(
                till,
                on_shown=shown,
                folder=settings.data_dir,
                is_gate_only=is_gate_only,
                is_kiosk=is_kiosk,
                play=sounds.play,
            )
        finally:
            till.close()
            sounds.close()


def pair_till(hub_url: str, code: str, *, is_export_safe: bool = False) -> int:
    """Pairs this computer's till, and chooses the event if the hub has only one.

    A till that was revoked hands over what it holds first. `is_export_safe` says that an organizer has its export.
    """
    settings = Settings.from_environment()
    with OneWriter(settings.data_dir):
        till = build_till(settings)
        try:
            if not isinstance(till.open(), NeedsPairing):
                _begin_anew(till, is_export_safe=is_export_safe)
            till.pair(hub_url, code)
            events = till.events()
            print(f"Paired as {till.device_name}.")
            if len(events) == 1:
                till.choose_event(events[0].id)
                print(f"It sells for {events[0].name}.")
        finally:
            till.close()
    return 0


def _begin_anew(till: Till, *, is_export_safe: bool) -> None:
    till.sync_now()
    if not till.is_revoked:
        raise BadInput([FieldError("till", "this till is paired already")])
    state = till.hand_over()
    if not state.is_done and not (is_export_safe and state.exported_to):
        raise OperationFailed(
            f"This till was revoked, and holds {state.unsent:,} records that the hub does not have. {state.problem}",
            "Nothing was changed.",
            "Try again where the hub can be reached; or save them with “boxoffice hand-over --export”, give the file "
            "to an organizer, and pair with --export-is-safe.",
        )
    till.begin_anew(is_export_safe=is_export_safe)
    what = "Everything that it held is at the hub" if state.is_done else f"What it held is in {state.exported_to}"
    print(f"This till was revoked. {what}, and its file is kept beside the new one.")


def hand_over(*, exports: bool) -> int:
    """Sends what a revoked till holds, or saves it to a file; returns 1 while the hub does not have all of it."""
    settings = Settings.from_environment()
    with OneWriter(settings.data_dir):
        till = build_till(settings)
        try:
            if isinstance(till.open(), NeedsPairing):
                raise BadInput([FieldError("till", "this till is not paired")])
            till.sync_now()
            if not till.is_revoked:
                raise BadInput([FieldError("till", "this till is not revoked: it sends what it sells by itself")])
            state = till.hand_over()
            if exports and not state.is_done:
                state = till.export_unsent()
        finally:
            till.close()
    cash = " and ".join(str(each) for each in state.cash) or "no cash"
    print(
        "Everything is at the hub."
        if state.is_done
        else f"{state.unsent:,} records are not at the hub. {state.problem}"
    )
    if state.exported_to:
        print(f"They are saved in {state.exported_to}")
    print(f"In the drawer, by this till's books: {cash}.")
    return 0 if state.is_done else 1


def preflight_till(first: Sequence[str], *, as_json: bool) -> int:
    """Looks at all that must work before doors open, and prints what it came to.

    Args:
        first: the checks that are done something for before, such as a test page.
        as_json: prints one JSON document in place of a line for each check.

    Returns:
        0 if all is well, 1 if something failed, 3 if something is only to be done.
    """
    settings = Settings.from_environment()
    with OneWriter(settings.data_dir):
        till = build_till(settings)
        try:
            if not isinstance(till.open(), Ready):
                raise BadInput([FieldError("till", "this till is not ready to sell: open its window, it says why")])
            till.sync_now()
            for check in first:
                try:
                    till.preflight.mend(Check(check), "en")
                except OperationFailed as error:
                    print(error, file=sys.stderr)
            look = till.preflight.look(None, lambda answer: None if as_json else print(_line_of(answer)))
            till.sync_now()
        finally:
            till.close()
    verdict = look.verdict
    if as_json:
        told = {"green": verdict.is_green, "passed": verdict.passed, "counted": verdict.counted}
        checks = [{"check": each.check.value, "outcome": each.outcome.value, **_told(each)} for each in verdict.answers]
        print(json.dumps({**told, "at": look.at.isoformat(), "checks": checks}, indent=2, ensure_ascii=False))
    else:
        print(f"{verdict.passed} of {verdict.counted} pass.")
    if verdict.having(Outcome.FAIL):
        return 1
    return 0 if verdict.is_green else _TO_DO


def _line_of(answer: Answer) -> str:
    told = _told(answer)
    return f"{answer.outcome.value:7} {told['name']}: {told['words']}" + (f"  {told['fix']}" if told["fix"] else "")


def _told(answer: Answer) -> dict[str, str]:
    texts = {"words": answer.words, "fix": "" if answer.is_well else answer.fix}
    said = {name: answer.told(text, str, lambda at: f"{at:%H:%M}") if text else "" for name, text in texts.items()}
    return {"name": CHECKS[answer.check].words, **said}


def verify_till() -> int:
    """Recomputes all of the till's books from its facts; prints what is wrong first, if anything is."""
    from boxoffice.till.usecases.verify import verify  # noqa: PLC0415  # 16 ms of a till's start

    settings = Settings.from_environment()
    vault = vault_of(settings)
    path = settings.data_dir / identity.FILE
    if not path.exists():
        raise BadInput([FieldError(str(path), "there is no till's file here; BOXOFFICE_DATA_DIR says where to look")])
    store = open_store(path, identity.file_key(vault, settings.data_dir))
    try:
        who = identity.load(store, vault)
        verdict = verify(store, None if who is None else who.key.public_key())
    finally:
        store.close()
    print(verdict, file=sys.stderr if verdict.problem else sys.stdout)
    return 1 if verdict.problem else 0
