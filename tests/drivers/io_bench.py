"""Simulated I/O modules of every kind, with a gate wired to them, on a real TCP port or a real pseudo-terminal."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from drivers.barrier.adam60xx import Adam6050Settings
from drivers.barrier.adam60xx_model import Adam60xxModel
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_barrier import BarrierDriver
from drivers.barrier.io_module_model import IoModuleModel, OutputName, Sensor
from drivers.barrier.io_settings import BarrierSettings
from drivers.barrier.modbus_io import ModbusIoSettings
from drivers.barrier.modbus_io_peer import ModbusIoPeer
from drivers.barrier.wago_750 import Wago750Settings
from drivers.barrier.wago_750_peer import Wago750Peer
from drivers.barrier.waveshare_relay import WaveshareRelaySettings
from drivers.barrier.waveshare_relay_peer import WaveshareRelayModel, WaveshareRelayPeer
from drivers.contract.clock import now
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.modbus_port_peer import ModbusPortPeer
from drivers.links.modbus_unit_peer import ModbusUnitPeer
from drivers.links.pacing import PtyPort
from drivers.links.serial_link import SerialLink
from tests.drivers.harnesses.base import Served

EIGHT = (
    "entry_loop",
    "under_boom_loop",
    "exit_loop",
    "boom_up",
    "boom_down",
    "boom_beam",
    "help_button",
    "cabinet_door_open",
)
"""What is wired to a module of eight inputs, from DI0 on, as the settings name it."""
TWELVE = (*EIGHT, "deck_entry_beam", "deck_exit_beam", "ticket_button", "on_battery")


class IoBench:
    """One module, its gate and its wire. `gate` says what is the case there: `gate["boom_beam"]` a broken beam.

    `changes` is the physical log of the outputs; `both_lamps` must stay False. `plug_out` and `plug_in` cut the wire.
    Take `lock` before touching more than one thing at once.
    """

    kind: str
    wired: tuple[str, ...] = EIGHT
    model: IoModuleModel
    peer: ModbusUnitPeer

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gate = dict.fromkeys(self.wired, False)
        self.changes: list[tuple[Tick, OutputName, bool, Millis]] = []
        self.both_lamps = False
        self.boom = BoomModel(Millis(700))  # quicker than a real one, still longer than the pulse
        self._build()
        self._served: Served | None = None

    def _build(self) -> None:
        """Make `model` and `peer`, and `_port` where they are heard."""
        raise NotImplementedError

    def settings(self, **changed: Any) -> BarrierSettings:  # noqa: ANN401 - whatever the settings know
        """The settings that fit the wiring."""
        raise NotImplementedError

    def link(self) -> Link | None:
        """The wire that a driver is given, None if it finds its own."""
        return None

    def service(self, tick: Tick) -> None:
        raise NotImplementedError

    def plug_out(self) -> None:
        raise NotImplementedError

    def plug_in(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._served = Served(self.service)
        self.lock = self._served.lock
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._served is not None
        self._served.close()
        self.end()

    def end(self) -> None:
        raise NotImplementedError

    def driver(self, **changed: Any) -> BarrierDriver:  # noqa: ANN401 - as settings
        return BarrierDriver("gate", self.settings(**changed), Tools(now, self.folder, link=self.link()))

    def sensors(self) -> list[Sensor]:
        """The contacts: a beam's opens when broken, the others close."""
        ends: dict[str, Sensor] = {"boom_up": lambda: self.boom.up_limit, "boom_down": lambda: self.boom.down_limit}
        return [ends.get(name) or self._sensor(name) for name in self.wired]

    def _sensor(self, name: str) -> Sensor:
        is_beam = name.endswith("_beam")
        return lambda: self.gate[name] != is_beam

    def held(self, name: OutputName) -> list[Millis]:
        """How long `name` was on, each time it went off."""
        return [held for _, output, on, held in self.changes if output == name and not on]

    def on_output(self, tick: Tick, name: OutputName, on: bool, held: Millis) -> None:
        self.changes.append((tick, name, on, held))
        self.both_lamps |= self.model.outputs[2] and self.model.outputs[3]

    def _wiring(self) -> dict[str, Any]:
        return {name: number for number, name in enumerate(self.wired)}


