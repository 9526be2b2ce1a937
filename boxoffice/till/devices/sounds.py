"""Sounds of a gate, by whatever this computer plays sounds with; where it has nothing, by nothing.

No answer is told by its sound alone, so one that can't be played is no failure.
"""

import math
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_RATE: Final = 22_050
_FADE: Final = 0.008
_LOUD: Final = 0.6
NOTES: Final = {
    "good": ((880.0, 0.07), (1318.5, 0.13)),
    "look": ((659.3, 0.09), (0.0, 0.05), (659.3, 0.09)),
    "stop": ((220.0, 0.18), (0.0, 0.04), (196.0, 0.24)),
}
"""What is heard, as frequencies and seconds: two notes up, the same twice, two low ones. 0 is silence."""
_PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))


class SystemSounds:
    """Plays by a program that the system has; each sound is made once, when it is first heard."""

    def __init__(self, players: Sequence[Sequence[str]] = _PLAYERS) -> None:
        self._player = next((each for each in players if shutil.which(each[0])), None)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._playing: subprocess.Popen[bytes] | None = None

    def play(self, sound: str) -> None:
        """Begins to play, and returns at once; what still plays ends with it."""
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415  # there only

            winsound.PlaySound(str(self._file(sound)), winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif self._player is not None:
            self.stop()
            command = [*self._player, str(self._file(sound))]
            quiet = subprocess.DEVNULL
            self._playing = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)  # ours

    def stop(self) -> None:
        """Ends what plays."""
        if self._playing is not None:
            self._playing.terminate()
            self._playing.wait()
            self._playing = None

    def close(self) -> None:
        self.stop()
        if self._folder is not None:
            self._folder.cleanup()

    def _file(self, sound: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="boxoffice-")
        path = Path(self._folder.name) / f"{sound}.wav"
        if not path.exists():
            write_wave(path, NOTES[sound])
        return path


def write_wave(path: Path, notes: Sequence[tuple[float, float]]) -> None:
    """Writes notes as a sound file, each faded in and out so that nothing cracks."""
    frames = [
        _LOUD * _level(frequency, length, i / _RATE)
        for frequency, length in notes
        for i in range(round(length * _RATE))
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(struct.pack(f"<{len(frames)}h", *(round(32_767 * each) for each in frames)))


def _level(frequency: float, length: float, at: float) -> float:
    return math.sin(2 * math.pi * frequency * at) * min(1.0, at / _FADE, (length - at) / _FADE)
