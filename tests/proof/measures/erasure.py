"""Erasing what a driver showed: no byte of it in any file of the gate, and both chains as whole as before."""

from dataclasses import dataclass, replace
from pathlib import Path

from station.commands.replay import examine
from station.core.records import ErasureRecorded
from station.journal import personal
from station.journal.reader import JournalReader
from tests.journeys.gate import PARAMETERS
from tests.journeys.test_readers import SECRETS, ReadersGate, pass_through


@dataclass(frozen=True, slots=True)
class Erased:
    """`before`, `after`: places in the files where something of the person stands; `texts` as recorded."""

    files: int
    before: int
    after: int
    texts: int
    is_whole: bool
    replays: bool


def measure(folder: Path) -> Erased:
    """A driver shows a card and crosses; the head of unit has it erased, the lane runs on; every file is searched."""
    gate = ReadersGate(folder, replace(PARAMETERS, triggered=("scanner",), tag_readers=("tags",)))
    with gate:
        pass_through(gate)
        crossing = gate.completed()[-1].crossing
        before = _places(folder)
        outcome = gate.act("erase", "2001", crossing=crossing, digest="")
        assert outcome.outcome == "effective", outcome
        gate.until(lambda: _erasures(gate), 10, "the record of the erasure")
        (said,) = _erasures(gate)
        assert (said.crossing, said.basis) == (crossing, "ACT")
    with JournalReader(gate.data.root) as reader:
        report = examine(reader)
    files = sum(path.is_file() for path in folder.rglob("*"))
    return Erased(files, before, _places(folder), said.texts, report["broken"] is None, bool(report["same"]))


def measure_mutant(folder: Path) -> Erased:
    """The same where the database only forgets the row and leaves its bytes in the file."""
    kept = personal.SECURE_DELETE
    personal.SECURE_DELETE = 0
    try:
        return measure(folder)
    finally:
        personal.SECURE_DELETE = kept


def _erasures(gate: ReadersGate) -> list[ErasureRecorded]:
    return [record for record in gate.records() if isinstance(record, ErasureRecorded)]


def _places(folder: Path) -> int:
    """How often something of the person stands in a file, as text, as hexadecimal digits or in UTF-16."""
    forms = [form for secret in SECRETS for form in (secret.encode(), secret.encode().hex().encode())]
    forms += [secret.encode("utf-16-le") for secret in SECRETS]
    bodies = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return sum(body.count(form) for body in bodies for form in forms)
