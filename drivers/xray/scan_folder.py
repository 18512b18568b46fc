"""The drop folder of a cargo X-ray scanner: read only, never before a scan is whole. Nothing here starts a scanner."""

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading, ScanArrived, ScanRefused
from drivers.contract.tools import Tools
from drivers.xray.scan_store import Changed, Copying, Kept, NotStored, ScanStore, Unreadable
from drivers.xray.scan_watch import Completion, Files, Listed, Overdue, ScanWatch, Whole, is_scan_id

_LOOK_EVERY = Millis(500)
_MOST_FILES = 20_000
_DISK_AGAIN_AFTER = Millis(60_000)
Reason = Literal["empty-file", "incomplete", "duplicate", "unreadable", "too-big", "disk"]


@dataclass(frozen=True, slots=True)
class XrayFolderSettings:
    """A folder into which a cargo X-ray scanner puts the files of its scans.

    kind: "xray-folder".
    folder: the drop folder; nothing in it is ever written, renamed or deleted.
    files: the endings of the files that make up one scan, such as [".tif", ".xml"]; what stands before is its id.
    complete: when a scan is whole: "renamed" (files get their endings last), "marker" (<id>.done is there) or "quiet".
    quiet: milliseconds for which its files must not have changed, with complete = "quiet".
    give_up: milliseconds after which a scan that is not whole is told as incomplete; it is still taken when it is.
    most_bytes: a scan with more bytes is refused.
    """

    kind: Literal["xray-folder"]
    folder: str
    files: tuple[str, ...] = (".jpg",)
    complete: Completion = "renamed"
    quiet: Annotated[Millis, Interval(ge=1_000, le=600_000)] = Millis(5_000)
    give_up: Annotated[Millis, Interval(ge=5_000, le=86_400_000)] = Millis(600_000)
    most_bytes: Annotated[int, Interval(ge=1_024, le=4_294_967_296)] = 268_435_456

    def __post_init__(self) -> None:
        good = [ending for ending in self.files if len(ending) > 1 and ending[0] == "." and "/" not in ending]
        if not 1 <= len(good) <= 16 or len(set(good)) != len(self.files) or ".done" in good:
            raise ValueError('files must be 1 to 16 different endings such as [".tif", ".xml"], none of them ".done"')


