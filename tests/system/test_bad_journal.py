"""A damaged journal and a full disk under a running lane: set aside or closed, named, nothing stored is lost."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig.judge import judge
from tests.rig.rig import Mark
from tests.rig.witness import CentreRow, Row, read_centre
from tests.support import apart
from tests.system.bad_gate import SLOW_S, Gate, open_gate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

PAGE = 4096
NEW_EPOCH_S = 10.0


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> None:
    """Here the gate lives as long as the module; `open_gate` looks for what is left."""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A gate with the history of one truck."""
    with open_gate(tmp_path_factory.mktemp("journal") / "gate") as gate:
        gate.pass_van()
        gate.wait(gate.is_settled, SLOW_S, "delivered")
        yield gate


def _zero_page(file: Path, number: int) -> None:
    with file.open("r+b") as journal:
        journal.seek(number * PAGE)
        journal.write(bytes(PAGE))


def _middle(journal: Path) -> None:
    _zero_page(journal, journal.stat().st_size // PAGE // 2)


def _tail(journal: Path) -> None:
    _zero_page(journal, journal.stat().st_size // PAGE - 1)


def _nul_filled(journal: Path) -> None:
    journal.write_bytes(bytes(journal.stat().st_size))


def _cut_off(journal: Path) -> None:
    os.truncate(journal, journal.stat().st_size // 2)


def _file_number(path: Path) -> int | None:
    """None for the moment between two renames in which the old journal is aside and the new one not yet in place."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _centre(gate: Gate) -> set[CentreRow]:
    return set(read_centre(gate.premises.database)[0])


@pytest.mark.parametrize("damage", [_middle, _tail, _cut_off, _nul_filled])
def test_a_damaged_journal_is_set_aside_and_a_new_epoch_begins(gate: Gate, damage: Callable[[Path], None]) -> None:
    before, known = gate.journal()[-1], _centre(gate)
    journal = gate.premises.data / "journal.db"
    gate.lane.stop()
    damage(journal)
    damaged, damaged_file = journal.read_bytes(), journal.stat().st_ino
    began = time.monotonic()
    gate.lane.start()
    mark = Mark(0, 0)

    gate.wait(lambda: _file_number(journal) not in (None, damaged_file), NEW_EPOCH_S, "a new journal")
    gate.wait(lambda: gate.rows(mark, "lane.started", epoch=before.epoch + 1), NEW_EPOCH_S, "a new epoch")
    took_s = time.monotonic() - began
    assert took_s < NEW_EPOCH_S
    told = [row for row in gate.rows(mark, "input.refused", source="journal") if row.epoch == before.epoch + 1]
    assert len(told) == 1 and told[0].body["next_step"], told
    quarantined = Path(told[0].body["thing"])
    assert quarantined.read_bytes() == damaged, "the evidence is set aside untouched"
    kept = [row.seq for row in gate.journal() if row.epoch <= before.epoch]
    newest = kept[-1] if kept else 0
    gap = f"records {newest + 1}..{before.seq} are suspect" if newest < before.seq else "all records are kept"
    assert gap in told[0].body["reason"], "the gap is named by its numbers"
    assert gate.rows(mark, "lane.started")[-1].seq > before.seq, "no number is used twice"
    gate.wait(gate.is_settled, SLOW_S, "the new epoch is delivered")
    assert known <= _centre(gate), "what the centre had stays"
    assert {row.epoch for row in _centre(gate)} >= {before.epoch, before.epoch + 1}
    gate.assert_unharmed(Mark(before.seq, len(gate.entries())))


@pytest.mark.parametrize("left", [0, 3 * PAGE + PAGE // 2])
def test_a_cut_off_log_never_numbers_a_delivered_record_again(gate: Gate, left: int) -> None:
    """A disk that lied about its writes: the newest records are gone here, and the centre has them."""
    before, known, started = _cut_log(gate, left)
    for _ in range(3):
        if started.body["epoch"] != before.epoch:
            break
        assert before in gate.journal(), "the log was merged into the file: the cut took nothing"
        gate.wait(gate.is_settled, SLOW_S, "what this start has written is delivered, and in the log alone")
        before, known, started = _cut_log(gate, left)
    assert started.body["epoch"] == before.epoch + 1
    told = gate.await_refusal(Mark(before.seq, 0), "journal", f"..{before.seq} are suspect")
    assert Path(told["thing"]).exists()
    gate.wait(gate.is_settled, SLOW_S, "the new epoch is delivered")
    assert known <= _centre(gate), "what the centre had stays"
    gate.assert_unharmed(Mark(before.seq, len(gate.entries())))


def _cut_log(gate: Gate, left: int) -> tuple[Row, set[CentreRow], Row]:
    """The newest record before the cut, what the centre had then, and the next start's first record."""
    before, known = gate.journal()[-1], _centre(gate)
    rest = gate._lane_family()
    gate.lane.kill()
    gate._end(rest)
    os.truncate(gate.premises.data / "journal.db-wal", left)
    gate.lane.start()
    gate.wait(lambda: gate.rows(Mark(before.seq, 0), "lane.started"), NEW_EPOCH_S, "a start behind all that was known")
    return before, known, gate.rows(Mark(before.seq, 0), "lane.started")[0]


def test_after_all_that_a_truck_passes(gate: Gate) -> None:
    mark = gate.mark()
    gate.pass_van()
    gate.assert_unharmed(mark)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a small tmpfs of its own")
def test_a_full_disk_closes_the_lane_and_space_opens_it_again(tmp_path: Path) -> None:
    apart("--mount")  # the root of a container may not be allowed to mount
    gate = Gate(tmp_path / "gate")
    gate.premises.data.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", gate.premises.data], check=True)
    try:
        with gate:
            gate.start()
            _fill_up_under_a_van(gate)
    finally:
        subprocess.run(["umount", "--lazy", gate.premises.data], check=True)


def _fill(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file:
        while _takes(file.fileno()):
            pass


def _fill_up_under_a_van(gate: Gate) -> None:
    mark = gate.mark()
    gate.send_van()
    gate.await_row(mark, "crossing.identified")
    filler = gate.premises.data / "filler"
    _fill(filler)
    gate.wait(lambda: gate.view().mode == "CLOSED", SLOW_S, "the lane is closed")
    gate.await_row(mark, "disk.state", level="READ_ONLY")  # the reserve gave the journal room to say so
    _fill(filler)  # and now that is taken too
    log = gate.lane.log
    gate.wait(lambda: b"journal unwritable" in log.read_bytes(), 2 * SLOW_S, "the journal takes no more")
    kept = gate.journal()[-1]
    time.sleep(3.0)  # what could go out in this time must not
    assert gate.journal()[-1] == kept
    assert not [e for e in gate.entries()[mark.entries :] if e.what in ("frame", "boom")], "nothing moved"
    assert _light(gate) == "red"
    filler.unlink()
    gate.wait(lambda: gate.view().mode == "AUTOMATIC", SLOW_S, "the lane is open again")
    gate.wait(lambda: gate.held_reason(mark) or gate.rows(mark, "crossing.completed"), SLOW_S, "the van's fate")
    if gate.held_reason(mark):
        gate.wave_back()
    # A courier that met the full disk too often rests for a minute.
    gate.wait(gate.is_settled, 60 + SLOW_S, "everything is delivered")
    assert b"Traceback" not in gate.lane.log.read_bytes()
    assert gate.journal()[-1].seq > kept.seq
    assert judge(gate.evidence(mark, is_over=True)).is_clean
    gate.assert_unharmed(mark)


def _takes(fileno: int) -> bool:
    try:
        return os.write(fileno, bytes(PAGE)) > 0
    except OSError:
        return False


def _light(gate: Gate) -> str:
    lamps = {e.seen["name"]: e.seen["on"] for e in gate.entries() if e.what == "output"}
    return "red" if lamps.get("red") and not lamps.get("green") else "other"
