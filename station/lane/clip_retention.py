"""Clips that belong to no crossing: an opening by hand, a boom that moved unexplained, a mode that somebody changed.

Under an alarm they are customs_record, as a crossing under one is; otherwise video. Each has its term from its record
on, and none goes before it. A legal hold names the clip itself.
"""

from drivers.contract.plain import NotPlain
from station.core.clip_records import ClipKept
from station.core.clips import ACTS, MOST_EVENTS
from station.core.retention_records import EvidenceClass
from station.journal.chain import RecordRow
from station.lane.evidence_files import KeptFile
from station.lane.retention import Moment, Walk

RECORDS_A_LOOK = 4_000
"""Looked through for such clips: a lane may have none for years, and a turn must not wait for all of its records."""


class ClipWalk(Walk):
    """Records of such clips, one for each camera."""

    def _rows(self, after_seq: int, at: Moment) -> tuple[list[RecordRow], int]:
        _, newest = self._reader.newest()
        end = min(after_seq + RECORDS_A_LOOK, at.delivered, newest)
        return self._reader.clips_of_none(after_seq + 1, end), end

    def _due_of(self, row: RecordRow, at: Moment) -> tuple[str, list[KeptFile]]:
        try:
            record = self._reader.as_record(row)
        except NotPlain:  # of another release: it is kept as what nobody understands
            return "", []
        if not isinstance(record, ClipKept) or record.clip in at.held or class_of(record) != self._evidence:
            return "", []
        return record.clip, self._files.named_in([row.body])


def class_of(clip: ClipKept) -> EvidenceClass:
    """How long it is kept follows from what happened in it; of the most events the last may not be named."""
    is_ordered = all(code == ACTS["set-mode"] for code, _ in clip.events) and len(clip.events) < MOST_EVENTS
    return "video" if is_ordered else "customs_record"
