"""The drivers of both families of tag readers against their peers: on a loopback, on a pty and over TCP."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, TriggerScan
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import BytesRefused, Reading, TagSeen
from drivers.contract.tools import Tools
from drivers.links.loopback_link import Damage, LoopbackLink
from drivers.links.pacing import PtyPort
from drivers.scanner import bb7e_peer, reader18_peer
from drivers.scanner.bb7e_driver import Bb7eDriver, Bb7eSettings
from drivers.scanner.bb7e_peer import Bb7ePeer
from drivers.scanner.reader18_driver import Reader18Driver, Reader18Settings
from drivers.scanner.reader18_peer import Reader18Peer
from drivers.scanner.tag_field_model import TagField
from tests.drivers.harnesses.base import Served
from tests.drivers.tcp_far_end import TcpFarEnd

Family = Literal["reader18", "bb7e"]
TRUCK, NEIGHBOUR = "E28011700000020B12345678", "E28011700000020B87654321"
AWAY = Millis(3000)
families = pytest.mark.parametrize("family", get_args(Family))


class Bench:
    """A reader, its field and its driver on one loopback wire; time moves in steps of 10 ms."""

    def __init__(
        self,
        family: Family,
        *,
        damage: Damage | None = None,
        missed: Permille = Permille(100),
        away: Millis = AWAY,
        **settings: Any,  # noqa: ANN401
    ) -> None:
        self.tick = Tick(5000)
        self.field = TagField(seed=4, missed=missed)
        self.peer: Reader18Peer | Bb7ePeer
        self.driver: Driver
        if family == "reader18":
            self.peer = Reader18Peer(self.field)
            given = Reader18Settings("uhf-reader18", "loopback", "uhfreader288", away=away, **settings)
            self.driver = Reader18Driver("tags", given, self.tools(damage))
        else:
            self.peer = Bb7ePeer(self.field)
            self.driver = Bb7eDriver(
                "tags", Bb7eSettings("uhf-bb7e", "loopback", away=away, **settings), self.tools(damage)
            )

    def tools(self, damage: Damage | None) -> Tools:
        return Tools(lambda: self.tick, Path(), LoopbackLink(self.peer, lambda: self.tick, damage))

    def open(self) -> None:
        """On a wire that damages, an opening may need several tries."""
        for _ in range(20):
            with suppress(DeviceFault):
                self.driver.open()
                return
        pytest.fail("it never opened")

    def run(self, ms: int = 2000) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(0, ms, 10):
            self.tick = Tick(self.tick + 10)
            readings += self.driver.poll(Millis(10))
        return readings

    def tags(self, ms: int = 2000) -> list[str]:
        return [reading.epc for reading in self.run(ms) if isinstance(reading, TagSeen)]

    def order(self, order_id: str, *, on: bool, late: int = -100) -> str:
        return self.driver.obey(TriggerScan(order_id, Tick(self.tick - late), on=on), Millis(100)).code


def opened(family: Family, **settings: Any) -> Bench:  # noqa: ANN401
    bench = Bench(family, **settings)
    bench.driver.open()
    return bench


@families
def test_a_tag_is_told_once_per_stay(family: Family) -> None:
    bench = opened(family)
    assert bench.tags() == []
    bench.field.put(TRUCK)
    assert bench.tags(10_000) == [TRUCK]
    bench.field.take(TRUCK)
    assert bench.tags(AWAY + 500) == []
    bench.field.put(TRUCK)
    assert bench.tags() == [TRUCK]


@families
def test_the_reader_itself_is_named_at_the_opening(family: Family) -> None:
    identity = Bench(family).driver.open()
    assert identity.kind == f"uhf-{family}"
    assert ("firmware 0.22, type 0C" in identity.detail) == (family == "reader18")


@pytest.mark.parametrize(("family", "least"), [("reader18", 0x60), ("bb7e", -62)])
def test_the_weaker_tag_of_the_next_lane_is_filtered_out(family: Family, least: int) -> None:
    bench = opened(family, rssi_least=least)
    bench.field.put(TRUCK, -50)
    bench.field.put(NEIGHBOUR, -75)
    assert bench.tags(10_000) == [TRUCK]


def test_strength_and_antenna_are_told_as_far_as_the_reader_says_them() -> None:
    bench = opened("reader18", antennas=(1, 3))
    bench.field.put(TRUCK, antenna=3)
    bench.field.put(NEIGHBOUR, antenna=2)
    (seen,) = bench.run()
    assert seen == TagSeen(TRUCK, 3, 0)
    other = opened("bb7e")
    other.field.put(TRUCK, -50)
    (heard,) = other.run()
    assert isinstance(heard, TagSeen)
    assert -55 <= heard.rssi <= -45


@families
def test_two_hundred_tags_are_a_few_readings_a_second(family: Family) -> None:
    # A reader that reports a tag each 20 ms needs 4 s for a round, and a tag may be last in one and first after it.
    bench = opened(family, missed=Permille(0), away=Millis(9000))
    for n in range(200):
        bench.field.put(f"E2801170{n:016X}", -80 + n % 40)
    found = bench.run(20_000)
    assert all(isinstance(reading, TagSeen) for reading in found)
    assert 15 <= len(found) <= 4 + 20
    assert len({reading.epc for reading in found if isinstance(reading, TagSeen)}) == len(found)


@families
def test_off_tells_nothing_and_on_tells_who_is_there_again(family: Family) -> None:
    bench = opened(family)
    bench.field.put(TRUCK)
    assert bench.tags() == [TRUCK]
    assert bench.order("1", on=False) == "accepted"
    bench.field.put(NEIGHBOUR)
    assert bench.tags(10_000) == []
    assert bench.order("2", on=True) == "accepted"
    assert sorted(bench.tags()) == [TRUCK, NEIGHBOUR]
    assert bench.order("2", on=True) == "accepted"
    assert bench.tags() == []


@families
def test_a_late_order_and_a_foreign_one_change_nothing(family: Family) -> None:
    bench = opened(family)
    assert bench.order("1", on=False, late=1) == "expired"
    assert bench.driver.obey(DropMotion("x", Tick(99_999)), Millis(100)).code == "refused"
    bench.field.put(TRUCK)
    assert bench.tags() == [TRUCK]


def test_a_reader_that_was_left_reading_is_stopped_first_and_stopped_at_the_end() -> None:
    bench = Bench("bb7e")
    peer = bench.peer
    assert isinstance(peer, Bb7ePeer)
    peer.reads_left = 10_000
    bench.driver.open()
    bench.run(500)
    assert (peer.stops, peer.starts) == (1, 1)
    bench.driver.close()
    bench.driver.close()
    assert (peer.stops, peer.reads_left) == (2, 0)


def test_a_reader_whose_reads_are_used_up_is_told_to_go_on() -> None:
    bench = opened("bb7e")
    peer = bench.peer
    assert isinstance(peer, Bb7ePeer)
    bench.run(500)
    peer.reads_left = 3
    bench.run(3000)
    assert peer.starts == 2
    assert peer.reads_left > 9000


def test_a_reader_that_does_not_stop_is_told_again() -> None:
    bench = opened("bb7e")
    peer = bench.peer
    assert isinstance(peer, Bb7ePeer)
    bench.field.put(TRUCK)
    bench.run(500)
    peer.fail("deaf")
    bench.order("1", on=False)
    assert bench.tags(2000) == []
    peer.mend()
    bench.run(3000)
    assert peer.reads_left == 0


FAULTS: list[tuple[Family, str]] = [
    *(("reader18", fault) for fault in get_args(reader18_peer.Fault) if fault not in ("doubled", "garbage-prefix")),
    *(("bb7e", fault) for fault in get_args(bb7e_peer.Fault) if fault not in ("doubled", "garbage-prefix", "deaf")),
]


@pytest.mark.parametrize(("family", "fault"), FAULTS)
def test_a_reader_that_cannot_be_believed_is_a_named_fault_and_mended_it_reads(family: Family, fault: Any) -> None:  # noqa: ANN401
    bench = opened(family, missed=Permille(0))
    bench.field.put(TRUCK)
    bench.run(500)
    bench.peer.fail(fault)
    with pytest.raises(DeviceFault) as caught:
        bench.run(12_000)
    code = {"silent": "silent", "antenna": "refused"}.get(fault, "garbled")
    assert caught.value.fault.code == code
    assert caught.value.fault.next_step
    bench.driver.close()
    bench.peer.mend()
    bench.driver.open()
    assert bench.tags() == [TRUCK]


@families
@pytest.mark.parametrize("fault", ["doubled", "garbage-prefix"])
def test_small_faults_are_borne(family: Family, fault: Any) -> None:  # noqa: ANN401
    bench = opened(family)
    bench.peer.fail(fault)
    bench.field.put(TRUCK)
    found = bench.run(20_000)
    assert [reading.epc for reading in found if isinstance(reading, TagSeen)] == [TRUCK]
    assert any(isinstance(reading, BytesRefused) for reading in found) == (fault == "garbage-prefix")


@families
def test_a_damaged_wire_gives_no_tag_that_is_not_there(family: Family) -> None:
    bench = Bench(family, damage=Damage(7, Permille(0), Millis(0), Permille(3), Permille(2), Permille(2)))
    bench.open()
    bench.field.put(TRUCK)
    bench.field.put(NEIGHBOUR)
    assert set(bench.tags(60_000)) == {TRUCK, NEIGHBOUR}


@pytest.mark.parametrize("port", ["tcp://", "tcp://192.0.2.7", "tcp://192.0.2.7:x", "tcp://:6000", "tcp://h:70000"])
def test_half_an_address_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match=r"tcp://192\.0\.2\.7:6000"):
        Bb7eSettings("uhf-bb7e", port)


def until_told(driver: Driver, epc: str, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any(isinstance(reading, TagSeen) and reading.epc == epc for reading in driver.poll(Millis(50))):
            return True
    return False


def until_open(driver: Driver, seconds: float = 10) -> None:
    """After silence it is tried again, as its host does: a busy machine answers late."""
    end = time.monotonic() + seconds
    while True:
        try:
            driver.open()
        except DeviceFault as error:
            if error.fault.code != "silent" or time.monotonic() > end:
                raise
        else:
            return


@pytest.fixture
def field() -> TagField:
    made = TagField()
    made.put(TRUCK)
    return made


@pytest.fixture
def on_pty(field: TagField, tmp_path: Path) -> Iterator[Callable[[Family], Driver]]:
    closing: list[Callable[[], None]] = []

    def make(family: Family) -> Driver:
        peer = Reader18Peer(field, late=Millis(30)) if family == "reader18" else Bb7ePeer(field)
        port = PtyPort(tmp_path / "tags", peer, baud=57600 if family == "reader18" else 115200)
        served = Served(port.service)
        tools = Tools(now, tmp_path)
        driver: Driver = (
            Reader18Driver("tags", Reader18Settings("uhf-reader18", str(port.name), "uhfreader288"), tools)
            if family == "reader18"
            else Bb7eDriver("tags", Bb7eSettings("uhf-bb7e", str(port.name)), tools)
        )
        closing.extend((driver.close, served.close, port.close))
        return driver

    yield make
    for close in closing:
        close()


@families
def test_on_a_real_pty(family: Family, on_pty: Callable[[Family], Driver]) -> None:
    driver = on_pty(family)
    until_open(driver)
    assert until_told(driver, TRUCK)


def test_over_tcp_and_gone(field: TagField, tmp_path: Path) -> None:
    with TcpFarEnd(Reader18Peer(field)) as far_end:
        settings = Reader18Settings("uhf-reader18", f"tcp://127.0.0.1:{far_end.port}", "uhfreader288")
        driver = Reader18Driver("tags", settings, Tools(now, tmp_path))
        until_open(driver)
        assert until_told(driver, TRUCK)
        far_end.hang_up()
        with pytest.raises(DeviceFault) as caught:
            until_told(driver, NEIGHBOUR)
        assert caught.value.fault.code == "port-missing"
        driver.close()
        until_open(driver)
        assert until_told(driver, TRUCK)
        driver.close()
