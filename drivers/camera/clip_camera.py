"""What every camera driver that keeps clips does beside its pictures: feed the ring, keep what is ordered."""

import time
from typing import TYPE_CHECKING

from drivers.camera.burnt_clock import burnt, decoded
from drivers.camera.clip_keeper import ClipKeeper, Told
from drivers.camera.frame_ring import FrameRing
from drivers.contract.driver import Answer
from drivers.contract.orders import KeepClip
from drivers.contract.quantities import Tick
from drivers.contract.tools import Tools

if TYPE_CHECKING:
    from cv2.typing import MatLike

_NONE = Answer("refused", "this camera keeps no ring of frames")


class ClipCamera:
    """The ring and the clips of one camera; without `tools.ring` it does nothing and refuses."""

    def __init__(self, device: str, tools: Tools) -> None:
        self._device = device
        self._clock = tools.clock
        self._period = tools.ring.period if tools.ring is not None else None
        self._ring = FrameRing(tools.ring) if tools.ring is not None else None
        self._keeper = (
            ClipKeeper(device, self._ring, tools.ring.period, tools.evidence)
            if tools.ring is not None and self._ring is not None
            else None
        )
        self._next = Tick(0)
        self._is_open = False

    def open(self) -> None:
        """Take over the ring. A folder that cannot be had costs the clips, not the camera."""
        self._is_open = False
        if self._ring is not None and self._keeper is not None:
            try:
                self._ring.open(self._clock())
                self._keeper.open()
                self._is_open = True
            except OSError:
                return
            self._next = self._clock()

    def wants(self, now: Tick) -> bool:
        """Whether a frame is due."""
        return self._is_open and now >= self._next

    def next_after(self, tick: Tick) -> Tick:
        """`tick`, or when the next frame is due if that is earlier."""
        return min(tick, self._next) if self._is_open else tick

    def show(self, pixels: "MatLike | None", tick: Tick) -> None:
        """The frame that was due, whose light fell in at `tick`; None if there is none."""
        if self._ring is None or self._period is None or not self._is_open:
            return
        now = self._clock()
        self._next = Tick(max(self._next + self._period, now + self._period // 2))  # on the average one a period
        if pixels is not None:
            utc_ms = time.time_ns() // 1_000_000 - (now - tick)
            self._ring.put(tick, burnt(pixels, self._device, tick, utc_ms))

    def show_jpeg(self, jpeg: bytes, tick: Tick) -> None:
        """As `show`, for cameras that give JPEGs; b"" if there is none."""
        self.show(decoded(jpeg) if jpeg else None, tick)

    def obey(self, order: KeepClip) -> Answer:
        """Begin to keep a clip. Never waits."""
        if self._keeper is None or not self._is_open:
            return _NONE
        return self._keeper.order(order, self._clock())

    def work(self) -> list[Told]:
        """A step of what is to be kept; at most one file is written."""
        return self._keeper.work(self._clock()) if self._keeper is not None and self._is_open else []

    def broken_off(self) -> list[Told]:
        """The stream is lost: what there is of each clip."""
        return self._keeper.broken_off() if self._keeper is not None and self._is_open else []
