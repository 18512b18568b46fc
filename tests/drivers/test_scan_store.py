"""Copies of scans: a file that is longer than it looked is not copied to its end, which may never come."""

from pathlib import Path

import pytest

from drivers.xray.scan_store import Changed, ScanStore
from drivers.xray.scan_watch import Listed


def test_a_file_without_end_is_left_where_it_is_longer_than_it_was(tmp_path: Path) -> None:
    copying = ScanStore(tmp_path).copy(Path("/dev"), (Listed("zero", 3 << 20, 0),))
    for _ in range(3):  # pieces of 1 MiB
        next(copying)
    with pytest.raises(Changed):
        next(copying)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
