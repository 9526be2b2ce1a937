"""What a page is to those who show it: one screen's state, whichever page it is."""

from collections.abc import Sequence
from typing import Protocol

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import Moment
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.usecases.gateway.standing import TillEvent


class Page(Protocol):
    """One screen's state: what it draws, what keys, taps, time and the till do to it, and where they lead."""

    section: Do
    """The rail entry that it belongs to."""
    is_bare: bool
    """Whether it stands alone, without rail and status strip."""
    comes_to_its_end: bool
    """Whether a till that is revoked meanwhile stays on it: a customer is being served, or handing over goes on."""
    types_codes: bool
    """Whether a scanned code is typed into its fields like anything else."""
    reads_codes: bool
    """Whether a camera looks for codes while it is up."""

    @property
    def why_stay(self) -> str: ...

    @property
    def moment(self) -> Moment: ...

    def view(self) -> object: ...
    def act(self, action: Action) -> Next: ...
    def scanned(self, readings: Sequence[str]) -> bool: ...
    def key(self, key: Key) -> Next: ...
    def has_own(self, key: Named) -> bool: ...
    def tick(self) -> None: ...
    def heard(self, told: TillEvent) -> Next: ...
    def help(self) -> tuple[tuple[str, str], ...]: ...
