"""What the lane reads of the courier's file."""

import time
from pathlib import Path

from station.courier.eligible import EligibleTable
from station.courier.store import CourierStore
from station.messages.downlinks import EligibleList, Suspension
from tests.courier.bench import FAR_MS, STATION, entry

NOW = time.time_ns() // 1_000_000
LIST = EligibleList(STATION, "15BB", 1, NOW, FAR_MS, (entry("D1"),))


def keep(folder: Path, *things: EligibleList | Suspension) -> None:
    """A courier that applied `things` and ended."""
    store = CourierStore(folder)
    for thing in things:
        row = store.receive("x", b"{}", NOW)
        if isinstance(thing, EligibleList):
            store.apply_list(row, thing)
        else:
            store.apply_suspension(row, thing)
    store.close()


def test_a_file_that_was_moved_away_and_made_anew_is_noticed(tmp_path: Path) -> None:
    """As the refusal of a damaged file advises. The lane that held the old one must see the new suspensions."""
    keep(tmp_path, LIST)
    table = EligibleTable(tmp_path)
    assert not table.look_up("D1").suspended
    for file in tmp_path.glob("courier.db*"):
        file.rename(tmp_path / f"aside-{file.name}")
    assert table.look_up("D1").entry is None
    keep(tmp_path, LIST, Suspension(STATION, "D1", False, 1, NOW, FAR_MS))
    assert table.look_up("D1").suspended
    table.close()
