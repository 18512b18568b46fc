"""Lane against centre, a day at a time: what each lane has stated under its key, compared with what is stored here.

Every stored row is hashed again and must follow the one before it; so a row that somebody altered is named, and one
in a chain that was rebuilt is placed between two of the hashes that the lane has stated. Counts alone prove nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Select, and_, select

from station.centre import tables
from station.centre.days import Days, Lane, as_bytes, day_number
from station.centre.evidence_queries import NO_FILES, FileCount, count_files
from station.messages.days import DayRow, DayStatement, Run, bounds, state_day
from station.messages.envelope import RecordEvent
from station.trust.refusal import Untrusted

Verdict = Literal["agrees", "missing", "differs", "silent"]
Cause = Literal[
    "missing",  # the lane has them, the centre has not
    "altered",  # the content is not what was hashed
    "unlinked",  # does not follow the record before it
    "other-hash",  # somewhere in here the lane had another record
    "extra",  # the centre has them, the lane has not
    "counts",  # same records, other counts
    "unsigned",  # the statement is not under the key of the station
]
_CHUNK = 1000
_BINARY = ("facts_hash", "body", "hash", "previous")
_FIELDS = [tables.record.c[name] for name in RecordEvent._fields]


@dataclass(frozen=True, slots=True)
class Difference:
    """Records `first_seq` to `last_seq` of an epoch (0 where no record is meant), and what is wrong with them."""

    cause: Cause
    epoch: int
    first_seq: int
    last_seq: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One lane's day. `stated` is the lane's word, if there is one that holds; `stored` counts its records here and
    `files` the evidence files that they name.
    """

    station: str
    lane: str
    day: str
    verdict: Verdict
    stored: int
    stated: DayStatement | None
    differences: tuple[Difference, ...]
    files: FileCount = NO_FILES

    @property
    def missing(self) -> int:
        """How many records that the lane states are not here."""
        return sum(one.last_seq - one.first_seq + 1 for one in self.differences if one.cause == "missing")


Compare = Callable[[Days, DayStatement], list[Difference]]


def reconcile(days: Days, day: str, now_ms: int, compare: Compare | None = None) -> list[Reconciled]:
    """The day of every lane that the centre knows, in order; each that does not agree is an alarm, committed on return.

    Raises ValueError for a day that is none.
    """
    bounds(day)
    stated = days.stated(day)
    found = [
        replace(
            _lane_day(days, lane, day, stated.get(lane), compare or differences),
            files=count_files(days.store, *lane, *bounds(day)),
        )
        for lane in sorted(_lanes(days) | set(stated))
    ]
    for one in found:
        if one.verdict != "agrees":
            days.store.alarm(one.station, one.lane, f"day-{one.verdict}", _told(one), now_ms, seq=day_number(day))
    return found


def differences(days: Days, statement: DayStatement) -> list[Difference]:
    """Everything in which the stored records differ from a statement that holds; [] if nothing does."""
    found = [one for run in statement.runs for one in _differences_of(days, statement, run)]
    found += _extra(days, statement)
    if not found:
        lane = (statement.station, statement.lane)
        rows = (_day_row(event) for run in statement.runs for event in _stored(days, lane, run))
        own = state_day(*lane, statement.day, rows)
        if own != statement:
            found.append(Difference("counts", 0, 0, 0, _counts(own, statement)))
    return found


def _lane_day(days: Days, lane: Lane, day: str, signed: bytes | None, compare: Compare) -> Reconciled:
    stored = len(_of_day(days, lane, day))
    if signed is None:
        return Reconciled(*lane, day, "silent", stored, None, ())
    try:
        statement = days.read(signed)
        if (statement.station, statement.lane, statement.day) != (*lane, day):
            raise Untrusted("wrong-station", f"its row is of {lane[0]}/{lane[1]}, it says {statement.lane[:40]}")
    except Untrusted as error:
        unsigned = Difference("unsigned", 0, 0, 0, f"{error.reason}: {error.seen}"[:200])
        return Reconciled(*lane, day, "differs", stored, None, (unsigned,))
    found = tuple(compare(days, statement))
    verdict: Verdict = "agrees"
    if found:
        verdict = "missing" if all(one.cause == "missing" for one in found) else "differs"
    return Reconciled(*lane, day, verdict, stored, statement, found)


