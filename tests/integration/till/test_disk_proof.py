"""What a disk shows of itself: how long a flush takes, and what it is."""

import sys
from pathlib import Path

import pytest

from boxoffice.till.store.disk_proof import DiskLook, look_at_disk, mounted

TABLE = """\
21 26 0:19 / /sys rw,nosuid - sysfs sysfs rw
26 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
31 26 0:25 / /dev/shm rw,nosuid - tmpfs tmpfs rw
40 26 0:44 / /mnt/till\\040files rw - nfs4 server:/tills rw
41 26 0:45 / /home rw - ext4 /dev/vdb rw
42 41 0:46 / /home/door rw - fuse.sshfs door@far rw
43 26 0:47 / /home/door rw - btrfs /dev/vdc rw
nonsense
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/boxoffice", "ext4"),
        ("/dev/shm/x", "tmpfs"),
        ("/mnt/till files/a", "nfs4"),
        ("/home/door/till", "btrfs"),
        ("/home/doorman", "ext4"),
    ],
)
def test_the_deepest_and_newest_mount_says_what_a_folder_lies_on(path: str, kind: str) -> None:
    assert mounted(TABLE, Path(path)) == kind


def test_a_look_at_a_real_disk_measures_it_and_leaves_nothing_there(tmp_path: Path) -> None:
    found = look_at_disk(tmp_path)

    assert found.free_bytes > 0
    assert found.flush_s > 0
    assert found.kind or sys.platform not in ("linux", "darwin", "win32")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_no_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        look_at_disk(tmp_path / "nowhere")


def test_no_disk_is_as_fast_as_memory() -> None:
    assert DiskLook(1, 20e-6, "ext4").is_too_fast
    assert not DiskLook(1, 80e-6, "ext4").is_too_fast
    assert DiskLook(1, 1, "tmpfs").is_in_memory
    assert DiskLook(1, 1, "cifs").is_far_away
