"""This till's Stripe key: taken from the hub when it changes, into the keyring at once, and used from then on."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from boxoffice.core.money import Money
from boxoffice.core.terminal import Intent, TerminalReader
from boxoffice.core.wire.protocol import key_id
from boxoffice.till.usecases.ports import CartLineShown, Connections, Terminal, Unreachable, Vault

NAME: Final = "stripe_key"
"""Under which the key lies in the vault."""
_PREFIX: Final = 8
"""What Stripe's keys begin with: `sk_live_`, `rk_test_`."""


class KeyedTerminal:
    """Stripe Terminal by whatever key the till has now; with none, it knows no readers.

    A payment that is under way goes on with the new key: intents and readers are the account's.
    """

    def __init__(self, vault: Vault, connections: Connections, stripe_base: str, key: str | None) -> None:
        self._vault, self._connections, self._base = vault, connections, stripe_base
        self._lock = threading.Lock()
        self._opened: list[Terminal] = []
        self.key_id = ""
        self.is_live = False
        """Whether the key takes real money."""
        if key:
            self._use(key)

    def take(self, key: str) -> None:
        """Keeps a new key and uses it.

        Raises:
            VaultFailed: if it can't be kept; the one before stays in use.
        """
        self._vault.put(NAME, key)
        self._use(key)

    def readers(self) -> Sequence[TerminalReader]:
        return self._now.readers() if self._opened else ()

    def reader(self, reader_id: str) -> TerminalReader:
        return self._now.reader(reader_id)

    def create_intent(self, key: str, amount: Money, metadata: Mapping[str, str]) -> Intent:
        return self._now.create_intent(key, amount, metadata)

    def create_trial(self, key: str, amount: Money) -> Intent:
        return self._now.create_trial(key, amount)

    def missing_rights(self) -> Sequence[str]:
        return self._now.missing_rights()

    def intent(self, intent_id: str) -> Intent:
        return self._now.intent(intent_id)

    def paid_since(self, since: datetime) -> Mapping[str, Money]:
        return self._now.paid_since(since)

    def cancel_intent(self, intent_id: str) -> Intent:
        return self._now.cancel_intent(intent_id)

    def process(self, reader_id: str, intent_id: str) -> TerminalReader:
        return self._now.process(reader_id, intent_id)

    def show_cart(self, reader_id: str, lines: Sequence[CartLineShown], total: Money) -> None:
        self._now.show_cart(reader_id, lines, total)

    def cancel_action(self, reader_id: str) -> None:
        self._now.cancel_action(reader_id)

    def close(self) -> None:
        """Closes what any call may still use: not before the till itself is closed."""
        for each in self._opened:
            each.close()

    @property
    def _now(self) -> Terminal:
        if not self._opened:
            raise Unreachable(
                "This till has no key for Stripe.", "Nothing was charged.", "Ask an organizer to set one."
            )
        return self._opened[-1]

    def _use(self, key: str) -> None:
        with self._lock:
            self._opened.append(self._connections.terminal(self._base, key))
            self.key_id, self.is_live = key_id(key), "_live_" in key[:_PREFIX]
