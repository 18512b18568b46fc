"""The line scanner's driver against its peer: on a loopback with the clock in hand and on a real pty."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, TriggerScan
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import BytesRefused, CodeScanned, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage, LoopbackLink
from drivers.links.pacing import PtyPort
from drivers.scanner.line_codec import SUFFIXES, Aim, Suffix
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings
from drivers.scanner.line_scanner_peer import LineScannerPeer
from station.hosting.pending import Pending

CODE = "TK-2026-000123"


class Bench:
    """A reader and its driver on one loopback wire; time moves in steps of 10 ms."""

    def __init__(
        self, *, suffix: Suffix = "cr", aim: Aim = "off", chunk: int = 0, damage: Damage | None = None
    ) -> None:
        self.tick = Tick(5000)
        self.peer = LineScannerPeer(chunk=chunk, gap=Millis(40))
        self.link = LoopbackLink(self.peer, lambda: self.tick, damage)
        settings = LineScannerSettings("line-scanner", "loopback", suffix=suffix, aim=aim)
        self.driver = LineScannerDriver("scanner", settings, Tools(lambda: self.tick, Path(), self.link))
        self.driver.open()

    def run(self, ms: int = 2000) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(0, ms, 10):
            self.tick = Tick(self.tick + 10)
            readings += self.driver.poll(Millis(10))
        return readings


@pytest.mark.parametrize("suffix", list(SUFFIXES))
@pytest.mark.parametrize("chunk", [0, 1, 7])
def test_a_code_is_read(suffix: Suffix, chunk: int) -> None:
    bench = Bench(suffix=suffix, chunk=chunk)
    bench.peer.scan(CODE, suffix=suffix)
    raw = (CODE.encode() + SUFFIXES[suffix]).hex()
    assert bench.run() == [CodeScanned(CODE, "", raw)]
    assert bench.peer.heard == b""


def test_a_double_read_counts_once_and_a_later_one_again() -> None:
    bench = Bench()
    bench.peer.scan(CODE, times=3)
    assert len(bench.run(2500)) == 1
    bench.peer.scan(CODE)
    assert len(bench.run()) == 1


def test_two_different_codes_are_two_readings() -> None:
    bench = Bench()
    bench.peer.scan("A1")
    bench.peer.scan("B2")
    readings = bench.run()
    assert [r.text for r in readings if isinstance(r, CodeScanned)] == ["A1", "B2"]


def test_two_codes_in_one_burst_are_told_apart_by_their_aim_identifiers() -> None:
    bench = Bench(aim="on")
    bench.peer.scan("A1", aim="]C0")
    bench.peer.scan("B2", aim="]Q1", burst=True)
    readings = bench.run()
    assert [(r.text, r.symbology) for r in readings if isinstance(r, CodeScanned)] == [("A1", "]C0"), ("B2", "]Q1")]


def test_a_code_with_line_ends_inside_is_one_reading() -> None:
    bench = Bench(suffix="crlf", chunk=5)
    bench.peer.scan("first\r\nsecond\rthird\n", suffix="crlf")
    assert [r.text for r in bench.run() if isinstance(r, CodeScanned)] == ["first\r\nsecond\rthird\n"]


def test_the_largest_qr_code_arrives_in_chunks() -> None:
    """2953 bytes, as much as a QR code holds, in pieces of an USB adapter."""
    text = ("Tờ khai 300000000001|\r\n" * 200).encode()[:2953].decode(errors="ignore")
    bench = Bench(suffix="etx", chunk=64)
    bench.peer.scan(text, suffix="etx")
    assert [r.text for r in bench.run(6000) if isinstance(r, CodeScanned)] == [text]


def test_a_wrong_code_page_is_refused_and_the_next_code_read() -> None:
    bench = Bench()
    bench.peer.scan("PHÒNG", encoding="latin-1")
    bench.peer.scan(CODE)
    refused, code = bench.run()
    assert isinstance(refused, BytesRefused)
    assert refused.count == 6
    assert refused.hint == "wrong-code-page?"
    assert isinstance(code, CodeScanned)


def test_a_missing_suffix_is_refused_as_another_protocol() -> None:
    bench = Bench()
    bench.peer.scan(CODE, suffix="none")
    assert bench.run() == [BytesRefused(len(CODE), "", "wrong-protocol?")]


def test_a_card_that_is_shown_here_and_arrives_torn_is_not_told() -> None:
    """Any code reader may be shown a person's card; what is told goes into the journal."""
    bench = Bench()
    bench.peer.scan("001090123456|012345678|NGUYỄN VĂN MẪU|01011990|Nam|", suffix="none")
    (refused,) = bench.run()
    assert isinstance(refused, BytesRefused)
    assert refused.sample == ""


