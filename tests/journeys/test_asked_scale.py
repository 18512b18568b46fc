"""The green crossing once more, at a gate whose weighbridge speaks only when it is asked."""

from pathlib import Path

from drivers.contract.driver import Driver
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.weighbridge.yaohua_command import YaohuaCommandDriver, YaohuaCommandSettings
from drivers.weighbridge.yaohua_command_peer import YaohuaCommandPeer
from station.hosting.host import WorkerSpec
from station.simulate.scene import gate_picture
from tests.journeys.expectation import differences
from tests.journeys.gate import DECLARATION, Gate


class AskedGate(Gate):
    """The lane asks the same deck through another indicator."""

    def __post_init__(self) -> None:
        self.indicator: YaohuaCommandPeer | None = None
        super().__post_init__()

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device != "scale":
            return super()._build(spec)
        self.indicator = YaohuaCommandPeer(self.yard.deck)
        tools = Tools(self.clock, self.data.evidence, LoopbackLink(self.indicator, self.clock))
        return YaohuaCommandDriver("scale", YaohuaCommandSettings("yaohua-command", "loopback"), tools)


def test_a_green_truck_is_weighed_and_released_and_the_indicator_is_only_asked(tmp_path: Path) -> None:
    gate = AskedGate(tmp_path)
    with gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
        gate.run(10_000)
        assert differences("A1", gate) == []
        assert gate.yard.struck == 0
        assert gate.indicator is not None and not gate.indicator.acts
