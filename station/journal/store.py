"""The journal of a lane: its one writer.

A turn is one transaction: its facts, its records and the digest of what it led to. `append` returns when that is
on the disk, with one sync of the write-ahead log; what permits anything follows it. The log is merged into the
database at a snapshot, when the lane is idle, so that the turns of a crossing do not pay for it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from drivers.contract.quantities import Tick
from station.core.facts import Fact
from station.core.records import Stamped
from station.journal import queries, tables
from station.journal.chain import EpochRow, FactRow, RecordRow
from station.journal.codec import fact_row, record_row
from station.journal.engine import translated
from station.journal.folder import DataFolder, Mark, WriterLock, make_folder, write_mark
from station.journal.opening import Opening, open_journal
from station.journal.recovery import Recovered, turns
from station.journal.refusals import JournalUnwritable
from station.journal.seal import Head, Seal, Signer, Witnessed

KEPT_SNAPSHOTS = 4
_OUTCOME_BYTES = 32
_FACT_COLUMNS = attrgetter(*tables.fact.c.keys())
_RECORD_COLUMNS = attrgetter(*tables.record.c.keys())


@dataclass(frozen=True, slots=True)
class Appended:
    """A turn is on the disk: the numbers of its facts, the newest record number, and how long it took."""

    first_fseq: int
    last_fseq: int
    last_seq: int
    took_us: int


class Journal:
    """Opened by `Journal.open`; one per folder and machine. Not for threads."""

    def __init__(
        self, folder: DataFolder, lock: WriterLock, engine: Engine, opening: Opening, signer: Signer | None = None
    ) -> None:
        """Use `Journal.open`."""
        self.folder = folder
        self.opening = opening
        self._lock = lock
        self._engine = engine
        self._connection: Connection = engine.connect()
        self._driver: Any = self._connection.connection.driver_connection
        self._failed: JournalUnwritable | None = None
        with self._connection.begin():
            self._epoch: EpochRow = queries.read_epochs(self._connection)[-1]
            self._fseq, self._seq = queries.newest(self._connection)
            self._fact_hash, self._record_hash = queries.last_hashes(self._connection)
            self._seal = Seal(signer, self._connection)
            self._note_opening()
        dialect = engine.dialect
        self._insert_fact = str(insert(tables.fact).compile(dialect=dialect))
        self._insert_record = str(insert(tables.record).compile(dialect=dialect))
        self._insert_checkpoint = str(insert(tables.checkpoint).compile(dialect=dialect))
        self._write_mark(durable=True)

    @classmethod
    def open(cls, root: Path, delivered: Mark | None = None, signer: Signer | None = None) -> "Journal":
        """Open or create the journal in `root`; a damaged one is set aside and a new epoch begun (see `opening`).

        So is one that ends before the record that was `delivered` (its `fseq` is not used). Without a `signer` it
        gets no checkpoints.
        Raises JournalUnwritable: a second writer, a disk that does not let us, an unsuitable SQLite.
        """
        folder = DataFolder(root)
        with translated(JournalUnwritable, folder.journal):
            make_folder(root)
            lock = WriterLock(folder)
            try:
                engine, opening = open_journal(folder, delivered)
                return cls(folder, lock, engine, opening, signer)
            except BaseException:
                lock.release()
                raise

    @property
    def epoch(self) -> int:
        """Number of the epoch in force."""
        return self._epoch.number

    @property
    def next_seq(self) -> int:
        """Number of the next record."""
        return self._seq + 1

    @property
    def next_fseq(self) -> int:
        """Number of the next fact."""
        return self._fseq + 1

    def append(self, facts: Sequence[Fact], stamped: Sequence[Stamped], outcome: bytes) -> Appended:
        """Store one turn. On return it survives a power cut; on JournalUnwritable nothing of it was stored.

        `outcome` is the turn's `outcome_digest`. Raises ValueError for a turn that is none: no facts, a record
        out of sequence or without its cause; that is a mistake of the program, and nothing is stored either.
        """
        began = time.perf_counter_ns()
        fact_rows = self._fact_rows(facts, outcome)
        record_rows = self._record_rows(stamped, fact_rows)
        head = self._head_after(fact_rows, record_rows)
        row = self._seal.sign(head) if self._seal.is_due(head.seq, facts[-1].tick, stamped) else None
        self._keep(fact_rows, record_rows, row)
        self._fseq, self._fact_hash, self._seq, self._record_hash = head.fseq, head.fact_hash, head.seq, head.hash
        took_us = (time.perf_counter_ns() - began) // 1000
        return Appended(fact_rows[0].fseq, self._fseq, self._seq, took_us)

    @property
    def head(self) -> Head:
        """Where both chains end on the disk."""
        return self._head_after((), ())

    @property
    def newest_witness(self) -> Witnessed | None:
        """The newest checkpoint that the centre has witnessed, stored already or with the next turn."""
        return self._seal.newest

    def keep_witness(self, witnessed: Witnessed) -> None:
        """Store the centre's word beside its checkpoint, with the next turn."""
        self._seal.keep(witnessed)

    def seal_due(self, now: Tick) -> None:
        """Sign the head by itself if no turn comes to do it in time. Raises JournalUnwritable."""
        if self._seal.is_due(self._seq, now):
            self._seal.put_off(now)
            row = self._seal.sign(self.head)
            self._keep((), (), row)

    def snapshot(self, state: bytes, fseq: int) -> None:
        """Keep the canonical state as it is after fact `fseq`, the newest one; merge the log into the database.

        Raises JournalUnwritable; ValueError if `fseq` is not the newest fact.
        """
        if fseq != self._fseq:
            raise ValueError(f"a snapshot after fact {fseq}, but the newest is {self._fseq}")
        self._merge_log()
        table = tables.snapshot
        kept = select(table.c.fseq).order_by(table.c.fseq.desc()).limit(KEPT_SNAPSHOTS)
        with self._transaction() as connection:
            base = queries.read_anchor(connection).facts_from - 1
            connection.execute(delete(table).where(table.c.fseq == fseq))
            connection.execute(insert(table), {"fseq": fseq, "state": state, "sha256": sha256(state).digest()})
            connection.execute(delete(table).where(table.c.fseq.not_in(kept), table.c.fseq != base))
        with translated(JournalUnwritable, self.folder.mark):
            self._write_mark(durable=False)

    def recover(self) -> Recovered:
        """The newest snapshot and the turns behind it. Raises JournalUnwritable; NotPlain for a body nobody wrote."""
        with self._transaction() as connection:
            newest = next(iter(queries.read_snapshots(connection)), None)
            after = newest.fseq if newest else queries.read_anchor(connection).facts_from - 1
            found = turns(
                queries.walk_facts(connection, after),
                queries.read_epochs(connection),
                queries.read_versions(connection),
            )
            return Recovered(newest.state if newest else None, after, tuple(found), self._seq)

    def close(self) -> None:
        """Merge the log, close the file, let the next writer in. Never raises; may be called twice."""
        if not self._connection.closed and self._failed is None:
            with suppress(OSError):  # the mark of the last snapshot stays: lower, and still true
                self._write_mark(durable=False)
        self._connection.close()
        self._engine.dispose()
        self._lock.release()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fact_rows(self, facts: Sequence[Fact], outcome: bytes) -> list[FactRow]:
        if not facts or len(outcome) != _OUTCOME_BYTES:
            raise ValueError(f"a turn has at least one fact and a digest, got {len(facts)} and {len(outcome)} bytes")
        rows: list[FactRow] = []
        previous, last = self._fact_hash, len(facts) - 1
        for index, fact in enumerate(facts):
            rows.append(fact_row(previous, self._fseq + 1 + index, fact, outcome if index == last else b""))
            previous = rows[-1].hash
        return rows

    def _record_rows(self, stamped: Sequence[Stamped], causes: Sequence[FactRow]) -> list[RecordRow]:
        rows: list[RecordRow] = []
        previous = self._record_hash
        for expected, item in enumerate(stamped, start=self._seq + 1):
            if item.seq != expected:
                raise ValueError(f"record {item.seq} where {expected} is next")
            if not 0 <= item.cause < len(causes):
                raise ValueError(f"record {item.seq} names fact {item.cause} of a turn of {len(causes)}")
            rows.append(record_row(previous, self._epoch.number, item, causes[item.cause]))
            previous = rows[-1].hash
        return rows

    def _head_after(self, facts: Sequence[FactRow], records: Sequence[RecordRow]) -> Head:
        fact = (facts[-1].fseq, facts[-1].hash) if facts else (self._fseq, self._fact_hash)
        record = (records[-1].seq, records[-1].hash) if records else (self._seq, self._record_hash)
        return Head(self._epoch.number, *record, *fact)

    def _keep(
        self, facts: Sequence[FactRow], records: Sequence[RecordRow], checkpoint: tuple[int, int, bytes, bytes] | None
    ) -> None:
        """`_store`, guarded; a turn that goes well does not pay for the guard."""
        fault: Exception | None = None
        if self._failed is None:
            try:
                self._store(facts, records, checkpoint)
            except Exception as error:  # noqa: BLE001 - raised again at once, translated
                fault = error
            else:
                return
        with self._guarded():
            if fault is not None:
                raise fault

    def _store(
        self, facts: Sequence[FactRow], records: Sequence[RecordRow], checkpoint: tuple[int, int, bytes, bytes] | None
    ) -> None:
        """One transaction with Core's statements, compiled once; past SQLAlchemy, whose share would be a third."""
        driver = self._driver
        witnessed = [(word.signed, word.seq, word.epoch) for word in self._seal.waiting]
        try:
            driver.execute("BEGIN IMMEDIATE")
            if facts:
                driver.executemany(self._insert_fact, [_FACT_COLUMNS(row) for row in facts])
            if records:
                driver.executemany(self._insert_record, [_RECORD_COLUMNS(row) for row in records])
            if checkpoint is not None:
                driver.execute(self._insert_checkpoint, checkpoint)
            if witnessed:
                driver.executemany("UPDATE checkpoint SET witness = ? WHERE seq = ? AND epoch = ?", witnessed)
            driver.execute("COMMIT")
        except BaseException:
            driver.rollback()  # does nothing where SQLite has rolled back by itself
            raise
        self._seal.stored(checkpoint, len(witnessed))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """All or nothing, through SQLAlchemy."""
        with self._guarded(), self._connection.begin():
            yield self._connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """After an I/O error nobody knows what the disk holds: only a new start may find out."""
        if self._failed is not None:
            raise JournalUnwritable(self._failed.cause, self._failed.thing, f"earlier: {self._failed.seen}")
        try:
            with translated(JournalUnwritable, self.folder.journal):
                yield
        except JournalUnwritable as fault:
            if fault.cause in ("io-error", "corrupt"):
                self._failed = fault
            raise

    def _note_opening(self) -> None:
        """Count the opening: proves that the file can be written, and gives the log its header before a turn."""
        connection, table = self._connection, tables.meta
        openings = int(queries.read_meta(connection).get("openings", "0")) + 1
        connection.execute(update(table).where(table.c.key == "openings").values(value=str(openings)))
        versions = dict(queries.read_versions(connection))
        if max(versions, default=0) < tables.SCHEMA:
            connection.execute(insert(table), {"key": f"schema.{tables.SCHEMA}", "value": str(self._fseq + 1)})

    def _merge_log(self) -> None:
        """A passive checkpoint: what readers still need stays in the log. Outside of any transaction."""
        with self._guarded():
            self._driver.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def _write_mark(self, *, durable: bool) -> None:
        mark = Mark(self._epoch.number, self._seq, self._fseq, self._record_hash.hex())
        write_mark(self.folder, mark, durable=durable)
