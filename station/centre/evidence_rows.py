"""What the centre's database says of evidence files: which are here, which will not come, which an index names."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, select
from sqlalchemy.sql import ColumnElement

from drivers.contract.quantities import Millis
from station.centre import tables
from station.centre.rows import storable
from station.centre.store import CentreStore
from station.messages.evidence_files import FileChunk, FileGone, OfFile, is_clip, named_in

NAMED, HERE, GONE = "named", "here", "gone"


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A file of a lane: `state` is NAMED (by an index that is here, or begun), HERE, or GONE for `reason`.

    `wrong` counts how often other bytes came under its name; `clip` is the index that names it, "" for none;
    `settled_ms` is of the newest change.
    """

    sha256: str
    epoch: int
    seq: int
    clip: str
    state: str
    reason: str
    size: int
    ending: str
    wrong: int
    settled_ms: int


class EvidenceRows:
    """Each method is one transaction. Raises SQLAlchemy's errors."""

    def __init__(self, store: CentreStore) -> None:
        self._store = store

    def of(self, station: str, lane: str, sha256: str) -> EvidenceRow | None:
        """What is known of a file, if anything is."""
        with self._store.engine.connect() as connection:
            row = connection.execute(select(*_COLUMNS).where(_is(station, lane, sha256))).first()
        return None if row is None else EvidenceRow(*row)

    def newest_here(self) -> tuple[str, str] | None:
        """Hash and ending of the file that was kept last, of any lane."""
        table = tables.evidence
        kept = select(table.c.sha256, table.c.ending).where(table.c.state == HERE, table.c.size > 0)
        with self._store.engine.connect() as connection:
            row = connection.execute(kept.order_by(table.c.settled_ms.desc()).limit(1)).first()
        return None if row is None else (row.sha256, row.ending)

    def names(self, part: OfFile) -> tuple[bool, bool]:
        """Whether the stored record that `part` cites names the file; and whether as the index of a clip."""
        table = tables.record
        cited = and_(table.c.station == part.station, table.c.lane == part.lane)
        wanted = select(table.c.body).where(cited, table.c.epoch == part.epoch, table.c.seq == part.seq)
        with self._store.engine.connect() as connection:
            found = connection.execute(wanted).scalar()
        body = b"" if found is None else bytes(found)
        is_named = part.sha256 in named_in(body)
        return is_named, is_named and is_clip(body)

    def here(self, chunk: FileChunk, frames: Sequence[str], now_ms: int) -> None:
        """The file is kept; if it is an index, its frames may come too."""
        row = _row(chunk, now_ms) | {"state": HERE, "size": chunk.total, "ending": chunk.ending}
        named = [_row(chunk, now_ms) | {"sha256": sha256, "clip": chunk.sha256} for sha256 in frames]
        with self._store.engine.begin() as connection:
            insert = self._store.insert(tables.evidence)
            changed = {name: row[name] for name in ("state", "reason", "size", "ending", "settled_ms")}
            connection.execute(insert.values(row).on_conflict_do_update(index_elements=_KEY, set_=changed))
            if named:
                connection.execute(insert.on_conflict_do_nothing(), named)

    def gone(self, told: FileGone, now_ms: int) -> None:
        """The lane has passed it over; one that is here stays here."""
        row = _row(told, now_ms) | {"state": GONE, "reason": storable(told.reason)[:40]}
        with self._store.engine.begin() as connection:
            insert = self._store.insert(tables.evidence).values(row)
            changed = {name: row[name] for name in ("state", "reason", "settled_ms")}
            not_here = tables.evidence.c.state != HERE
            connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=changed, where=not_here))

    def wrong(self, chunk: FileChunk, now_ms: int, lapses: Millis) -> None:
        """Other bytes came under its name; what was counted `lapses` ago counts no more."""
        table, row = tables.evidence, _row(chunk, now_ms) | {"wrong": 1}
        with self._store.engine.begin() as connection:
            insert = self._store.insert(table).values(row)
            more = case((table.c.settled_ms <= now_ms - lapses, 1), else_=table.c.wrong + 1)
            changed = {"wrong": more, "settled_ms": now_ms}
            connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=changed))


_KEY = [tables.evidence.c.station, tables.evidence.c.lane, tables.evidence.c.sha256]
_COLUMNS = [tables.evidence.c[name] for name in EvidenceRow.__slots__]


def _is(station: str, lane: str, sha256: str) -> ColumnElement[bool]:
    table = tables.evidence
    return and_(table.c.station == station, table.c.lane == lane, table.c.sha256 == sha256)


def _row(part: OfFile, now_ms: int) -> dict[str, object]:
    return {
        "station": part.station,
        "lane": part.lane,
        "sha256": part.sha256,
        "epoch": part.epoch,
        "seq": part.seq,
        "clip": part.clip,
        "state": NAMED,
        "reason": "",
        "size": 0,
        "ending": "",
        "wrong": 0,
        "settled_ms": now_ms,
    }
