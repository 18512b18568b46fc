"""What is cut: a process of ours from a folder at rest to its end, and who judges what the cut left."""

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drivers.contract.plain import encode
from station.core.state import LaneState
from station.journal.store import Journal
from tests.journal.made import append_turn, append_turns
from tests.powercut.disk import CONTENTS, NAMES, Contents, Disk, Image, Names, read_folder, write_folder
from tests.powercut.judges import Judge, Truth, judge_courier, judge_evidence, judge_journal, judge_ledger
from tests.powercut.trace import Operation, traced

WRITER = "tests.powercut.journal_writer"
DATA = "data"
"""The folder below the root that a process gets; it does not exist before a first start."""

TURNS = 24
_BEFORE = 20
_SNAPSHOT_AFTER = 15
_IN_MEMORY = Path("/dev/shm")
"""The images need no disk: what one holds is computed."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the power went, what the disk then held, and what is wrong with that ("" if nothing)."""

    place: int
    contents: Contents
    names: Names
    said: int
    found: str


class Story:
    """A process that has run once, traced, in a folder below `root`; cut as often as wanted."""

    def __init__(self, name: str, start: Image, root: Path, operations: Sequence[Operation], judge: Judge) -> None:
        self.name = name
        self.operations = operations
        self._start = start
        self._root = root
        self._judge = judge

    def cuts(self, count: int, seed: int) -> Iterator[Cut]:
        """`count` cuts: the places in an order of chance, each before any is cut again, every mode in turn."""
        chance = random.Random(f"{self.name} {seed}")
        places: list[int] = []
        for number in range(count):
            if not places:
                places = chance.sample(range(len(self.operations) + 1), len(self.operations) + 1)
            contents = CONTENTS[-1 - number % 4 % len(CONTENTS)]  # sectors twice as often as the others
            yield self.cut(places.pop(), contents, NAMES[number // 4 % len(NAMES)], number)

    def first_found(self, most: int, seed: int) -> Cut | None:
        """The first of at most so many cuts that does harm."""
        return next((cut for cut in self.cuts(most, seed) if cut.found), None)

    def cut(self, place: int, contents: Contents, names: Names, seed: int) -> Cut:
        """The power goes before operation `place` has begun and after the one before it has returned."""
        disk = Disk(self._start, names)
        for operation in self.operations[:place]:
            disk.do(operation)
        with scratch() as folder:
            write_folder(disk.image(contents, f"{place} {seed}"), self._root, folder / "cut")
            try:
                found = self._judge(folder / "cut" / DATA, disk.said)
            except Exception as error:  # noqa: BLE001 - a start that fails is what is looked for
                found = f"{type(error).__name__}: {error}"
        return Cut(place, contents, names, len(disk.said), found)


def first_start(*options: str) -> Story:
    """A journal is created, takes turns, is merged at each snapshot and closed."""
    with scratch() as folder:
        return _appended("first start, turns, snapshots", folder, TURNS, ("7", *options), held_before=0)


def salvage(damage: str, *options: str) -> Story:
    """A journal that was left with a log by a kill is damaged: a row of it, or all of it. It is set aside at the start.

    What the undisturbed start carries over must be carried over after every cut.
    """
    with scratch() as folder:
        _left_by_a_kill(folder, damage)
        return _appended(f"a damaged {damage} set aside", folder, 3, ("3", *options), held_before=0)


def after_a_cut(seed: int) -> Story:
    """The start after a power cut, itself cut: recovery must be able to begin anew."""
    with scratch() as folder:
        first = _appended("", folder, TURNS, ("7",), held_before=0)
        place = random.Random(seed).randrange(len(first.operations) * 2 // 3, len(first.operations))
        disk = Disk(first._start, "ordered")
        for operation in first.operations[:place]:
            disk.do(operation)
        shutil.rmtree(folder)
        write_folder(disk.image("any sectors", seed), first._root, folder)
        stored = max(int(line.split()[1]) for line in disk.said if line.startswith("stored"))
        held = _newest_in(folder / DATA)  # the turn in hand may have come to the disk too, and then it stays
        assert held >= stored, f"the cut itself lost a record: {held} of {stored}"
        return _appended("the start after a cut", folder, 4, ("2",), held_before=held)


def _newest_in(root: Path) -> int:
    """The newest record that a start finds there; looked for in a copy."""
    with scratch() as folder:
        shutil.copytree(root, folder / DATA)
        with Journal.open(folder / DATA) as journal:
            return journal.next_seq - 1


def courier(*options: str) -> Story:
    """The courier's store: cursor, inbox, spool, list and suspensions."""
    with scratch() as folder:
        return _run("the courier's store", folder, "tests.powercut.courier_writer", ("6", *options), judge_courier)


def ledger() -> Story:
    """Bookings of declarations and sealed texts."""
    with scratch() as folder:
        return _run("ledger and personal data", folder, "tests.powercut.ledger_writer", ("8",), judge_ledger)


def evidence(*options: str) -> Story:
    """The centre takes evidence files in; with `killed`, behind one who was killed before anything was synced."""
    with scratch() as folder:
        (folder / DATA).mkdir()
        return _run("the centre's evidence", folder, "tests.powercut.evidence_writer", ("6", *options), judge_evidence)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, if there is one."""
    where = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where, prefix="power-cut-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _appended(name: str, folder: Path, turns: int, options: Sequence[str], held_before: int) -> Story:
    story = _run(name, folder, WRITER, (str(turns), *options), None)
    story._judge = partial(judge_journal, truth=Truth.of(folder / DATA, held_before))
    return story


def _run(name: str, root: Path, module: str, arguments: Sequence[str], judge: Judge | None) -> Story:
    start = read_folder(root)
    command = [sys.executable, "-m", module, str(root / DATA), *arguments]
    with scratch() as aside:
        operations = traced(command, root, aside / "trace")
    _assert_the_model_is_right(start, operations, root)
    return Story(name, start, root, operations, judge or (lambda _, __: ""))


def _assert_the_model_is_right(start: Image, operations: Sequence[Operation], root: Path) -> None:
    """Without a cut the rebuilt disk is the real one, byte for byte."""
    for names in NAMES:
        disk = Disk(start, names)
        for operation in operations:
            disk.do(operation)
        built = disk.image("all written", 0)
        there = read_folder(root)
        assert built.keys() == there.keys()
        assert all(built[path] == there[path] for path in there if not path.endswith("-shm"))


def _left_by_a_kill(folder: Path, damage: str) -> None:
    with Journal.open(folder / "made") as journal:
        append_turns(journal, _SNAPSHOT_AFTER)
        journal.snapshot(encode(LaneState(seq=2 * _SNAPSHOT_AFTER)), 2 * _SNAPSHOT_AFTER)
        for number in range(_SNAPSHOT_AFTER + 1, _BEFORE + 1):
            append_turn(journal, 10 * number)
        shutil.copytree(folder / "made", folder / DATA)
    shutil.rmtree(folder / "made")
    path = folder / DATA / "journal.db"
    content = path.read_bytes()
    if damage == "row":
        assert b"70000" in content
        content = content.replace(b"70000", b"70001")
    else:
        content = bytes(len(content))
    path.write_bytes(content)
