"""A Postgres that goes by the runs' own time, and who plays runs over it."""

from collections.abc import Iterator

import pytest
import structlog

from tests.simulation.runs import Player, Tier
from tests.simulation.stage import stage


@pytest.fixture(autouse=True)
def loud_afterwards() -> Iterator[None]:
    """A player silences the hub's log; other suites look at it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def staged(postgres_url: str) -> str:
    stage(postgres_url)
    return postgres_url


@pytest.fixture
def fast() -> Player:
    return Player(Tier.FAST)


@pytest.fixture
def full(staged: str) -> Player:
    return Player(Tier.FULL, staged)
