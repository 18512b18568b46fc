"""The alarms of a receiver's turn: the same one is counted first, and all are written in one transaction.

Who has no right to speak here may speak often: a transaction for each of his messages would take the time of all lanes.
"""

import logging
from collections.abc import Callable

from station.centre.store import CentreStore

MOST_WAITING = 256
"""Different ones, while they cannot be written; what comes beyond them is not kept."""

log = logging.getLogger("station.centre")


class AlarmBook:
    """What waits to be written, and is kept until it is."""

    def __init__(self, store: CentreStore, utc_ms: Callable[[], int]) -> None:
        self._store = store
        self._utc_ms = utc_ms
        self._waiting: dict[tuple[str, str, str], tuple[str, int]] = {}
        self._is_full = False

    def add(self, lane: tuple[str, str], code: str, detail: str) -> None:
        """The newest detail stands for all of the same lane and code."""
        key = (*lane, code)
        if key not in self._waiting and len(self._waiting) >= MOST_WAITING:
            if not self._is_full:
                log.warning("%d alarms wait for the database; others are not kept: %s of %s", MOST_WAITING, code, lane)
            self._is_full = True
            return
        _, times = self._waiting.get(key, ("", 0))
        self._waiting[key] = detail, times + 1

    def write(self) -> None:
        """Raises SQLAlchemy's errors; then all of them wait on."""
        if self._waiting:
            by_name = sorted(self._waiting.items())  # in one order, or two receivers would wait for each other
            told = [((*key[:2], 0, 0), key[2], detail, times) for key, (detail, times) in by_name]
            self._store.count_alarms(told, self._utc_ms())
            self._waiting.clear()
            self._is_full = False
