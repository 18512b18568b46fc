"""A scale that belongs to the yard is only listened to: whatever happens, not one byte goes out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.catalog import DRIVERS
from drivers.contract.clock import now
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ChangeScale, Order, ScaleCommand, TakeWeight, TriggerScan
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.weighbridge.kinds import SPECS
from tests.drivers.harnesses.base import Harness
from tests.drivers.harnesses.weighbridge import HARNESSES

LISTENERS = [harness for harness in HARNESSES if DRIVERS[harness.kind].speaks == "never"]
COMMANDS: tuple[ScaleCommand, ...] = ("zero", "tare", "clear-tare")


@pytest.fixture(params=LISTENERS, ids=lambda harness: harness.kind)
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    with request.param(tmp_path) as made:
        yield made


def test_there_are_scales_that_are_only_listened_to() -> None:
    assert {harness.kind for harness in LISTENERS} == {spec.kind for spec in SPECS if spec.speaks == "never"}
    assert LISTENERS


def test_a_listener_never_transmits(harness: Harness) -> None:
    """Through opening, weighing, every order, garbage, silence, a pulled plug and a second opening."""
    driver = harness.opened()
    _poll(driver, 600)
    for order in _orders():
        expected = "accepted" if isinstance(order, TakeWeight) else "refused"
        assert driver.obey(order, Millis(300)).code == expected
    _poll(driver, 800)
    harness.spoil()
    _poll(driver, 800)
    harness.unplug()
    _poll(driver, 200)
    driver.close()
    harness.plug_in()
    driver.open()
    _poll(driver, 300)
    driver.close()
    assert harness.acts() == 0


def _orders() -> list[Order]:
    soon = Tick(now() + 10_000)
    return [
        TakeWeight("w", soon, Millis(500), kilograms(20), Millis(2000)),
        TriggerScan("t", soon, on=True),
        *(ChangeScale(f"c-{command}", soon, command) for command in COMMANDS),
    ]


def _poll(driver: Driver, ms: int) -> None:
    end = now() + ms
    while now() < end:
        try:
            driver.poll(Millis(20))
        except DeviceFault:
            return
