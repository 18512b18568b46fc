"""What a lane states about one of its days: every run of its records with the hashes on the way, and what they were.

A day is Vietnam's, from midnight to midnight (+07, no summer time), by the time that stands in the record. The
statement follows from the journal alone: made twice, it is the same bytes under the same signature ("day").
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from drivers.contract.plain import NotPlain, parse

_LOCAL = timedelta(hours=7)
_HASH = re.compile(r"[0-9a-f]{64}")
MARK_EVERY = 100
"""Records between two hashes that are stated: so near can a change be placed, whoever rebuilt the chain behind it."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """A record as far as a day needs it; `type` as it is hashed, with its version from 2 on."""

    epoch: int
    seq: int
    type: str
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """Record `seq` has this hash (hex, SHA-256)."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Run:
    """The records `first_seq` to `last_seq` of an epoch, all of this day; the last of `marks` is its head."""

    epoch: int
    first_seq: int
    last_seq: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of `name`."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class DayStatement:
    """`day` (2026-11-29) of a lane. `types` counts record types, `ends` how crossings ended, by name.

    `cases` are those opened that day. More than one run: an epoch began, or the clock jumped.
    """

    station: str
    lane: str
    day: str
    runs: tuple[Run, ...]
    types: tuple[Tally, ...]
    ends: tuple[Tally, ...]
    cases: tuple[str, ...]

    @property
    def records(self) -> int:
        """How many records it covers."""
        return sum(run.last_seq - run.first_seq + 1 for run in self.runs)

    @property
    def is_sound(self) -> bool:
        """Whether day, numbers and hashes are of a possible form: runs in order, each ending with its head."""
        last = (0, 0)
        for run in self.runs:
            seqs = [mark.seq for mark in run.marks]
            in_order = last < (run.epoch, run.first_seq) and 0 < run.first_seq <= run.last_seq < 2**63
            is_marked = (
                bool(seqs) and seqs == sorted(set(seqs)) and run.first_seq <= seqs[0] and seqs[-1] == run.last_seq
            )
            if not (in_order and is_marked and all(_HASH.fullmatch(mark.hash) for mark in run.marks)):
                return False
            last = (run.epoch, run.last_seq)
        return is_day(self.day)


def is_day(text: str) -> bool:
    """Whether `text` is a day of the calendar as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def bounds(day: str) -> tuple[int, int]:
    """From when to before when a day lasts, UTC in milliseconds. Raises ValueError if it is none."""
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) - _LOCAL
    return _millis(midnight), _millis(midnight + timedelta(days=1))


def day_before(utc_ms: int) -> str:
    """The last day that was over at this time."""
    local = datetime.fromtimestamp(utc_ms / 1000, UTC) + _LOCAL
    return (local.date() - timedelta(days=1)).isoformat()


def state_day(station: str, lane: str, day: str, rows: Iterable[DayRow]) -> DayStatement:
    """The statement about these records, which come in the order of epoch and seq."""
    runs: list[Run] = []
    types: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    cases: set[str] = set()
    for row in rows:
        _lengthen(runs, row)
        types[row.type] += 1
        if row.type in ("crossing.completed", "case.opened"):
            body = _object(row.body)
            end, case = body.get("end"), body.get("case")
            if isinstance(end, str) and row.type == "crossing.completed":
                ends[end] += 1
            if isinstance(case, str) and row.type == "case.opened":
                cases.add(case)
    return DayStatement(station, lane, day, tuple(runs), _tallies(types), _tallies(ends), tuple(sorted(cases)))


def _lengthen(runs: list[Run], row: DayRow) -> None:
    """Add a record to the last run, or begin another. A mark at each hundredth, and always at the head."""
    mark = Mark(row.seq, row.hash.hex())
    last = runs[-1] if runs else None
    if last is None or (row.epoch, row.seq) != (last.epoch, last.last_seq + 1):
        runs.append(Run(row.epoch, row.seq, row.seq, (mark,)))
        return
    is_kept = (last.last_seq - last.first_seq + 1) % MARK_EVERY == 0
    kept = last.marks if is_kept else last.marks[:-1]
    runs[-1] = Run(last.epoch, last.first_seq, row.seq, (*kept, mark))


def _tallies(counts: Counter[str]) -> tuple[Tally, ...]:
    return tuple(Tally(name, n) for name, n in sorted(counts.items()))


def _object(body: bytes) -> dict[str, object]:
    try:
        found = parse(body)
    except NotPlain:
        return {}
    return found if isinstance(found, dict) else {}


def _millis(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
