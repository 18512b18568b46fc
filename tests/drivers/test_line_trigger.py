"""A code reader that is switched on and off: by Honeywell's and by Newland's commands, on a loopback and on a pty."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from drivers.contract.clock import now
from drivers.contract.driver import Answer
from drivers.contract.orders import TriggerScan
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import CodeScanned, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.links.pacing import PtyPort
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.scanner.trigger import command
from tests.drivers.harnesses.base import Served

Maker = Literal["honeywell", "newland"]


class Bench:
    """A reader that reads only while it is lit; time moves in steps of 10 ms."""

    def __init__(self, maker: Maker, answer: Literal["ack", "nak", "unknown", "silent"] = "ack") -> None:
        self.tick = Tick(5000)
        self.peer = LineScannerPeer(trigger=maker, answer=answer, lit_for=Millis(3000), pause=Millis(20))
        link = LoopbackLink(self.peer, lambda: self.tick)
        settings = LineScannerSettings("line-scanner", "loopback", trigger=maker)
        self.driver = LineScannerDriver("scanner", settings, Tools(lambda: self.tick, Path(), link))
        self.driver.open()

    def order(self, order_id: str = "1", *, on: bool = True, late: int = -1000) -> Answer:
        return self.driver.obey(TriggerScan(order_id, Tick(self.tick - late), on=on), Millis(300))

    def run(self, ms: int = 1000) -> list[str]:
        readings: list[Reading] = []
        for _ in range(0, ms, 10):
            self.tick = Tick(self.tick + 10)
            readings += self.driver.poll(Millis(10))
        assert all(isinstance(reading, CodeScanned) for reading in readings)
        return [reading.text for reading in readings if isinstance(reading, CodeScanned)]


makers = pytest.mark.parametrize("maker", ["honeywell", "newland"])


@makers
def test_it_reads_when_it_is_told_to_and_stops_on_a_read(maker: Maker) -> None:
    bench = Bench(maker)
    bench.peer.scan("A")
    bench.peer.scan("B")
    assert bench.run() == []
    assert bench.order("1").code == "accepted"
    assert bench.run() == ["A"]
    assert bench.order("2").code == "accepted"
    assert bench.run() == ["B"]


@makers
def test_nothing_shown_until_its_time_is_over_is_no_fault(maker: Maker) -> None:
    bench = Bench(maker)
    bench.order()
    assert bench.run(5000) == []
    bench.peer.scan("LATE")
    assert bench.run() == []


@makers
def test_it_is_switched_off(maker: Maker) -> None:
    bench = Bench(maker)
    bench.order("1")
    bench.order("2", on=False)
    bench.peer.scan("A")
    assert bench.run() == []


@makers
def test_the_same_order_again_sends_nothing_and_a_late_one_neither(maker: Maker) -> None:
    bench = Bench(maker)
    bench.order("1")
    said = bytes(bench.peer.heard)
    assert said == command(maker, on=True)
    assert bench.order("1").code == "accepted"
    assert bench.order("2", late=1).code == "expired"
    assert bench.peer.heard == said


@pytest.mark.parametrize(
    ("answer", "code", "detail"),
    [("nak", "refused", "nak"), ("unknown", "refused", "unknown-command"), ("silent", "unknown", "confirmed nothing")],
)
def test_a_newland_that_does_not_agree(answer: Literal["nak", "unknown", "silent"], code: str, detail: str) -> None:
    bench = Bench("newland", answer)
    answered = bench.order("1")
    assert answered.code == code
    assert detail in answered.detail
    bench.peer.answer = "ack"
    assert bench.order("1").code == "accepted"  # what was not accepted is not done, so it is sent again


def test_an_answer_and_a_code_in_one_burst_are_told_apart() -> None:
    bench = Bench("newland", "silent")
    bench.peer.send(b"A\r")
    bench.tick = Tick(bench.tick + 10)
    bench.driver.poll(Millis(10))
    bench.peer.send(b"\x02\x010000#SCNTRG1\x06;\x03")
    bench.peer.send(b"B\r", Millis(300))
    assert bench.run() == ["A", "B"]


@makers
def test_on_a_real_pty(maker: Maker, tmp_path: Path) -> None:
    peer = LineScannerPeer(trigger=maker, lit_for=Millis(60_000))
    port = PtyPort(tmp_path / "scanner", peer)
    driver = LineScannerDriver(
        "scanner", LineScannerSettings("line-scanner", str(port.name), trigger=maker), Tools(now, tmp_path)
    )
    served = Served(port.service)
    try:
        driver.open()
        with served.lock:
            peer.scan("300000000001")
        code = until(lambda: driver.obey(TriggerScan("1", Tick(now() + 5000), on=True), Millis(300)).code == "accepted")
        assert code, "the reader confirmed nothing within 8 s"
        assert until(lambda: has_read(driver, "300000000001"))
    finally:
        driver.close()
        served.close()
        port.close()


def has_read(driver: LineScannerDriver, text: str) -> bool:
    return text in [reading.text for reading in driver.poll(Millis(50)) if isinstance(reading, CodeScanned)]


def until(done: Callable[[], bool], seconds: float = 8) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
    return False
