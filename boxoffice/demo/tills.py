"""Tills for the demo: paired, loaded, each with its own folder, and with secrets that live as long as the demo."""

from pathlib import Path

from boxoffice.core.ids import EventId
from boxoffice.demo.stack import Stack
from boxoffice.documents.model import Paper
from boxoffice.till.app import SystemClock
from boxoffice.till.devices.printer import NoPrinter
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.usecases.gateway.standing import NeedsPairing
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.till_services import Environment


class MemoryVault:
    """Keeps secrets for as long as the program runs."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        self._secrets[name] = secret


def new_till(stack: Stack, folder: Path, documents: Path, name: str, hub_url: str | None = None) -> Till:
    """Returns a till that is paired and has its event; its file's key lies beside it, as only a demo's may.

    It reaches the hub by `hub_url`, if that is given.
    """
    vault = MemoryVault()
    till = Till(_environment(stack, folder, documents, vault))
    if isinstance(till.open(), NeedsPairing):
        till.pair(hub_url or stack.addresses.hub_url, stack.pairing_code(name))
    till.choose_event(EventId(till.events()[0].id))
    (folder / "till.key").write_text(vault.get("file_key") or "")
    return till


def unpaired_till(stack: Stack, folder: Path, documents: Path) -> Till:
    """Returns a till that belongs to no hub yet, not opened."""
    return Till(_environment(stack, folder, documents, MemoryVault()))


def _environment(stack: Stack, folder: Path, documents: Path, vault: MemoryVault) -> Environment:
    return Environment(
        folder=folder,
        documents=documents,
        paper=Paper.LETTER,
        vault=vault,
        connections=HttpConnections(),
        printer=NoPrinter(),
        clock=SystemClock(),
        hub_url=stack.addresses.hub_url,
    )
