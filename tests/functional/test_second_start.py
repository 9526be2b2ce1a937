"""A second copy of the program on the same data: the first window comes forward, and nothing is opened twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from boxoffice.till.store.one_writer import AlreadyOpen, OneWriter

_FIRST = """
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from boxoffice.till.app import run_till

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.WindowStateChange and not watched.isMinimized():
            print("came forward", flush=True)
        return False

watch = Watch()

def shown():
    window = next(each for each in QApplication.topLevelWidgets() if each.isVisible())
    window.showMinimized()
    window.installEventFilter(watch)
    print("shown", flush=True)

run_till(shown)
"""


def environment(folder: Path, passphrase: str = "correct horse") -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "BOXOFFICE_DATA_DIR": str(folder),
        "BOXOFFICE_VAULT": "file",
        "BOXOFFICE_VAULT_PASSPHRASE": passphrase,
    }


def start_again(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Starts the installed program as a second copy. Its passphrase is wrong: it could not even open the vault."""
    command = [sys.executable, "-m", "boxoffice"]
    wrong = environment(folder, "wrong")
    return subprocess.run(command, env=wrong, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def running(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Runs the till's window in a process of its own until the block ends, which kills it."""
    command = [sys.executable, "-c", _FIRST]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(folder)) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "shown\n"
            yield process
        finally:
            process.kill()


def test_the_first_window_comes_forward_and_the_second_ends_having_opened_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir() if path.name != "till.lock"}

        second = start_again(tmp_path)

        assert (second.returncode, second.stderr) == (0, "")
        assert first.stdout is not None
        assert first.stdout.readline() == "came forward\n"
        assert first.poll() is None
        after = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir() if path.name != "till.lock"}
        assert after == before


def test_after_a_crash_the_next_start_has_the_till(tmp_path: Path) -> None:
    with running(tmp_path), pytest.raises(AlreadyOpen):
        OneWriter(tmp_path)

    with OneWriter(tmp_path), running(tmp_path / "another"):
        pass
    with running(tmp_path):
        pass


def test_a_folder_that_something_without_a_window_has_is_told_in_words(tmp_path: Path) -> None:
    with OneWriter(tmp_path):
        second = start_again(tmp_path)

    assert second.returncode == 1
    assert "This till is open already" in second.stderr
    assert "Traceback" not in second.stderr
