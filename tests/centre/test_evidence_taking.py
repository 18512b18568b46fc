"""What the centre answers when its disk, another receiver, or a hostile station is in the way. It never ends."""

import base64
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from drivers.contract.clips import CLIP_ENDING, FORM, ClipIndex
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from station.centre import evidence_taking
from station.centre.evidence_folder import MARK, MOST_OF_A_STATION, EvidenceFolder
from station.centre.evidence_rows import EvidenceRow
from station.centre.evidence_taking import MOST_OF_A_STATION as MOST_WAITING
from station.centre.evidence_taking import WRONG_LAPSES, EvidenceTaking
from station.centre.store import CentreStore
from station.conform.chain import Content, Link
from station.core.clip_records import ClipKept
from station.courier.talk import Receipted
from station.messages.evidence_files import MOST_INDEX, MOST_MESSAGE, FileChunk, FileGone, GoneReason
from station.messages.receipts import FileReceipt
from tests.courier.bench import Bench, write_records
from tests.courier.pictured import at_centre, content, identified, keep, name, sha256
from tests.services import Mosquitto

LANE = ("VNHUN1", "L1")
DATA = content(1, 10_000)
OTHER = content(2, 1_000)


class Taken:
    """A centre's taking on a database and a folder of its own, with a clock that stands."""

    def __init__(self, folder: Path, *bodies: bytes) -> None:
        self.root = folder / "evidence"
        self.store = CentreStore(f"sqlite:///{folder / 'centre.db'}")
        chained = Link(*LANE).chain([Content("crossing.identified", body) for body in bodies])
        self.store.store(*LANE, chained, 1)
        self.alarms: list[str] = []
        self.utc_ms = 1_790_000_000_000
        self.answers: list[FileReceipt] = []
        self.taking = self.begun()

    def begun(self) -> EvidenceTaking:
        """A receiver of this folder."""
        return EvidenceTaking(
            self.store,
            str(self.root),
            0,
            lambda: self.utc_ms,
            lambda _, receipt: self.answers.append(receipt),
            lambda _, code, __: self.alarms.append(code),
        )

    def said(self, *parts: FileChunk | FileGone) -> list[tuple[int, str]]:
        """(stored, reason) of each answer that came."""
        self.answers.clear()
        for part in parts:
            self.taking.add((part.station, part.lane), encode(part))
            self.taking.turn()
        return [(one.stored, one.reason) for one in self.answers]

    def row(self, digest: str) -> EvidenceRow | None:
        return self.taking._rows.of(*LANE, digest)

    def part(self, digest: str) -> Path:
        return self.root / "parts" / LANE[0] / LANE[1] / digest


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Taken]:
    made = Taken(tmp_path, encode(identified([sha256(DATA), sha256(OTHER)])))
    yield made
    made.store.close()


def chunk(data: bytes, offset: int = 0, end: int | None = None, **changes: Any) -> FileChunk:  # noqa: ANN401 - any field
    encoded = base64.b64encode(data[offset:end]).decode()
    part = FileChunk(*LANE, 1, 1, "", sha256(data), ".jpg", len(data), offset, encoded)
    return replace(part, **changes)


def gone(digest: str, reason: GoneReason = "missing") -> FileGone:
    return FileGone(*LANE, 1, 1, "", digest, reason)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_disk_that_does_nothing_is_an_answer_to_a_lane_that_passes_a_file_over(taken: Taken) -> None:
    taken.part(sha256(DATA)).mkdir(parents=True)  # what no unlink takes away
    assert taken.said(gone(sha256(DATA))) == [(0, "not-kept")]
    assert taken.alarms == ["evidence-not-kept"]
    row = taken.row(sha256(DATA))
    assert row is None or row.state != "gone", "nothing was noted that was not answered"


def test_a_file_is_given_up_only_before_a_disk_that_takes_others(taken: Taken) -> None:
    with mock.patch.object(os, "fsync", side_effect=OSError(errno.EIO, "dying")):
        assert taken.said(gone(sha256(DATA), "given-up")) == [(0, "not-kept")]
        assert taken.said(gone(sha256(OTHER), "missing")) == [(0, "passed-over")], "that is so whatever the disk does"
    assert taken.said(gone(sha256(DATA), "given-up")) == [(0, "passed-over")]


