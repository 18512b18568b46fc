"""The flight recorder: the last bytes of a device's wire, in a bounded ring of files that a person can read.

A recording is a text file. Each entry is one line of ASCII:

    TICK MARK HEX CRC

TICK is CLOCK_MONOTONIC in milliseconds, MARK is described in `drivers.contract.recording`, HEX is the data (text as
UTF-8), CRC the CRC-32 of the line before its last space, as eight hex digits. A line that does not fit its CRC is
passed over, so a torn tail or a damaged sector costs only itself. The entry "=" tells the wall clock too, because
ticks begin anew with each boot.

Every entry is written at once and never synced: a killed process loses nothing, a power cut what the kernel had not
yet written (usually less than 30 s), and no slow disk holds a device up for an fsync. A full disk costs entries,
never a reading.
"""

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

from drivers.contract.driver import Clock
from drivers.contract.quantities import Tick
from drivers.contract.recording import Mark

SUFFIX = ".flight"
_SEGMENTS = 8
_LONGEST_DATA = 4096
_TAIL = 16_384  # octets that hold the longest line
_FRAME = 64  # octets of a line around its data, at most
_MARKS = frozenset(get_args(Mark))
_TRY_AGAIN_AFTER = 10_000  # ms without recording after the disk has refused


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened on a wire."""

    tick: Tick
    mark: Mark
    data: bytes

    def line(self) -> bytes:
        """The entry as it stands in a file."""
        body = b"%d %s %s" % (self.tick, self.mark.encode(), self.data.hex().encode())
        return b"%s %08x\n" % (body, zlib.crc32(body))


def about(device: str, settings: str) -> str:
    """The data of the entry "#": JSON of the device's id and, as an object, of its settings in canonical JSON."""
    return f'{{"device":{json.dumps(device)},"settings":{settings}}}'


def parse(line: bytes) -> Entry | None:
    """The entry in `line`; None if it is torn or damaged."""
    body, _, check = line.rstrip(b"\n").rpartition(b" ")
    if not line.endswith(b"\n") or check != b"%08x" % zlib.crc32(body):
        return None
    try:
        tick, mark, data = body.decode("ascii").split(" ")
        return Entry(Tick(int(tick)), cast(Mark, mark), bytes.fromhex(data)) if mark in _MARKS else None
    except ValueError:  # not written by us
        return None


def read_recording(path: Path) -> Iterator[Entry]:
    """The entries of a recording, oldest first; `path` is a file or a flight recorder's folder. Raises OSError."""
    files = sorted(path.glob("*" + SUFFIX)) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as lines:
            yield from (entry for line in lines if (entry := parse(line)) is not None)


class RecordingFile:
    """One file of entries, appended to. Raises OSError at every use that the disk refuses."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.size = os.fstat(self._file).st_size

    def note(self, mark: Mark, data: bytes) -> None:
        """Append what passed just now, long data in several entries."""
        if mark == "=":
            data = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z ".encode() + data
        for start in range(0, len(data), _LONGEST_DATA):
            line = Entry(self._clock(), mark, data[start : start + _LONGEST_DATA]).line()
            self.size += os.write(self._file, line)

    def end_line(self) -> None:
        """Close a line that a crash has torn, so that the next one stands alone."""
        self.size += os.write(self._file, b"\n") if self.size else 0

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


class FlightRecorder:
    """A Recorder with at most `size` bytes of files in `folder`; the oldest go first. `lost` counts entries not kept.

    `about` (JSON) describes the device and stands, with the wire's name, at the beginning of every file, so that each
    can be read without the others. A fault that repeats the entry before it is not kept again: a device that is out
    for days must not push out what it said before. One recorder per folder.
    """

    def __init__(self, folder: Path, size: int, clock: Clock, about: str) -> None:
        self.lost = 0
        self._folder = folder
        self._segment = size // _SEGMENTS
        self._clock = clock
        self._about = about.encode()
        self._wire = b""
        self._file: RecordingFile | None = None
        self._last: tuple[Mark, bytes] | None = None
        self._resume_at = clock()

    def note(self, mark: Mark, data: bytes) -> None:
        if self._clock() < self._resume_at:
            self.lost += 1
        else:
            self._keep(mark, data)
        if mark == "=":
            self._wire = data

    def close(self) -> None:
        """Let go of the files; another note opens them again."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _keep(self, mark: Mark, data: bytes) -> None:
        try:
            file = self._room_for(2 * len(data) + _FRAME)
            if mark != "!" or self._last != (mark, data):
                file.note(mark, data)
            self._last = (mark, data)
        except OSError:  # the disk's trouble is not the device's: the lane watches the disk by itself
            self.lost += 1
            self.close()
            self._resume_at = Tick(self._clock() + _TRY_AGAIN_AFTER)

    def _room_for(self, length: int) -> RecordingFile:
        """The file that takes the next entry of about `length` bytes."""
        if self._file is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self._resumed() or self._begun()
        if self._file.size + length > self._segment:
            self.close()
            self._file = self._begun()
        return self._file

    def _resumed(self) -> RecordingFile | None:
        """The newest file, if it is about the same device and settings."""
        numbers = self._numbers()
        if not numbers:
            return None
        first, last = _ends(self._path(numbers[-1]))
        if first is None or first.data != self._about:
            return None
        self._last = (last.mark, last.data) if last is not None else None
        file = RecordingFile(self._path(numbers[-1]), self._clock)
        file.end_line()
        return file

    def _begun(self) -> RecordingFile:
        """A new file; the oldest that would be too many are deleted."""
        numbers = self._numbers()
        for number in numbers[: 1 - _SEGMENTS]:
            self._path(number).unlink(missing_ok=True)
        file = RecordingFile(self._path(numbers[-1] + 1 if numbers else 1), self._clock)
        file.note("#", self._about)
        if self._wire:
            file.note("=", self._wire)
        return file

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("*" + SUFFIX) if path.stem.isdecimal())

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08}{SUFFIX}"


def _ends(path: Path) -> tuple[Entry | None, Entry | None]:
    """The first entry of a file, and the last that is whole."""
    with path.open("rb") as file:
        first = parse(file.readline())
        file.seek(max(0, path.stat().st_size - _TAIL))
        whole = [entry for line in file if (entry := parse(line)) is not None]
    return first, whole[-1] if whole else None
