"""Who answers for a collection of personal data: the head of unit whose act stands in the lane's journal."""

from dataclasses import dataclass
from typing import Final

from station.core.records import ActRecorded
from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.learning.collection import DAY_MS
from station.learning.refusal import LearningRefused

CONSENT_DAYS: Final = 366
"""Who allowed it is asked again after so long."""
_CHUNK = 2_000
_ALLOWS, _FORBIDS = "allow-learning", "forbid-learning"


@dataclass(frozen=True, slots=True)
class Consent:
    """The act that allows it: its name, the account that signed it, its reason, and when, in UTC ms."""

    act_id: str
    actor: str
    reason: str
    utc_ms: int


def consent_in(data: DataFolder, now_ms: int) -> Consent:
    """The consent that stands in the lane's journal.

    Raises LearningRefused where nobody allowed it, somebody forbade it since, or it is too old; Unreadable.
    """
    with JournalReader(data.root) as reader:
        stands, said = _newest(reader)
    if stands is None:
        raise LearningRefused("no-consent", str(data.journal), said)
    if stands.utc_ms < now_ms - CONSENT_DAYS * DAY_MS:
        raise LearningRefused("no-consent", str(data.journal), f"{stands.act_id} is older than {CONSENT_DAYS} days")
    return stands


def _newest(reader: JournalReader) -> tuple[Consent | None, str]:
    """The consent that nobody took back; or None and why."""
    stands: Consent | None = None
    said, after = f"no act {_ALLOWS} in it", 0
    while rows := reader.records(after, _CHUNK):
        after = rows[-1].seq
        for row in rows:
            record = reader.as_record(row) if row.type == "act.recorded" else None
            if not isinstance(record, ActRecorded) or record.outcome != "effective":
                continue
            if record.action == _ALLOWS:
                stands = Consent(record.act_id, record.actor, record.reason, row.utc_ms)
            elif record.action == _FORBIDS:
                stands, said = None, f"forbidden by {record.actor}, act {record.act_id}"
    return stands, said
