"""A folder of pictures in place of a camera: for commissioning, rehearsal and trials on recorded pictures."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.camera.clip_camera import ClipCamera
from drivers.camera.picture_file import NoPicture, read_as_jpeg
from drivers.camera.picture_store import NotStored, PictureStore
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import KeepClip, Order, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PictureFailed, PictureTaken, Reading
from drivers.contract.tools import Tools


@dataclass(frozen=True, slots=True)
class PictureFolderSettings:
    """Pictures in a folder, shown one after the other as a camera's frames.

    folder: the folder; its files (not those whose name begins with a dot) count in the order of their names.
    period_ms: how long each picture is the current one, ms; after the last the first follows.
    """

    kind: Literal["picture-folder"]
    folder: str
    period_ms: Annotated[Millis, Interval(ge=10, le=3_600_000)] = Millis(1000)


class PictureFolderDriver:
    """The current picture is chosen when the order is carried out, from the files that are there then.

    JPEGs are stored byte for byte, PNGs as JPEG. A file that is no picture fails the order as "undecodable"; the
    BytesRefused beside it names the file and says why. `camera_frame` is the place in the order of names, from 1.
    """

    def __init__(self, device: str, settings: PictureFolderSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._folder = Path(settings.folder)
        self._clock = tools.clock
        self._store = PictureStore(tools.evidence)
        self._clips = ClipCamera(device, tools)
        self._pending: str | None = None
        self._last_order_id = ""
        self._failed: list[Reading] = []
        self._opened = self._clock()
        self._is_open = False

    def open(self) -> Identity:
        self.close()
        count = len(self._files())
        self._pending, self._last_order_id, self._failed = None, "", []
        self._opened = self._clock()
        self._is_open = True
        self._clips.open()
        return Identity(self._settings.kind, f"{count} files in {self._folder}")

    def poll(self, patience: Millis) -> Sequence[Reading]:  # nothing to wait for
        if not self._is_open:
            raise DeviceFault("silent", self._device, "the folder is not open", "open it first")
        readings, self._failed = self._failed, []
        files = self._files()
        if self._pending is not None:
            order_id, self._pending = self._pending, None
            shown = self._shown(files)
            readings += self._take(order_id, files[shown], shown + 1)
        now = self._clock()
        if self._clips.wants(now):
            self._show(files[self._shown(files)], now)
        return readings or self._clips.work()

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, TakePicture | KeepClip):
            return Answer("refused", "a camera only takes pictures")
        if self._clock() > order.not_after:
            return Answer("expired")
        if not self._is_open:
            return Answer("refused", "the folder is not open")
        if isinstance(order, KeepClip):
            return self._clips.obey(order)
        if order.order_id != self._last_order_id:
            if self._pending is not None:
                self._failed.append(PictureFailed(self._pending, "stale"))
            self._pending = self._last_order_id = order.order_id
        return Answer("accepted")

    def close(self) -> None:
        self._is_open = False

    def _take(self, order_id: str, file: Path, number: int) -> list[Reading]:
        try:
            stored = self._store.keep(read_as_jpeg(file))
        except NoPicture as refusal:
            return [BytesRefused(1, str(refusal), ""), PictureFailed(order_id, "undecodable")]
        except NotStored:
            return [PictureFailed(order_id, "disk")]
        return [PictureTaken(order_id, str(stored.path), stored.sha256, self._clock(), number)]

    def _shown(self, files: Sequence[Path]) -> int:
        return (self._clock() - self._opened) // self._settings.period_ms % len(files)

    def _show(self, file: Path, now: Tick) -> None:
        with contextlib.suppress(NoPicture):  # an order for it says so; a clip has a gap there
            self._clips.show_jpeg(read_as_jpeg(file), now)

    def _files(self) -> list[Path]:
        """The files in the order of their names. Raises DeviceFault if there is none."""
        try:
            files = sorted(entry for entry in self._folder.iterdir() if entry.is_file() and entry.name[0] != ".")
        except OSError as error:
            seen = f"folder {self._folder}: {error.strerror}"
            raise DeviceFault("port-missing", self._device, seen, "correct `folder` or create it") from error
        if not files:
            seen = f"folder {self._folder} holds no files"
            raise DeviceFault("silent", self._device, seen, "put JPEG or PNG pictures into it")
        return files
