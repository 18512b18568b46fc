"""A hand opening and an override leave clips that span their windows, in the journal and in the evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.contract.clips import CLIP_ENDING
from drivers.contract.plain import canonical, parse
from drivers.contract.quantities import Millis, Tick
from station.core.clip_records import ClipKept
from station.core.parameters import ClipRules
from station.core.records import AlarmRaised, Record
from station.core.step import step
from station.evidence import verify
from station.evidence.bundle import make_bundle
from station.evidence.journal_source import opened
from station.evidence.report import Item, Report
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.trust.keys import PrivateKey
from tests.drivers.clip_bench import frames_of, index_of, spans
from tests.evidence.mutations import members_of, packed, resigned
from tests.journeys.clip_gate import ClipGate, without_pre_roll

pytestmark = pytest.mark.timeout(180)  # the lane is driven once, within the first test's time

CROSSING = "VN-HN-I1-E1-000001"


@dataclass(frozen=True)
class Story:
    """A hand opening at `opened_at`, then an overweight truck that two officers let go."""

    folder: Path
    opened_at: Tick
    records: list[Record]
    clips: list[ClipKept]
    key: PrivateKey

    @property
    def evidence(self) -> Path:
        return self.folder / "data" / "evidence"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("clips") / "gate"
    with ClipGate(folder) as gate:
        opened_at, _ = gate.hand_opening()
        gate.override()
        yield Story(folder, opened_at, gate.records(), gate.clips, gate.station_key)


def test_a_hand_opening_is_kept_from_twenty_seconds_before_to_forty_after(story: Story) -> None:
    first = story.clips[0]
    alarm = next(record for record in story.records if isinstance(record, AlarmRaised) and record.code == "GATE_OPEN")
    assert alarm.crossing == first.crossing == "" and [code for code, _ in first.events] == ["GATE_OPEN"]
    index = index_of(story.evidence, first.sha256)
    event = index.since + 20_000
    assert 0 <= event - story.opened_at <= 500 and index.until == event + 40_000
    assert spans(index, slack=1) and first.missing == 0
    assert len(frames_of(story.evidence, index)) == first.frames >= 119


def test_an_override_extends_the_clip_of_its_hold(story: Story) -> None:
    _, second = story.clips
    assert [code for code, _ in second.events] == ["HOLD", "OVERRIDE"] and second.crossing == CROSSING
    index = index_of(story.evidence, second.sha256)
    assert spans(index, slack=1) and second.until - second.since >= 64_000


def test_the_journal_with_clips_replays(story: Story) -> None:
    with JournalReader(story.folder / "data") as reader:
        assert replay(reader, step, *beginning(reader)).difference is None


# ---------------------------------------------------------------------- the bundle


@pytest.fixture(scope="module")
def bundle(story: Story) -> Path:
    out = story.folder / "crossing.zip"
    with opened(story.folder / "data") as reader:
        make_bundle(reader, CROSSING, story.evidence, story.key, {}, out)
    return out


def checked(file: Path, story: Story) -> Report:
    return verify.verify_bundle(file, story.key.public)


def failing(file: Path, story: Story) -> list[Item]:
    return [item for item in checked(file, story).items if item.verdict == "fails"]


def test_the_bundle_holds_its_own_clip_and_no_other(bundle: Path, story: Story) -> None:
    report = checked(bundle, story)
    (clip,) = [item for item in report.items if item.part == "clip"]
    own = story.clips[1]
    assert report.is_sound and clip.verdict == "holds", report.items
    assert clip.seen == f"HOLD+OVERRIDE: {own.frames} of {own.frames} frames, {own.missing} ms missing"
    (complete,) = [item for item in report.items if item.part == "complete"]
    assert complete.verdict == "holds", "the clip is told after the crossing's end"
    members = members_of(bundle)
    assert f"files/{own.sha256}{CLIP_ENDING}" in members
    assert not any(story.clips[0].sha256 in name for name in members), "the hand opening was not this truck's"


def test_every_frame_removed_or_changed_is_found(bundle: Path, story: Story, tmp_path: Path) -> None:
    members = members_of(bundle)
    own = story.clips[1]
    index = index_of(story.evidence, own.sha256)
    name, frame = f"files/{own.sha256}{CLIP_ENDING}", f"files/{index.frames[7][1]}.jpg"
    file = tmp_path / "mutant.zip"
    shorter = canonical({**parse(members[name]), "frames": list(index.frames[1:])})
    for what, changed in {
        "a frame removed": {n: data for n, data in members.items() if n != frame},
        "a frame changed": {**members, frame: members[frame] + b"\0"},
        "the index removed": {n: data for n, data in members.items() if n != name},
        "the index without its first frame": {**members, name: shorter},
        "a frame added": {**members, f"files/{'0' * 64}.jpg": b"\xff\xd8"},
    }.items():
        file.write_bytes(packed(changed))
        assert failing(file, story), what


def altered(bundle: Path, story: Story, old: str, new: str) -> bytes:
    """The manifest changed by who may sign; hashes of rows are left to the other checks."""
    members = members_of(bundle)
    manifest = members["manifest.json"].decode()
    assert old in manifest
    changed = {**members, "manifest.json": manifest.replace(old, new).encode()}
    return packed(resigned(changed, story.key, CROSSING))


@pytest.mark.parametrize("field", ["frames", "missing", "first", "last"])
def test_a_record_that_says_otherwise_than_its_index_is_found_by_the_clip_alone(
    field: str, bundle: Path, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = getattr(story.clips[1], field)
    name = f'\\"{field}\\":{own},'
    file = tmp_path / "mutant.zip"
    file.write_bytes(altered(bundle, story, name, f'\\"{field}\\":{own + 1},'))
    monkeypatch.setattr(verify, "check_rows", lambda _: [])
    assert {(item.part, item.code) for item in failing(file, story)} == {("clip", "clip-differs")}
    monkeypatch.setattr(verify, "check_clips", lambda *_: [])
    assert failing(file, story) == [], "the mutant: a verifier that skips the check"


# ---------------------------------------------------------------------- the mutant


def test_a_lane_without_pre_roll_is_caught(tmp_path: Path) -> None:
    rules = ClipRules(("camera",), Millis(5_000), Millis(5_000))
    with without_pre_roll(), ClipGate(tmp_path / "gate", rules) as gate:
        _, clip = gate.hand_opening()
        index = index_of(gate.data.evidence, clip.sha256)
    assert not spans(index, slack=4) and clip.missing >= 4_000