def test_an_empty_folder_where_a_disk_was_takes_no_file(
    taken: Taken, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is gone leaves the place where it was mounted: what is written there is lost with the next mount."""
    monkeypatch.setattr(evidence_taking, "TRIED_AGAIN", Millis(0))
    assert taken.said(chunk(DATA)) == [(len(DATA), "")]
    taken.root.rename(tmp_path / "disk")
    taken.root.mkdir()
    assert taken.said(chunk(OTHER), chunk(OTHER)) == [(0, "not-kept")] * 2
    assert taken.alarms == ["evidence-not-kept"] * 2 and not taken.taking.is_taking
    assert list(taken.root.iterdir()) == [], "nothing is written where nothing stays"
    assert MARK in caplog.text and "mount" in caplog.text
    taken.taking = taken.begun()
    assert not taken.taking.is_taking, "nor after a new start"
    taken.root.rmdir()
    (tmp_path / "disk").rename(taken.root)
    assert taken.said(chunk(OTHER), chunk(DATA)) == [(len(OTHER), ""), (len(DATA), "")]


def test_a_folder_of_before_the_mark_is_known_by_its_newest_file_and_a_new_disk_by_the_mark(taken: Taken) -> None:
    assert taken.said(chunk(DATA)) == [(len(DATA), "")]
    (taken.root / MARK).unlink()
    taken.taking = taken.begun()
    assert taken.taking.is_taking and (taken.root / MARK).exists()
    shutil.rmtree(taken.root)
    taken.taking = taken.begun()
    assert not taken.taking.is_taking
    taken.root.mkdir()
    (taken.root / MARK).touch()
    taken.taking = taken.begun()
    assert taken.said(chunk(DATA)) == [(len(DATA), "")], "what is not here is taken again"


def test_a_folder_that_cannot_be_used_holds_up_no_record_and_is_tried_again(
    tmp_path: Path, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_taking, "TRIED_AGAIN", Millis(200))
    with Bench(tmp_path / "bench", mosquitto.port) as bench:
        blocked = tmp_path / "disk"
        blocked.write_bytes(b"no folder")
        bench.evidence = str(blocked / "evidence")
        keep(bench.folder / "lane", DATA)
        first = name(bench.journal, [sha256(DATA)])
        receiver, courier = bench.start_receiver(), bench.start_courier()
        bench.pump(lambda: bench.lane is not None and Receipted(1, first) in bench.lane.of(Receipted), "records go on")
        assert not receiver._files.is_taking and courier._store.files.place() == (0, 0)
        blocked.unlink()
        bench.pump(lambda: receiver._files.is_taking, "the folder is tried again")
        newest = write_records(bench.journal, 1)
        bench.pump(lambda: courier._store.files.place()[1] == newest, "now it is sent")
        assert at_centre(bench) == {sha256(DATA): DATA}


def test_a_lane_that_still_sends_to_a_dead_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_bytes(b"no folder")
    taken = Taken(tmp_path, encode(identified([sha256(DATA)])))
    assert taken.said(chunk(DATA), gone(sha256(DATA))) == [(0, "not-kept")] * 2
    assert taken.alarms == ["evidence-not-kept"] * 2
    taken.store.close()


@pytest.mark.parametrize("left", ["a part", "all of it", "the file"])
def test_what_one_who_was_killed_has_left_is_synced_before_it_is_told(taken: Taken, left: str) -> None:
    """The folders too, whoever has made them."""
    whole = taken.root / sha256(DATA)[:2] / f"{sha256(DATA)}.jpg"
    path = whole if left == "the file" else taken.part(sha256(DATA))
    for folder in (path.parent, whole.parent):
        folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(DATA[:5_000] if left == "a part" else DATA)
    synced: set[str] = set()
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.add(Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(taken.root).as_posix())
        fsync(descriptor)

    with mock.patch.object(os, "fsync", noted):
        assert taken.said(chunk(DATA, len(DATA))) == [(5_000 if left == "a part" else 10_000, "")]
    above = path.parent if left == "a part" else whole.parent
    assert path.relative_to(taken.root).as_posix() in synced
    assert {one.relative_to(taken.root).as_posix() for one in (above, *above.parents) if one >= taken.root} <= synced


def test_bytes_that_could_not_be_synced_are_discarded(taken: Taken) -> None:
    """After an error the next sync of the same pages returns, and has written nothing."""
    assert taken.said(chunk(DATA, 0, 4_000)) == [(4_000, "")]
    with mock.patch.object(os, "fsync", side_effect=OSError(errno.EIO, "dying")):
        assert taken.said(chunk(DATA, 4_000, 8_000)) == [(0, "not-kept")]
    assert taken.said(chunk(DATA, len(DATA))) == [(0, "")]


def test_a_disk_that_is_full_after_all_is_no_space(taken: Taken) -> None:
    with mock.patch.object(os, "pwrite", side_effect=OSError(errno.ENOSPC, "full")):
        assert taken.said(chunk(DATA)) == [(0, "no-space")]


def test_a_file_that_another_receiver_writes_is_not_waited_for(taken: Taken) -> None:
    taken.part(sha256(DATA)).parent.mkdir(parents=True)
    with taken.part(sha256(DATA)).open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        before = open_files()
        assert taken.said(chunk(DATA)) == []
        assert open_files() == before, "no descriptor is left"
    assert taken.said(chunk(DATA)) == [(10_000, "")]


def test_a_lock_that_the_file_system_does_not_know_leaves_no_descriptor(taken: Taken) -> None:
    taken.said(chunk(DATA, 0, 100))
    before = open_files()
    with mock.patch.object(fcntl, "flock", side_effect=OSError(errno.ENOLCK, "no locks")):
        assert taken.said(chunk(DATA, 100)) == [(0, "not-kept")]
    assert open_files() == before


def test_forged_totals_lock_a_file_out_for_a_day_at_most(taken: Taken) -> None:
    forged = chunk(DATA, 0, 10, total=10)
    for _ in range(4):
        assert taken.said(forged) == [(0, "other-hash")]
    assert taken.said(chunk(DATA)) == [(0, "other-hash")], "enough for now"
    taken.utc_ms += WRONG_LAPSES
    assert taken.said(forged, forged, chunk(DATA)) == [(0, "other-hash")] * 2 + [(10_000, "")], "counted anew"
    for _ in range(4):
        taken.said(forged)
    assert taken.said(chunk(DATA), gone(sha256(DATA))) == [(10_000, "")] * 2, "what is here stays here"


def clip_of(frames: Sequence[str]) -> tuple[bytes, bytes]:
    """An index of these frames, and the body of the record that names it."""
    named = tuple((at, frame) for at, frame in enumerate(frames))
    index = encode(ClipIndex(FORM, "clip1", "front", Tick(0), Tick(9), Millis(500), named))
    kept = ClipKept(
        "clip1", (), "c1", "front", sha256(index), Tick(0), Tick(9), 1, Tick(0), Tick(9), len(frames), Millis(0)
    )
    return index, encode(kept)


def test_an_index_is_read_once_and_only_if_it_is_of_a_possible_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, body = clip_of([sha256(DATA)])
    taken = Taken(tmp_path, body)
    part = chunk(index, ending=CLIP_ENDING)
    assert taken.said(part, chunk(DATA, clip=sha256(index))) == [(len(index), ""), (10_000, "")]
    with mock.patch.object(evidence_taking, "frames_in", side_effect=AssertionError("read again")):
        assert taken.said(part) == [(len(index), "")]
    taken.store.close()
    (tmp_path / "large").mkdir()
    monkeypatch.setattr(evidence_taking, "MOST_INDEX", len(index) - 1)
    assert len(index) < MOST_INDEX
    taken = Taken(tmp_path / "large", body)
    assert taken.said(part, chunk(DATA, clip=sha256(index))) == [(len(index), ""), (0, "not-named")]
    assert "evidence-large-index" in taken.alarms
    taken.store.close()


def test_no_station_takes_the_places_of_another(taken: Taken) -> None:
    for number in range(500):
        taken.taking.add(("VNHUN2", f"L{number}"), b"{}")
    assert sum(map(len, taken.taking._waiting.values())) == MOST_WAITING
    assert taken.said(chunk(DATA)) == [(10_000, "")]
    taken.alarms.clear()
    taken.taking.add(LANE, bytes(MOST_MESSAGE + 1))
    assert taken.alarms == ["malformed"] and LANE not in taken.taking._waiting


def test_a_station_that_names_lanes_without_end_begins_no_files_without_end(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path, 0)
    for number in range(MOST_OF_A_STATION + 20):
        folder.put(("VNHUN1", f"L{number}"), sha256(DATA), ".jpg", len(DATA), 0, b"?")
    folder.put(("VNHUN2", "L1"), sha256(DATA), ".jpg", len(DATA), 0, b"?")
    assert len(list(tmp_path.glob("parts/VNHUN1/*/*"))) == MOST_OF_A_STATION
    assert len(list(tmp_path.glob("parts/VNHUN2/*/*"))) == 1
