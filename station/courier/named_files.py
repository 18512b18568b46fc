"""Which evidence files are to be sent: those that receipted records name, in the order of the records.

They follow from the journal, never from the folder. A clip's index goes before the frames that it names.
"""

import hashlib
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from station.courier.file_ledger import FileLedger
from station.courier.store import Cursor
from station.courier.stream import RecordStream
from station.evidence.stored import stored_file
from station.journal.chain import RecordRow
from station.messages.evidence_files import MOST_INDEX, frames_in, is_clip, named_in

_READ_AHEAD = 100
_LOOKS = 5
"""Times `_READ_AHEAD` records in one call: records and receipts go on in between."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file, and the record that names it; `clip` is the SHA-256 of the index if it is a frame, else ""."""

    sha256: str
    epoch: int
    seq: int
    clip: str = ""


class NamedFiles:
    """One file in hand at a time, the same until it is settled."""

    def __init__(self, stream: RecordStream, ledger: FileLedger, evidence: Path) -> None:
        self._stream = stream
        self._ledger = ledger
        self._evidence = evidence
        self._rows: deque[RecordRow] = deque()
        self._record: RecordRow | None = None
        self._files: deque[NamedFile] = deque()
        self._none_behind: Cursor | None = None

    def begin_again(self) -> None:
        """From the place in courier.db."""
        self._rows.clear()
        self._files.clear()
        self._record = self._none_behind = None

    def in_hand(self, receipted: Cursor) -> NamedFile | None:
        """The next file that is not settled, if a record up to `receipted` names one. Raises Unreadable."""
        if receipted == self._none_behind:  # an idle lane asks its journal once
            return None
        for _ in range(_LOOKS):
            while self._files:
                if not self._ledger.is_settled(self._files[0].sha256):
                    return self._files[0]
                self._files.popleft()
            if self._record is not None:
                self._ledger.move(self._record.epoch, self._record.seq)
                self._record = None
            if not self._rows:
                epoch, seq = self._ledger.place()
                self._rows.extend(self._stream.rows(Cursor(epoch, seq), receipted.seq, _READ_AHEAD))
                if not self._rows:
                    self._none_behind = receipted
                    return None
            self._take_record()
        return None

    def settle(self, reason: str = "") -> None:
        """The file in hand is delivered, or passed over for this reason."""
        file = self._files.popleft()
        self._ledger.settle(file.sha256, file.seq, reason)
        if reason:  # without its index no frame can be placed
            self._files = deque(one for one in self._files if one.clip != file.sha256)

    def _take_record(self) -> None:
        """The next of the rows that names a file; what names none is passed."""
        while self._rows:
            self._record = self._rows.popleft()
            names = named_in(self._record.body)
            if names:
                where = (self._record.epoch, self._record.seq)
                self._files.extend(NamedFile(sha256, *where) for sha256 in names)
                if is_clip(self._record.body):
                    frames = (frame for sha256 in names for frame in self._frames(sha256))
                    self._files.extend(NamedFile(frame, *where, names[0]) for frame in frames)
                return

    def _frames(self, index: str) -> tuple[str, ...]:
        """The frames of a clip; none if its index is gone or damaged, which is told of the index, or too large."""
        path = stored_file(self._evidence, index)
        try:
            is_read = path is not None and path.stat().st_size <= MOST_INDEX
            data = path.read_bytes() if path is not None and is_read else b""
        except OSError:
            return ()
        return frames_in(data) if hashlib.sha256(data).hexdigest() == index else ()
