"""Clips that belong to no crossing: a term by what happened in them, legal hold, frames that two clips share."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from drivers.camera.picture_store import PictureStore
from drivers.contract.clips import CLIP_ENDING, FORM, ClipIndex, ClipStored
from drivers.contract.orders import KeepClip, Order
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BoomMoved
from station.core.clip_records import ClipKept
from station.core.facts import DeviceRead, Fact
from station.core.parameters import ClipRules
from station.core.retention_records import EvidenceDropped
from station.lane import retention
from station.lane.retention import Walk
from station.settings.tables import Keeping
from tests.core.world import PARAMETERS, UTC
from tests.lane.kept_lane import DAY_MS, KeptLane

TERMS = Keeping(customs_record_days=40, video_days=10, diagnostic_days=2, reserve_size=1_048_576)
PERIOD = 1_000


@dataclass
class ClipLane(KeptLane):
    """Its camera has every frame of every window at once, the same bytes for the same moment."""

    def _reading(self, device: str, order: Order) -> list[Fact]:
        if not isinstance(order, KeepClip):
            return super()._reading(device, order)
        store, ticks = PictureStore(self.data.evidence), _ticks(order.since, order.until)
        frames = tuple((tick, self._kept(store, b"frame %d" % tick)) for tick in ticks)
        index = ClipIndex(FORM, order.clip, device, order.since, order.until, Millis(PERIOD), frames)
        span = (order.since, order.until, Tick(ticks[0]), Tick(ticks[-1]), len(ticks), Millis(0))
        told = ClipStored(order.order_id, order.clip, self._kept(store, encode(index), CLIP_ENDING), *span, whole=True)
        return [DeviceRead(self.tick(), device, told)]

    def _kept(self, store: PictureStore, body: bytes, ending: str = ".jpg") -> str:
        stored = store.keep(body, ending)
        os.utime(stored.path, ((UTC + self.now) / 1000,) * 2)
        return stored.sha256

    def hand_opening(self) -> ClipKept:
        self.read("barrier", BoomMoved("moving"))
        self.now += 2_000
        self.read("barrier", BoomMoved("down"))
        return self.clips()[-1]

    def other_mode(self) -> ClipKept:
        self.act("set-mode", "2001", "head-of-unit", mode="TEST")
        return self.clips()[-1]

    def clips(self) -> list[ClipKept]:
        return [record for record in self.of(ClipKept) if isinstance(record, ClipKept)]

    def frames_left(self, clip: ClipKept) -> int:
        return sum(f"{_name(b'frame %d' % tick)}.jpg" in self.names() for tick in _ticks(clip.since, clip.until))

    def has(self, clip: ClipKept) -> bool:
        """The index is there, and each frame that it names; else neither must be."""
        index = (self.data.evidence / clip.sha256[:2] / f"{clip.sha256}{CLIP_ENDING}").exists()
        assert self.frames_left(clip) == (clip.frames if index else 0), "a clip is whole, or gone"
        return index

    def later(self, days: int) -> None:
        self.now += days * DAY_MS
        self.rest(720_000, 60_000)

    def drops(self) -> list[tuple[str, str, int]]:
        records = [record for record in self.of(EvidenceDropped) if isinstance(record, EvidenceDropped)]
        return [(record.evidence, record.first, record.files) for record in records]


def _ticks(since: Tick, until: Tick) -> range:
    """The moments of the ring's frames in this window, whoever asks."""
    return range(-(-since // PERIOD) * PERIOD, until, PERIOD)


def _name(body: bytes) -> str:
    return sha256(body).hexdigest()


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[ClipLane]:
    parameters = replace(PARAMETERS, clips=ClipRules(("camera",)))
    with ClipLane(parameters, root=tmp_path, keeping=TERMS, picture_bytes=2_000) as made:
        made.now += 60_000
        yield made


def test_what_happened_in_a_clip_says_how_long_it_is_kept(lane: ClipLane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.lane.clip_retention.RECORDS_A_LOOK", 5)
    opening = lane.hand_opening()
    lane.now += 300_000
    mode = lane.other_mode()
    assert opening.crossing == mode.crossing == ""
    lane.receipt()
    lane.later(9)
    assert lane.has(opening) and lane.has(mode) and lane.drops() == []
    lane.later(2)
    assert lane.has(opening) and not lane.has(mode)
    assert {(evidence, first) for evidence, first, _ in lane.drops()} == {("video", mode.clip)}
    assert sum(files for *_, files in lane.drops()) == mode.frames + 1
    lane.later(30)
    assert not lane.has(opening)
    assert ("customs_record", opening.clip) in {(evidence, first) for evidence, first, _ in lane.drops()}


def test_what_the_centre_has_not_stored_stays(lane: ClipLane) -> None:
    opening = lane.hand_opening()
    lane.later(50)
    assert lane.has(opening)
    lane.receipt()
    lane.rest(600_000, 60_000)
    assert not lane.has(opening)


def test_a_hold_names_the_clip_and_outlives_a_restart(lane: ClipLane) -> None:
    opening = lane.hand_opening()
    lane.now += 300_000
    other = lane.hand_opening()
    lane.hold_evidence(opening.clip)
    lane.close()
    lane.open()
    lane.receipt()
    lane.later(50)
    assert lane.has(opening) and not lane.has(other)
    lane.act("free-evidence", "2001", "head-of-unit", crossing=opening.clip, digest="")
    lane.close()
    lane.open()  # what was held at a start is let go at the next
    lane.receipt()
    lane.rest(720_000, 60_000)
    assert not lane.has(opening)


def overlapping(lane: ClipLane) -> tuple[ClipKept, ClipKept]:
    """A truck that two persons let go, and a mode that somebody changes as it leaves: frames of both are the same."""
    lane.override()
    first = lane.clips()[-1]
    mode = lane.other_mode()
    assert mode.crossing == "" != first.crossing and first.since < mode.since < first.until
    lane.receipt()
    return first, mode


def test_frames_that_a_longer_clip_has_too_stay_with_it(lane: ClipLane) -> None:
    first, mode = overlapping(lane)
    lane.later(11)
    assert lane.has(first) and 0 < lane.frames_left(mode) < mode.frames
    assert {(evidence, name) for evidence, name, _ in lane.drops()} == {("video", mode.clip)}
    lane.later(30)
    assert not lane.has(first) and lane.frames_left(mode) == 0, "the last one takes them along"


def test_frames_that_a_held_clip_has_too_stay_with_it(lane: ClipLane) -> None:
    first, mode = overlapping(lane)
    lane.hold_evidence(mode.clip)
    lane.receipt()
    lane.later(50)
    assert lane.has(mode) and 0 < lane.frames_left(first) < first.frames
    lane.act("free-evidence", "2001", "head-of-unit", crossing=mode.clip, digest="")
    lane.rest(720_000, 60_000)
    assert not lane.has(mode) and lane.frames_left(first) == 0


def test_without_the_rule_the_longer_clip_loses_frames(lane: ClipLane, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the two tests above can see."""
    monkeypatch.setattr(Walk, "_unshared", lambda _self, _name, _row, files, _going: files)
    first, _ = overlapping(lane)
    lane.later(11)
    assert lane.frames_left(first) < first.frames


def test_two_that_go_together_leave_nothing(lane: ClipLane) -> None:
    one = lane.hand_opening()
    lane.now += 75_000  # their windows touch, and are two clips
    lane.now -= 20_000
    two = lane.hand_opening()
    assert one.clip != two.clip and two.since < one.until
    lane.receipt()
    lane.later(50)
    assert not lane.has(one) and not lane.has(two)


def test_a_full_disk_takes_none_before_its_term(lane: ClipLane, monkeypatch: pytest.MonkeyPatch) -> None:
    mode, opening = lane.other_mode(), lane.hand_opening()
    lane.receipt()
    monkeypatch.setattr(retention, "is_at_least", lambda *_: True)
    lane.later(1)
    assert lane.has(mode) and lane.has(opening)
