"""Every fault of a unit on a real pty at 9600: the neighbour is read at once and rightly, the unit when it is well."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.quantities import Millis
from drivers.links.bus_line import BusLine
from drivers.links.bus_wire import BusWire
from drivers.links.modbus_link import ModbusLink
from drivers.links.pacing import PtyPort
from drivers.links.serial_link import SerialLink
from tests.drivers.harnesses.base import Served
from tests.hosting.metered_bus import MeterPeer
from tests.support import wait_until

LIMIT = Millis(300)


class Pair:
    """Two meters and the links to them."""

    def __init__(self, folder: Path) -> None:
        self.sick, self.well = MeterPeer(1), MeterPeer(2)
        self.port = PtyPort(folder / "tty", BusLine([self.sick, self.well]))
        self.served = Served(self.port.service)
        self.wire = BusWire(SerialLink(str(self.port.name)), now)
        self.links = [ModbusLink(self.wire.end(), unit, LIMIT, now, "rtu") for unit in (1, 2)]

    def close(self) -> None:
        self.wire.close()
        self.served.close()
        self.port.close()

    def read(self, number: int) -> tuple[int, ...]:
        link = self.links[number - 1]
        link.ready(LIMIT)
        return link.read_registers(0, 2, LIMIT)

    def until_read(self, number: int) -> tuple[int, ...]:
        """Read, and again after silence: this machine may be too busy to answer in time."""
        values: list[tuple[int, ...]] = []

        def is_read() -> bool:
            with suppress(DeviceFault):
                values.append(self.read(number))
            return bool(values)

        wait_until(is_read, 10, f"an answer of unit {number}")
        return values[0]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    for link in made.links:
        link.open()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("fault", "value", "codes"),
    [
        ("silent", True, {"silent"}),
        ("mute", True, {"silent"}),
        ("late_ms", 400, {"silent", "garbled"}),  # garbled: the late answer is there, and is not taken for the next
        ("bad_crc", True, {"garbled", "silent"}),
        ("answer_unit", 2, {"garbled", "silent"}),
        ("answer_function", 4, {"garbled", "silent"}),
        ("extra_bytes", 2, {"garbled", "silent"}),
        ("extra_bytes", -2, {"garbled", "silent"}),
        ("exceptions", {3: 6}, {"refused", "silent"}),
    ],
)
def test_a_unit_with_a_fault_harms_only_itself(pair: Pair, fault: str, value: object, codes: set[FaultCode]) -> None:
    assert (pair.until_read(1), pair.until_read(2)) == ((1000, 1001), (2000, 2001))
    with pair.served.lock:
        usual = getattr(pair.sick.faults, fault)
        setattr(pair.sick.faults, fault, value)
    for _ in range(2):
        with pytest.raises(DeviceFault) as caught:
            pair.read(1)
        assert caught.value.fault.code in codes
        assert pair.until_read(2) == (2000, 2001)
    with pair.served.lock:
        setattr(pair.sick.faults, fault, usual)
        pair.sick.value = 7
    assert pair.until_read(1) == (7, 8)
