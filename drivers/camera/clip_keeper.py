"""Makes the durable copy of a window of the ring, frame by frame, so that no poll of the camera waits for it.

What has been stored is noted in a file beside the evidence: after a kill or a power cut the next worker goes on there,
and the gap is told.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from drivers.camera.frame_ring import FrameRing, boot_id
from drivers.camera.picture_store import NotStored, PictureStore, sync_folder
from drivers.contract.clips import CLIP_ENDING, FORM, ClipIndex, ClipNotStored, ClipStored, missing_ms
from drivers.contract.driver import Answer
from drivers.contract.orders import KeepClip
from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick

MOST_CLIPS = 4
"""At a time, of one camera."""

LONGEST = Millis(600_000)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")
_FRAME = re.compile(r"(\d{1,15}) ([0-9a-f]{64})")
_SETTLES = Millis(1_000)
"""How long after its tick a frame may still come: the camera's delay and the way through the decoder."""
_MOST_NOTES = 16
"""Notes of clips that are done: whoever asks again gets the same answer."""

Told = ClipStored | ClipNotStored


@dataclass(slots=True)
class _Job:
    """One clip under way; `is_over` if its ticks are of another boot, so that nothing can follow."""

    order_id: str
    clip: str
    since: Tick
    until: Tick
    notes: Path
    frames: list[tuple[int, str]] = field(default_factory=list)
    is_over: bool = False
    is_told: bool = False

    @property
    def last(self) -> int:
        return self.frames[-1][0] if self.frames else self.since - 1


class ClipKeeper:
    """`work` stores at most one frame a call, or answers. The pre-roll is answered as soon as it is stored, and again
    with all that followed, so that whatever ends the worker or the camera leaves a clip that is known.
    """

    def __init__(self, device: str, ring: FrameRing, period: Millis, evidence: Path) -> None:
        self._device = device
        self._ring = ring
        self._period = period
        self._evidence = evidence
        self._folder = evidence / "clips" / device
        self._store = PictureStore(evidence)
        self._jobs: list[_Job] = []

    def open(self) -> None:
        """Forget what was under way: it is ordered again. Raises OSError."""
        self._jobs = []
        self._folder.mkdir(parents=True, exist_ok=True)
        sync_folder(self._evidence)
        sync_folder(self._folder.parent)
        notes = sorted(self._folder.glob("*.frames"), key=lambda file: file.stat().st_mtime_ns)
        for file in notes[:-_MOST_NOTES]:
            file.unlink()

    def order(self, order: KeepClip, now: Tick) -> Answer:
        """Begin a clip, or go on with it."""
        if not _NAME.fullmatch(order.clip) or not 0 <= order.since <= order.until <= order.since + LONGEST:
            return Answer("refused", f"no clip: {order.clip[:40]!r} from {order.since} to {order.until}")
        known = next((job for job in self._jobs if job.clip == order.clip), None)
        if known is not None:
            known.order_id, known.until = order.order_id, max(known.until, order.until)
            known.is_told = False
            return Answer("accepted")
        if len(self._jobs) >= MOST_CLIPS:
            return Answer("refused", f"{MOST_CLIPS} clips are being kept already")
        job = _Job(order.order_id, order.clip, order.since, order.until, self._folder / f"{order.clip}.frames")
        try:
            boot = _read_notes(job)
        except OSError as error:
            return Answer("refused", f"{job.notes}: {error.strerror}")
        job.is_over = boot not in ("", boot_id()) or order.until > now + LONGEST
        self._jobs.append(job)
        return Answer("accepted")

    def work(self, now: Tick) -> list[Told]:
        """One step of one clip."""
        for job in self._jobs:
            following = None if job.is_over else self._ring.after(job.last, job.until)
            if following is not None:
                return self._keep(job, following)
            if job.is_over or now > job.until + 2 * self._period + _SETTLES:
                self._jobs.remove(job)
                return [self._told(job, whole=True)]
            if not job.is_told and job.frames:
                job.is_told = True
                return [self._told(job, whole=False)]
        return []

    def broken_off(self) -> list[Told]:
        """The camera is lost: what is there of each clip, now. It is ordered again when the camera is back."""
        jobs, self._jobs = self._jobs, []
        told: list[Told] = []
        for job in jobs:
            following = self._ring.after(job.last, job.until)
            while following is not None and not self._keep(job, following):
                following = self._ring.after(job.last, job.until)
            if job.frames:
                told.append(self._told(job, whole=False))
        return told

    def _keep(self, job: _Job, tick: Tick) -> list[Told]:
        jpeg = self._ring.read(tick)
        if jpeg is None:
            job.frames.append((tick, ""))  # passed over; see `_told`
            return []
        try:
            frame = (tick, self._store.keep(jpeg).sha256)
            _note(job.notes, frame)
        except (NotStored, OSError):
            self._jobs = [other for other in self._jobs if other is not job]
            return [ClipNotStored(job.order_id, job.clip, "disk")]
        job.frames.append(frame)
        return []

    def _told(self, job: _Job, *, whole: bool) -> Told:
        frames = tuple((tick, sha256) for tick, sha256 in job.frames if sha256 and tick <= job.until)
        if not frames:
            return ClipNotStored(job.order_id, job.clip, "no-frames")
        index = ClipIndex(FORM, job.clip, self._device, job.since, job.until, self._period, frames)
        try:
            sha256 = self._store.keep(encode(index), CLIP_ENDING).sha256
        except NotStored:
            return ClipNotStored(job.order_id, job.clip, "disk")
        ticks = [tick for tick, _ in frames]
        missing = missing_ms(job.since, job.until, ticks, self._period)
        span = (job.since, job.until, Tick(ticks[0]), Tick(ticks[-1]), len(ticks))
        return ClipStored(job.order_id, job.clip, sha256, *span, missing, whole)


def _note(notes: Path, frame: tuple[int, str]) -> None:
    """Add a frame to the clip's notes; it is on the disk when this returns. Raises OSError."""
    is_new = not notes.exists()
    with notes.open("a") as file:
        if is_new:
            file.write(f"boot {boot_id()}\n")
        file.write(f"{frame[0]} {frame[1]}\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(notes.parent)


def _read_notes(job: _Job) -> str:
    """Take over the frames that were noted; the boot in which they were, "" if there are no notes. Raises OSError."""
    try:
        head, *lines = job.notes.read_text().splitlines() or [""]
    except FileNotFoundError:
        return ""
    for line in lines:
        found = _FRAME.fullmatch(line)  # the last one may be torn
        if found is not None and int(found[1]) > job.last:
            job.frames.append((int(found[1]), found[2]))
    return head.removeprefix("boot ")