def test_noise_is_gathered_into_few_readings() -> None:
    bench = Bench()
    for n in range(30):
        bench.peer.send(bytes([0xE0 + n % 16]) * 20, Millis(1000))
    readings = bench.run(30_000)
    assert 2 <= len(readings) <= 4
    assert all(isinstance(r, BytesRefused) and r.hint == "wrong-baud?" for r in readings)


def test_a_damaged_wire_never_raises() -> None:
    bench = Bench(damage=Damage(7, Permille(100), Millis(50), Permille(20), Permille(20), Permille(20)))
    for _ in range(20):
        bench.peer.scan(CODE)
    assert all(isinstance(r, CodeScanned | BytesRefused) for r in bench.run(10_000))


def test_a_reader_without_a_trigger_obeys_nothing_and_is_never_sent_a_byte() -> None:
    bench = Bench()
    for order in (DropMotion("x", Tick(99_999)), TriggerScan("y", Tick(99_999), on=True)):
        assert bench.driver.obey(order, Millis(100)).code == "refused"
    assert bench.peer.heard == b""


class Yard:
    """The same on a real pty in real time."""

    def __init__(self, tmp_path: Path) -> None:
        self.peer = LineScannerPeer(chunk=16, gap=Millis(16))
        self.port = PtyPort(tmp_path / "scanner", self.peer, baud=115200)
        settings = LineScannerSettings("line-scanner", str(self.port.name), baud=115200)
        self.driver = LineScannerDriver("scanner", settings, Tools(now, tmp_path))

    def until_read(self, deadline_s: float = 6) -> Reading:
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            self.port.service(now())
            for reading in self.driver.poll(Millis(5)):
                return reading
        pytest.fail(f"nothing read within {deadline_s} s")


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    made = Yard(tmp_path)
    yield made
    made.driver.close()
    made.port.close()


def test_on_a_real_pty_a_large_code_with_line_ends_arrives_whole(yard: Yard) -> None:
    yard.driver.open()
    text = "\r\n".join(f"{n}|NGUYỄN VĂN A|Phường {n}" for n in range(30))
    yard.peer.scan(text)
    reading = yard.until_read()
    assert isinstance(reading, CodeScanned)
    assert reading.text == text
    assert yard.peer.heard == b""


def test_on_a_real_pty_unplugged_is_a_fault_and_replugged_reads_again(yard: Yard) -> None:
    yard.driver.open()
    yard.port.unplug()
    with pytest.raises(DeviceFault) as caught:
        yard.driver.poll(Millis(50))
    assert caught.value.fault.code == "port-missing"
    with pytest.raises(DeviceFault):
        yard.driver.open()
    yard.port.replug()
    yard.driver.open()
    yard.peer.scan(CODE)
    assert isinstance(yard.until_read(), CodeScanned)


def test_the_longest_code_of_the_worst_characters_still_fits_into_a_packet_to_the_lane() -> None:
    bench = Bench(suffix="cr")
    bench.peer.send(b"\x01" * 3071 + b"\r")
    (code,) = bench.run()
    Pending().put(code)