class TcpBench(IoBench):
    """On a loopback port."""

    settings_class: Callable[..., BarrierSettings]

    def settings(self, **changed: Any) -> BarrierSettings:  # noqa: ANN401 - as above
        place = {"host": "127.0.0.1", "port": self.port.port}
        return type(self).settings_class(self.kind, **{**place, **self._wiring(), **changed})

    def _listen(self, peer: ModbusUnitPeer) -> None:
        self.peer = peer
        self.port = ModbusPortPeer(peer)

    def service(self, tick: Tick) -> None:
        self.port.service(tick)

    def plug_out(self) -> None:
        with self.lock:
            self.peer.faults.hang_up = self.peer.faults.silent = True
            self.port.drop_connections()

    def plug_in(self) -> None:
        with self.lock:
            self.peer.faults.hang_up = self.peer.faults.silent = False

    def end(self) -> None:
        self.port.close()


class RtuBench(IoBench):
    """The only unit of a serial bus at 9600 8N1."""

    settings_class: Callable[..., BarrierSettings]

    def settings(self, **changed: Any) -> BarrierSettings:  # noqa: ANN401 - as above
        place = {"bus": "yard", "slowest_answer": Millis(140)}
        return type(self).settings_class(self.kind, **{**place, **self._wiring(), **changed})

    def link(self) -> Link:
        return SerialLink(str(self.port.name))

    def _listen(self, peer: ModbusUnitPeer) -> None:
        self.peer = peer
        self.port = PtyPort(self.folder / "bus", peer)

    def service(self, tick: Tick) -> None:
        self.port.service(tick)

    def plug_out(self) -> None:
        with self.lock:
            self.port.unplug()

    def plug_in(self) -> None:
        with self.lock:
            self.port.replug()

    def end(self) -> None:
        self.port.close()


class Adam6050Bench(TcpBench):
    model: Adam60xxModel
    kind = "adam-6050"
    wired = TWELVE
    settings_class = Adam6050Settings

    def settings(self, **changed: Any) -> BarrierSettings:  # noqa: ANN401 - as above
        return super().settings(**{"proof_output": 5, **changed})

    def _build(self) -> None:
        self.model = Adam60xxModel(self.boom, self.sensors(), on_output=self.on_output)
        self._listen(Adam60xxPeer(self.model))


class WaveshareBench(RtuBench):
    model: WaveshareRelayModel
    kind = "waveshare-relay-8ch"
    settings_class = WaveshareRelaySettings

    def _build(self) -> None:
        self.model = WaveshareRelayModel(self.boom, self.sensors(), on_output=self.on_output)
        self._listen(WaveshareRelayPeer(self.model))


class TimedIoBench(TcpBench):
    """A module of no make that times its pulses, with inputs among the coils and no block writes."""

    kind = "modbus-io"
    settings_class = ModbusIoSettings

    def settings(self, **changed: Any) -> BarrierSettings:  # noqa: ANN401 - as above
        table: dict[str, Any] = {
            "inputs_are": "coils",
            "inputs_at": 100,
            "outputs_at": 200,
            "outputs": 6,
            "pulse_by": "timed-coil",
            "pulses_at": 300,
            "pulse_step": Millis(50),
            "proof_output": 5,
            "writes_blocks": False,
        }
        return super().settings(**{**table, **changed})

    def _build(self) -> None:
        self.model = IoModuleModel(self.boom, self.sensors(), 6, on_output=self.on_output)
        self._listen(
            ModbusIoPeer(
                self.model,
                input_function=1,
                inputs_at=100,
                outputs_at=200,
                pulses_at=300,
                step_ms=50,
                has_block_writes=False,
            )
        )


class HeldIoBench(RtuBench):
    """A relay board with plain coils only: whoever switches on must switch off."""

    kind = "modbus-io"
    settings_class = ModbusIoSettings

    def _build(self) -> None:
        self.model = IoModuleModel(self.boom, self.sensors(), 8, on_output=self.on_output)
        self._listen(ModbusIoPeer(self.model, is_rtu=True))


class WagoBench(TcpBench):
    kind = "wago-750"
    settings_class = Wago750Settings

    def _build(self) -> None:
        self.model = IoModuleModel(self.boom, self.sensors(), 8, on_output=self.on_output)
        self._listen(Wago750Peer(self.model))


BENCHES: tuple[type[IoBench], ...] = (Adam6050Bench, WaveshareBench, TimedIoBench, HeldIoBench, WagoBench)