def _differences_of(days: Days, statement: DayStatement, run: Run) -> Iterator[Difference]:
    """Of one run, in order: gaps, altered rows, rows that do not follow, hashes that are not the lane's."""
    at, before = run.first_seq - 1, b""
    marks = {mark.seq: mark.hash for mark in run.marks}
    agreed, has_told = run.first_seq - 1, False
    for event in _stored(days, (statement.station, statement.lane), run):
        if event.seq != at + 1:
            yield Difference("missing", run.epoch, at + 1, event.seq - 1)
        elif before and event.previous != before:
            yield Difference("unlinked", run.epoch, event.seq, event.seq)
            has_told = True
        if not event.has_true_hash:
            yield Difference("altered", run.epoch, event.seq, event.seq, event.type)
            has_told = True
        at, before = event.seq, event.hash
        stated = marks.get(event.seq)
        if stated == event.hash.hex():
            agreed = event.seq
        elif stated is not None and not has_told:
            yield Difference("other-hash", run.epoch, agreed + 1, event.seq)
            has_told = True  # every later one differs too
    if at < run.last_seq:
        yield Difference("missing", run.epoch, at + 1, run.last_seq)


def _extra(days: Days, statement: DayStatement) -> Iterator[Difference]:
    """Records of that day that no run of the lane has, joined to ranges."""
    lane = (statement.station, statement.lane)
    first = last = (0, 0)
    for epoch, seq in _of_day(days, lane, statement.day):
        if any(run.epoch == epoch and run.first_seq <= seq <= run.last_seq for run in statement.runs):
            continue
        if (epoch, seq) != (last[0], last[1] + 1):
            if last[1]:
                yield Difference("extra", first[0], first[1], last[1])
            first = (epoch, seq)
        last = (epoch, seq)
    if last[1]:
        yield Difference("extra", first[0], first[1], last[1])


def _lanes(days: Days) -> set[Lane]:
    """Every lane that has ever sent anything that was stored."""
    wanted: list[Select[tuple[str, str]]] = [
        select(table.c.station, table.c.lane).distinct() for table in (tables.prefix, tables.checkpoint, tables.day)
    ]
    with days.store.engine.connect() as connection:
        return {(row.station, row.lane) for query in wanted for row in connection.execute(query)}


def _of_day(days: Days, lane: Lane, day: str) -> list[tuple[int, int]]:
    """(epoch, seq) of the lane's stored records of a day, in order. Looks through all of the lane."""
    table, (from_ms, to_ms) = tables.record, bounds(day)
    this = and_(table.c.station == lane[0], table.c.lane == lane[1], table.c.utc_ms >= from_ms, table.c.utc_ms < to_ms)
    wanted = select(table.c.epoch, table.c.seq).where(this).order_by(table.c.epoch, table.c.seq)
    with days.store.engine.connect() as connection:
        return [(row.epoch, row.seq) for row in connection.execute(wanted)]


def _stored(days: Days, lane: Lane, run: Run) -> Iterator[RecordEvent]:
    """The stored records under the numbers of a run, in order."""
    table, after = tables.record, run.first_seq - 1
    this = and_(table.c.station == lane[0], table.c.lane == lane[1], table.c.epoch == run.epoch)
    while after < run.last_seq:
        wanted = select(*_FIELDS).where(this, table.c.seq > after, table.c.seq <= run.last_seq)
        with days.store.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(table.c.seq).limit(_CHUNK)).mappings().all()
        for row in rows:
            binary = {name: as_bytes(row[name]) for name in _BINARY}
            yield RecordEvent(**{**{name: row[name] for name in RecordEvent._fields}, **binary})
        if len(rows) < _CHUNK:
            return
        after = rows[-1]["seq"]


def _day_row(event: RecordEvent) -> DayRow:
    return DayRow(event.epoch, event.seq, event.hashed_type, event.body, event.hash)


def _counts(own: DayStatement, stated: DayStatement) -> str:
    """Which counts are not the lane's."""
    here = {(kind, one.name): one.n for kind in ("types", "ends") for one in getattr(own, kind)}
    there = {(kind, one.name): one.n for kind in ("types", "ends") for one in getattr(stated, kind)}
    names = sorted(key for key in here.keys() | there.keys() if here.get(key, 0) != there.get(key, 0))
    return ", ".join(f"{name}: {there.get((kind, name), 0)} / {here.get((kind, name), 0)}" for kind, name in names)[
        :200
    ]


def _told(one: Reconciled) -> str:
    """For the alarm's detail."""
    if one.verdict == "silent":
        return f"{one.day}: the lane has stated nothing; {one.stored} records are here"
    ranges = (
        f"{part.cause} {part.epoch}/{part.first_seq}-{part.last_seq} {part.detail}".strip() for part in one.differences
    )
    return f"{one.day}: {'; '.join(ranges)}"
