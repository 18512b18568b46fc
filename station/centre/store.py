"""The centre's store of records: idempotent, verified against the chain, cumulative.

Any number of receivers may work on one database: each lane's prefix row is locked while its records are stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, Text, and_, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.elements import BindParameter

from station.centre import tables
from station.centre.alarms import Where, count_alarm
from station.centre.engine import open_engine
from station.centre.joining import Joined, Prefix, Waiting, join
from station.centre.rows import put_records, row_of
from station.messages.checkpoints import Checkpoint
from station.messages.days import DayStatement
from station.messages.envelope import NO_HASH, RecordEvent

_WALK = 500

_OF_LANE: dict[str, BindParameter[str]] = {name: bindparam(f"of_{name}", type_=Text) for name in ("station", "lane")}


def _of_lane(table: Table) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in _OF_LANE.items()]


_PREFIX = select(tables.prefix.c.epoch, tables.prefix.c.seq, tables.prefix.c.hash).where(*_of_lane(tables.prefix))
_LOCK = _PREFIX.with_for_update()
_MOVE = update(tables.prefix).where(*_of_lane(tables.prefix))
_BEHIND = (
    select(*(tables.record.c[name] for name in Waiting._fields))
    .where(
        *_of_lane(tables.record),
        tuple_(tables.record.c.epoch, tables.record.c.seq) > tuple_(bindparam("epoch"), bindparam("seq")),
    )
    .order_by(tables.record.c.epoch, tables.record.c.seq)
    .limit(_WALK)
)
"""Made once: of a transaction with ten records, half the cost was the making of its statements."""


@dataclass(frozen=True, slots=True)
class Stored:
    """After a commit: the lane's prefix, how many rows were new, and whether rows wait behind a hole."""

    prefix: Prefix
    added: int
    has_hole: bool


