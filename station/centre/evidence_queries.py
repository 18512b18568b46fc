"""Which evidence files the stored records name, and what has become of each. Read-only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import and_, select, tuple_

from station.centre import queries, tables
from station.centre.evidence_rows import GONE, HERE, EvidenceRow
from station.centre.store import CentreStore
from station.messages.evidence_files import is_clip, named_in

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that record `seq` of `epoch` names, or, with `clip`, the index of that clip. `row` is None while nothing
    has come of it and nothing was told.
    """

    sha256: str
    epoch: int
    seq: int
    type: str
    clip: str
    row: EvidenceRow | None

    @property
    def state(self) -> str:
        """What has become of it: "here", "gone" or "missing"."""
        known = self.row.state if self.row is not None else ""
        return known if known in (HERE, GONE) else "missing"


@dataclass(frozen=True, slots=True)
class FileCount:
    """Of the files that records name: how many are here, will not come (gone), or have not come yet (missing)."""

    named: int = 0
    here: int = 0
    gone: int = 0
    missing: int = 0


NO_FILES = FileCount()


def files_of_crossing(store: CentreStore, station: str, lane: str, crossing: str) -> list[NamedFile]:
    """In the order of the records, each file once; behind a clip's index the frames that it names, if it is here."""
    found = queries.records(store, station, lane, crossing=crossing, limit=10_000)
    return _files(store, station, lane, ((one.epoch, one.seq, one.type, one.body) for one in found))


def count_files(store: CentreStore, station: str, lane: str, from_ms: int, to_ms: int) -> FileCount:
    """Of the records of a time. Looks through all of the lane, a part in each transaction: receivers go on between."""
    states = [one.state for one in _files(store, station, lane, _records(store, station, lane, from_ms, to_ms))]
    return FileCount(len(states), *(states.count(state) for state in (HERE, GONE, "missing")))


def _records(
    store: CentreStore, station: str, lane: str, from_ms: int, to_ms: int
) -> Iterator[tuple[int, int, str, bytes]]:
    """Epoch, seq, type and body of those of a time. No transaction is open while one is given."""
    table = tables.record
    this = and_(table.c.station == station, table.c.lane == lane, table.c.utc_ms >= from_ms, table.c.utc_ms < to_ms)
    wanted = select(table.c.epoch, table.c.seq, table.c.type, table.c.body).where(this)
    wanted = wanted.order_by(table.c.epoch, table.c.seq).limit(_CHUNK)
    place, is_end = (0, 0), False
    while not is_end:
        with store.engine.connect() as connection:
            rows = connection.execute(wanted.where(tuple_(table.c.epoch, table.c.seq) > tuple_(*place))).all()
        for row in rows:
            yield row.epoch, row.seq, row.type, bytes(row.body)
            place = row.epoch, row.seq
        is_end = len(rows) < _CHUNK


def _files(
    store: CentreStore, station: str, lane: str, records: Iterable[tuple[int, int, str, bytes]]
) -> list[NamedFile]:
    named: dict[str, tuple[int, int, str]] = {}
    clips: dict[str, tuple[int, int, str]] = {}
    for epoch, seq, type_, body in records:
        for sha256 in named_in(body):
            named.setdefault(sha256, (epoch, seq, type_))
            if is_clip(body):
                clips.setdefault(sha256, (epoch, seq, type_))
    rows = {row.sha256: row for row in _rows(store, station, lane, named)}
    files: list[NamedFile] = []
    for sha256, where in named.items():
        files.append(NamedFile(sha256, *where, "", rows.get(sha256)))
        if sha256 in clips:
            frames = _frames(store, station, lane, sha256, *clips[sha256][:2])
            files += [NamedFile(row.sha256, *where, sha256, row) for row in frames if row.sha256 not in named]
    return files


def _rows(store: CentreStore, station: str, lane: str, hashes: Iterable[str]) -> Iterator[EvidenceRow]:
    table, waiting = tables.evidence, iter(hashes)
    while some := list(islice(waiting, _CHUNK)):
        this = and_(table.c.station == station, table.c.lane == lane, table.c.sha256.in_(some))
        with store.engine.connect() as connection:
            yield from [EvidenceRow(*row) for row in connection.execute(select(*_COLUMNS).where(this))]


def _frames(store: CentreStore, station: str, lane: str, clip: str, epoch: int, seq: int) -> list[EvidenceRow]:
    """A frame that two clips share stands under the first one."""
    table = tables.evidence
    this = and_(table.c.station == station, table.c.lane == lane, table.c.epoch == epoch, table.c.seq == seq)
    wanted = select(*_COLUMNS).where(this, table.c.clip == clip).order_by(table.c.sha256)
    with store.engine.connect() as connection:
        return [EvidenceRow(*row) for row in connection.execute(wanted)]


_COLUMNS = [tables.evidence.c[name] for name in EvidenceRow.__slots__]
