"""The drop folder: what is taken, what is refused, and that nothing is read before it is whole."""

import hashlib
import os
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ShowText
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading, ScanArrived, ScanRefused
from drivers.contract.tools import Tools
from drivers.xray.scan_folder import XrayFolderDriver, XrayFolderSettings
from drivers.xray.scan_folder_peer import ScanFolderPeer
from drivers.xray.scan_watch import Listed, Overdue, ScanWatch, Whole

PICTURE = bytes(range(256)) * 64
ABOUT = b"<scan/>"
MOST_BYTES = 4 << 20


class Bench:
    """A drop folder with its scanner and driver; time moves in steps of 100 ms."""

    def __init__(self, folder: Path, complete: Literal["renamed", "marker", "quiet"] = "renamed") -> None:
        self.tick = Tick(5_000)
        self.drop = folder / "drop"
        self.evidence = folder / "evidence"
        self.drop.mkdir()
        self.evidence.mkdir()
        self.complete = complete
        self.peer = ScanFolderPeer(self.drop)
        self.driver = self.new_driver()
        self.driver.open()

    def new_driver(self) -> XrayFolderDriver:
        settings = XrayFolderSettings(
            "xray-folder", str(self.drop), (".tif", ".xml"), self.complete, Millis(1_000), Millis(20_000), MOST_BYTES
        )
        return XrayFolderDriver("xray", settings, Tools(lambda: self.tick, self.evidence))

    def run(self, ms: int = 5_000) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(0, ms, 100):
            self.tick = Tick(self.tick + 100)
            self.peer.advance(Millis(100))
            readings += self.driver.poll(Millis(50))
        return readings

    def put(self, scan: str, picture: bytes = PICTURE, about: bytes = ABOUT) -> None:
        """Both files at once, whole."""
        (self.drop / f"{scan}.tif").write_bytes(picture)
        (self.drop / f"{scan}.xml").write_bytes(about)


def scans(readings: list[Reading]) -> list[str]:
    return [reading.scan for reading in readings if isinstance(reading, ScanArrived)]


@pytest.mark.parametrize("complete", ["renamed", "marker", "quiet"])
def test_a_scan_arrives_whole_and_once(tmp_path: Path, complete: Literal["renamed", "marker", "quiet"]) -> None:
    bench = Bench(tmp_path, complete)
    bench.peer.scan("S17", {".tif": PICTURE, ".xml": ABOUT}, complete, gap=Millis(700))
    (arrived,) = bench.run(20_000)
    assert isinstance(arrived, ScanArrived)
    assert arrived.scan == "S17"
    assert [name for name, _, _ in arrived.files] == ["S17.tif", "S17.xml"]
    for (_, path, sha256), data in zip(arrived.files, (PICTURE, ABOUT), strict=True):
        assert Path(path).read_bytes() == data
        assert hashlib.sha256(data).hexdigest() == sha256
    assert bench.run(20_000) == []


