"""What lies in a lane's data folder, the lock of its one writer, and the mark that outlives a lost journal."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from drivers.contract.plain import NotPlain, decode, encode
from station.journal.refusals import JournalUnwritable

_MOST_MARK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The files of one lane under `root`."""

    root: Path

    @property
    def journal(self) -> Path:
        """Facts and records; the lane writes it, all others read."""
        return self.root / "journal.db"

    @property
    def personal(self) -> Path:
        """Personal data, erasable; the lane writes it."""
        return self.root / "personal.db"

    @property
    def courier(self) -> Path:
        """Cursor, inbox, eligible list; the courier writes it."""
        return self.root / "courier.db"

    @property
    def statement(self) -> Path:
        """The root's newest statement that came to this lane; the courier and `station trust import` write it."""
        return self.root / "trust.signed"

    @property
    def officers(self) -> Path:
        """The newest officers' file that came over the link."""
        return self.root / "officers.signed"

    @property
    def evidence(self) -> Path:
        """Durable pictures."""
        return self.root / "evidence"

    def recording(self, device: str) -> Path:
        """The folder of the device's flight recorder; its worker writes it."""
        return self.root / "flight" / device

    @property
    def lock(self) -> Path:
        """Held by the lane's process while it may write."""
        return self.root / "journal.lock"

    @property
    def mark(self) -> Path:
        """How far the journal had come; see `Mark`."""
        return self.root / "journal.mark"


class WriterLock:
    """An exclusive lock on a folder's journal, held until `release` or the end of the process."""

    def __init__(self, folder: DataFolder) -> None:
        """Raises JournalUnwritable("second-writer") naming the process that holds it."""
        try:
            self._descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise JournalUnwritable("not-writable", folder.lock, str(error.strerror)) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 32, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise JournalUnwritable("second-writer", folder.journal, f"process {holder} holds it") from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next writer in."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest epoch and a lower bound of the newest row numbers, with the record's hash (hex).

    Written beside the journal at its opening and at each snapshot; a power cut leaves the old one or the new one.
    If the journal is lost or shorter than this, the next epoch begins behind the mark, so that no number the centre
    may know is given to another record.
    """

    epoch: int
    seq: int
    fseq: int
    hash: str


def read_mark(folder: DataFolder) -> Mark | None:
    """The mark; None if there is none that can be read."""
    try:
        with folder.mark.open("rb") as file:
            mark: Mark = decode(Mark, file.read(_MOST_MARK_BYTES))
        if len(bytes.fromhex(mark.hash)) != 32:
            return None
    except (OSError, NotPlain, ValueError):
        return None
    return mark


def write_mark(folder: DataFolder, mark: Mark, *, durable: bool) -> None:
    """Replace the mark; with `durable` it is the new one for certain after a power cut. Raises OSError."""
    beside = folder.mark.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(encode(mark))
        file.flush()
        os.fsync(file.fileno())  # else its name could outlive its content
    beside.replace(folder.mark)
    if durable:
        sync_folder(folder.root)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, as far as they are missing, durably. Raises OSError."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
