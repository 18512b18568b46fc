"""What really happened in the yard, one JSON object per line: the independent witness of every proof.

Each line has `tick` (CLOCK_MONOTONIC in ms, as in the station's records) and `what`; masses are grams.
"""

import json
from pathlib import Path

from drivers.contract.quantities import Tick


class PhysicalLog:
    """Writes a new log; a line is in the file as soon as `write` returns."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")

    def write(self, tick: Tick, what: str, **seen: object) -> None:
        """Note what happened at `tick`."""
        self._file.write(json.dumps({"tick": tick, "what": what, **seen}, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """End the log."""
        self._file.close()
