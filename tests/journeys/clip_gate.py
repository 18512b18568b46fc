"""A gate whose camera keeps a ring: the whole lane in one thread, its clips twenty seconds before and forty after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from drivers.camera.frame_ring import FrameRing
from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.clips import RingSettings
from drivers.contract.driver import Driver
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from station.core.clip_records import ClipKept
from station.core.parameters import ClipRules
from station.hosting.host import WorkerSpec
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, PARAMETERS, Gate

PERIOD = Millis(500)
RULES = ClipRules(("camera",))


@contextmanager
def without_pre_roll() -> Iterator[None]:
    """The mutant: a ring that shows nothing from before the order."""
    honest = FrameRing.after
    begun: dict[int, Tick] = {}

    def after(ring: FrameRing, tick: int, until: Tick) -> Tick | None:
        return honest(ring, max(tick, begun.setdefault(id(ring), ring.newest)), until)

    FrameRing.after = after  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        FrameRing.after = honest  # type: ignore[method-assign]


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

    def hand_opening(self) -> tuple[Tick, ClipKept]:
        """When the arm was lifted, and the clip of it."""
        self.watched_for(self.parameters.clips.before + 2_000)
        at = self.yard.now
        self.open_by_hand()
        return at, self.let_clips_end()[-1]

    def override(self) -> ClipKept:
        """An overweight truck is held, and two officers let it go."""
        self.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        self.arrive(43_320, lambda truck: self.yard.passes(truck, DECLARATION))
        self.until(lambda: self.loop.state.phase == "HELD", 300, "the truck is held")
        self.show_nothing()
        self.run(2_000)
        self.act("release", "1187")
        self.run(2_000)
        self.act("release", "2001")
        self.until(lambda: self.yard.is_empty and self.is_idle, 300, "the truck has left")
        return self.let_clips_end()[-1]

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device != "camera":
            return super()._build(spec)
        ring = RingSettings(str(self.folder / "run" / "ring"), PERIOD, Millis(30_000), 16 << 20)
        folder = PictureFolderSettings("picture-folder", str(self.pictures))
        return PictureFolderDriver("camera", folder, Tools(self.clock, self.data.evidence, ring=ring))
