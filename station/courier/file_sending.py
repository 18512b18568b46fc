"""Sends evidence files, one at a time and one chunk at a time, while nothing else waits: last of all (decision 0046).

The centre says after each chunk how much of the file it has on its disk, so neither end's restart costs more than the
chunk that was under way. What cannot be sent is told by name and passed over: it holds back nothing behind it.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis, Tick
from station.courier import chunk_pace, outbox
from station.courier.chunk_pace import Pace
from station.courier.named_files import NamedFile, NamedFiles
from station.courier.outbox import Outbox
from station.courier.store import Cursor
from station.evidence.stored import stored_file
from station.messages.evidence_files import MOST_FILE, FileChunk, FileGone, GoneReason, sound_ending
from station.messages.receipts import FileReceipt
from station.messages.topics import LaneTopics

LEAST_PATIENCE = Millis(2_000)
MOST_PATIENCE = Millis(60_000)
"""From the broker's acknowledgement on; without an answer by then the centre is asked how far it is."""

REST = Millis(60_000)
MOST_REST = Millis(600_000)
"""While the centre has no room."""

MOST_SETBACKS = 6
"""Chunks of one file that brought it nowhere, answered or not, since it was last further than ever before; with the
sixth it is passed over."""
MOST_NOT_KEPT = 6
"""Times that the centre could not keep anything of one file; with the sixth it is passed over, unless the centre cannot
keep anything at all."""
MOST_WRONG = 3
"""Times that the centre found another hash in what it had been sent."""

_PASSES = ("no-space", "not-kept")


@dataclass(frozen=True, slots=True)
class _Open:
    """The file in hand. `gone`: why it cannot be sent, "" if it can; then it has had its hash when it was opened."""

    file: NamedFile
    path: Path
    total: int
    gone: GoneReason | str = ""


@dataclass(frozen=True, slots=True)
class _Sent:
    """One message under way; `size`: bytes of the file in it, from `offset` on. `mid` is 0 once the broker has it."""

    mid: int
    offset: int
    size: int
    tick: Tick
    until: Tick


