"""What was acknowledged is there: after kill -9, on a full disk, and by the order of system calls."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable
from station.journal.store import Journal
from tests.audit.sealed import audit
from tests.journal.made import append_turn
from tests.support import apart, needs

ROOT = Path(__file__).parents[2]
KILLS = 12


def appender(folder: Path, most: int, *options: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-m", "tests.journal.appender", str(folder), str(most), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stored(line: str) -> int:
    assert line.startswith("stored "), line
    return int(line.split()[1])


@pytest.mark.timeout(400)
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    chance = random.Random(20)
    acknowledged = 0
    for _ in range(KILLS):
        with appender(tmp_path, 1_000_000) as process:
            assert process.stdout is not None
            last = stored(process.stdout.readline())
            time.sleep(chance.uniform(0.0, 0.15))  # the moment of the kill is the experiment, not a wait
            process.kill()
            last = max([last, *(stored(line) for line in process.stdout.read().splitlines())])
        assert last > acknowledged
        with JournalReader(tmp_path) as reader:
            fseq, seq = reader.newest()
            assert last <= seq <= last + 2, "more than the turn in flight"
            assert fseq == seq
            assert reader.first_broken() is None
        assert audit(tmp_path) == [], "a checkpoint without its records"
        acknowledged = last
    with Journal.open(tmp_path) as journal:
        assert (journal.opening.kind, journal.epoch) == ("continued", 1)
    assert acknowledged > 2 * KILLS


def syncs_per_turn(folder: Path, turns: int, *options: str) -> list[int]:
    """How many times the disk was waited for between the begin of each append and its return, by strace."""
    trace = folder.with_suffix(".trace")
    strace = (str(needs("strace")), "-f", "-e", "trace=fsync,fdatasync,sync_file_range,write", "-o", str(trace))
    with appender(folder, turns, "mark", *options, before=strace) as process:
        _, errors = process.communicate(timeout=50)
    assert process.returncode == 0, errors
    counts: list[int] = []
    for line in trace.read_text().splitlines():
        if re.search(r'write\(2, "before \d', line):
            counts.append(0)
        elif counts and re.search(r"(fsync|fdatasync)\(\d+\) += 0", line):
            counts[-1] += 1
        elif re.search(r'write\(2, "after \d', line):
            counts.append(0)
    assert len(counts) == 2 * turns
    return counts[::2]


def test_a_turn_waits_for_the_disk_exactly_once(tmp_path: Path) -> None:
    assert syncs_per_turn(tmp_path / "journal", 30) == [1] * 30


def test_the_count_catches_a_careless_journal(tmp_path: Path) -> None:
    assert sum(syncs_per_turn(tmp_path / "journal", 10, "careless")) == 0


def test_a_full_disk_refuses_the_turn_and_nothing_else(tmp_path: Path) -> None:
    """1 MB tmpfs in a mount namespace of the child; the filler file is what a person removes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=1m tmpfs {disk} && dd if=/dev/zero of={disk}/filler bs=1k count=600 status=none"
        f' && "$0" -m tests.journal.appender {disk}/data 100000 fill && rm -f {disk}/filler'
    )
    with subprocess.Popen(
        [*apart("--mount"), "sh", "-c", script, sys.executable],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        last = 0
        while (line := process.stdout.readline()).startswith("stored"):
            last = stored(line)
        assert line == "refused disk-full\n"
        assert last > 20
        inside = Path(f"/proc/{appender_of(process.pid)}/root{disk}")
        (inside / "filler").unlink()
        process.stdin.write("go on\n")
        process.stdin.flush()
        assert stored(process.stdout.readline()) == last + 2
        assert process.wait(30) == 0


def appender_of(pid: int) -> int:
    """The shell's child: the process in the mount namespace."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[-1]) if children else pid


def test_a_file_that_may_not_grow_is_an_error_until_the_next_start(tmp_path: Path) -> None:
    with appender(tmp_path, 100_000, "limit=400000") as process:
        assert process.stdout is not None
        last = 0
        while (line := process.stdout.readline()).startswith("stored"):
            last = stored(line)
        process.kill()
    assert line in ("refused io-error\n", "refused disk-full\n")
    assert last > 20
    with Journal.open(tmp_path) as journal, JournalReader(tmp_path) as reader:
        assert (journal.opening.kind, journal.next_seq) == ("continued", last + 1)
        assert reader.first_broken() is None
        append_turn(journal, 10)


def test_after_an_io_error_only_a_new_start_writes_again(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        append_turn(journal, 10)
        journal._failed = JournalUnwritable("io-error", journal.folder.journal, "seen before")
        with pytest.raises(JournalUnwritable) as caught:
            append_turn(journal, 20)
        assert caught.value.cause == "io-error"
    with Journal.open(tmp_path) as journal:
        assert append_turn(journal, 20).last_seq == 4
