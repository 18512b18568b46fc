"""Read-only sight of a journal for every process but the lane. Each call is one short transaction."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, bindparam, func, inspect, select

from drivers.contract.plain import canonical
from drivers.contract.quantities import Millis
from station.core.facts import Fact
from station.core.records import ActRecorded, ErasureRecorded, Record
from station.journal import queries, tables
from station.journal.chain import Anchor, Broken, EpochRow, FactRow, RecordRow
from station.journal.codec import read_fact, read_record, version_at
from station.journal.engine import open_engine, translated
from station.journal.folder import DataFolder
from station.journal.queries import CheckpointRow, SnapshotRow
from station.journal.refusals import Unreadable

_PATIENCE = Millis(5000)
_AROUND = 400
"""Records before and after a closing one among which those of its crossing stand."""
_LINK = select(tables.record.c.epoch, tables.record.c.hash).where(tables.record.c.seq == bindparam("of_seq"))


class JournalReader:
    """Reads the journal in a folder; it may be opened before the journal exists, and outlives its replacement.

    Every method raises Unreadable when the file is missing, damaged or cannot be reached now.
    """

    def __init__(self, root: Path, patience: Millis = _PATIENCE) -> None:
        """`patience` is how long a lock is waited for."""
        self._patience = patience
        self._path = DataFolder(root).journal
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._file: tuple[int, int] = (0, 0)

    def records(self, after_seq: int, limit: int) -> list[RecordRow]:
        """Up to `limit` records behind `after_seq`, in order."""
        with self._reading() as connection:
            return queries.read_records(connection, after_seq, limit)

    def record(self, seq: int) -> RecordRow | None:
        """Record `seq`, if it is held."""
        rows = self.records(seq - 1, 1)
        return rows[0] if rows and rows[0].seq == seq else None

    def link(self, seq: int) -> tuple[int, bytes] | None:
        """Epoch and hash of record `seq`, if it is held."""
        with self._reading() as connection:
            row = connection.execute(_LINK, {"of_seq": seq}).first()
        return None if row is None else (row.epoch, row.hash)

    def between(self, from_ms: int, to_ms: int) -> list[tuple[int, int, str, bytes, bytes]]:
        """Epoch, seq, type, body and hash of the records of a time (UTC), in order. Looks through the whole table."""
        columns = (tables.record.c[name] for name in ("epoch", "seq", "type", "body", "hash"))
        utc_ms = tables.record.c.utc_ms
        wanted = select(*columns).where(utc_ms >= from_ms, utc_ms < to_ms).order_by(tables.record.c.seq)
        with self._reading() as connection:
            return [(row.epoch, row.seq, row.type, row.body, row.hash) for row in connection.execute(wanted)]

    def facts(self, after_fseq: int, limit: int) -> list[FactRow]:
        """Up to `limit` facts behind `after_fseq`, in order."""
        with self._reading() as connection:
            return queries.read_facts(connection, after_fseq, limit)

    def epochs(self) -> list[EpochRow]:
        """All epochs, oldest first."""
        with self._reading() as connection:
            return queries.read_epochs(connection)

    def newest(self) -> tuple[int, int]:
        """(newest fseq, newest seq)."""
        with self._reading() as connection:
            return queries.newest(connection)

    def anchor(self) -> Anchor:
        """Where the file's chains begin."""
        with self._reading() as connection:
            return queries.read_anchor(connection)

    def snapshots(self) -> list[SnapshotRow]:
        """The snapshots held, newest first."""
        with self._reading() as connection:
            return queries.read_snapshots(connection)

    def versions(self) -> list[tuple[int, int]]:
        """(schema version, first fseq written with it)."""
        with self._reading() as connection:
            return queries.read_versions(connection)

    def checkpoint(self, most_seq: int) -> CheckpointRow | None:
        """The newest checkpoint up to record `most_seq`, if there is one."""
        table = tables.checkpoint
        newest = select(table).where(table.c.seq <= most_seq).order_by(table.c.seq.desc()).limit(1)
        with self._reading() as connection:
            if not inspect(connection).has_table(table.name):  # a journal that no newer lane has opened yet
                return None
            row = connection.execute(newest).first()
        return None if row is None else CheckpointRow(*row)

    def crossing(self, crossing_id: str) -> list[RecordRow]:
        """All records that name this crossing, in order. Looks through the whole table."""
        named = b'"crossing":' + canonical(crossing_id)
        table = tables.record
        with self._reading() as connection:
            found = connection.scalars(select(table.c.seq).where(func.instr(table.c.body, named) > 0).order_by("seq"))
            return [queries.read_records(connection, seq - 1, 1)[0] for seq in found.all()]

    def completed(self, after_seq: int, limit: int) -> list[RecordRow]:
        """Up to `limit` closing records of crossings behind `after_seq`, without the hashes before them."""
        with self._reading() as connection:
            return queries.read_of_type(connection, "crossing.completed", after_seq, limit)

    def naming(self, crossing_id: str, closed_seq: int) -> list[RecordRow]:
        """The records that name this crossing around its closing one: an ordinary crossing has 40."""
        named = b'"crossing":' + canonical(crossing_id)
        with self._reading() as connection:
            return queries.read_holding(connection, named, closed_seq - _AROUND, closed_seq + _AROUND)

    def clips_around(self, seq: int) -> list[RecordRow]:
        """The records of clips around this one, in order, without the hashes before them."""
        return self._clips(b'"frames":', seq - _AROUND, seq + _AROUND)

    def clips_of_none(self, first: int, last: int) -> list[RecordRow]:
        """The records of clips from `first` to `last` that belong to no crossing, in order, without the hashes."""
        return self._clips(b'"crossing":""', first, last)

    def _clips(self, holding: bytes, first: int, last: int) -> list[RecordRow]:
        with self._reading() as connection:
            rows = queries.read_holding(connection, holding, first, last)
        return [row for row in rows if row.type == "clip.kept"]

    def sure_time(self, from_seq: int) -> int | None:
        """UTC (ms) of the first record from `from_seq` on whose clock was synchronised."""
        table = tables.record
        sure = table.c.seq >= from_seq, table.c.quality == "synced"
        with self._reading() as connection:
            found: int | None = connection.scalar(select(table.c.utc_ms).where(*sure).order_by(table.c.seq).limit(1))
        return found

    def last_before(self, utc_ms: int) -> int:
        """About the last record before this time: records are taken to be in the order of their clock."""
        with self._reading() as connection:
            low, (_, high) = queries.read_anchor(connection).records_from - 1, queries.newest(connection)
            while low < high:
                middle = (low + high + 1) // 2
                stamp = select(tables.record.c.utc_ms).where(tables.record.c.seq >= middle).order_by("seq").limit(1)
                is_before = (connection.scalar(stamp) or utc_ms) < utc_ms
                low, high = (middle, high) if is_before else (low, middle - 1)
        return low

    def held_evidence(self) -> frozenset[str]:
        """Crossings under legal hold, as the records of acts have it. Raises NotPlain."""
        actions = b'"hold-evidence"', b'"free-evidence"'
        with self._reading() as connection:
            acts = queries.read_types_holding(connection, ("act.recorded",), actions)
        held: set[str] = set()
        for row in acts:
            act = self.as_record(row)
            if isinstance(act, ActRecorded) and act.outcome == "effective":
                (held.add if act.action == "hold-evidence" else held.discard)(act.crossing)
        return frozenset(held)

    def unerased(self) -> dict[str, str]:
        """Crossings whose personal data an act has ordered to be erased, and no record says that they are: the newest
        such act of each. None under legal hold. Raises NotPlain.
        """
        orders = b'"erase"', b'"ACT"'
        with self._reading() as connection:
            rows = queries.read_types_holding(connection, ("act.recorded", "personal.erased"), orders)
        ordered: dict[str, str] = {}
        for row in rows:
            match self.as_record(row):
                case ActRecorded(action="erase", outcome="effective", crossing=crossing, act_id=act_id):
                    ordered[crossing] = act_id
                case ErasureRecorded(basis="ACT", crossing=crossing):
                    ordered.pop(crossing, None)
        held = self.held_evidence() if ordered else frozenset()
        return {crossing: act_id for crossing, act_id in ordered.items() if crossing not in held}

    def newest_of(self, type_: str, before_seq: int, holding: bytes = b'"') -> RecordRow | None:
        """The newest record of a type before `before_seq` whose body holds these bytes, if there is one."""
        with self._reading() as connection:
            return queries.read_newest_of(connection, type_, before_seq, holding)

    def first_broken(self) -> Broken | None:
        """Walk both chains from their beginning; the first row that does not hold."""
        with self._reading() as connection:
            return queries.first_broken(connection)

    def as_fact(self, row: FactRow) -> Fact:
        """The fact in a row, brought up to date. Raises NotPlain."""
        return read_fact(row, version_at(row.fseq, self.versions()))

    def as_record(self, row: RecordRow) -> Record:
        """The record in a row, brought up to date. Raises NotPlain."""
        return read_record(row, version_at(row.facts_to, self.versions()))

    def close(self) -> None:
        """Let the file go. The next call opens it again."""
        if self._connection is not None:
            self._connection.close()
        if self._engine is not None:
            self._engine.dispose()
        self._connection = self._engine = None

    def __enter__(self) -> "JournalReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(Unreadable, self._path):
            connection = self._connected()
            with connection.begin():
                yield connection

    def _connected(self) -> Connection:
        """The connection to the file that has the name now: a damaged one is set aside under another name."""
        try:
            status = os.stat(self._path)  # noqa: PTH116 - once per call, on the courier's way
        except FileNotFoundError:
            self.close()
            raise Unreadable("missing", self._path, "there is no journal yet") from None
        if self._connection is None or self._file != (status.st_dev, status.st_ino):
            self.close()
            self._engine = open_engine(self._path, self._patience, read_only=True)
            self._connection = self._engine.connect()
            self._file = (status.st_dev, status.st_ino)
        return self._connection
