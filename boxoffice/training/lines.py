"""The only ways out that a training's till has: to the hub in memory, and to the sandbox on this machine.

No address and no key is ever taken from whoever asks. A real hub can't be reached because nothing here could call one.
"""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from boxoffice.core.errors import OperationFailed
from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.usecases.ports import Hub, Terminal
from boxoffice.training.hub import PracticeHub

HUB_URL: Final = "https://training.invalid"
"""What stands where a hub's address would: a name that no network knows (RFC 2606)."""
_KEY: Final = "rk_test_training"
_TIMEOUT_S: Final = 10.0


class NotInTraining(OperationFailed):
    """Something real was to be reached from a training."""

    def __init__(self) -> None:
        super().__init__(
            "A training reaches no real hub and no real reader.",
            "Nothing was sent.",
            "Leave the training, and do it at the till.",
        )


class PracticeLines:
    """Implements `usecases.ports.Connections` for a training, and for nothing else."""

    def __init__(self, hub: PracticeHub, sandbox: Sandbox) -> None:
        self._hub, self._base = hub, sandbox.base_url

    def reach(self, url: str) -> float:
        if url not in (HUB_URL, self._base):
            raise NotInTraining
        return 0.0

    def pair(self, hub_url: str, request: PairRequest) -> PairAnswer:
        if hub_url != HUB_URL:
            raise NotInTraining
        return self._hub.pair(request, self._base, _KEY)

    def hub(self, hub_url: str, token: str) -> Hub:  # noqa: ARG002  # the port has it
        if hub_url != HUB_URL:
            raise NotInTraining
        return self._hub

    def terminal(self, stripe_base: str, key: str) -> Terminal:
        if (stripe_base, key) != (self._base, _KEY):
            raise NotInTraining
        return HttpConnections().terminal(self._base, _KEY)


class PracticeReaders:
    """What a person would do to the practice reader, and what befalls it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._base = sandbox.base_url

    def work(self) -> None:
        """Every card that is asked for is held to the reader, and everybody answers."""
        self._ask("DELETE", "/control/faults")
        self._ask("POST", "/control/readers", {"do": "online", "auto": "approve", "delay_s": 1.0})

    def fall_silent(self) -> None:
        """Cards are still charged, and nobody says so."""
        rule = {"match": "GET /v1/payment_intents/*", "kind": "refuse", "code": "resource_missing"}
        self._ask("POST", "/control/faults", rule)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, data, headers, method=method)  # noqa: S310  # our own
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310  # our own sandbox
            return
