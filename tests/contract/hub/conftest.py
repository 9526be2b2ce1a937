"""One sandbox for all contracts of the hub with its providers."""

from collections.abc import Iterator

import pytest

from boxoffice.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox
