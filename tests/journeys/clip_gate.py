"""A gate whose camera keeps a ring: the whole lane in one thread, its clips twenty seconds before and forty after."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.clips import RingSettings
from drivers.contract.driver import Driver
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools
from station.core.clip_records import ClipKept
from station.core.parameters import ClipRules
from station.hosting.host import WorkerSpec
from tests.journeys.gate import PARAMETERS, Gate

PERIOD = Millis(500)
RULES = ClipRules(("camera",))


class ClipGate(Gate):
    """`clips` are the records of what was kept. Its camera sees a small grey picture until `show_plate`."""

    def __init__(self, folder: Path, rules: ClipRules = RULES) -> None:
        super().__init__(folder, parameters=replace(PARAMETERS, clips=rules))
        self.show_nothing()

    def show_nothing(self) -> None:
        self.show_plate(cv2.imencode(".jpg", np.full((72, 128, 3), 90, np.uint8))[1].tobytes())

    def watched_for(self, millis: int) -> None:
        """Ready, and the ring holds so much."""
        self.ready()
        for _ in range(millis // 100):
            self.turn(Millis(100))

    @property
    def clips(self) -> list[ClipKept]:
        return [record for record in self.records() if isinstance(record, ClipKept)]

    def let_clips_end(self) -> list[ClipKept]:
        """Time passes until no clip is under way."""
        for _ in range(2_000):
            if not self.loop.state.clips:
                return self.clips
            self.turn(Millis(100))
        raise AssertionError(f"clips that do not end: {self.loop.state.clips}")

    def open_by_hand(self) -> None:
        """Somebody lifts the arm with no truck about, and lets it down again."""
        self.yard.boom.by_hand(1_000)
        self.run(1_500)
        self.yard.boom.by_hand(0)
        self.run(1_500)

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device != "camera":
            return super()._build(spec)
        ring = RingSettings(str(self.folder / "run" / "ring"), PERIOD, Millis(30_000), 16 << 20)
        folder = PictureFolderSettings("picture-folder", str(self.pictures))
        return PictureFolderDriver("camera", folder, Tools(self.clock, self.data.evidence, ring=ring))
