"""What all suites share: hypothesis settings, and no network outside the suites that ask for it."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "PYTEST_DEBUG_TEMPROOT" not in os.environ:
    # Of this run's own: pytest shuts the folder that all runs share when it starts, and a Postgres that runs as another
    # user in it, for another run, finds its files no more. Workers of this run inherit it.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(prefix="boxoffice-tests-")
    atexit.register(shutil.rmtree, os.environ["PYTEST_DEBUG_TEMPROOT"], ignore_errors=True)

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("default")

# Of a call in a test that names no time of its own. The client's five seconds say only how slow the machine is.
for _kind in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, _kind, 150.0)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-step", action="store_true", help="kill a till at every step of every mixture of payments")


_WITH_SOCKETS = {"contract", "integration", "gui", "functional", "simulation"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in _WITH_SOCKETS:
            item.add_marker(pytest.mark.enable_socket)
