"""The rows of one crossing, out of a journal that may run on, as lines of a manifest."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from drivers.contract.plain import NotPlain, canonical
from station.core.facts import DeviceRead
from station.core.records import CrossingOpened, StationStarted
from station.evidence.manifest import (
    EpochLine,
    FactLine,
    FactRun,
    Gap,
    InForce,
    RecordLine,
    RecordRun,
)
from station.evidence.refusal import NotBundled
from station.journal.chain import FactRow, RecordRow
from station.journal.reader import JournalReader

MOST_ROWS = 3_000
"""Of one chain between the crossing's first and last record; an ordinary crossing has 400 facts."""

_CHUNK = 1_000
_ENDS = frozenset({"crossing.completed"})
_Row = TypeVar("_Row", FactRow, RecordRow)


class CrossingRows:
    """What the journal holds of `crossing`. Raises NotBundled, Unreadable."""

    def __init__(self, reader: JournalReader, crossing: str) -> None:
        self._reader = reader
        own = reader.crossing(crossing)
        if not own:
            raise NotBundled("no-such-crossing", crossing)
        first, last = own[0], _end_of(own)
        records = {row.seq: row for row in own}
        too_long = last.seq - first.seq >= MOST_ROWS or last.facts_to - first.facts_to >= MOST_ROWS
        if not too_long:
            records |= {row.seq: row for row in _between(reader.records, first.seq, last.seq, lambda row: row.seq)}
        under = self._in_force(first, own)
        records |= {row.seq: row for row in under}
        facts: dict[int, FactRow] = {}
        if not too_long:
            facts = {
                row.fseq: row for row in _between(reader.facts, first.facts_to, last.facts_to, lambda row: row.fseq)
            }
        for row in records.values():
            if row.facts_to not in facts:
                facts |= {fact.fseq: fact for fact in reader.facts(row.facts_to - 1, 1) if fact.fseq == row.facts_to}
        self.records = [records[seq] for seq in sorted(records)]
        self.facts = [facts[fseq] for fseq in sorted(facts)]
        self.gap = self._gap(own, set(facts), too_long=too_long)
        self._started = next((row for row in under if row.type == "lane.started"), None)

    @property
    def in_force(self) -> InForce | None:
        """Software, rules, settings and models at the crossing's beginning; None if the journal begins later."""
        started = self._reader.as_record(self._started) if self._started is not None else None
        if not isinstance(started, StationStarted):
            return None
        return InForce(started.core_version, started.rules_sha256, started.settings_sha256, started.models)

    def fact_runs(self) -> tuple[FactRun, ...]:
        """The facts, in runs."""
        return tuple(FactRun(run[0].previous.hex(), tuple(map(_fact, run))) for run in _runs(self.facts, _fseq))

    def record_runs(self) -> tuple[RecordRun, ...]:
        """The records, in runs."""
        return tuple(RecordRun(run[0].previous.hex(), tuple(map(_record, run))) for run in _runs(self.records, _seq))

    def epochs(self) -> tuple[EpochLine, ...]:
        """The epochs that begin between the first and the last of these rows."""
        first, last = self.records[0].seq, self.records[-1].seq
        return tuple(
            EpochLine(row.number, row.base_seq, row.parent.hex(), row.base_fseq, row.facts_parent.hex(), row.reason)
            for row in self._reader.epochs()
            if first < row.base_seq <= last
        )

    def refuse_personal(self) -> None:
        """Raises NotBundled for a fact with fields of a person: the lane seals them, so there is none."""
        for row in self.facts:
            if b'"IdentityRead"' in row.body and b'"fields":[]' not in row.body:
                raise NotBundled("personal-in-fact", f"fact {row.fseq}")

    def _in_force(self, first: RecordRow, own: Sequence[RecordRow]) -> list[RecordRow]:
        """The records under which the crossing stands: the start, settings, trust, and each scale's opening."""
        found = [
            self._reader.newest_of(name, first.seq) for name in ("lane.started", "settings.applied", "trust.applied")
        ]
        for row in own:
            if row.type == "crossing.weighed":
                scales = [fact for fact in self._reader.facts(row.facts_to - 1, 1) if fact.fseq == row.facts_to]
                for scale in scales:
                    named = b'"device":' + canonical(_device(self._reader, scale))
                    found.append(self._reader.newest_of("device.state", row.seq, named))
        return [row for row in found if row is not None]

    def _gap(self, own: Sequence[RecordRow], facts: set[int], *, too_long: bool) -> Gap:
        if too_long:
            return "too-long"
        if any(row.facts_to not in facts for row in own):
            return "facts-elsewhere"
        is_whole = any(row.type in _ENDS for row in own) and own[0].type == "crossing.opened"
        return "" if is_whole else "still-open"


def _end_of(own: Sequence[RecordRow]) -> RecordRow:
    """The last of the crossing's rows that lie one behind the other; clips and erasures are told after its end."""
    return next((row for row in reversed(own) if row.type in _ENDS), own[-1])


def newest_crossings(reader: JournalReader, count: int) -> list[str]:
    """The names of the newest crossings, for a person who named another."""
    _, newest = reader.newest()
    rows = [row for row in reader.records(max(0, newest - 2 * _CHUNK), 2 * _CHUNK) if row.type == "crossing.opened"]
    opened = [record for row in rows if isinstance(record := reader.as_record(row), CrossingOpened)]
    return [record.crossing for record in opened[-count:]]


def _device(reader: JournalReader, row: FactRow) -> str:
    try:
        fact = reader.as_fact(row)
    except NotPlain:
        return ""
    return fact.device if isinstance(fact, DeviceRead) else ""


def _between(
    read: Callable[[int, int], list[_Row]], first: int, last: int, number: Callable[[_Row], int]
) -> Iterable[_Row]:
    after = first - 1
    while rows := read(after, _CHUNK):
        for row in rows:
            if number(row) > last:
                return
            yield row
        after = number(rows[-1])


def _runs(rows: Sequence[_Row], number: Callable[[_Row], int]) -> list[list[_Row]]:
    """Rows that follow each other, in number and by hash."""
    runs: list[list[_Row]] = []
    for row in rows:
        if runs and number(row) == number(runs[-1][-1]) + 1 and row.previous == runs[-1][-1].hash:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _fseq(row: FactRow) -> int:
    return row.fseq


def _seq(row: RecordRow) -> int:
    return row.seq


def _fact(row: FactRow) -> FactLine:
    return FactLine(row.fseq, row.kind, row.tick, *_told(row.body), row.outcome.hex(), row.hash.hex())


def _record(row: RecordRow) -> RecordLine:
    return RecordLine(
        row.seq,
        row.epoch,
        row.facts_to,
        row.facts_hash.hex(),
        row.type,
        row.tick,
        row.utc_ms,
        row.quality,
        *_told(row.body),
        row.hash.hex(),
    )


def _told(body: bytes) -> tuple[str, str]:
    """(text, "") or, of bytes that are no text, ("", hex)."""
    try:
        return body.decode(), ""
    except UnicodeDecodeError:
        return "", body.hex()
