"""A network camera: the newest frame of an RTSP stream, as durable evidence."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from annotated_types import Interval

from drivers.camera.clip_camera import ClipCamera
from drivers.camera.credentials import check_reference, read_credentials
from drivers.camera.frame_clock import FrameClock
from drivers.camera.picture_store import NotStored, PictureStore
from drivers.camera.rtsp_capture import RtspCapture, as_jpeg, check_url
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import KeepClip, Order, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureFailed, PictureTaken, Reading
from drivers.contract.tools import Tools

if TYPE_CHECKING:
    from cv2.typing import MatLike

_LOOK_EVERY = Millis(1000)
_BEHIND = Millis(1_000)
"""A stream that waits for so long is read first: a clip has a gap there, the pictures that decide come in time."""

_NO_FRAMES = "check the camera's power and network, and that it sends a key frame at least each second"


@dataclass(frozen=True, slots=True)
class RtspCameraSettings:
    """A camera that speaks RTSP over TCP.

    url: rtsp://HOST:PORT/PATH, without name or password; rtsps is refused.
    user: the camera's account, "" if it asks for none.
    password_file: the whole path of the file whose first line is the password; readable by its owner alone.
    open_timeout: longest time to connect and get the stream's description, ms.
    read_timeout: longest silence of the stream before it counts as gone, ms.
    delay: from light to decoded frame at the least, ms (film a clock to measure it); no frame tells it.
    stale: longest wait for a frame newer than an order, ms.
    frozen: how long the picture may be bit for bit the same before the camera counts as frozen, ms.
    jpeg_quality: quality of the stored JPEG, percent.
    """

    kind: Literal["rtsp-camera"]
    url: str
    user: str = ""
    password_file: str = ""
    open_timeout: Annotated[Millis, Interval(ge=200, le=10_000)] = Millis(3000)
    read_timeout: Annotated[Millis, Interval(ge=200, le=10_000)] = Millis(3000)
    delay: Annotated[Millis, Interval(ge=0, le=2_000)] = Millis(100)
    stale: Annotated[Millis, Interval(ge=100, le=10_000)] = Millis(1500)
    frozen: Annotated[Millis, Interval(ge=2_000, le=3_600_000)] = Millis(10_000)
    jpeg_quality: Annotated[int, Interval(ge=50, le=100)] = 90

    def __post_init__(self) -> None:
        """Raise ValueError naming the field that cannot be used."""
        check_url(self.url)
        check_reference(self.user, self.password_file)


class _Pending(NamedTuple):
    order_id: str
    ordered: Tick


class RtspCameraDriver:
    """Grabs every frame as it comes, so that nothing old is ever waiting; turns one into pixels only for an order
    and once a second to see whether the picture still changes.

    A frame answers an order only if its light fell in after the order (see FrameClock; less the camera's `delay`).
    One order waits at a time; a newer one replaces it and the older fails as "stale". A lost stream first fails the
    waiting order as "no-stream"; the next `poll` raises DeviceFault("silent" | "garbled" | "frozen" | "unfit"),
    unfit being a picture whose sides changed.
    `poll` overstays its patience in one case, by up to `read_timeout`: bytes come but never make a whole frame.
    `open` takes at most `open_timeout` and then `read_timeout` for the first frame.
    """

    def __init__(self, device: str, settings: RtspCameraSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._store = PictureStore(tools.evidence)
        self._clips = ClipCamera(device, tools)
        self._capture: RtspCapture | None = None
        self._forget()

    def _forget(self) -> None:
        self._frame_clock = FrameClock()
        self._fault: DeviceFault | None = None
        self._pending: _Pending | None = None
        self._failed: list[Reading] = []
        self._last_frame = self._last_look = self._last_change = self._clock()
        self._last_stamp_ms = 0
        self._last_digest = b""
        self._last_order_id = ""

    def open(self) -> Identity:
        self.close()
        settings = self._settings
        who = read_credentials(self._device, settings.user, settings.password_file)
        capture = RtspCapture(self._device, settings.url, who, settings.open_timeout, settings.read_timeout)
        self._capture = capture
        self._forget()
        self._clips.open()
        self._next_frame(capture)  # here, because a first key frame may be seconds away
        if self._fault is not None:
            self.close()
            raise self._fault
        return Identity(settings.kind, f"{capture.codec} {capture.width}x{capture.height}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        capture = self._capture
        if self._fault is not None:
            raise self._fault
        if capture is None:
            raise DeviceFault("silent", self._device, "the stream is not open", "open it first")
        end = self._clock() + patience
        readings, self._failed = self._failed, []
        while capture.wait(Millis(end - self._clock())):
            readings += self._next_frame(capture)
            if readings or self._is_lost or self._clock() >= end:
                break
        if self._pending is None and not readings:
            readings += self._clips.work()
        return readings + self._judge_silence()

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, TakePicture | KeepClip):
            return Answer("refused", "a camera only takes pictures")
        now = self._clock()
        if now > order.not_after:
            return Answer("expired")
        if self._capture is None or self._is_lost:
            return Answer("refused", "the stream is not open")
        if isinstance(order, KeepClip):
            return self._clips.obey(order)
        if order.order_id != self._last_order_id:
            self._last_order_id = order.order_id
            self._fail_pending("stale")
            self._pending = _Pending(order.order_id, now)
        return Answer("accepted")

    def close(self) -> None:
        if self._capture is not None:
            self._capture.close()
            self._capture = None

    @property
    def _is_lost(self) -> bool:
        return self._fault is not None

    def _next_frame(self, capture: RtspCapture) -> list[Reading]:
        began = self._clock()
        stamp_ms = capture.grab()
        now = self._clock()
        if stamp_ms is None:
            self._lose_midway(Millis(now - began))
            return []
        interval_ms = max(0, stamp_ms - self._last_stamp_ms)
        self._last_stamp_ms, self._last_frame = stamp_ms, now
        due = self._frame_clock.due(stamp_ms, now)
        if now - self._last_look >= _LOOK_EVERY:
            self._look(capture, now)
        behind = interval_ms * capture.frames_held + self._settings.delay
        is_behind = due is not None and now - due > _BEHIND
        if self._clips.wants(now) and not is_behind and not self._is_lost:
            self._clips.show(capture.pixels(), Tick((now if due is None else due) - behind))
        if due is None or self._pending is None or self._is_lost:
            return []
        taken = Tick(due - behind)
        if taken <= self._pending.ordered:
            return []
        return self._take(capture, self._pending, taken)

    def _take(self, capture: RtspCapture, order: _Pending, taken: Tick) -> list[Reading]:
        pixels = capture.pixels()
        if self._is_resized(capture, pixels):
            return []
        self._pending = None
        if pixels is None:
            return [PictureFailed(order.order_id, "undecodable")]
        try:
            stored = self._store.keep(as_jpeg(pixels, self._settings.jpeg_quality))
        except NotStored:
            return [PictureFailed(order.order_id, "disk")]
        return [PictureTaken(order.order_id, str(stored.path), stored.sha256, taken, capture.frames)]

    def _is_resized(self, capture: RtspCapture, pixels: "MatLike | None") -> bool:
        """A camera set to other sides while it ran: places in its picture, like the plate's, no longer hold."""
        if pixels is None or pixels.shape[:2] == (capture.height, capture.width):
            return False
        seen = f"the picture changed from {capture.width}x{capture.height} to {pixels.shape[1]}x{pixels.shape[0]}"
        self._lose("unfit", seen, "set the camera back, or correct plate_region")
        return True

    def _look(self, capture: RtspCapture, now: Tick) -> None:
        """Notice a camera that goes on sending but shows nothing new; any sensor's noise changes some bit."""
        self._last_look = now
        pixels = capture.pixels()
        if self._is_resized(capture, pixels):
            return
        digest = b"" if pixels is None else hashlib.blake2b(pixels.data, digest_size=16).digest()
        if digest != self._last_digest:
            self._last_digest, self._last_change = digest, now
        elif now - self._last_change >= self._settings.frozen:
            seen = f"the same picture for {now - self._last_change} ms"
            self._lose("frozen", seen, "restart the camera; if the scene is still by nature, raise `frozen`")

    def _judge_silence(self) -> list[Reading]:
        now = self._clock()
        if not self._is_lost and now - self._last_frame >= self._settings.read_timeout:
            self._lose("silent", f"no frame for {now - self._last_frame} ms", _NO_FRAMES)
        if self._pending is not None and now - self._pending.ordered >= self._settings.stale:
            self._fail_pending("stale")
        failed, self._failed = self._failed, []
        if self._fault is None:
            return failed
        told = [*failed, *self._clips.broken_off()]
        if not told:
            raise self._fault
        return told

    def _lose_midway(self, waited: Millis) -> None:
        if waited >= self._settings.read_timeout:
            self._lose("garbled", f"bytes came, but no whole frame for {waited} ms", _NO_FRAMES)
        else:
            self._lose("silent", "the stream ended", _NO_FRAMES)

    def _lose(self, code: Literal["silent", "garbled", "frozen", "unfit"], seen: str, next_step: str) -> None:
        self._fault = DeviceFault(code, self._device, seen, next_step)
        self._fail_pending("no-stream")

    def _fail_pending(self, reason: Literal["stale", "no-stream"]) -> None:
        if self._pending is not None:
            self._failed.append(PictureFailed(self._pending.order_id, reason))
            self._pending = None
