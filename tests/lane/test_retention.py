"""What goes and what stays: terms by class, legal hold, disputed crossings, what the centre has not stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.camera.picture_store import PictureStore
from drivers.contract.clips import CLIP_ENDING, FORM, ClipIndex
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from station.core.records import CrossingCompleted
from station.core.retention_records import EvidenceDropped
from station.lane.evidence_files import EvidenceFiles
from station.settings.tables import Keeping
from tests.lane.kept_lane import DAY_MS, KeptLane

TERMS = Keeping(customs_record_days=40, video_days=10, diagnostic_days=2, reserve_size=1_048_576)


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[KeptLane]:
    with KeptLane(root=tmp_path, keeping=TERMS, picture_bytes=2_000) as made:
        yield made


def pictures(lane: KeptLane) -> list[tuple[str, set[str]]]:
    """Each crossing so far with its pictures."""
    ended = [record for record in lane.of(CrossingCompleted) if isinstance(record, CrossingCompleted)]
    return [(record.crossing, {f"{sha256}.jpg" for sha256 in record.pictures}) for record in ended]


def dropped(lane: KeptLane) -> list[EvidenceDropped]:
    return [record for record in lane.of(EvidenceDropped) if isinstance(record, EvidenceDropped)]


def later(lane: KeptLane, days: int) -> None:
    lane.now += days * DAY_MS
    lane.rest(300_000, 60_000)


def test_each_class_has_its_own_clock_and_each_drop_is_a_record(lane: KeptLane) -> None:
    lane.green()
    lane.override()
    lane.green()
    lane.receipt()
    (first, plain), (disputed, kept), (last, also_plain) = pictures(lane)
    assert plain and kept and also_plain
    later(lane, 9)
    assert lane.names() == plain | kept | also_plain and dropped(lane) == []
    later(lane, 2)
    assert lane.names() == kept
    (drop,) = dropped(lane)
    assert (drop.evidence, drop.reason, drop.first, drop.last) == ("video", "TERM", first, last)
    assert (drop.files, drop.bytes) == (len(plain | also_plain), 2_000 * len(plain | also_plain))
    later(lane, 30)
    assert lane.names() == set()
    assert [(one.evidence, one.first, one.last) for one in dropped(lane)[1:]] == [
        ("customs_record", disputed, disputed)
    ]


def test_what_the_centre_has_not_stored_stays(lane: KeptLane) -> None:
    lane.green()
    seq = lane.state.seq
    lane.green()
    lane.receipt(seq)
    _, (_, undelivered) = pictures(lane)
    later(lane, 50)
    assert lane.names() == undelivered
    lane.receipt()
    lane.rest(120_000, 60_000)
    assert lane.names() == set()


def test_a_hold_stops_every_clock_and_its_end_starts_them_again(lane: KeptLane) -> None:
    lane.green()
    lane.green()
    (held, kept), _ = pictures(lane)
    lane.hold_evidence(held)
    lane.receipt()
    later(lane, 50)
    assert lane.names() == kept
    lane.act("free-evidence", "2001", "head-of-unit", crossing=held, digest="")
    lane.rest(120_000, 60_000)
    assert lane.names() == set()


def test_a_hold_outlives_a_restart_and_a_lost_memory(lane: KeptLane) -> None:
    lane.green()
    ((held, kept),) = pictures(lane)
    lane.hold_evidence(held)
    lane.receipt()
    lane.close()
    lane.open()
    assert lane.state.held_evidence == (held,)
    assert lane.evidence._held == {held}, "the records say so too"
    lane.receipt()
    later(lane, 50)
    assert lane.names() == kept


def test_the_same_bytes_of_a_later_truck_are_kept_as_long_as_that_one(lane: KeptLane) -> None:
    lane.seed = 5
    lane.random.seed(5)
    lane.green()
    lane.receipt()
    lane.now += 5 * DAY_MS
    lane.random.seed(5)  # a frozen camera
    lane.green()
    lane.receipt()
    (_, first), (_, second) = pictures(lane)
    assert first == second
    later(lane, 7)
    assert lane.names() == second and dropped(lane) == []


def test_no_term_is_over_by_a_clock_that_jumped(lane: KeptLane) -> None:
    """Ten years ahead in a moment: nothing goes for a day, in which somebody or the time service mends the clock."""
    lane.green()
    lane.receipt()
    ((_, kept),) = pictures(lane)
    lane.rest(180_000, 60_000)
    jump = 3_650 * DAY_MS
    lane.loop_._clock.utc_ms = lambda: 1_790_000_000_000 + lane.now + jump
    lane.rest(600_000, 60_000)
    assert lane.state.utc_ms > 1_790_000_000_000 + jump
    assert lane.names() == kept
    lane.rest(DAY_MS, 3_600_000)
    lane.rest(120_000, 60_000)
    assert lane.names() == set()


def test_nothing_goes_while_a_truck_stands_there(lane: KeptLane) -> None:
    lane.green()
    lane.receipt()
    ((_, kept),) = pictures(lane)
    lane.now += 50 * DAY_MS
    lane.drive_on()
    lane.rest(10_000)
    assert kept <= lane.names()


def test_a_clip_goes_behind_the_frames_that_its_index_names(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "evidence")
    frames = [store.keep(bytes([number]) * 100).sha256 for number in range(3)]
    other = store.keep(b"of another truck").sha256
    stamps = tuple(enumerate(frames))
    index = ClipIndex(FORM, "clip-1", "camera", Tick(0), Tick(3), Millis(500), stamps)
    clip = store.keep(encode(index), CLIP_ENDING).sha256
    files = EvidenceFiles(tmp_path)
    named = [Path(file.path).name.partition(".")[0] for file in files.named_in([clip.encode()])]
    assert sorted(named[:-1]) == sorted(frames) and named[-1] == clip and other not in named
    (tmp_path / "evidence" / frames[0][:2] / f"{frames[0]}.jpg").unlink()
    assert len(files.named_in([clip.encode()])) == 3
