"""What all suites share: hypothesis settings, and no network outside the suites that ask for it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("default")

_WITH_SOCKETS = {"contract", "integration", "gui", "functional", "simulation"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in _WITH_SOCKETS:
            item.add_marker(pytest.mark.enable_socket)
