"""Questions to the centre's database, for commands, pages and proofs. Read-only."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, RowMapping, func, select

from drivers.contract.plain import parse
from station.centre import tables
from station.centre.joining import Prefix
from station.centre.store import CentreStore
from station.core.records import TEST_MARK, TYPES, SettingsInForce

_ENDS_A_HOLD = {"crossing.released", "crossing.completed"}


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A stored record; `body` are the exact bytes that were hashed."""

    station: str
    lane: str
    epoch: int
    seq: int
    type: str
    version: int
    utc_ms: int
    subject: str
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a person at the centre must look into, and how often it was seen."""

    station: str
    lane: str
    epoch: int
    seq: int
    code: str
    detail: str
    times: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A crossing that is held, as far as the centre knows: what an act on it must name, and what was told of it."""

    seen_seq: int
    evidence: str
    records: tuple[StoredRecord, ...]


def standing(store: CentreStore, station: str, lane: str, crossing: str) -> Standing | None:
    """The crossing, if the newest that the lane told of it, live copies included, says that it is held."""
    known: dict[int, StoredRecord] = {}
    for table in (tables.notice, tables.record):  # the stream goes before the live copy
        wanted = select(table).where(table.c.station == station, table.c.lane == lane, table.c.subject == crossing)
        with store.engine.connect() as connection:
            known |= {row["seq"]: _stored(row) for row in connection.execute(wanted).mappings().all()}
    told = tuple(known[seq] for seq in sorted(known))
    held = next((row for row in reversed(told) if row.type in _ENDS_A_HOLD or row.type == "crossing.held"), None)
    if held is None or held.type != "crossing.held":
        return None
    body = parse(held.body)
    evidence = body.get("evidence", "") if isinstance(body, dict) else ""
    return Standing(told[-1].seq, str(evidence), told)


def settings_in_force(store: CentreStore, station: str, lane: str) -> str:
    """The hash (hex) of the settings that the lane runs, as it told last; "" if it never did."""
    table = tables.record
    wanted = select(table.c.body).where(
        table.c.station == station, table.c.lane == lane, table.c.type == TYPES[SettingsInForce]
    )
    with store.engine.connect() as connection:
        body = connection.scalar(wanted.order_by(table.c.epoch.desc(), table.c.seq.desc()).limit(1))
    told = parse(body) if body is not None else None
    return str(told.get("settings_sha256", "")) if isinstance(told, dict) else ""


def prefixes(store: CentreStore) -> dict[tuple[str, str], Prefix]:
    """How far each lane (station, lane) is stored without a hole."""
    table = tables.prefix
    with store.engine.connect() as connection:
        rows = connection.execute(select(table)).all()
    return {(row.station, row.lane): Prefix(row.epoch, row.seq, bytes(row.hash)) for row in rows}


def _names_test(station: str, lane: str) -> ColumnElement[bool]:
    """The row names a crossing of this lane that was opened in the mode TEST."""
    subject = tables.record.c.subject
    rest = func.substr(subject, len(f"{station}-{lane}-E") + 1)
    return subject.startswith(f"{station}-{lane}-E", autoescape=True) & rest.contains(f"-{TEST_MARK}", autoescape=True)


def records(
    store: CentreStore,
    station: str,
    lane: str,
    *,
    after_seq: int = 0,
    limit: int = 1000,
    crossing: str = "",
    test: bool | None = None,
) -> list[StoredRecord]:
    """Stored records of a lane in order; of one crossing only, if it is named. `test` asks for those of test crossings
    only, or for all others.
    """
    table = tables.record
    wanted = select(table).where(table.c.station == station, table.c.lane == lane, table.c.seq > after_seq)
    if crossing:
        wanted = wanted.where(table.c.subject == crossing)
    if test is not None:
        wanted = wanted.where(_names_test(station, lane) if test else ~_names_test(station, lane))
    with store.engine.connect() as connection:
        rows = connection.execute(wanted.order_by(table.c.epoch, table.c.seq).limit(limit)).mappings().all()
    return [_stored(row) for row in rows]


def alarms(store: CentreStore) -> list[Alarm]:
    """Every alarm, oldest first."""
    table = tables.alarm
    with store.engine.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.first_ms, table.c.code)).mappings().all()
    return [Alarm(**{name: row[name] for name in Alarm.__slots__}) for row in rows]


def unconfirmed_notices(store: CentreStore, station: str, lane: str) -> list[tuple[int, int, str]]:
    """(epoch, seq, type) of live copies that the stream has not confirmed yet."""
    notice, record = tables.notice, tables.record
    confirmed = select(record.c.seq).where(
        record.c.station == notice.c.station,
        record.c.lane == notice.c.lane,
        record.c.epoch == notice.c.epoch,
        record.c.seq == notice.c.seq,
        record.c.hash == notice.c.hash,
    )
    wanted = select(notice.c.epoch, notice.c.seq, notice.c.type).where(
        notice.c.station == station, notice.c.lane == lane, ~confirmed.exists()
    )
    with store.engine.connect() as connection:
        return [(row.epoch, row.seq, row.type) for row in connection.execute(wanted.order_by(notice.c.seq)).all()]


def counts(store: CentreStore) -> dict[str, int]:
    """Rows in each table."""
    with store.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }


def _stored(row: RowMapping) -> StoredRecord:
    return StoredRecord(**{name: row[name] for name in StoredRecord.__slots__})