def test_the_drop_folder_is_never_written(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("S1")
    before = {entry.name: entry.stat() for entry in bench.drop.iterdir()}
    bench.run()
    after = {entry.name: entry.stat() for entry in bench.drop.iterdir()}
    assert {name: (seen.st_ino, seen.st_mtime_ns) for name, seen in before.items()} == {
        name: (seen.st_ino, seen.st_mtime_ns) for name, seen in after.items()
    }


def test_a_new_run_tells_no_scan_again_that_was_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("S1")
    assert scans(bench.run()) == ["S1"]
    bench.driver.close()
    bench.driver = bench.new_driver()
    bench.driver.open()
    bench.put("S2")
    assert scans(bench.run()) == ["S2"]


def test_a_scan_whose_reading_nobody_took_is_told_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("S1")
    while not bench.driver.poll(Millis(50)):
        bench.tick = Tick(bench.tick + 100)
    bench.driver = bench.new_driver()  # the worker died before its next poll
    bench.driver.open()
    assert scans(bench.run()) == ["S1"]


def test_the_same_scan_once_more_is_nothing_and_another_under_its_id_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("S1")
    bench.run()
    os.utime(bench.drop / "S1.tif", ns=(1, 1))
    assert bench.run() == []
    bench.put("S1", PICTURE[:-1])
    assert bench.run() == [ScanRefused("S1", "duplicate")]


def test_a_missing_file_is_incomplete_and_still_taken_when_it_comes(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    (bench.drop / "S1.tif").write_bytes(PICTURE)
    assert bench.run(19_000) == []
    assert bench.run(60_000) == [ScanRefused("S1", "incomplete")]
    (bench.drop / "S1.xml").write_bytes(ABOUT)
    assert scans(bench.run()) == ["S1"]


@pytest.mark.parametrize(("picture", "reason"), [(b"", "empty-file"), (bytes(MOST_BYTES + 1), "too-big")])
def test_what_is_empty_or_too_big_is_refused_once(tmp_path: Path, picture: bytes, reason: str) -> None:
    bench = Bench(tmp_path)
    bench.put("S1", picture)
    assert bench.run(20_000) == [ScanRefused("S1", reason)]  # type: ignore[arg-type]
    bench.put("S1")
    assert scans(bench.run()) == ["S1"]


def test_a_name_that_is_no_id_is_refused_without_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("một hai")
    bench.put("-rf")
    assert bench.run() == [ScanRefused("", "unreadable")] * 2


def test_links_and_folders_are_no_files(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    secret = tmp_path / "secret"
    secret.write_bytes(b"not of the scanner")
    for ending in (".tif", ".xml"):
        (bench.drop / f"S1{ending}").symlink_to(secret)
        (bench.drop / f"S2{ending}").mkdir()
    assert bench.run(30_000) == []


def test_without_room_it_is_refused_once_and_taken_when_there_is_room(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.evidence.rmdir()
    bench.evidence.write_bytes(b"a file where the folder should be")
    bench.put("S1")
    assert bench.run(90_000) == [ScanRefused("S1", "disk")]
    bench.evidence.unlink()
    assert scans(bench.run(90_000)) == ["S1"]


@pytest.mark.parametrize("polls", [1, 2, 3])
def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, polls: int) -> None:
    bench = Bench(tmp_path)
    bench.put("S1", bytes(3 << 20))
    bench.tick = Tick(bench.tick + 1_000)
    for _ in range(polls):
        assert bench.driver.poll(Millis(0)) == []  # has taken it up, and not finished
    (bench.drop / "S1.tif").write_bytes(b"the whole picture")
    (arrived,) = bench.run()
    assert isinstance(arrived, ScanArrived)
    assert Path(arrived.files[0][1]).read_bytes() == b"the whole picture"


def test_no_folder_is_a_named_fault(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.drop.rmdir()
    with pytest.raises(DeviceFault) as caught:
        bench.run()
    assert caught.value.fault.code == "port-missing"


def test_nothing_of_ours_starts_a_scanner(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.driver.obey(ShowText("t", Tick(99_999), ("GO",)), Millis(100)).code == "refused"


@pytest.mark.parametrize("files", [(), ("tif",), (".tif", ".tif"), (".done",), (".",), ("../x",)])
def test_endings_that_are_none_are_refused(files: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="endings"):
        XrayFolderSettings("xray-folder", "drop", files)


listings = st.lists(
    st.lists(
        st.builds(
            Listed,
            st.sampled_from(("S1.tif", "S1.xml", "S2.tif", "S2.xml", "S1.tif.tmp", "S1.done", "x", ".y", "Z.tif.xml")),
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        max_size=6,
        unique_by=lambda file: file.name,
    ),
    max_size=12,
)


@given(listings, st.sampled_from(("renamed", "marker", "quiet")))
def test_whatever_lies_there_only_whole_scans_are_named_and_overdue_ones_once(
    looks: list[list[Listed]], completion: Literal["renamed", "marker", "quiet"]
) -> None:
    watch = ScanWatch((".tif", ".xml"), completion, Millis(1_000), Millis(5_000))
    overdue: list[str] = []
    for at, listed in enumerate(looks):
        names = {file.name for file in listed}
        overdue = [scan for scan in overdue if {f"{scan}.tif", f"{scan}.xml"} & names]
        for found in watch.look(listed, Tick(at * 700)):
            if isinstance(found, Overdue):
                assert found.scan not in overdue
                overdue.append(found.scan)
            else:
                assert {file.name for file in found.files} == {f"{found.scan}.tif", f"{found.scan}.xml"}
                assert completion != "marker" or f"{found.scan}.done" in names
                assert set(found.files) <= set(listed)


def test_quiet_counts_from_the_last_change() -> None:
    watch = ScanWatch((".tif",), "quiet", Millis(1_000), Millis(5_000))
    small, whole = Listed("S1.tif", 1, 1), Listed("S1.tif", 2, 2)
    assert watch.look([small], Tick(0)) == []
    assert watch.look([whole], Tick(900)) == []
    assert watch.look([whole], Tick(1_899)) == []
    assert watch.look([whole], Tick(1_900)) == [Whole("S1", (whole,))]
    watch.settle("S1", (whole,))
    assert watch.look([whole], Tick(9_000)) == []
