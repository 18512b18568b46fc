"""The green crossing at a gate with a sign, a ticket printer and a radiation portal; and a load that radiates."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.driver import Driver
from drivers.contract.tools import Tools
from drivers.kiosk.escpos_peer import EscposPeer
from drivers.kiosk.escpos_printer import EscposPrinterDriver, EscposPrinterSettings
from drivers.links.loopback_link import LoopbackLink
from drivers.links.peer import Peer
from drivers.portal.rpm_driver import RpmTcpSettings, tcp_portal
from drivers.portal.rpm_peer import RpmPeer
from drivers.sign.sign_driver import LedSignDriver, LedSignSettings
from drivers.sign.sign_peer import LedSignPeer
from station.audit.tables import journal_book
from station.audit.ticket_check import check_ticket
from station.audit.tickets import read_ticket
from station.core.parameters import Parts
from station.core.records import AlarmRaised, CaseOpened, CrossingHeld
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, PARAMETERS, Gate

EXTRAS = {"sign": "led-sign", "printer": "escpos-printer", "portal": "rpm-lines"}
FITTED = replace(PARAMETERS, parts=Parts(sign="sign", printer="printer", portal="portal"))


class FullGate(Gate):
    """A sign before the driver, a printer at the window, a portal over the lane."""

    def __post_init__(self) -> None:
        self.sign = LedSignPeer()
        self.printer = EscposPeer()
        self.portal = RpmPeer()
        super().__post_init__()

    def start(self) -> None:
        super().start()
        for device, kind in EXTRAS.items():
            self.host.start(WorkerSpec(device, CATALOG_WORKER, kind, None, self.data.evidence))

    def _build(self, spec: WorkerSpec) -> Driver:
        match spec.device:
            case "sign":
                return LedSignDriver("sign", LedSignSettings("led-sign", "", "am03127"), self._wired(self.sign))
            case "printer":
                settings = EscposPrinterSettings("escpos-printer", "")
                return EscposPrinterDriver("printer", settings, self._wired(self.printer))
            case "portal":
                return tcp_portal("portal", RpmTcpSettings("rpm-lines", "", 1601), self._wired(self.portal))
            case _:
                return super()._build(spec)

    def _wired(self, peer: Peer) -> Tools:
        return Tools(self.clock, self.data.evidence, LoopbackLink(peer, self.clock))

    def ready(self) -> None:
        self.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        devices = 5 + len(EXTRAS)
        self.until(lambda: sum(device.fit for device in self.loop.state.devices) == devices and self.is_idle, 10, "all")
        self.run(1_000)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[FullGate]:
    made = FullGate(tmp_path, parameters=FITTED)
    with made:
        made.ready()
        yield made


def test_a_green_truck_is_told_what_to_do_and_takes_its_ticket_along(gate: FullGate) -> None:
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.portal.drive_through(10)
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
    gate.run(2_000)
    assert gate.completed()[-1].end == "DEPARTED"
    shown = [text for text in gate.sign.texts if text]
    assert shown[-5:] == [
        "DUNG LAI, DUA MA TO KHAI STOP AND SHOW THE DECLARATION'S CODE",
        "DUNG YEN STAY",
        "MOI DI GO",
        "DUNG YEN STAY",
        "MOI VAO BAN CAN DRIVE ONTO THE SCALE",
    ]
    (ticket,) = gate.printer.tickets
    (code,) = ticket.codes
    assert read_ticket(code).printed.crossing == gate.completed()[-1].crossing
    with journal_book(gate.data.journal) as book:
        checked = check_ticket(book, read_ticket(code), {gate.station_key.key_id: gate.station_key.public}, {})
    assert checked.findings == ()
    assert {"crossing.weighed", "crossing.decided", "crossing.released"} <= {row.type for row in checked.rows}
    assert "bien so / plate: 12C04567" in ticket.lines
    assert ticket.lines[-3:-1] == ("moi di", "go")


def test_without_paper_the_same_truck_passes_and_the_officer_knows(gate: FullGate) -> None:
    gate.printer.paper = "out"
    gate.until(lambda: any(alarm.code == "PAPER_OUT" for alarm in gate.loop.state.alarms), 30, "paper is out")
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
    gate.run(2_000)
    assert gate.completed()[-1].end == "DEPARTED"
    assert gate.printer.tickets == []


def test_a_hot_load_goes_to_isolation_and_only_the_head_of_unit_ends_the_alarm(gate: FullGate) -> None:
    gate.portal.drive_through(10, hot=range(3, 5))
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.loop.state.phase == "HELD", 120, "held")
    gate.run(1_000)
    (held,) = [record for record in gate.records() if isinstance(record, CrossingHeld)]
    assert (held.reason, held.owner) == ("RADIATION_ALARM", "head-of-unit")
    assert gate.sign.shown.startswith("VAO BAI CACH LY, MOI NGUOI TRANH XA 10 M")
    assert gate.yard.motions == []
    assert len(gate.printer.tickets) == 1
    raised = [record.code for record in gate.records() if isinstance(record, AlarmRaised)]
    assert raised == ["RADIATION_ALARM"]
    assert gate.act("acknowledge", "1187").outcome == "effective"
    assert [alarm.code for alarm in gate.loop.state.alarms] == ["RADIATION_ALARM"]
    gate.act("acknowledge", "2001")
    assert gate.loop.state.alarms == ()
    assert gate.loop.state.phase == "HELD"


def test_a_hot_load_is_remembered_over_a_power_cut(gate: FullGate) -> None:
    gate.portal.drive_through(10, hot=range(3, 5))
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.loop.state.phase == "HELD", 120, "held")
    gate.power_cut()
    gate.start()
    gate.until(lambda: gate.loop.state.phase == "HELD", 120, "held again")
    crossing = gate.loop.state.crossing
    assert crossing is not None and crossing.hold is not None
    assert crossing.hold.reason == "RADIATION_ALARM"
    assert crossing.previous != ""
    assert gate.yard.motions == []
    assert not any(isinstance(record, CaseOpened) for record in gate.records())
