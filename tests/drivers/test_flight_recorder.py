"""The flight recorder: what it keeps, what a crash, a full disk and damage cost, and what playing back gives."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.contract.recording import Mark
from drivers.links.flight_recorder import Entry, FlightRecorder, about, parse, read_recording
from drivers.links.followed_recording import FollowedRecording
from drivers.links.played_link import PlayedLink
from drivers.links.recorded_link import RecordedLink, recorded

ABOUT = about("scale", '{"kind":"toledo-continuous"}')
SIZE = 80_000


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.tick = Tick(1000)

    def __call__(self) -> Tick:
        return self.tick

    def move(self, elapsed: int) -> None:
        self.tick = Tick(self.tick + elapsed)


class Script:
    """A wire that says what it is told to."""

    def __init__(self, *said: bytes) -> None:
        self.said = list(said)
        self.heard = b""
        self.is_gone = False

    def __str__(self) -> str:
        return "a wire"

    def open(self) -> None:
        self._require()

    def read(self, patience: Millis) -> bytes:
        self._require()
        return self.said.pop(0) if self.said else b""

    def write(self, data: bytes, patience: Millis) -> None:
        self._require()
        self.heard += data

    def discard_input(self) -> None:
        self._require()

    def close(self) -> None: ...

    def _require(self) -> None:
        if self.is_gone:
            raise DeviceFault("port-missing", "a wire", "gone", "plug it in")


@contextmanager
def recorder_in(folder: Path, size: int = SIZE) -> Iterator[FlightRecorder]:
    made = FlightRecorder(folder, size, now, ABOUT)
    yield made
    made.close()


def kept(path: Path, mark: Mark = "<") -> list[bytes]:
    return [entry.data for entry in read_recording(path) if entry.mark == mark]


entries = st.builds(
    Entry, st.integers(0, 2**62).map(Tick), st.sampled_from(["#", "=", "<", ">", "!"]), st.binary(max_size=300)
)


@given(entries)
def test_an_entry_is_one_line_and_reads_back(entry: Entry) -> None:
    line = entry.line()
    assert line.count(b"\n") == 1 and line.isascii()
    assert parse(line) == entry


@given(entries, st.data())
def test_a_torn_or_damaged_line_is_no_entry(entry: Entry, data: st.DataObject) -> None:
    line = entry.line()
    assert parse(line[: data.draw(st.integers(0, len(line) - 1))]) is None
    at, bit = data.draw(st.integers(0, len(line) - 2)), data.draw(st.integers(0, 7))
    assert parse(line[:at] + bytes([line[at] ^ 1 << bit]) + line[at + 1 :]) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_harm(data: bytes) -> None:
    parse(data)


def test_everything_on_the_wire_is_kept_in_order(tmp_path: Path) -> None:
    wire = Script(b"\x02\x2a", b"", b"\x00\xff")
    with recorder_in(tmp_path / "scale") as recorder:
        link = RecordedLink(wire, recorder)
        link.open()
        assert [link.read(Millis(0)) for _ in range(3)] == [b"\x02\x2a", b"", b"\x00\xff"]
        link.write(b"SI\r\n", Millis(10))
        wire.is_gone = True
        for use in (lambda: link.read(Millis(0)), lambda: link.write(b"x", Millis(0)), link.discard_input, link.open):
            with pytest.raises(DeviceFault):
                use()
    found = list(read_recording(tmp_path / "scale"))
    assert [entry.mark for entry in found] == ["#", "=", "<", "<", ">", "!", ">", "!"], "a fault is kept once"
    assert json.loads(found[0].data) == {"device": "scale", "settings": {"kind": "toledo-continuous"}}
    assert found[1].data.endswith(b"Z a wire")
    assert [entry.data for entry in found[2:5]] == [b"\x02\x2a", b"\x00\xff", b"SI\r\n"]
    assert b"port-missing" in found[5].data
    assert wire.heard == b"SI\r\n"


def test_without_a_recorder_the_link_is_the_link_itself() -> None:
    wire = Script()
    assert recorded(wire, None) is wire


def test_the_ring_keeps_its_bound_and_the_newest(tmp_path: Path) -> None:
    with recorder_in(tmp_path / "ring") as recorder:
        recorder.note("=", b"a wire")
        for n in range(5000):
            recorder.note("<", b"%06d" % n)
            if n % 500 == 0:
                assert sum(file.stat().st_size for file in (tmp_path / "ring").iterdir()) <= SIZE
    files = sorted((tmp_path / "ring").iterdir())
    assert len(files) == 8 and sum(file.stat().st_size for file in files) <= SIZE
    numbers = [int(data) for data in kept(tmp_path / "ring")]
    assert numbers == list(range(numbers[0], 5000)) and len(numbers) > 1000
    for file in files:  # each can be read without the others
        marks = [entry.mark for entry in read_recording(file)]
        assert marks[:2] == ["#", "="]
        assert file.stat().st_mode & 0o077 == 0


def test_long_data_is_kept_whole(tmp_path: Path) -> None:
    data = bytes(range(256)) * 64
    with recorder_in(tmp_path / "long", 1_000_000) as recorder:
        recorder.note("<", data)
    assert b"".join(kept(tmp_path / "long")) == data


def test_a_killed_process_loses_nothing_it_has_noted(tmp_path: Path) -> None:
    script = (
        "import os,sys,pathlib; from drivers.contract.clock import now;"
        "from drivers.links.flight_recorder import FlightRecorder;"
        f"r=FlightRecorder(pathlib.Path(sys.argv[1]),{SIZE},now,'{{}}');"
        "[r.note('<',b'%d'%n) for n in range(500)]; os.kill(os.getpid(),9)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path / "killed")], check=False, timeout=30)
    assert ended.returncode == -9
    assert kept(tmp_path / "killed") == [b"%d" % n for n in range(500)]


def test_a_torn_tail_costs_only_itself(tmp_path: Path) -> None:
    folder = tmp_path / "torn"
    with recorder_in(folder) as recorder:
        for n in range(10):
            recorder.note("<", b"%d" % n)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for cut in range(len(whole) - 60, len(whole)):
        file.write_bytes(whole[:cut])
        with recorder_in(folder) as recorder:
            recorder.note("<", b"new")
        assert [file] == list(folder.iterdir())
        found = kept(folder)
        assert found[-1] == b"new"
        assert found[:-1] == [b"%d" % n for n in range(len(found) - 1)] and len(found) >= 8


def test_a_device_that_is_out_for_days_pushes_nothing_out(tmp_path: Path) -> None:
    """Its worker is started anew every few seconds, finds no port and says so."""
    folder = tmp_path / "out"
    with recorder_in(folder) as recorder:
        recorder.note("<", b"its last words")
    for _ in range(300):
        with recorder_in(folder) as recorder:
            recorder.note("!", b"port-missing: " + bytes(100))
    assert kept(folder) == [b"its last words"]
    assert len(kept(folder, "!")) == 1 and len(kept(folder, "#")) == 1
    with recorder_in(folder) as recorder:
        recorder.note("<", b"back")
        recorder.note("!", b"port-missing: " + bytes(100))
    assert [entry.mark for entry in read_recording(folder)] == ["#", "<", "!", "<", "!"]


def test_other_settings_begin_another_file(tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    for text in (ABOUT, about("scale", '{"kind":"yaohua-xk3190"}')):
        recorder = FlightRecorder(folder, SIZE, now, text)
        recorder.note("<", b"x")
        recorder.close()
    files = sorted(folder.iterdir())
    assert [[entry.mark for entry in read_recording(file)] for file in files] == [["#", "<"], ["#", "<"]]
    assert b"yaohua" in kept(files[1], "#")[0]


def test_a_refusing_disk_costs_entries_and_nothing_else(tmp_path: Path) -> None:
    clock = Hand()
    recorder = FlightRecorder(tmp_path / "full", 1_000_000, clock, ABOUT)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        recorder.note("<", b"before")
        resource.setrlimit(resource.RLIMIT_FSIZE, (400, limits[1]))
        for _ in range(50):
            recorder.note("<", b"0123456789")
        lost = recorder.lost
        assert lost > 30
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    recorder.note("<", b"too early")
    assert recorder.lost == lost + 1
    clock.move(10_000)
    recorder.note("<", b"after")
    recorder.close()
    found = kept(tmp_path / "full")
    assert found[0] == b"before" and found[-1] == b"after" and b"too early" not in found


def test_a_folder_that_cannot_be_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    recorder = FlightRecorder(tmp_path / "file" / "scale", SIZE, now, ABOUT)
    recorder.note("<", b"x")
    assert recorder.lost == 1


def test_a_recording_is_followed_from_its_end_over_a_change_of_files(tmp_path: Path) -> None:
    folder = tmp_path / "followed"
    with recorder_in(folder) as recorder:
        recorder.note("<", b"before")
        following = FollowedRecording(folder)
        assert following.fresh() == []
        seen: list[bytes] = []
        for n in range(1000):
            recorder.note("<", b"%d" % n)
            if n % 90 == 0:
                seen += [entry.data for entry in following.fresh() if entry.mark == "<"]
        seen += [entry.data for entry in following.fresh() if entry.mark == "<"]
    assert len(list(folder.iterdir())) > 2
    assert seen == [b"%d" % n for n in range(1000)]


def test_a_line_under_way_is_followed_when_it_is_whole(tmp_path: Path) -> None:
    line = Entry(Tick(5), "<", b"whole").line()
    (tmp_path / "00000001.flight").write_bytes(b"")
    following = FollowedRecording(tmp_path)
    with (tmp_path / "00000001.flight").open("ab", buffering=0) as file:
        file.write(line[:7])
        assert following.fresh() == []
        file.write(line[7:])
        assert following.fresh() == [Entry(Tick(5), "<", b"whole")]


def test_a_folder_that_is_not_there_yet_is_followed_from_its_beginning(tmp_path: Path) -> None:
    following = FollowedRecording(tmp_path / "later")
    assert following.fresh() == []
    with recorder_in(tmp_path / "later") as recorder:
        recorder.note("<", b"first")
        assert [entry.data for entry in following.fresh()][-1] == b"first"


def played(*script: tuple[int, Mark, bytes]) -> PlayedLink:
    return PlayedLink(Entry(Tick(tick), mark, data) for tick, mark, data in script)


def test_a_recording_plays_in_its_own_time() -> None:
    link = played((5000, "=", b""), (5100, "<", b"a"), (5130, "<", b"b"), (9000, "<", b"c"))
    assert link.clock() == 5000
    assert [link.read(Millis(50)) for _ in range(4)] == [b"", b"a", b"b", b""]
    assert link.clock() == 5180 and not link.is_over
    assert link.read(Millis(10_000)) == b"c"
    assert link.clock() == 9000 and link.is_over
    assert link.read(Millis(50)) == b"" and link.clock() == 9050


def test_long_silences_and_new_boots_are_short() -> None:
    link = played((100_000_000, "<", b"a"), (500_000_000, "<", b"b"), (700, "<", b"c"), (710, "<", b"d"))
    assert [link.read(Millis(60_000)) for _ in range(4)] == [b"a", b"b", b"c", b"d"]
    assert link.clock() == 100_060_010


def test_a_question_is_answered_as_it_was_and_a_stranger_is_refused() -> None:
    link = played((0, ">", b"Q1"), (10, "<", b"A1"), (1000, ">", b"Q2"), (1010, "<", b"A2"))
    assert link.read(Millis(500)) == b"", "no answer before the question"
    link.write(b"Q2", Millis(100))
    assert link.read(Millis(50)) == b"A2"
    with pytest.raises(DeviceFault) as caught:
        link.write(b"Q1", Millis(100))
    assert caught.value.fault.code == "silent" and "51 31" in caught.value.fault.seen
    assert link.is_over


def test_a_question_that_is_not_there_goes_on_at_the_next_opening() -> None:
    """A ring begins in the middle of a talk; counted requests fit again from where the wire was opened."""
    link = played((0, ">", b"7"), (5, "<", b"seven"), (99, "=", b"a wire"), (100, ">", b"1"), (105, "<", b"one"))
    with pytest.raises(DeviceFault):
        link.write(b"0", Millis(100))
    link.write(b"1", Millis(100))
    assert link.read(Millis(50)) == b"one" and link.is_over


def test_a_driver_that_asks_late_gets_the_answer_late() -> None:
    link = played((0, ">", b"Q"), (10, "<", b"A"), (200, ">", b"Q"), (210, "<", b"B"))
    link.read(Millis(700))
    link.write(b"Q", Millis(100))
    assert link.read(Millis(5)) == b"" and link.read(Millis(5)) == b"A"
    assert link.clock() == 710
    link.write(b"Q", Millis(100))
    assert link.clock() == 900 and link.read(Millis(10)) == b"B"


def test_a_recording_under_way_is_played_as_it_grows() -> None:
    link = PlayedLink()
    assert link.is_over and link.read(Millis(50)) == b""
    link.add([Entry(Tick(1000), "<", b"a")])
    assert link.read(Millis(50)) == b"a" and link.is_over
    link.add([Entry(Tick(1020), "<", b"b"), Entry(Tick(1040), "<", b"c")])
    assert [link.read(Millis(50)) for _ in range(2)] == [b"b", b"c"]


def test_at_its_pace_a_recording_takes_its_time() -> None:
    link = PlayedLink([Entry(Tick(0), "<", b"a"), Entry(Tick(150), "<", b"b")], at_pace=True)
    began = now()
    assert link.read(Millis(0)) == b"a" and link.read(Millis(1000)) == b"b"
    assert now() - began >= 149
