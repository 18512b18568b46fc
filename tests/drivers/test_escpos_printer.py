"""The ticket printer's driver against its peer, on a loopback whose time moves when somebody asks for it."""

from pathlib import Path

import pytest

from drivers.contract.faults import DeviceFault
from drivers.contract.orders import PrintTicket, ShowText
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PaperState, Reading
from drivers.contract.tools import Tools
from drivers.kiosk.escpos_peer import EscposPeer, PrintedTicket
from drivers.kiosk.escpos_printer import EscposPrinterDriver, EscposPrinterSettings
from drivers.links.loopback_link import LoopbackLink

PATIENCE = Millis(300)
OK = PaperState("ok", ready=True)


class Bench:
    """A printer, its driver and a clock that moves on by 10 ms whenever somebody asks for the time."""

    def __init__(self) -> None:
        self.tick = Tick(5_000)
        self.peer = EscposPeer()
        settings = EscposPrinterSettings("escpos-printer", "loopback")
        link = LoopbackLink(self.peer, self.now)
        self.driver = EscposPrinterDriver("printer", settings, Tools(self.now, Path(), link))

    def now(self) -> Tick:
        self.tick = Tick(self.tick + 10)
        return self.tick

    def run(self, ms: int) -> list[Reading]:
        readings: list[Reading] = []
        end = self.tick + ms
        while self.tick < end:
            readings += self.driver.poll(Millis(50))
        return readings

    def print(self, order_id: str = "p1") -> str:
        order = PrintTicket(order_id, Tick(self.tick + 1_000), ("biển số: 12C04567",), "VN-HN-I1-E1-000001")
        return self.driver.obey(order, PATIENCE).code


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.driver.open()
    return made


def test_a_ticket_is_printed_once_however_often_it_is_ordered(bench: Bench) -> None:
    assert [bench.print(), bench.print(), bench.print("p2")] == ["accepted"] * 3
    ticket = PrintedTicket(("bien so: 12C04567", ""), ("VN-HN-I1-E1-000001",))
    assert bench.peer.tickets == [ticket, ticket]


def test_paper_is_told_after_opening_and_on_change_only(bench: Bench) -> None:
    assert bench.run(10_000) == [OK]
    bench.peer.paper = "low"
    assert bench.run(10_000) == [PaperState("low", ready=True)]
    bench.peer.paper = "out"
    assert bench.run(10_000) == [PaperState("out", ready=False)]
    bench.peer.paper = "ok"
    assert bench.run(10_000) == [OK]
    bench.driver.close()
    bench.driver.open()
    assert bench.run(1_000) == [OK]


def test_without_paper_the_order_is_refused_and_with_paper_again_the_next_is_printed(bench: Bench) -> None:
    bench.peer.paper = "out"
    bench.run(5_000)
    assert bench.print() == "refused"
    bench.peer.paper = "ok"
    bench.run(5_000)
    assert bench.print("p2") == "accepted"
    assert len(bench.peer.tickets) == 1


def test_a_cover_that_stands_open_is_not_ready(bench: Bench) -> None:
    bench.peer.ready = False
    assert bench.run(5_000)[-1] == PaperState("ok", ready=False)
    assert bench.print() == "refused"


def test_no_printer_is_a_named_fault() -> None:
    bench = Bench()
    bench.peer.mute = True
    with pytest.raises(DeviceFault) as caught:
        bench.driver.open()
    assert caught.value.fault.code == "silent"


def test_a_printer_that_falls_silent_is_lost(bench: Bench) -> None:
    bench.peer.mute = True
    with pytest.raises(DeviceFault) as caught:
        bench.run(20_000)
    assert caught.value.fault.code == "silent"


def test_bytes_that_are_no_status_are_refused(bench: Bench) -> None:
    bench.peer.noise = True
    assert any(isinstance(reading, BytesRefused) for reading in bench.run(5_000))


def test_an_answer_that_comes_late_is_no_answer_to_the_next_question(bench: Bench) -> None:
    """A late "near end" taken for the answer about the printer would read as offline."""
    bench.run(1_000)
    bench.peer.paper, bench.peer.delay = "low", Millis(200)
    assert bench.run(6_000) == []
    bench.peer.delay = Millis(0)
    assert bench.run(6_000) == [PaperState("low", ready=True)]


def test_a_byte_that_lay_there_before_the_question_is_no_answer_to_it(bench: Bench) -> None:
    bench.run(1_000)
    bench.peer.say(b"\x1e")
    bench.tick = Tick(bench.tick + 5_000)
    assert bench.run(5_000) == []


def test_after_a_missing_answer_the_line_is_left_alone_for_a_while(bench: Bench) -> None:
    bench.run(1_000)
    bench.peer.mute = True
    heard = len(bench.peer.heard)
    bench.run(5_000)
    asked = bytes(bench.peer.heard[heard:]).count(b"\x10\x04")
    assert 4 <= asked <= 9


def test_other_orders_are_refused_and_late_ones_not_printed(bench: Bench) -> None:
    assert bench.driver.obey(ShowText("t", Tick(99_999_999), ("GO",)), PATIENCE).code == "refused"
    assert bench.driver.obey(PrintTicket("p", Tick(1), ("x",), ""), PATIENCE).code == "expired"
    assert bench.peer.tickets == []
