"""Copies of scans: none without end, and none that a killed worker left half-way."""

import os
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.tools import Tools
from drivers.xray.scan_folder import XrayFolderDriver, XrayFolderSettings
from drivers.xray.scan_store import Changed, ScanStore
from drivers.xray.scan_watch import Listed


def test_a_file_without_end_is_left_where_it_is_longer_than_it_was(tmp_path: Path) -> None:
    copying = ScanStore(tmp_path).copy(Path("/dev"), (Listed("zero", 3 << 20, 0),))
    for _ in range(3):  # pieces of 1 MiB
        next(copying)
    with pytest.raises(Changed):
        next(copying)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_half_copies_of_workers_that_are_gone_are_deleted_at_the_opening(tmp_path: Path) -> None:
    """Each may be as large as a scan, and a worker that a slow disk makes silent is killed again and again."""
    drop, scans = tmp_path / "drop", tmp_path / "evidence" / "scans"
    (scans / "known").mkdir(parents=True)
    drop.mkdir()
    above_every_pid = 1 << 30
    gone = [scans / f".{above_every_pid}.part", scans / "known" / f".s1.json.{above_every_pid}.part"]
    alive = scans / f".{os.getpid()}.part"
    for part in (*gone, alive):
        part.write_bytes(b"half")
    driver = XrayFolderDriver("xray", XrayFolderSettings("xray-folder", str(drop)), Tools(now, tmp_path / "evidence"))
    driver.open()
    driver.close()
    assert [part.exists() for part in (*gone, alive)] == [False, False, True]
