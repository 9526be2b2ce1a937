"""A till on disk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.till.kit import TillOnDisk


@pytest.fixture
def till(tmp_path: Path) -> Iterator[TillOnDisk]:
    """A till that holds ten units of every pool."""
    made = TillOnDisk(tmp_path)
    made.grant_all(10)
    yield made
    made.close()
