"""What holds on the wire of every kind: it is recorded unless a person may be read there, and who only listens never
sends a byte.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.catalog import DRIVERS, find
from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.contract.recording import Mark
from drivers.contract.tools import Tools
from tests.drivers.harness import HARNESSES
from tests.drivers.harnesses.barrier import IoHarness
from tests.drivers.harnesses.base import Harness
from tests.drivers.test_contract import OBEY, ORDERS, POLL

BYTE_WIRES = sorted(kind for kind, spec in DRIVERS.items() if spec.wire in ("serial", "modbus", "tcp"))
LISTENERS = sorted(kind for kind in BYTE_WIRES if DRIVERS[kind].speaks == "never")


class Notes:
    """A Recorder that keeps everything in memory."""

    def __init__(self) -> None:
        self.kept: list[tuple[Mark, bytes]] = []

    def note(self, mark: Mark, data: bytes) -> None:
        self.kept.append((mark, data))

    def of(self, mark: Mark) -> bytes:
        return b"".join(data for kept, data in self.kept if kept == mark)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with HARNESSES[request.param](tmp_path) as made:
        yield made


def recorded_driver(harness: Harness, notes: Notes) -> Driver:
    link = harness.bench.link() if isinstance(harness, IoHarness) else None
    return find(harness.kind).build("device", harness.settings, Tools(now, harness.evidence, link, notes))


def hear(driver: Driver, notes: Notes) -> None:
    """Open and poll until something has come; a busy machine may be late."""
    end = time.monotonic() + 30
    while not notes.of("<") and time.monotonic() < end:
        try:
            driver.open()
            while not notes.of("<") and time.monotonic() < end:
                driver.poll(POLL)
        except DeviceFault:
            driver.close()


def use(driver: Driver, seconds: float) -> None:
    """Open, poll and give every order there is, as long as the device lets us."""
    end = time.monotonic() + seconds
    try:
        driver.open()
        while time.monotonic() < end:
            driver.poll(POLL)
            for n, order in enumerate(ORDERS.values()):
                driver.obey(order(f"o{n}", Tick(now() + 1000)), OBEY)
    except DeviceFault:
        driver.close()


@pytest.mark.parametrize("harness", BYTE_WIRES, indirect=True)
def test_every_byte_wire_is_noted_by_the_recorder(harness: Harness, notes: Notes) -> None:
    driver = recorded_driver(harness, notes)
    hear(driver, notes)
    driver.close()
    assert notes.of("<") and notes.of("="), "build the wire with drivers.links.wires or recorded_link.recorded"


@pytest.mark.parametrize("harness", LISTENERS, indirect=True)
def test_who_only_listens_never_sends_a_byte(harness: Harness, notes: Notes) -> None:
    """Through every order, garbage, a pulled plug and a new beginning; neither to the wire nor past the recorder."""
    driver = recorded_driver(harness, notes)
    hear(driver, notes)
    use(driver, 0.2)
    harness.unplug()
    use(driver, 0.1)
    harness.plug_in()
    use(driver, 0.2)
    harness.spoil()
    use(driver, 0.3)
    for n, order in enumerate(ORDERS.values()):
        try:
            driver.obey(order(f"last{n}", Tick(now() + 1000)), Millis(0))
        except DeviceFault:
            continue
    driver.close()
    assert notes.of("<") != b""
    assert notes.of(">") == b""
    assert harness.acts() == 0


def test_there_are_listeners() -> None:
    assert {"toledo-continuous", "yaohua-xk3190", "ascii-indicator"} <= set(LISTENERS)
