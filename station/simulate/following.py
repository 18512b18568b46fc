"""What happens in a demo as it happens: the lane's journal, read-only, and the yard's physical log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from station.courier.database import CourierFileUnusable, open_for_reading
from station.journal.reader import JournalReader
from station.journal.refusals import Unreadable

_AT_ONCE = 500


class Happening(NamedTuple):
    """A record of the lane (`what` is its type) or a line of the physical log (`what` as there)."""

    tick: int
    is_record: bool
    what: str
    body: dict[str, Any]


class Following:
    """Tells each happening once. `close` lets the files go."""

    def __init__(self, journal: Path, physical_log: Path) -> None:
        self._folder = journal
        self._journal = JournalReader(journal)
        self._log = physical_log
        self._seq = 0
        self._offset = 0

    def news(self) -> list[Happening]:
        """What has happened since the last call, in order of time."""
        return sorted([*self._records(), *self._lines()], key=lambda happening: happening.tick)

    def is_receipted(self) -> bool:
        """Whether the centre has signed for every record that the journal holds now."""
        try:
            newest = self._journal.newest()[1]
            database = open_for_reading(self._folder)
        except (Unreadable, CourierFileUnusable):
            return False
        if database is None:
            return False
        try:
            row = database.execute("SELECT seq FROM cursor").fetchone()
        finally:
            database.close()
        return row is not None and row[0] >= newest > 0

    def close(self) -> None:
        """End."""
        self._journal.close()

    def _records(self) -> Iterator[Happening]:
        try:
            rows = self._journal.records(self._seq, _AT_ONCE)
        except Unreadable:  # not there yet, or busy for a moment: the next look will tell
            return
        for row in rows:
            self._seq = row.seq
            yield Happening(row.tick, True, row.type, json.loads(row.body))

    def _lines(self) -> Iterator[Happening]:
        if not self._log.exists():
            return
        with self._log.open("rb") as log:
            log.seek(self._offset)
            for line in log:
                if not line.endswith(b"\n"):
                    return
                self._offset += len(line)
                body = json.loads(line)
                yield Happening(body["tick"], False, body["what"], body)