class FileSending:
    """`is_wanted`: the centre has said that it takes files."""

    def __init__(
        self, files: NamedFiles, evidence: Path, topics: LaneTopics, publish: Callable[[str, bytes], int]
    ) -> None:
        self._files = files
        self._evidence = evidence
        self._topics = topics
        self._publish = publish
        self._pace = Pace()
        self._open: _Open | None = None
        self._offset = 0
        self._asks = True
        self._sent: _Sent | None = None
        self._doubted: _Sent | None = None
        self._patience, self._rest = LEAST_PATIENCE, REST
        self._rests_until = Tick(0)
        self._setbacks = self._wrong = self._not_kept = self._reached = 0
        self.is_wanted = False

    def begin_again(self, packet: int) -> None:
        """Connected anew: nothing is under way, and the centre has yet to say how far it is.

        That it takes files stays known: to a lane that has nothing to deliver it need not say a word. `packet`: bytes
        that the broker takes in one packet, 0 if it does not say.
        """
        cut_off = self._sent.size if self._sent is not None and self._sent.mid else 0
        self._pace = chunk_pace.connected(self._pace, packet, cut_off)
        self._open, self._sent, self._doubted, self._asks = None, None, None, True
        self._patience, self._rest, self._rests_until = LEAST_PATIENCE, REST, Tick(0)
        self._setbacks = self._wrong = self._not_kept = self._reached = 0
        self._files.begin_again()

    def turn(self, box: Outbox, receipted: Cursor, now: Tick) -> Outbox:
        """Send what is due; the outbox with it under way. The caller has nothing else to send. Raises Unreadable."""
        if not self.is_wanted or not outbox.is_idle(box) or now < self._rests_until:
            return box
        if self._sent is not None:
            if now < self._sent.until:
                return box
            self._unanswered(self._sent)
        file = self._files.in_hand(receipted)
        if file is None:
            return box
        opened = self._open if self._open is not None and self._open.file == file else self._begin(file)
        message, size = self._message(opened)
        mid = self._publish(self._topics.evidence, encode(message))
        offset = message.offset if isinstance(message, FileChunk) else 0  # of a question its total: see FileChunk
        self._sent = _Sent(mid, offset, size, now, Tick(now + self._patience))
        return outbox.sent_urgent(box, mid, now)

    def acknowledged(self, mid: int, now: Tick) -> None:
        """The broker has it: how long that took says how much may be under way."""
        if self._sent is not None and self._sent.mid == mid:
            if self._sent.size:
                self._pace = chunk_pace.acknowledged(self._pace, self._sent.size, Millis(now - self._sent.tick))
            self._sent = replace(self._sent, mid=0, until=Tick(now + self._patience))

    def weigh(self, answer: FileReceipt, now: Tick) -> None:
        """What the centre has of the file in hand, or why it does not take it."""
        opened, sent = self._open, self._sent
        if opened is None or sent is None or (answer.sha256, answer.offset) != (opened.file.sha256, sent.offset):
            return  # late, or a second one: it is not about what is under way
        if opened.gone and not (answer.is_whole or answer.reason):
            return  # late: nobody has heard yet that it is gone
        self._sent, self._asks, self._patience = None, False, LEAST_PATIENCE
        doubted, self._doubted = self._doubted, None
        if answer.is_whole:
            self._settle("")
        elif answer.reason in _PASSES:
            self._put_off(opened, is_refused=answer.reason == "not-kept", now=now)
        elif opened.gone:
            self._settle(opened.gone)
        elif answer.reason == "other-hash":
            self._wrong += 1
            self._begin(opened.file)  # is it ours that is damaged?
            if self._wrong >= MOST_WRONG:
                self._pass_over("given-up")
        elif answer.reason or not 0 <= answer.stored < opened.total:
            self._pass_over("given-up")
        else:
            self._go_on(answer.stored, doubted or sent, is_late=doubted is not None)

    def _go_on(self, stored: int, sent: _Sent, *, is_late: bool) -> None:
        """`sent` is what this says something of: the newest message, or a chunk without an answer before it."""
        self._offset = stored
        is_lost = sent.size > 0 and stored <= sent.offset
        if is_lost and is_late:  # a broker that drops what is too large for it acknowledges all the same
            self._pace = chunk_pace.lost(self._pace, sent.size)
        if stored > self._reached:
            self._reached = stored
            self._setbacks, self._not_kept, self._rest = 0, 0, REST
        elif is_lost:
            self._setbacks += 1
            if self._setbacks >= MOST_SETBACKS:
                self._pass_over("given-up")

    def _unanswered(self, sent: _Sent) -> None:
        """Ask: that tells a chunk that was lost from an answer that was, or is late."""
        self._sent, self._asks = None, True
        self._patience = Millis(min(2 * self._patience, MOST_PATIENCE))
        self._doubted = sent if sent.size else self._doubted

    def _put_off(self, opened: _Open, *, is_refused: bool, now: Tick) -> None:
        """The centre has no room, or cannot keep the file (`is_refused`): rest, and ask again. A file that alone is
        refused is passed over; if that is refused too it is not the file, and it is begun anew.
        """
        self._asks = True
        self._not_kept += is_refused
        if is_refused and not opened.gone and self._not_kept >= MOST_NOT_KEPT:
            self._pass_over("given-up")
            return
        if opened.gone == "given-up":
            self._open, self._setbacks, self._wrong, self._not_kept = None, 0, 0, 0
        self._rests_until = Tick(now + self._rest)
        self._rest = Millis(min(2 * self._rest, MOST_REST))

    def _settle(self, reason: str) -> None:
        self._files.settle(reason)
        self._open, self._rest = None, REST
        self._setbacks = self._wrong = self._not_kept = self._reached = 0

    def _pass_over(self, reason: GoneReason) -> None:
        """The centre is told next."""
        if self._open is not None and not self._open.gone:
            self._open = _Open(self._open.file, self._open.path, self._open.total, reason)

    def _begin(self, file: NamedFile) -> _Open:
        """Look at the file and hash it."""
        self._offset, self._reached, self._open = 0, 0, self._looked_at(file)
        return self._open

    def _looked_at(self, file: NamedFile) -> _Open:
        path = stored_file(self._evidence, file.sha256)
        if path is None:
            return _Open(file, Path(), 0, "missing")
        try:
            total = path.stat().st_size
            if total > MOST_FILE:
                return _Open(file, path, total, "too-large")
            with path.open("rb") as opened:
                is_it = hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
        except FileNotFoundError:  # its term ended just now
            return _Open(file, path, 0, "missing")
        except OSError:
            return _Open(file, path, 0, "unreadable")
        return _Open(file, path, total, "" if is_it and total else "damaged")

    def _message(self, opened: _Open) -> tuple[FileChunk | FileGone, int]:
        """What is said next of the open file, and how many of its bytes are in it."""
        file, data = opened.file, b""
        where = (self._topics.station, self._topics.lane, file.epoch, file.seq, file.clip, file.sha256)
        if not opened.gone and not self._asks:
            data = self._read(opened)
            opened = self._open or opened  # it may have gone just now
        if not opened.gone:
            ending = sound_ending(opened.path.name.removeprefix(file.sha256))
            offset = opened.total if self._asks else self._offset
            chunk = FileChunk(*where, ending, opened.total, offset, base64.b64encode(data).decode())
            if chunk.is_sound:
                return chunk, len(data)
            self._pass_over("given-up")  # no centre could answer it
        return FileGone(*where, opened.gone or "given-up"), 0

    def _read(self, opened: _Open) -> bytes:
        """The next chunk; a file that went away or shrank meanwhile is passed over."""
        try:
            with opened.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(min(self._pace.size, opened.total - self._offset))
        except FileNotFoundError:
            self._pass_over("missing")
            return b""
        except OSError:
            self._pass_over("unreadable")
            return b""
        if not data:
            self._pass_over("damaged")
        return data
