"""The fake till and the real one, each with what is around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxoffice.demo.stack import Stack
from tests.contract.gateway.on_fake import FakeOutside
from tests.contract.gateway.on_real import RealOutside
from tests.contract.gateway.outside import Outside
from tests.postgres import database_of_its_own


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(
        tmp_path_factory.mktemp("stack"),
        lambda _: None,
        database_of_its_own(request.getfixturevalue("postgres_url")),
    ) as stack:
        yield stack


@pytest.fixture(params=["fake", "real"])
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    if request.param == "fake":
        yield FakeOutside()
        return
    real = RealOutside(request.getfixturevalue("running"), tmp_path / "till")
    yield real
    real.answers_come()
    real.real.close()