class CentreStore:
    """Owns the engine. Every method is one transaction and returns after its commit."""

    def __init__(self, url: str) -> None:
        """Makes the tables if need be. Raises SQLAlchemy's own errors if the database cannot be reached."""
        self.engine: Engine = open_engine(url)
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        self.insert = dialect.insert

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def store(self, station: str, lane: str, events: Sequence[RecordEvent], now_ms: int) -> Stored:
        """Store records of one lane, in any order, and advance its prefix.

        A record whose hash is not that of its content is refused with an alarm. One that contradicts a stored record
        is put aside with an alarm. Both are never receipted.
        """
        with self.engine.begin() as connection:
            start = self._locked_prefix(connection, station, lane)
            true: list[RecordEvent] = []
            for event in events:
                if event.has_true_hash:
                    true.append(event)
                else:
                    detail = f"record {event.seq} of epoch {event.epoch} is not what was hashed"
                    count_alarm(connection, (station, lane, 0, 0), "hash-mismatch", detail, now_ms)
            joined = self._joined(connection, station, lane, start, true)
            if joined is not None:
                put_records(connection, joined.fresh, now_ms)
                if joined.end != start:
                    self._move(connection, station, lane, joined.end)
                return Stored(joined.end, len(joined.fresh), joined.has_hole)
            end, added, has_hole = start, 0, False
            for part in _without_contradictions(true):
                added += self._add(connection, part, now_ms)
                end, has_hole = self._advance(connection, station, lane, end, now_ms)
        return Stored(end, added, has_hole)

    def stands(self, station: str, lane: str) -> Stored:
        """Where the lane stands now, whoever stored it; changes nothing."""
        with self.engine.begin() as connection:
            row = connection.execute(_PREFIX, _named(station, lane)).first()
            prefix = Prefix() if row is None else Prefix(row.epoch, row.seq, bytes(row.hash))
            return Stored(prefix, 0, self._has_more(connection, station, lane, prefix))

    def notice(self, event: RecordEvent, now_ms: int) -> None:
        """Keep a live copy; it moves nothing."""
        with self.engine.begin() as connection:
            row = row_of(event, now_ms)
            connection.execute(self.insert(tables.notice).values(row).on_conflict_do_nothing())

    def alarm(
        self, station: str, lane: str, code: str, detail: str, now_ms: int, *, epoch: int = 0, seq: int = 0
    ) -> None:
        """Something a person must look into; the same one again is counted, and too many of one code are."""
        with self.engine.begin() as connection:
            count_alarm(connection, (station, lane, epoch, seq), code, detail, now_ms)

    def count_alarms(self, told: Iterable[tuple[Where, str, str, int]], now_ms: int) -> None:
        """So many times each: where, code, detail and times."""
        with self.engine.begin() as connection:
            for where, code, detail, times in told:
                count_alarm(connection, where, code, detail, now_ms, times)

    def accept_loss(self, station: str, lane: str, now_ms: int) -> Stored:
        """What is missing before the next epoch will not come (the lane was asked): go on there, with an alarm."""
        with self.engine.begin() as connection:
            start = self._locked_prefix(connection, station, lane)
            found = self._next_epoch(connection, station, lane, start)
            if found is not None:
                detail = f"records {start.seq + 1} to {found.seq - 1} never came; epoch {found.epoch} goes on"
                where = (station, lane, found.epoch, found.seq)
                count_alarm(connection, where, "records-lost", detail, now_ms)
                before = Prefix(start.epoch, found.seq - 1, start.hash)
                start = self._enter_epoch(connection, station, lane, before, now_ms)
            end, has_hole = self._advance(connection, station, lane, start, now_ms)
        return Stored(end, 0, has_hole)

    def keep_checkpoint(self, checkpoint: Checkpoint, signed: bytes, witness: bytes, now_ms: int) -> bytes:
        """Keep a checkpoint with our word on it. Returns the word that is stored: the first one, if it came before."""
        table = tables.checkpoint
        row = {name: getattr(checkpoint, name) for name in ("station", "lane", "epoch", "seq")}
        with self.engine.begin() as connection:
            fresh = {**row, "signed": signed, "witness": witness, "received_ms": now_ms}
            connection.execute(self.insert(table).values(fresh).on_conflict_do_nothing())
            this = and_(*(table.c[name] == value for name, value in row.items()))
            return bytes(connection.execute(select(table.c.witness).where(this)).scalar_one())

    def keep_day(self, statement: DayStatement, sha256: str, signed: bytes, now_ms: int) -> int:
        """Keep what a lane states about a day. Returns how many different statements about it there are now."""
        table = tables.day
        row = {name: getattr(statement, name) for name in ("station", "lane", "day")}
        with self.engine.begin() as connection:
            fresh = {**row, "sha256": sha256, "signed": signed, "received_ms": now_ms}
            connection.execute(self.insert(table).values(fresh).on_conflict_do_nothing())
            this = and_(*(table.c[name] == value for name, value in row.items()))
            return int(connection.execute(select(func.count()).select_from(table).where(this)).scalar_one())

    # ------------------------------------------------------------------ within a transaction
    def _locked_prefix(self, connection: Connection, station: str, lane: str) -> Prefix:
        """The lane's prefix row, made if need be; nobody else moves it before we commit."""
        which = _named(station, lane)
        row = connection.execute(_LOCK, which).first()
        if row is None:
            fresh = {"station": station, "lane": lane, **asdict(Prefix())}
            connection.execute(self.insert(tables.prefix).values(fresh).on_conflict_do_nothing())
            row = connection.execute(_LOCK, which).one()
        return Prefix(row.epoch, row.seq, bytes(row.hash))

    def _joined(
        self, connection: Connection, station: str, lane: str, start: Prefix, events: Sequence[RecordEvent]
    ) -> Joined | None:
        """None: more than can be judged at once, or not ordinary."""
        rows = connection.execute(_BEHIND, {**_named(station, lane), "epoch": start.epoch, "seq": start.seq}).all()
        waiting = [Waiting(row.epoch, row.seq, bytes(row.previous), bytes(row.hash)) for row in rows]
        return join(start, waiting, events) if len(rows) < _WALK else None

    def _add(self, connection: Connection, events: Sequence[RecordEvent], now_ms: int) -> int:
        known = self._known(connection, events)
        fresh: dict[tuple[int, int], RecordEvent] = {}
        for event in events:
            key = (event.epoch, event.seq)
            stored = known.get(key) or (fresh[key].hash if key in fresh else None)
            if stored is None:
                fresh[key] = event
            elif stored != event.hash:
                self._put_aside(connection, event, now_ms)
        if fresh:
            put_records(connection, list(fresh.values()), now_ms)
        return len(fresh)

    def _known(self, connection: Connection, events: Sequence[RecordEvent]) -> dict[tuple[int, int], bytes]:
        if not events:
            return {}
        table = tables.record
        epochs, seqs = {event.epoch for event in events}, {event.seq for event in events}
        rows = connection.execute(
            select(table.c.epoch, table.c.seq, table.c.hash).where(
                *_of(table, events[0].station, events[0].lane), table.c.epoch.in_(epochs), table.c.seq.in_(seqs)
            )
        )
        return {(row.epoch, row.seq): bytes(row.hash) for row in rows}

    def _advance(
        self, connection: Connection, station: str, lane: str, start: Prefix, now_ms: int
    ) -> tuple[Prefix, bool]:
        """Walk from the prefix over what is stored, as far as number and hash fit; write the new prefix."""
        at = start
        while True:
            walked = self._walk(connection, station, lane, at, now_ms)
            if walked == at:
                break
            at = walked
        self._move(connection, station, lane, at)
        return at, self._has_more(connection, station, lane, at)

    def _move(self, connection: Connection, station: str, lane: str, to: Prefix) -> None:
        connection.execute(_MOVE, {**_named(station, lane), "epoch": to.epoch, "seq": to.seq, "hash": to.hash})

    def _walk(self, connection: Connection, station: str, lane: str, at: Prefix, now_ms: int) -> Prefix:
        table = tables.record
        rows = connection.execute(
            select(table.c.seq, table.c.previous, table.c.hash)
            .where(*_of(table, station, lane), table.c.epoch == at.epoch, table.c.seq > at.seq)
            .order_by(table.c.seq)
            .limit(_WALK)
        ).all()
        for row in rows:
            if row.seq != at.seq + 1:
                break
            if bytes(row.previous) != at.hash:
                self._expel(connection, station, lane, at.epoch, row.seq, now_ms)
                break
            at = Prefix(at.epoch, row.seq, bytes(row.hash))
        else:
            if len(rows) < _WALK:
                return self._enter_epoch(connection, station, lane, at, now_ms)
        return at

    def _enter_epoch(self, connection: Connection, station: str, lane: str, at: Prefix, now_ms: int) -> Prefix:
        """The first record of a newer epoch, if nothing is missing before it."""
        found = self._next_epoch(connection, station, lane, at)
        if found is None or found.seq > at.seq + 1:
            return at
        parent = at.hash if found.seq == at.seq + 1 else self._hash(connection, station, lane, at.epoch, found.seq - 1)
        where = (station, lane, found.epoch, found.seq)
        if found.seq <= at.seq:
            detail = f"epoch {at.epoch} was stored up to {at.seq}; the lane numbers again from {found.seq}"
            count_alarm(connection, where, "epoch-restart", detail, now_ms)
        if bytes(found.previous) != parent:
            detail = f"does not follow record {found.seq - 1} of epoch {at.epoch} as it is stored here"
            count_alarm(connection, where, "epoch-unlinked", detail, now_ms)
        return Prefix(found.epoch, found.seq, bytes(found.hash))

    def _next_epoch(self, connection: Connection, station: str, lane: str, at: Prefix) -> Any | None:  # noqa: ANN401 - a row
        """The first record of the oldest newer epoch, if it has come."""
        table = tables.record
        return connection.execute(
            select(table.c.epoch, table.c.seq, table.c.previous, table.c.hash)
            .where(*_of(table, station, lane), table.c.epoch > at.epoch, table.c.seq == table.c.epoch_base)
            .order_by(table.c.epoch)
            .limit(1)
        ).first()

    def _hash(self, connection: Connection, station: str, lane: str, epoch: int, seq: int) -> bytes:
        table = tables.record
        found = connection.execute(
            select(table.c.hash).where(*_of(table, station, lane), table.c.epoch == epoch, table.c.seq == seq)
        ).scalar()
        return NO_HASH if found is None else bytes(found)

    def _has_more(self, connection: Connection, station: str, lane: str, at: Prefix) -> bool:
        table = tables.record
        later = tuple_(table.c.epoch, table.c.seq) > tuple_(at.epoch, at.seq)  # an index walk on both databases
        wanted = select(table.c.seq).where(*_of(table, station, lane), later).limit(1)
        return connection.execute(wanted).first() is not None

    def _expel(self, connection: Connection, station: str, lane: str, epoch: int, seq: int, now_ms: int) -> None:
        """A stored record does not follow what came before it: put aside, so that the true one fits."""
        table = tables.record
        this = and_(*_of(table, station, lane), table.c.epoch == epoch, table.c.seq == seq)
        row = connection.execute(select(table).where(this)).mappings().one()
        connection.execute(delete(table).where(this))
        connection.execute(self.insert(tables.aside).values(dict(row)).on_conflict_do_nothing())
        detail = f"{row['type']} does not follow record {seq - 1}"
        count_alarm(connection, (station, lane, epoch, seq), "chain-break", detail, now_ms)

    def _put_aside(self, connection: Connection, event: RecordEvent, now_ms: int) -> None:
        connection.execute(self.insert(tables.aside).values(row_of(event, now_ms)).on_conflict_do_nothing())
        detail = f"{event.type} with hash {event.hash.hex()[:16]} contradicts what is stored"
        where = (event.station, event.lane, event.epoch, event.seq)
        count_alarm(connection, where, "fork", detail, now_ms)


def _named(station: str, lane: str) -> dict[str, str | int | bytes]:
    return {"of_station": station, "of_lane": lane}


def _of(table: Any, station: str, lane: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:  # noqa: ANN401 - any of our tables
    return table.c.station == station, table.c.lane == lane


def _without_contradictions(events: Sequence[RecordEvent]) -> list[list[RecordEvent]]:
    """The events in order, in parts that hold one record under each number: a false one must not put the true one that
    came with it aside. At least one part.
    """
    parts: list[list[RecordEvent]] = [[]]
    hashes: dict[tuple[int, int], bytes] = {}
    for event in events:
        if hashes.setdefault((event.epoch, event.seq), event.hash) != event.hash:
            parts.append([])
            hashes = {(event.epoch, event.seq): event.hash}
        parts[-1].append(event)
    return parts
