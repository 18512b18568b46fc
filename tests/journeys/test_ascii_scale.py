"""The green crossing once more, at a gate whose weighbridge has an indicator that sends lines."""

from pathlib import Path

import pytest

from drivers.contract.driver import Driver
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.weighbridge.ascii_driver import AsciiDriver, AsciiSettings
from drivers.weighbridge.ascii_peer import AsciiPeer
from station.hosting.host import WorkerSpec
from station.simulate.scene import gate_picture
from tests.journeys.expectation import differences
from tests.journeys.gate import DECLARATION, Gate


class AsciiGate(Gate):
    """The lane hears the same deck through another indicator."""

    def __post_init__(self) -> None:
        self.indicator: AsciiPeer | None = None
        super().__post_init__()

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device != "scale":
            return super()._build(spec)
        self.indicator = AsciiPeer(self.yard.deck, form="flintec-ft11d")
        tools = Tools(self.clock, self.data.evidence, LoopbackLink(self.indicator, self.clock))
        return AsciiDriver("scale", AsciiSettings("ascii-indicator", "loopback", "flintec-ft11d"), tools)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_green_truck_is_weighed_and_released_and_the_indicator_hears_nothing(tmp_path: Path, seed: int) -> None:
    gate = AsciiGate(tmp_path, seed=seed)
    with gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
        gate.run(10_000)
        assert differences("A1", gate) == []
        assert gate.yard.struck == 0
        assert gate.indicator is not None and gate.indicator.heard == b""
