"""Takes evidence files in: only what a stored record of that lane names, only as it was hashed, and answered only when
it is on the disk. One that comes in chunks may come to several receivers of one folder.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.plain import NotPlain, parse
from drivers.contract.quantities import Millis, Tick
from station.centre.evidence_folder import Busy, EvidenceFolder, NoSpace, OtherHash
from station.centre.evidence_rows import HERE, EvidenceRow, EvidenceRows
from station.centre.store import CentreStore
from station.messages.evidence_files import (
    GONE_REASONS,
    MOST_FILE,
    MOST_INDEX,
    MOST_MESSAGE,
    FileChunk,
    FileGone,
    OfFile,
    frames_in,
)
from station.messages.newer import read_known
from station.messages.receipts import FileAnswer, FileReceipt

BUDGET = Millis(50)
"""Of one turn: records and notices of other lanes go on in between."""
MOST_OF_A_LANE = 4
MOST_OF_A_STATION = 16
"""Messages that wait; what is beyond is asked for again by its lane, which has one under way."""
MOST_WRONG = 3
"""Times that a file may come with another hash; then for `WRONG_LAPSES` nothing more of it is written."""
WRONG_LAPSES = Millis(86_400_000)
TRIED_AGAIN = Millis(60_000)
"""A folder that could not be used at the start."""

Lane = tuple[str, str]
Send = Callable[[Lane, FileReceipt], None]
Alarm = Callable[[Lane, str, str], None]

log = logging.getLogger("station.centre")


@dataclass(frozen=True, slots=True)
class _Judged:
    """How much is stored and why no more; `alarm` for a person, if one has to know."""

    stored: int
    reason: FileAnswer = ""
    alarm: str = ""


class EvidenceTaking:
    """Without a folder no lane is asked for files; what comes all the same is told and left. One that cannot be used is
    tried again: a disk of pictures that has died holds up no record.
    """

    def __init__(
        self, store: CentreStore, folder: str, reserve_mib: int, utc_ms: Callable[[], int], send: Send, alarm: Alarm
    ) -> None:
        self._rows = EvidenceRows(store)
        self._root = folder
        self._reserve = reserve_mib << 20
        self._folder: EvidenceFolder | None = None
        self._next_try = Tick(0)
        self._utc_ms = utc_ms
        self._send = send
        self._alarm = alarm
        self._waiting: dict[Lane, deque[bytes]] = {}
        if not folder:
            log.warning("no folder for evidence files is set: lanes are not asked for their pictures")
        self._open()

    @property
    def is_taking(self) -> bool:
        """Lanes may send files."""
        return self._folder is not None

    @property
    def waits(self) -> bool:
        """Something has come that is not judged yet."""
        return bool(self._waiting)

    def add(self, lane: Lane, payload: bytes) -> None:
        """It has come; it is judged in `turn`, behind the records, one of each lane in turn. No station takes the
        places of another.
        """
        if len(payload) > MOST_MESSAGE:
            self._alarm(lane, "malformed", f"up/evidence: {len(payload)} bytes, more than {MOST_MESSAGE}")
            return
        if sum(len(those) for (station, _), those in self._waiting.items() if station == lane[0]) < MOST_OF_A_STATION:
            self._waiting.setdefault(lane, deque(maxlen=MOST_OF_A_LANE)).append(payload)

    def turn(self) -> None:
        """Judge and answer for a while. Raises SQLAlchemy's errors: then it is not answered, and comes again."""
        self._open()
        until = now() + BUDGET
        while self._waiting and now() < until:
            lane = next(iter(self._waiting))
            payloads = self._waiting.pop(lane)
            payload = payloads.popleft()
            if payloads:
                self._waiting[lane] = payloads  # behind the others
            try:
                part: OfFile = read_known(OfFile, parse(payload))
                if (part.station, part.lane) != lane or not part.is_sound:
                    raise NotPlain("it names another lane than its topic, or has a number or hash of no possible form")
                self._take(lane, part)
            except (NotPlain, ValueError, RecursionError) as error:
                self._alarm(lane, "malformed", f"up/evidence: {str(error)[:200]}")

    def _open(self) -> None:
        """The folder, if one is set, is not open, and a try is due."""
        if self._folder is not None or not self._root or now() < self._next_try:
            return
        try:
            self._folder = EvidenceFolder(Path(self._root), self._reserve, self._rows.newest_here())
        except OSError as error:
            self._next_try = Tick(now() + TRIED_AGAIN)
            log.warning("no evidence files are taken until the folder %s can be used: %s", self._root, error)

    def _take(self, lane: Lane, part: OfFile) -> None:
        if not self._root:
            self._alarm(lane, "evidence-no-folder", f"{part.sha256[:16]} of record {part.seq}: no folder is set here")
            return
        try:
            judged = self._judge(lane, part)
        except Busy:
            return  # its lane asks again
        if judged.alarm:
            self._alarm(lane, judged.alarm, f"{part.sha256[:16]}, named by record {part.seq} of epoch {part.epoch}")
        total, offset = (part.total, part.offset) if isinstance(part, FileChunk) else (judged.stored, 0)
        answer = FileReceipt(*lane, part.sha256, total, offset, judged.stored, judged.reason, self._utc_ms())
        self._send(lane, answer)

    def _judge(self, lane: Lane, part: OfFile) -> _Judged:
        """Raises Busy. What the disk does is an answer, never the end of this process."""
        row = self._rows.of(*lane, part.sha256)
        is_named, is_clip = self._rows.names(part)
        if row is None and not is_named:
            return _Judged(0, "not-named", "evidence-not-named")
        if self._folder is None:
            return _Judged(0, "not-kept", "evidence-not-kept")
        try:
            if row is not None and row.state == HERE and self._folder.size(row.sha256, row.ending) == row.size:
                return _Judged(row.size)
            if isinstance(part, FileGone):
                return self._pass_over(self._folder, lane, part)
            return self._keep(self._folder, lane, part, row, is_clip=is_clip)
        except OSError as error:
            log.warning("%s cannot be kept: %s", part.sha256, error)
            if self._folder.is_another:
                self._folder = None  # opened again with what was kept as its mark
            return _Judged(0, "not-kept", "evidence-not-kept")

    def _pass_over(self, folder: EvidenceFolder, lane: Lane, told: FileGone) -> _Judged:
        """Not while the disk takes nothing: a lane that gives a file up for that may still deliver it."""
        folder.forget(lane, told.sha256)
        if told.reason == "given-up":
            folder.check()
        self._rows.gone(told, self._utc_ms())
        reason = told.reason if told.reason in GONE_REASONS else "other"
        return _Judged(0, "passed-over", f"evidence-{reason}")

    def _keep(
        self, folder: EvidenceFolder, lane: Lane, chunk: FileChunk, row: EvidenceRow | None, *, is_clip: bool
    ) -> _Judged:
        if chunk.total > MOST_FILE:
            return _Judged(0, "too-large", "evidence-too-large")
        if row is not None and row.wrong >= MOST_WRONG and self._utc_ms() - row.settled_ms < WRONG_LAPSES:
            return _Judged(0, "other-hash")
        ending = row.ending if row is not None and row.state == HERE else chunk.ending
        try:
            stored = folder.put(lane, chunk.sha256, ending, chunk.total, chunk.offset, chunk.content())
        except OtherHash:
            self._rows.wrong(chunk, self._utc_ms(), WRONG_LAPSES)
            return _Judged(0, "other-hash", "evidence-other-hash")
        except NoSpace:
            return _Judged(0, "no-space", "evidence-no-space")
        if stored < chunk.total:
            return _Judged(stored)
        is_read = is_clip and chunk.total <= MOST_INDEX
        frames = frames_in(folder.path(chunk.sha256, ending).read_bytes()) if is_read else ()
        self._rows.here(replace(chunk, ending=ending), frames, self._utc_ms())
        return _Judged(stored, alarm="evidence-large-index" if is_clip and not is_read else "")
