"""Seal cameras at a gate: drawn rear doors, the real adviser, and the officer's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.driver import Driver
from drivers.contract.tools import Tools
from station.commands.telling import sentence
from station.core.advice_records import SealAssessed
from station.core.parameters import LaneParameters, Parts
from station.core.step import step
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, PARAMETERS, Gate
from tests.vision.drawn_locks import LOCK_AT, YELLOW, rear

CAMERAS = ("rear-left", "rear-right")
LANE = replace(PARAMETERS, parts=Parts(seal_cameras=CAMERAS), seal_regions=(LOCK_AT, LOCK_AT))
SEALED, BARE = rear(YELLOW), rear(None)


@dataclass
class SealGate(Gate):
    """`shown` is what each seal camera sees."""

    parameters: LaneParameters = LANE
    shown: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for camera, picture in self.shown.items():
            (self.folder / camera).mkdir(parents=True)
            (self.folder / camera / "now.jpg").write_bytes(picture)
        super().__post_init__()

    def start(self) -> None:
        super().start()
        for camera in self.shown:
            self.host.start(WorkerSpec(camera, CATALOG_WORKER, "picture-folder", None, self.data.evidence))

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device in CAMERAS:
            settings = PictureFolderSettings("picture-folder", str(self.folder / spec.device))
            return PictureFolderDriver(spec.device, settings, Tools(self.clock, self.data.evidence))
        return super()._build(spec)

    def ready(self) -> None:
        self.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        devices = 5 + len(self.shown)
        self.until(lambda: len(self.loop.state.devices) == devices and self.is_idle, 10, "all devices open")
        self.run(1_000)


def passes(made: SealGate) -> SealAssessed:
    """One truck goes through without a person; what was said of its seal. The journal replays to the same records."""
    made.ready()
    made.arrive(42_140, lambda truck: made.yard.passes(truck, DECLARATION))
    made.until(lambda: made.yard.is_empty and made.is_idle, 300, "the end")
    (told,) = (record for record in made.records() if isinstance(record, SealAssessed))
    closing = made.completed()[-1]
    assert (closing.end, closing.verdict, closing.released_by) == ("DEPARTED", "PASS", "RULES")
    assert set(told.pictures) <= set(closing.pictures)
    with JournalReader(made.data.root) as reader:
        assert replay(reader, step, *beginning(reader)).difference is None
    return told


@pytest.mark.parametrize(
    ("left", "right", "verdict", "views"),
    [
        (BARE, BARE, "NOT_SEEN", 2),
        (SEALED, BARE, "UNSURE", 0),
    ],
)
def test_what_two_cameras_see_is_told_and_holds_nobody(
    left: bytes, right: bytes, verdict: str, views: int, tmp_path: Path
) -> None:
    with SealGate(tmp_path, shown=dict(zip(CAMERAS, (left, right), strict=True))) as made:
        told = passes(made)
        assert (told.verdict, told.views, len(told.pictures)) == (verdict, views, 2)


def test_one_camera_that_is_away_leaves_the_other_and_both_languages_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SealGate(tmp_path, shown={"rear-right": SEALED}) as made:
        told = passes(made)
        assert (told.verdict, told.views) == ("SEEN", 1)
        assert told.said[0] == ("rear-left", "no-picture", 0)
        monkeypatch.setattr("station.words.language.language", lambda: "vi")
        assert "tham khảo: SEEN (thấy niêm phong)" in sentence(told) and "không có ảnh" in sentence(told)
        monkeypatch.setattr("station.words.language.language", lambda: "en")
        assert "advice: SEEN (a seal is seen), confidence 79.5 %" in sentence(told) and "no picture" in sentence(told)
