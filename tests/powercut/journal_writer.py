"""A process that appends turns as the lane does and says what is stored: `python -m tests.powercut.journal_writer`.

Arguments: folder, turns, a snapshot after every so many turns, and at most one mutant that a proof must catch:
`careless` opens XX sets a damaged journal aside before the next one is ready.
"""

import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from drivers.contract.plain import encode
from station.core.state import LaneState
from station.journal import folder as names
from station.journal import opening
from station.journal.store import Journal
from tests.journal.made import append_turn


def main(root: Path, turns: int, each: int, mutant: str) -> None:
    if mutant == "nameless":
        for module in (names, opening):
            vars(module)["sync_folder"] = lambda _: None
    if mutant == "hasty":
        opening._make_ready = partial(_set_aside_first, opening._make_ready)
    with Journal.open(root) as journal:
        if mutant == "careless":
            driver: Any = journal._connection.connection.driver_connection
            driver.execute("PRAGMA synchronous=NORMAL")
        for number in range(1, turns + 1):
            if mutant == "early":
                _say(f"stored {journal.next_seq + 1}")
            stored = append_turn(journal, 10 * number)
            if mutant != "early":
                _say(f"stored {stored.last_seq}")
            if number % each == 0:
                journal.snapshot(encode(LaneState(seq=stored.last_seq)), stored.last_fseq)


def _set_aside_first(make_ready: Any, folder: names.DataFolder, aside: Path, *rest: Any) -> None:  # noqa: ANN401 - as in the product
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            folder.journal.with_name(folder.journal.name + suffix).rename(f"{aside}{suffix}")
    make_ready(folder, aside, *rest)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), " ".join(sys.argv[4:]))
