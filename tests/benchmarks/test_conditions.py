from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.conditions import find_filesystem
from benchmarks.processes import descendants

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/sdb1 /data/a\\040b xfs rw 0 0
overlay /data/c overlay rw 0 0
/dev/sdc1 /data/c btrfs rw 0 0
"""


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        pytest.param("/home/x", "ext4", id="of the root"),
        pytest.param("/tmp/x/y", "tmpfs", id="of the nearest mount"),
        pytest.param("/tmpfile", "ext4", id="a name that only begins like a mount"),
        pytest.param("/data/a b/x", "xfs", id="a mount with a space in its name"),
        pytest.param("/data/c", "btrfs", id="what was mounted over another"),
    ],
)
def test_filesystem_of_a_directory(directory: str, kind: str) -> None:
    assert find_filesystem(MOUNTS, Path(directory)) == kind


def test_filesystem_without_mounts_is_unknown() -> None:
    assert find_filesystem("", Path("/tmp")) == "unknown"


def test_descendants_are_found_at_every_depth() -> None:
    assert sorted(descendants(1, [(2, 1), (3, 2), (4, 9), (5, 1), (9, 7)])) == [1, 2, 3, 5]