class XrayFolderDriver:
    """Gives ScanArrived when a scan is durably copied, ScanRefused once for each that cannot be used.

    A scan counts as told when its reading was taken: it is noted at the next poll. Between the two a worker that dies
    tells it again, which is better than never.
    """

    def __init__(self, device: str, settings: XrayFolderSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._folder = Path(settings.folder)
        self._store = ScanStore(tools.evidence)
        self._watch = self._new_watch()
        self._waiting: deque[Whole] = deque()
        self._whole: Whole | None = None
        self._copying: Copying | None = None
        self._told: list[tuple[str, Files, tuple[str, ...]]] = []
        self._no_disk: dict[str, Tick] = {}
        self._look_at = Tick(0)

    def open(self) -> Identity:
        self.close()
        self._watch, self._look_at = self._new_watch(), self._clock()
        self._no_disk.clear()
        self._store.sweep()
        return Identity(self._settings.kind, f"{len(self._listed())} files in {self._folder}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Work until something can be told, nothing is left to do, or `patience` is over."""
        for scan, files, hashes in self._told:
            self._note(scan, files, hashes)
        self._told.clear()
        ends = Tick(self._clock() + patience)
        readings = self._look() if self._clock() >= self._look_at else []
        while not readings and (self._copying is not None or self._waiting):
            readings = self._work()
            if self._clock() >= ends:
                break
        return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        return Answer("refused", f"{self._device} is a folder of scans and does not obey {type(order).__name__}")

    def close(self) -> None:
        copying, self._copying, self._whole = self._copying, None, None
        self._waiting.clear()
        self._told.clear()
        if copying is not None:
            copying.close()

    def _new_watch(self) -> ScanWatch:
        settings = self._settings
        return ScanWatch(settings.files, settings.complete, settings.quiet, settings.give_up)

    def _look(self) -> list[Reading]:
        now = self._clock()
        self._look_at = Tick(now + _LOOK_EVERY)
        busy = {whole.scan for whole in (*self._waiting, *([self._whole] if self._whole else []))}
        readings: list[Reading] = []
        for found in self._watch.look(self._listed(), now):
            if isinstance(found, Overdue):
                readings.append(ScanRefused(found.scan if is_scan_id(found.scan) else "", "incomplete"))
            elif found.scan not in busy and now >= self._no_disk.get(found.scan, now):
                self._waiting.append(found)
        return readings

    def _work(self) -> list[Reading]:
        """One step: take up the next scan, or copy one more piece of the one in hand."""
        if self._copying is None or self._whole is None:
            self._whole = self._waiting.popleft()
            return self._begin(self._whole)
        whole = self._whole
        try:
            next(self._copying)
        except StopIteration as done:
            self._copying = self._whole = None
            return self._arrived(whole, done.value)
        except Changed:  # it is judged anew as what it is now
            self._copying = self._whole = None
        except Unreadable:
            return self._refuse(whole, "unreadable")
        except NotStored:
            return self._disk_refused(whole)
        return []

    def _begin(self, whole: Whole) -> list[Reading]:
        if not is_scan_id(whole.scan):
            return self._refuse(whole, "unreadable")
        if self._store.known(whole.scan)[1] == whole.files:
            self._watch.settle(whole.scan, whole.files)
            self._whole = None
            return []
        if any(file.size == 0 for file in whole.files):
            return self._refuse(whole, "empty-file")
        if sum(file.size for file in whole.files) > self._settings.most_bytes:
            return self._refuse(whole, "too-big")
        self._copying = self._store.copy(self._folder, whole.files)
        return []

    def _arrived(self, whole: Whole, kept: tuple[Kept, ...]) -> list[Reading]:
        hashes = tuple(file.sha256 for file in kept)
        known, _ = self._store.known(whole.scan)
        self._no_disk.pop(whole.scan, None)
        if known and known != hashes:
            return self._refuse(whole, "duplicate")
        self._watch.settle(whole.scan, whole.files)
        self._told.append((whole.scan, whole.files, hashes))
        if known:  # the same files once more
            return []
        return [ScanArrived(whole.scan, tuple((file.name, str(file.path), file.sha256) for file in kept))]

    def _refuse(self, whole: Whole, reason: Reason) -> list[Reading]:
        self._watch.settle(whole.scan, whole.files)
        self._copying = self._whole = None
        return [ScanRefused(whole.scan if is_scan_id(whole.scan) else "", reason)]

    def _disk_refused(self, whole: Whole) -> list[Reading]:
        """Told once; tried again later, because space comes back."""
        is_news = whole.scan not in self._no_disk
        self._no_disk[whole.scan] = Tick(self._clock() + _DISK_AGAIN_AFTER)
        self._copying = self._whole = None
        return [ScanRefused(whole.scan, "disk")] if is_news else []

    def _note(self, scan: str, files: Files, hashes: tuple[str, ...]) -> None:
        try:
            self._store.note(scan, files, hashes)
        except NotStored as error:
            raise DeviceFault(
                "refused", self._device, str(error), "free space on the disk with the evidence"
            ) from error

    def _listed(self) -> list[Listed]:
        """The plain files of the folder; links are not followed. Raises DeviceFault."""
        listed: list[Listed] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.name[0] != "." and entry.is_file(follow_symlinks=False):
                        seen = entry.stat(follow_symlinks=False)
                        listed.append(Listed(entry.name, seen.st_size, seen.st_mtime_ns))
        except FileNotFoundError as error:
            if self._folder.is_dir():  # a file went away between listing and looking: the next look sees the rest
                return listed
            raise self._missing(error) from error
        except OSError as error:
            raise self._missing(error) from error
        if len(listed) > _MOST_FILES:
            seen_files = f"{len(listed)} files in {self._folder}, more than {_MOST_FILES}"
            raise DeviceFault("unfit", self._device, seen_files, "have the scanner's archive moved elsewhere")
        return listed

    def _missing(self, error: OSError) -> DeviceFault:
        seen = f"folder {self._folder}: {error.strerror}"
        return DeviceFault("port-missing", self._device, seen, "correct `folder`, mount it or create it")
