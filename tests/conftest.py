"""What all suites share: hypothesis settings, and no network outside the suites that ask for it."""

import atexit
import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from httpx._transports import default as transports
from hypothesis import HealthCheck, settings

from boxoffice.core import facts
from boxoffice.till.devices import vault
from tests.scratch import new_scratch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "PYTEST_DEBUG_TEMPROOT" not in os.environ:
    # Of this run's own: pytest shuts the folder that all runs share when it starts, and a Postgres that runs as another
    # user in it, for another run, finds its files no more. Workers of this run inherit it.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = new_scratch()
    atexit.register(shutil.rmtree, os.environ["PYTEST_DEBUG_TEMPROOT"], ignore_errors=True)


def _once(check: Callable[[Ed25519PublicKey, bytes, bytes], None]) -> Callable[[Ed25519PublicKey, bytes, bytes], None]:
    @lru_cache(200_000)
    def checked(key: bytes, signature: bytes, signed: bytes) -> None:
        check(Ed25519PublicKey.from_public_bytes(key), signature, signed)

    return lambda key, signature, signed: checked(key.public_bytes_raw(), signature, signed)


settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Of a call in a test that names no time of its own. The client's five seconds say only how slow the machine is.
for _kind in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, _kind, 150.0)

# Each client reads all the world's certificates, 30 ms of a core, and tests make ten thousand clients, of plain HTTP.
transports.create_ssl_context = cache(transports.create_ssl_context)  # type: ignore[attr-defined]

# Tests prove the same books again and again, from the first fact. A signature that is good stays good, and costs 0.1 ms
# each time that it is looked at; one that is not is looked at again.
facts.check_signature = _once(facts.check_signature)  # type: ignore[assignment]  # as one calls it
# The same file is opened with the same passphrase at each start of a till in this process.
vault.derived_key = cache(vault.derived_key)

_LONGEST_FIRST = ("functional", "simulation", "gui", "integration", "contract", "unit")
_WAITS = "functional"
"""Its tests wait most of their time: for programs that start, for a browser, for what ends by itself."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-step", action="store_true", help="kill a till at every step of every mixture of payments")
    parser.addoption("--every-mutation", action="store_true", help="try every deliberate bug in the simulator")


_WITH_SOCKETS = {"contract", "integration", "gui", "functional", "simulation"}
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _suite(item) in _WITH_SOCKETS:
            item.add_marker(pytest.mark.enable_socket)
    # Files with the longest tests first: at the end each core has short ones left, and none waits for another. By turns
    # one that waits and one that works: beside those that wait, the cores would have little to do.
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, _LONGEST_FIRST.index(_suite(item))))
    turns = {kind: {path: at for at, path in enumerate(paths)} for kind, paths in _files(items).items()}
    items.sort(key=lambda item: (turns[_suite(item) == _WAITS][item.path], _suite(item) != _WAITS))


def _files(items: list[pytest.Item]) -> dict[bool, list[Path]]:
    """Returns the files, in their order: those that wait most of the time, and all others."""
    paths = list(dict.fromkeys(item.path for item in items))
    waits = {item.path for item in items if _suite(item) == _WAITS}
    return {kind: [path for path in paths if (path in waits) is kind] for kind in (True, False)}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects no garbage while tests are collected: nothing of what is imported and listed is any."""
    gc.disable()
    result = yield
    gc.enable()
    gc.freeze()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A window's test switches Python's collecting off; what it leaves is freed here, on the thread it was made on."""
    result = yield
    if not gc.isenabled():
        gc.collect()
        gc.freeze()  # what is left stays: the next look need not go through it
        gc.enable()
    return result


def _suite(item: pytest.Item) -> str:
    return item.path.relative_to(_HERE).parts[0]


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Postgres of this process's own, with a migrated database to copy."""
    from tests.postgres import postgres_in  # the hub's tables take a second to import, and units need none

    with postgres_in(tmp_path_factory.mktemp("postgres") / "data") as url:
        yield url
