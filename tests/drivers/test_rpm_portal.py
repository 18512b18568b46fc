"""The portal's driver against its peer: on a loopback with the clock in hand."""

from itertools import pairwise
from pathlib import Path

import pytest

from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ShowText
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import BytesRefused, PortalAlarm, PortalOccupied, PortalPassed, PortalTrouble, Reading
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage, LoopbackLink
from drivers.portal.rpm_driver import RpmTcpSettings, tcp_portal
from drivers.portal.rpm_peer import RpmPeer


class Bench:
    """A portal and its driver on one loopback wire; time moves in steps of 20 ms."""

    def __init__(self, damage: Damage | None = None) -> None:
        self.tick = Tick(5_000)
        self.peer = RpmPeer(seed=7)
        self.link = LoopbackLink(self.peer, lambda: self.tick, damage)
        settings = RpmTcpSettings("rpm-lines", "127.0.0.1", 1601)
        self.driver = tcp_portal("portal", settings, Tools(lambda: self.tick, Path(), self.link))
        self.driver.open()

    def run(self, ms: int) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(0, ms, 20):
            self.tick = Tick(self.tick + 20)
            readings += self.driver.poll(Millis(20))
        return readings


def test_a_clean_truck_passes() -> None:
    bench = Bench()
    bench.run(1_000)
    bench.peer.drive_through(10)
    assert bench.run(4_000) == [
        PortalOccupied(occupied=True),
        PortalPassed(1, gamma_alarm=False, neutron_alarm=False, samples=10),
        PortalOccupied(occupied=False),
    ]
    assert bench.peer.heard == b""


def test_an_alarm_is_told_within_its_sample_and_the_occupancy_carries_it() -> None:
    bench = Bench()
    bench.peer.drive_through(10, hot=range(4, 6), neutron=True)
    readings = bench.run(900)
    assert [type(reading) for reading in readings] == [PortalOccupied, PortalTrouble, PortalAlarm]
    later = bench.run(4_000)
    assert [reading.kind for reading in later if isinstance(reading, PortalAlarm)] == ["neutron"]
    assert PortalPassed(1, gamma_alarm=True, neutron_alarm=True, samples=10) in later


@pytest.mark.parametrize("fault", ["split", "extra-fields"])
def test_split_lines_and_more_fields_change_nothing(fault: str) -> None:
    bench = Bench()
    bench.peer.faults.add(fault)  # type: ignore[arg-type]
    bench.peer.drive_through(10, hot=range(4, 6))
    readings = bench.run(10_000)
    assert PortalPassed(1, gamma_alarm=True, neutron_alarm=False, samples=10) in readings
    assert not any(isinstance(reading, BytesRefused) for reading in readings)


def test_an_occupancy_whose_end_is_lost_ends_with_the_background() -> None:
    bench = Bench()
    bench.peer.faults.add("no-GX")
    bench.peer.drive_through(10)
    assert PortalPassed(-1, gamma_alarm=False, neutron_alarm=False, samples=10) in bench.run(12_000)


def test_counts_that_are_no_numbers_are_refused() -> None:
    bench = Bench()
    bench.peer.faults.add("non-numeric")
    bench.peer.drive_through(10)
    readings = bench.run(4_000)
    assert any(isinstance(reading, BytesRefused) for reading in readings)
    passed = [reading.samples for reading in readings if isinstance(reading, PortalPassed)]
    assert passed == [0]


@pytest.mark.parametrize(("fault", "code"), [("silent", "silent"), ("noise", "garbled")])
def test_a_portal_that_says_nothing_of_use_is_lost(fault: str, code: str) -> None:
    bench = Bench()
    bench.run(1_000)
    bench.peer.faults.add(fault)  # type: ignore[arg-type]
    bench.peer.drive_through(300)
    with pytest.raises(DeviceFault) as caught:
        bench.run(40_000)
    assert caught.value.fault.code == code


def test_a_damaged_wire_never_raises_and_invents_no_second_occupancy_end() -> None:
    bench = Bench(Damage(3, Permille(100), Millis(50), Permille(5), Permille(5), Permille(5)))
    for _ in range(5):
        bench.peer.drive_through(10, hot=range(3, 6))
    readings = bench.run(15_000)
    edges = [reading.occupied for reading in readings if isinstance(reading, PortalOccupied)]
    assert all(one != other for one, other in pairwise(edges))


def test_a_portal_obeys_nothing_and_hears_nothing() -> None:
    bench = Bench()
    assert bench.driver.obey(ShowText("x", Tick(99_999), ("",)), Millis(100)).code == "refused"
    assert bench.peer.heard == b""
