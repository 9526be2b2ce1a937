"""A training as it is set up for a window, with nobody at it: one for all tests of a module."""

from collections.abc import Iterator

import pytest

from boxoffice.core.ids import StaffId
from boxoffice.documents.model import Paper
from boxoffice.till.config import Settings
from boxoffice.training.command import Training, training
from boxoffice.training.hub import PIN
from boxoffice.training.source import source_for
from boxoffice.training.workspace import Workspace


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("till")
    return Settings(data_dir=folder, documents_dir=folder / "documents", paper=Paper.LETTER)


@pytest.fixture(scope="module")
def practice(settings: Settings) -> Iterator[Training]:
    """Somebody is signed in, and has a shift."""
    workspace = Workspace.beside(settings.data_dir)
    with training(settings, workspace, source_for(settings, workspace)) as running:
        running.till.open()
        running.till.sign_in(StaffId(running.till.team().people[0].person.id), PIN)
        running.coach.stage.prepare(())
        yield running
