"""A journal that cannot be written closes the lane: red, nothing permitted; facts wait and are told afterwards."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from station.core.facts import TimePassed
from station.core.records import CrossingReleased
from station.journal.reader import JournalReader
from station.lane.act_socket import Ask, View
from tests.journeys.gate import DECLARATION, Gate
from tests.support import apart

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def locked(gate: Gate) -> Iterator[None]:
    """Another program holds the journal open for writing, as a careless person with a shell might."""
    other = sqlite.connect(gate.data.journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_nothing_is_released_while_the_journal_is_locked_and_the_truck_goes_on_afterwards(gate: Gate) -> None:
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.declaration != "", 60, "the code is shown")
    with locked(gate):
        gate.run(4_000)
        assert not gate.loop.is_keeping
        assert gate.yard.motions == []
        assert gate.yard.light == "red"
        shown = gate.ask(Ask())
        assert isinstance(shown, View)
        assert shown.mode == "CLOSED"
        with JournalReader(gate.data.root) as reader:
            stored, _ = reader.newest()
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 120, "the truck is through")
    assert [completed.end for completed in gate.completed()] == ["DEPARTED"]
    assert [what for _, what in gate.yard.motions] == ["raise", "lower"]
    with JournalReader(gate.data.root) as reader:
        assert reader.first_broken() is None
        kept = [reader.as_fact(row) for row in reader.facts(stored, 5)]
    assert kept[0].tick < gate.yard.motions[0][0] - 2_000  # what was seen meanwhile is told first, with its own tick


def test_a_green_light_turns_red_when_the_journal_fails_and_green_again_afterwards(gate: Gate) -> None:
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.yard.light == "green", 60, "green")
    for truck in gate.yard.trucks:
        truck.head_for(truck.nose_m)  # the driver sleeps
    with locked(gate):
        gate.until(lambda: not gate.loop.is_keeping, 400, "a fact that cannot be kept")
        gate.run(500)
        assert gate.yard.light == "red"
    gate.until(lambda: gate.yard.light == "green", 20, "green again")
    released = [record for record in gate.records() if isinstance(record, CrossingReleased)]
    assert len(released) == 1
    assert [what for _, what in gate.yard.motions] == ["raise"]


def test_a_lane_that_waits_for_its_disk_neither_spins_nor_fills_its_memory(gate: Gate) -> None:
    """What the core waits for has come due, but nobody can be told: no TimePassed is made up, and the lane rests."""
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.plate is not None, 60, "plate read")
    with locked(gate):
        gate.until(lambda: not gate.loop.is_keeping, 10, "a fact that cannot be kept")
        gate.run(3_000)
        waiting = list(gate.loop._unkept)
        assert not any(isinstance(fact, TimePassed) for fact in waiting)
        assert len(waiting) < 30
        due = gate.loop._next_due()
        assert due is not None and due > gate.clock() - 1_000


def test_a_full_disk_closes_the_lane_until_there_is_room_again(tmp_path: Path) -> None:
    """The whole story runs in a child of its own mount namespace, its data folder on a tmpfs of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f'mount -t tmpfs -o size=3m tmpfs {disk} && exec "$0" -m tests.lane.full_disk {disk}'
    done = subprocess.run(
        [*apart("--mount"), "sh", "-c", script, sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["closed", "red", "still", "kept", "DEPARTED", "whole"]
