"""The journal's records as the events that leave; and our own chain as the measure of a receipt."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from station.courier.store import Cursor
from station.journal.chain import EpochRow, RecordRow
from station.journal.queries import CheckpointRow
from station.journal.reader import JournalReader
from station.messages.envelope import RecordEvent, encode_event, type_and_version
from station.messages.receipts import Receipt

_READ_AHEAD = 200
"""One read for a whole window of batches; each is made ready when it goes, so that the first need not wait."""

Finding = Literal["ours", "fork", "earlier"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record, ready to be sent."""

    seq: int
    encoded: bytes


class RecordStream:
    """Reads journal.db; the file need not exist yet. Every method raises Unreadable while it cannot be read."""

    def __init__(self, journal: Path, station: str, lane: str) -> None:
        self._reader = JournalReader(journal)
        self._station = station
        self._lane = lane
        self._bases: dict[int, int] = {}
        self._ahead_of = 0
        self._ahead: deque[RecordRow] = deque()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def newest(self) -> int:
        """The newest record's seq; 0 if there is none."""
        return self._reader.newest()[1]

    def after(self, seq: int, limit: int) -> list[Outgoing]:
        """Up to `limit` records that follow `seq`, in order."""
        while self._ahead and self._ahead[0].seq <= seq:
            self._ahead_of = self._ahead.popleft().seq
        if seq != self._ahead_of or len(self._ahead) < limit:
            self._ahead = deque(self._reader.records(seq, _READ_AHEAD))
            self._ahead_of = seq
        rows = list(islice(self._ahead, limit))  # a row of an epoch that is new here empties what was read ahead
        return [self._outgoing(row) for row in rows]

    def rows(self, behind: Cursor, up_to: int, limit: int) -> list[RecordRow]:
        """Up to `limit` records behind that one and up to seq `up_to`, as they stand in the journal."""
        return [row for row in self._reader.records(self.start(behind), limit) if row.seq <= up_to]

    def one(self, seq: int) -> Outgoing | None:
        """The record `seq`, if the journal has it."""
        row = self._reader.record(seq)
        return None if row is None else self._outgoing(row)

    def start(self, cursor: Cursor) -> int:
        """After which seq to begin. A new epoch may number records again that its predecessor had lost."""
        again = [epoch.base_seq - 1 for epoch in self._epochs() if epoch.number > cursor.epoch]
        return min([cursor.seq, *again])

    def compare(self, receipt: Receipt) -> Finding:
        """Whether the receipt names a record of our chain, one of an earlier epoch that we lost, or another chain."""
        epoch, hashed = self._reader.link(receipt.seq) or (0, b"")
        if epoch == receipt.epoch:
            return "ours" if hashed.hex() == receipt.hash else "fork"
        return "earlier" if any(epoch.number > receipt.epoch for epoch in self._epochs()) else "fork"

    def unwitnessed(self, cursor: Cursor) -> CheckpointRow | None:
        """The newest checkpoint that the centre can judge, as it has all its records, if it has not yet done so.

        One is enough: it covers all before it.
        """
        row = self._reader.checkpoint(cursor.seq)
        return row if row is not None and row.epoch == cursor.epoch and not row.witness else None

    def hash_at(self, seq: int) -> bytes:
        """Our own hash of record `seq`; empty if the journal has none."""
        _, hashed = self._reader.link(seq) or (0, b"")
        return hashed

    def _epochs(self) -> list[EpochRow]:
        epochs = self._reader.epochs()
        bases = {epoch.number: epoch.base_seq for epoch in epochs}
        if bases != self._bases:
            self._bases = bases
            self._ahead.clear()
        return epochs

    def _outgoing(self, row: RecordRow) -> Outgoing:
        if row.epoch not in self._bases:
            self._epochs()
        kind, version = type_and_version(row.type)
        event = RecordEvent(
            station=self._station,
            lane=self._lane,
            epoch=row.epoch,
            seq=row.seq,
            facts_to=row.facts_to,
            facts_hash=row.facts_hash,
            type=kind,
            tick=row.tick,
            utc_ms=row.utc_ms,
            quality=row.quality,
            body=row.body,
            hash=row.hash,
            previous=row.previous,
            epoch_base=self._bases[row.epoch],
            version=version,
        )
        return Outgoing(row.seq, encode_event(event))
