"""The memory of legal weights: what stands under an alibi number, read back from the journal with its raw frames.

Source: WELMEC 7.2, extension L (long-term storage of measurement data): a stored weight has a number, is complete, and
is checked against alteration when it is read.
"""

from dataclasses import dataclass

from drivers.contract.plain import NotPlain
from drivers.contract.readings import WeighingWindow
from station.core.facts import DeviceRead
from station.core.records import WeightRecorded
from station.evidence.refusal import NotBundled
from station.journal.chain import FactRow, RecordRow, hash_of
from station.journal.reader import JournalReader


@dataclass(frozen=True, slots=True)
class StoredWeight:
    """A legal weight: its record, the fact with the frames, and whether both rows are still what was hashed."""

    weight: WeightRecorded
    window: WeighingWindow
    record: RecordRow
    fact: FactRow
    is_whole: bool


def stored_weight(reader: JournalReader, weight_id: str) -> StoredWeight:
    """The weight of this number. Raises NotBundled for an unknown one or one whose frames lie elsewhere; Unreadable."""
    crossing, _, _ = weight_id.rpartition("-W")
    for row in reader.crossing(crossing) if crossing else ():
        if row.type != "crossing.weighed":
            continue
        weight = _weight(reader, row)
        if weight is not None and weight.weight_id == weight_id:
            facts = [fact for fact in reader.facts(row.facts_to - 1, 1) if fact.fseq == row.facts_to]
            window = _window(reader, facts[0]) if facts else None
            if window is None:
                raise NotBundled("weight-frames-elsewhere", weight_id, f"fact {row.facts_to}")
            is_whole = all(one.hash == hash_of(one) for one in (row, facts[0])) and row.facts_hash == facts[0].hash
            agrees = (weight.gross, weight.spread, weight.frames) == (window.mass, window.spread, window.frames)
            return StoredWeight(weight, window, row, facts[0], is_whole and agrees)
    raise NotBundled("no-such-weight", weight_id)


def _weight(reader: JournalReader, row: RecordRow) -> WeightRecorded | None:
    record = reader.as_record(row)
    return record if isinstance(record, WeightRecorded) else None


def _window(reader: JournalReader, row: FactRow) -> WeighingWindow | None:
    try:
        fact = reader.as_fact(row)
    except NotPlain:
        return None
    return fact.reading if isinstance(fact, DeviceRead) and isinstance(fact.reading, WeighingWindow) else None
